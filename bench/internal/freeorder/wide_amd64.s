//go:build !purego

// The fused step for wide rows, AVX-512 (F, DQ, VL).
//
// Two rows at a time, in a pipeline: while the forward pass walks the columns
// of a pair, the gradient follows through the pair before. δ of that is not
// known at once: while it is computed, stage by stage, the forward pass goes
// through its first columns, SKEW bytes, and the gradient through the last ones
// of the pair before that. So the CPU never waits for δ, and memory never for
// the CPU. The lines of a later pair are fetched in order.
//
// More rows at a time would load w and g less often. But rows whose stride is
// 4 KiB share the 8 ways of a set in the L1 cache: three pairs, w and g fill it.

#include "textflag.h"

#define G       DI
#define XN      SI // cursor in the pair of the forward pass
#define XP      R12 // cursor in the pair of the gradient
#define W       DX
#define ROWS    R8
#define COLS    R9 // bytes
#define STRIDE  R10 // bytes
#define YS      R11
#define AHEAD   R13
#define COL     AX // offset of the column of the forward pass
#define OLD     BX // the pair of which the gradient has done the beginning
#define GP      CX // with COL, the column of the gradient
#define CORRECT correct-24(SP)

#define HIGHHALF K2 // the float64 lanes 4 to 7
#define FIRST    K3 // the first lane of each half
#define NEGATIVE K4
#define SAME     K5

#define VX X8
#define VY X9
#define VN X10
#define VR X11
#define R2 X12
#define E0 X13
#define E1 X14
#define VT X15
#define VQ X16
#define VM X17
#define VE X18
#define VS X19

#define T    Z20
#define COST X21
#define SUM  X22
#define BIAS X23
#define D0   Z24
#define D1   Z25

#include "delta_amd64.h"
#include "fold_amd64.h"

#define SKEW 512

#define FORWARD \
	PREFETCHT1 (AHEAD); \
	PREFETCHT1 64(AHEAD); \
	ADDQ $128, AHEAD; \
	VMOVUPS (W)(COL*1), Z4; \
	VFMADD231PS (XN), Z4, Z0; \
	VFMADD231PS (XN)(STRIDE*1), Z4, Z1; \
	ADDQ $64, XN

#define GRADIENT \
	VMOVUPS (GP)(COL*1), Z5; \
	VFMADD231PS (XP), D0, Z5; \
	VFMADD231PS (XP)(STRIDE*1), D1, Z5; \
	VMOVUPS Z5, (GP)(COL*1); \
	ADDQ $64, XP

#define BOTH \
	FORWARD; \
	GRADIENT; \
	ADDQ $64, COL

// BEGIN clears the sums of the next pair, END folds them into VX.
#define BEGIN \
	VPXORD Z0, Z0, Z0; \
	VPXORD Z1, Z1, Z1; \
	XORL COL, COL

#define END \
	SUBQ COLS, XN; \
	LEAQ (XN)(STRIDE*2), XN; \
	FOLD512(Z0, Z1); \
	VSHUFF64X2 $0xB1, Z0, Z0, T; \
	VADDPS T, Z0, Z0; \
	VPERMILPS $0x4E, Z0, T; \
	VADDPS T, Z0, Z0; \
	VPERMILPS $0xB1, Z0, T; \
	VADDPS T, Z0, Z0; \
	VCOMPRESSPS Z0, FIRST, Z0; \
	VADDPS BIAS, X0, X0; \
	VCVTPS2PD X0, VX

// OLDEND moves the gradient to the end of the rows of OLD.
#define OLDEND \
	LEAQ -SKEW(OLD)(COLS*1), XP; \
	LEAQ -SKEW(G)(COLS*1), GP

// DONE makes use of δ.
#define DONE \
	KMOVB SAME, GP; \
	ANDL $3, GP; \
	POPCNTL GP, GP; \
	ADDQ GP, CORRECT; \
	VCVTPD2PSX VQ, VQ; \
	VBROADCASTSS VQ, D0; \
	VMOVSHDUP VQ, VQ; \
	VBROADCASTSS VQ, D1

// func wideAVX512(grad, x, w, y *float32, b float32, rows, cols, stride, ahead int, sums *lanes)
TEXT ·wideAVX512(SB), NOSPLIT, $24-80
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), XN
	MOVQ w+16(FP), W
	MOVQ y+24(FP), YS
	VBROADCASTSS b+32(FP), BIAS
	MOVQ rows+40(FP), ROWS
	MOVQ cols+48(FP), COLS
	SHLQ $2, COLS
	MOVQ stride+56(FP), STRIDE
	SHLQ $2, STRIDE
	MOVQ ahead+64(FP), AHEAD
	ADDQ XN, AHEAD
	MOVL $0xF0, AX
	KMOVW AX, HIGHHALF
	MOVL $0x0101, AX
	KMOVW AX, FIRST
	VPXORD Z21, Z21, Z21
	VPXORD Z22, Z22, Z22
	VPXORD D0, D0, D0 // δ of the pair before the first
	VPXORD D1, D1, D1
	MOVQ $0, CORRECT
	MOVQ XN, OLD
	BEGIN

first:
	FORWARD
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  first
	END

pair:
	SUBQ $2, ROWS
	JZ   last
	OLDEND
	BEGIN
	VCVTPS2PD (YS), VY
	STAGE1(VMOVDDUP)
	BOTH
	STAGE2(VMOVDDUP)
	BOTH
	STAGE3(VMOVDDUP)
	BOTH
	STAGE4(VMOVDDUP)
	BOTH
	STAGE5(VMOVDDUP)
	BOTH
	STAGE6(VMOVDDUP)
	BOTH
	BOTH
	STAGE7(VMOVDDUP)
	BOTH
	STAGE8(VMOVDDUP)
	DONE
	ADDQ $8, YS
	LEAQ -SKEW(XN), XP
	SUBQ STRIDE, XP
	SUBQ STRIDE, XP
	MOVQ XP, OLD
	LEAQ -SKEW(G), GP

	PCALIGN $32
straight:
	BOTH
	CMPQ COL, COLS
	JLT  straight
	END
	JMP  pair

last:
	VCVTPS2PD (YS), VY
	STAGE1(VMOVDDUP)
	STAGE2(VMOVDDUP)
	STAGE3(VMOVDDUP)
	STAGE4(VMOVDDUP)
	STAGE5(VMOVDDUP)
	STAGE6(VMOVDDUP)
	STAGE7(VMOVDDUP)
	STAGE8(VMOVDDUP)
	OLDEND
	XORL COL, COL

rest:
	GRADIENT
	ADDQ $64, COL
	CMPQ COL, $SKEW
	JLT  rest
	DONE
	MOVQ XN, XP
	SUBQ STRIDE, XP
	SUBQ STRIDE, XP
	MOVQ G, GP
	XORL COL, COL

whole:
	GRADIENT
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  whole

	MOVQ sums+72(FP), AX
	VMOVUPD Z21, (AX)
	VMOVUPD Z22, 64(AX)
	MOVQ CORRECT, BX
	MOVQ BX, 128(AX)
	VZEROUPPER
	RET
