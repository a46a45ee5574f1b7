//go:build !purego

// The fused step for rows of 17 to 32 columns, AVX-512 (F, DQ, BW, VL).
//
// Sixteen rows at a time: δ of a group, the forward pass of the next one and
// the gradient of the one before stand one after the other. None of them waits
// for another, so that the CPU works on all three at once. w and g stay in registers. The columns
// behind the sixteenth are multiplied under a mask.

#include "textflag.h"

#define XN     SI // the group of the forward pass
#define XP     BX // the group of the gradient
#define YS     DX
#define ROWS   R8
#define STRIDE R10 // bytes
#define STRIDE3 R11
#define STRIDE5 R12
#define STRIDE7 R13
#define X8     CX // the row 8 rows behind
#define DN     DI // δ of the group that is next for the gradient
#define DS     R9 // and of the group of the gradient
#define CORRECT correct-136(SP)

#define TAIL      K1 // columns 16 to 31
#define HIGHHALF  K2 // the float64 lanes 4 to 7
#define HIGHPAIRS K3 // of every four float32 lanes the last two
#define NEGATIVE  K4
#define SAME      K5

#define VX Z0
#define VY Z1
#define VN Z2
#define VR Z3
#define R2 Z4
#define E0 Z5
#define E1 Z6
#define VT Z7
#define VQ Z8
#define VM Z9
#define VE Z10
#define VS VR

#define T    Z16
#define D    Z17
#define W0   Z18
#define W1   Z19
#define G0   Z20
#define G1   Z21
#define G2   Z22
#define G3   Z23
#define VZ    Z24
#define COST Z25
#define SUM  Z26
#define BIAS Z27

#include "delta_amd64.h"
#include "fold_amd64.h"

#define DOT8(P, A0, A1, A2, A3, A4, A5, A6, A7) \
	VMULPS (P), W0, A0; \
	VMULPS (P)(STRIDE*1), W0, A1; \
	VMULPS (P)(STRIDE*2), W0, A2; \
	VMULPS (P)(STRIDE3*1), W0, A3; \
	VMULPS (P)(STRIDE*4), W0, A4; \
	VMULPS (P)(STRIDE5*1), W0, A5; \
	VMULPS (P)(STRIDE3*2), W0, A6; \
	VMULPS (P)(STRIDE7*1), W0, A7; \
	VFMADD231PS 64(P), W1, TAIL, A0; \
	VFMADD231PS 64(P)(STRIDE*1), W1, TAIL, A1; \
	VFMADD231PS 64(P)(STRIDE*2), W1, TAIL, A2; \
	VFMADD231PS 64(P)(STRIDE3*1), W1, TAIL, A3; \
	VFMADD231PS 64(P)(STRIDE*4), W1, TAIL, A4; \
	VFMADD231PS 64(P)(STRIDE5*1), W1, TAIL, A5; \
	VFMADD231PS 64(P)(STRIDE3*2), W1, TAIL, A6; \
	VFMADD231PS 64(P)(STRIDE7*1), W1, TAIL, A7

// FORWARD leaves z of the 16 rows from XN in VZ.
#define FORWARD \
	LEAQ (XN)(STRIDE*8), X8; \
	DOT8(XN, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7); \
	DOT8(X8, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15); \
	FOLD512(Z0, Z4); \
	FOLD512(Z8, Z12); \
	FOLD512(Z1, Z5); \
	FOLD512(Z9, Z13); \
	FOLD512(Z2, Z6); \
	FOLD512(Z10, Z14); \
	FOLD512(Z3, Z7); \
	FOLD512(Z11, Z15); \
	FOLD256(Z0, Z8); \
	FOLD256(Z1, Z9); \
	FOLD256(Z2, Z10); \
	FOLD256(Z3, Z11); \
	FOLD128(Z0, Z1); \
	FOLD128(Z2, Z3); \
	FOLD64(Z0, Z2); \
	VADDPS BIAS, Z0, VZ

#define ROW(I, ADDRESS, A, B) \
	VBROADCASTSS (I*4)(DS), D; \
	VFMADD231PS 0 ADDRESS, D, A; \
	VFMADD231PS 64 ADDRESS, D, TAIL, B

