//go:build !purego

// The fused step for rows of 128 columns, AVX-512 (F, DQ, VL), as step32: w
// fills eight registers and g another eight.

#include "textflag.h"

#define XN      SI // the group of the forward pass
#define XP      BX // the group of the gradient
#define YS      DX
#define DN      DI // δ of the group that is next for the gradient
#define DS      R9 // and of the group of the gradient
#define ROWS    R8
#define STRIDE  R10 // bytes
#define STRIDE3 R11
#define STRIDE5 R12
#define STRIDE7 R13
#define CORRECT CX

#define HIGHHALF  K2 // the float64 lanes 4 to 7
#define HIGHPAIRS K3 // of every four float32 lanes the last two
#define NEGATIVE  K4
#define SAME      K5

#define VX Z8 // Y8 is z
#define VN Z9
#define VR Z10
#define R2 Z11
#define E0 Z12
#define E1 Z13
#define VT E0
#define VQ R2
#define VM VN
#define VE VR
#define VY E1
#define VS E1

#define T    Z14
#define D    Z15
#define COST Z22
#define SUM  Z23

#include "delta_amd64.h"
#include "fold_amd64.h"

// DOT8 continues the sums of eight rows by column C and its weights.
#define DOT8(OP, C, WC) \
	OP C(XN), WC, Z0; \
	OP C(XN)(STRIDE*1), WC, Z1; \
	OP C(XN)(STRIDE*2), WC, Z2; \
	OP C(XN)(STRIDE3*1), WC, Z3; \
	OP C(XN)(STRIDE*4), WC, Z4; \
	OP C(XN)(STRIDE5*1), WC, Z5; \
	OP C(XN)(STRIDE3*2), WC, Z6; \
	OP C(XN)(STRIDE7*1), WC, Z7

// LAST does so for the last columns, whose weights have no register.
#define LAST \
	MOVQ w+16(FP), AX; \
	VMOVUPS 384(AX), T; \
	DOT8(VFMADD231PS, 384, T); \
	VMOVUPS 448(AX), T; \
	DOT8(VFMADD231PS, 448, T)

// FOLD leaves z of eight rows in Y8.
#define FOLD \
	FOLD512(Z0, Z2); \
	FOLD512(Z4, Z6); \
	FOLD512(Z1, Z3); \
	FOLD512(Z5, Z7); \
	FOLD256(Z0, Z4); \
	FOLD256(Z1, Z5); \
	FOLD128(Z0, Z1); \
	VPERMILPS $0xB1, Z0, T; \
	VADDPS T, Z0, Z0; \
	VPMOVQD Z0, Y8; \
	VADDPS.BCST b-80(SP), Y8, Y8

// ROW adds a row, times its δ.
#define ROW(I, ADDRESS) \
	VBROADCASTSS (I*4)(DS), D; \
	VFMADD231PS 0 ADDRESS, D, Z24; \
	VFMADD231PS 64 ADDRESS, D, Z25; \
	VFMADD231PS 128 ADDRESS, D, Z26; \
	VFMADD231PS 192 ADDRESS, D, Z27; \
	VFMADD231PS 256 ADDRESS, D, Z28; \
	VFMADD231PS 320 ADDRESS, D, Z29; \
	VFMADD231PS 384 ADDRESS, D, Z30; \
	VFMADD231PS 448 ADDRESS, D, Z31