// DELTA computes δ of eight rows.
#define DELTA \
	STAGE1(VBROADCASTSD); \
	STAGE2(VBROADCASTSD); \
	STAGE3(VBROADCASTSD); \
	STAGE4(VBROADCASTSD); \
	STAGE5(VBROADCASTSD); \
	STAGE6(VBROADCASTSD); \
	STAGE7(VBROADCASTSD); \
	STAGE8(VBROADCASTSD)

// GRADIENT adds the 16 rows from XP, times δ at DS.
#define GRADIENT \
	LEAQ (XP)(STRIDE*8), X8; \
	ROW(0, (XP), G0, G1); \
	ROW(1, (XP)(STRIDE*1), G2, G3); \
	ROW(2, (XP)(STRIDE*2), G0, G1); \
	ROW(3, (XP)(STRIDE3*1), G2, G3); \
	ROW(4, (XP)(STRIDE*4), G0, G1); \
	ROW(5, (XP)(STRIDE5*1), G2, G3); \
	ROW(6, (XP)(STRIDE3*2), G0, G1); \
	ROW(7, (XP)(STRIDE7*1), G2, G3); \
	ROW(8, (X8), G0, G1); \
	ROW(9, (X8)(STRIDE*1), G2, G3); \
	ROW(10, (X8)(STRIDE*2), G0, G1); \
	ROW(11, (X8)(STRIDE3*1), G2, G3); \
	ROW(12, (X8)(STRIDE*4), G0, G1); \
	ROW(13, (X8)(STRIDE5*1), G2, G3); \
	ROW(14, (X8)(STRIDE3*2), G0, G1); \
	ROW(15, (X8)(STRIDE7*1), G2, G3)

// func step32AVX512(grad, x, w, y *float32, b float32, rows, cols, stride int, sums *lanes)
TEXT ·step32AVX512(SB), NOSPLIT, $136-72
	MOVQ x+8(FP), XN
	MOVQ w+16(FP), DX
	VBROADCASTSS b+32(FP), BIAS
	MOVQ rows+40(FP), ROWS
	MOVQ cols+48(FP), CX
	MOVQ stride+56(FP), STRIDE
	SHLQ $2, STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	LEAQ (STRIDE)(STRIDE*4), STRIDE5
	LEAQ (STRIDE3)(STRIDE*4), STRIDE7
	SUBQ $16, CX
	MOVL $1, AX
	SHLL CX, AX
	DECL AX
	KMOVW AX, TAIL
	MOVL $0xF0, AX
	KMOVW AX, HIGHHALF
	MOVL $0xAA, AX
	KMOVW AX, HIGHPAIRS
	VMOVUPS   (DX), W0
	VMOVUPS.Z 64(DX), TAIL, W1
	VPXORD G0, G0, G0
	VPXORD G1, G1, G1
	VPXORD G2, G2, G2
	VPXORD G3, G3, G3
	VPXORD COST, COST, COST
	VPXORD SUM, SUM, SUM
	MOVQ $0, CORRECT
	MOVQ y+24(FP), YS
	LEAQ d-64(SP), DN
	LEAQ d-128(SP), DS
	VMOVUPS SUM, (DS) // δ of the rows before the first
	MOVQ XN, XP
	FORWARD

group:
	GRADIENT
	VCVTPS2PD Y24, VX
	VCVTPS2PD (YS), VY
	DELTA
	COUNT(0xFF)
	VCVTPD2PS VQ, Y8
	VMOVUPS Y8, (DN)
	VEXTRACTF64X4 $1, VZ, Y0
	VCVTPS2PD Y0, VX
	VCVTPS2PD 32(YS), VY
	DELTA
	COUNT(0xFF)
	VCVTPD2PS VQ, Y8
	VMOVUPS Y8, 32(DN)
	ADDQ  $64, YS
	XCHGQ DS, DN
	MOVQ  XN, XP
	SUBQ  $16, ROWS
	JZ    last
	LEAQ (XN)(STRIDE*8), XN
	LEAQ (XN)(STRIDE*8), XN
	FORWARD
	JMP group

last:
	GRADIENT
	VADDPS  G2, G0, G0
	VADDPS  G3, G1, G1
	MOVQ grad+0(FP), DI
	VMOVUPS G0, (DI)
	VMOVUPS G1, TAIL, 64(DI)
	MOVQ sums+64(FP), AX
	VMOVUPD COST, (AX)
	VMOVUPD SUM, 64(AX)
	MOVQ CORRECT, BX
	MOVQ BX, 128(AX)
	VZEROUPPER
	RET