// func step128AVX512(grad, x, w, y *float32, b float32, rows, stride int, sums *lanes)
TEXT ·step128AVX512(SB), NOSPLIT, $80-64
	MOVQ x+8(FP), XN
	MOVQ w+16(FP), DX
	MOVL b+32(FP), AX
	MOVL AX, b-80(SP)
	MOVQ rows+40(FP), ROWS
	MOVQ stride+48(FP), STRIDE
	SHLQ $2, STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	LEAQ (STRIDE)(STRIDE*4), STRIDE5
	LEAQ (STRIDE3)(STRIDE*4), STRIDE7
	MOVL $0xF0, AX
	KMOVW AX, HIGHHALF
	MOVL $0xAA, AX
	KMOVW AX, HIGHPAIRS
	VMOVUPS 0(DX), Z16
	VMOVUPS 64(DX), Z17
	VMOVUPS 128(DX), Z18
	VMOVUPS 192(DX), Z19
	VMOVUPS 256(DX), Z20
	VMOVUPS 320(DX), Z21
	VPXORD COST, COST, COST
	VPXORD SUM, SUM, SUM
	VPXORD Z24, Z24, Z24
	VPXORD Z25, Z25, Z25
	VPXORD Z26, Z26, Z26
	VPXORD Z27, Z27, Z27
	VPXORD Z28, Z28, Z28
	VPXORD Z29, Z29, Z29
	VPXORD Z30, Z30, Z30
	VPXORD Z31, Z31, Z31
	XORL CORRECT, CORRECT
	MOVQ y+24(FP), YS
	LEAQ d-32(SP), DN
	LEAQ d-64(SP), DS
	VMOVUPS Y31, (DS) // δ of the rows before the first
	MOVQ XN, XP
	DOT8(VMULPS, 0, Z16)
	DOT8(VFMADD231PS, 64, Z17)
	DOT8(VFMADD231PS, 128, Z18)
	DOT8(VFMADD231PS, 192, Z19)
	DOT8(VFMADD231PS, 256, Z20)
	DOT8(VFMADD231PS, 320, Z21)
	LAST
	FOLD

group:
	LEAQ (STRIDE*8), AX
	SUBQ $8, ROWS
	JNZ  next
	XORL AX, AX // behind the last group comes the last once more, in vain

next:
	MOVQ AX, advance-72(SP)
	ADDQ AX, XN
	VCVTPS2PD Y8, VX
	STAGE1(VBROADCASTSD)
	ROW(0, (XP))
	DOT8(VMULPS, 0, Z16)
	STAGE2(VBROADCASTSD)
	ROW(1, (XP)(STRIDE*1))
	DOT8(VFMADD231PS, 64, Z17)
	STAGE3(VBROADCASTSD)
	ROW(2, (XP)(STRIDE*2))
	DOT8(VFMADD231PS, 128, Z18)
	STAGE4(VBROADCASTSD)
	ROW(3, (XP)(STRIDE3*1))
	DOT8(VFMADD231PS, 192, Z19)
	STAGE5(VBROADCASTSD)
	ROW(4, (XP)(STRIDE*4))
	DOT8(VFMADD231PS, 256, Z20)
	VCVTPS2PD (YS), VY
	STAGE6(VBROADCASTSD)
	ROW(5, (XP)(STRIDE5*1))
	DOT8(VFMADD231PS, 320, Z21)
	STAGE7(VBROADCASTSD)
	ROW(6, (XP)(STRIDE3*2))
	LAST
	STAGE8(VBROADCASTSD)
	ROW(7, (XP)(STRIDE7*1))
	COUNT(0xFF)
	VCVTPD2PS VQ, Y11
	VMOVUPS Y11, (DN)
	FOLD
	ADDQ  $32, YS
	XCHGQ DS, DN
	MOVQ  XN, XP
	SUBQ  advance-72(SP), XP
	TESTQ ROWS, ROWS
	JNZ   group

	ROW(0, (XP))
	ROW(1, (XP)(STRIDE*1))
	ROW(2, (XP)(STRIDE*2))
	ROW(3, (XP)(STRIDE3*1))
	ROW(4, (XP)(STRIDE*4))
	ROW(5, (XP)(STRIDE5*1))
	ROW(6, (XP)(STRIDE3*2))
	ROW(7, (XP)(STRIDE7*1))

	MOVQ grad+0(FP), DI
	VMOVUPS Z24, 0(DI)
	VMOVUPS Z25, 64(DI)
	VMOVUPS Z26, 128(DI)
	VMOVUPS Z27, 192(DI)
	VMOVUPS Z28, 256(DI)
	VMOVUPS Z29, 320(DI)
	VMOVUPS Z30, 384(DI)
	VMOVUPS Z31, 448(DI)
	MOVQ sums+56(FP), AX
	VMOVUPD COST, (AX)
	VMOVUPD SUM, 64(AX)
	MOVQ CORRECT, 128(AX)
	VZEROUPPER
	RET
