//go:build !purego

// The fused step for wide rows, AVX-512 (F, DQ, VL).
//
// Four rows, or two, at a time, in a pipeline: while the forward pass walks the
// columns of a group, the gradient follows through the group before. δ of that
// is not known at once: until the forward pass has gone through the first SKEW
// bytes, the gradient works on the last SKEW bytes of the group before that. So
// the CPU never waits for δ, and memory never for the CPU. The lines of the
// group after the next are fetched in order.

#include "textflag.h"

#define G       DI
#define XN      SI // cursor in the group of the forward pass
#define XP      R12 // cursor in the group of the gradient
#define W       DX
#define ROWS    R8
#define COLS    R9 // bytes
#define STRIDE  R10 // bytes
#define STRIDE3 R11
#define AHEAD   R13
#define COL     AX // offset of the column of the forward pass
#define END     BX
#define GP      CX // with COL, the column of the gradient

#define HIGHHALF K2 // the float64 lanes 4 to 7
#define FIRST    K3 // of every four float32 lanes the first
#define NEGATIVE K4
#define SAME     K5

#define VX Y8
#define VY Y9
#define VN Y10
#define VR Y11
#define R2 Y12
#define E0 Y13
#define E1 Y14
#define VT Y15
#define VQ Y16
#define VM Y17
#define VE Y18
#define VC Y19

#define T    Z20
#define COST Y21
#define SUM  Y22
#define BIAS X23
#define CORRECT GP

#include "delta_amd64.h"
#include "fold_amd64.h"

#define FORWARD4 \
	VMOVUPS (W)(COL*1), Z4; \
	VFMADD231PS (XN), Z4, Z0; \
	VFMADD231PS (XN)(STRIDE*1), Z4, Z1; \
	VFMADD231PS (XN)(STRIDE*2), Z4, Z2; \
	VFMADD231PS (XN)(STRIDE3*1), Z4, Z3; \
	ADDQ $64, XN

#define GRADIENT4 \
	VMOVUPS (GP)(COL*1), Z5; \
	VFMADD231PS (XP), Z24, Z5; \
	VFMADD231PS (XP)(STRIDE*1), Z25, Z5; \
	VFMADD231PS (XP)(STRIDE*2), Z26, Z5; \
	VFMADD231PS (XP)(STRIDE3*1), Z27, Z5; \
	VMOVUPS Z5, (GP)(COL*1); \
	ADDQ $64, XP

#define FETCH4 \
	PREFETCHT0 (AHEAD); \
	PREFETCHT0 64(AHEAD); \
	PREFETCHT0 128(AHEAD); \
	PREFETCHT0 192(AHEAD); \
	ADDQ $256, AHEAD

#define FOLD4 \
	FOLD512(Z0, Z1); \
	FOLD512(Z2, Z3); \
	FOLD256(Z0, Z2); \
	VPERMILPS $0x4E, Z0, T; \
	VADDPS T, Z0, Z0; \
	VPERMILPS $0xB1, Z0, T; \
	VADDPS T, Z0, Z0; \
	VCOMPRESSPS Z0, FIRST, Z0

#define DELTAS4 \
	VBROADCASTSS d-16(SP), Z24; \
	VBROADCASTSS d-12(SP), Z25; \
	VBROADCASTSS d-8(SP), Z26; \
	VBROADCASTSS d-4(SP), Z27

// func wide4(grad, x, w, y *float32, b float32, rows, cols, stride, skew, ahead int, sums *lanes)
TEXT ·wide4(SB), NOSPLIT, $48-88
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), XN
	MOVQ w+16(FP), W
	VBROADCASTSS b+32(FP), BIAS
	MOVQ rows+40(FP), ROWS
	MOVQ cols+48(FP), COLS
	SHLQ $2, COLS
	MOVQ stride+56(FP), STRIDE
	SHLQ $2, STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	MOVQ ahead+72(FP), AHEAD
	ADDQ XN, AHEAD
	MOVL $0xF0, AX
	KMOVW AX, HIGHHALF
	MOVL $0x1111, AX
	KMOVW AX, FIRST
	VXORPD COST, COST, COST
	VXORPD SUM, SUM, SUM
	VPXORD Z24, Z24, Z24
	VPXORD Z25, Z25, Z25
	VPXORD Z26, Z26, Z26
	VPXORD Z27, Z27, Z27
	MOVQ $0, correct-24(SP)
	MOVQ y+24(FP), AX
	MOVQ AX, ys-32(SP)
	MOVQ XN, XP // δ of the group before the first is 0

	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	XORL COL, COL

first:
	FETCH4
	FORWARD4
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  first
	MOVQ XP, old-40(SP)
	JMP  fold

group:
	// The end of the group before the last.
	MOVQ skew+64(FP), END
	MOVQ old-40(SP), XP
	ADDQ COLS, XP
	SUBQ END, XP
	LEAQ (G)(COLS*1), GP
	SUBQ END, GP
	XORL COL, COL

	PCALIGN $32
skewed:
	FETCH4
	FORWARD4
	GRADIENT4
	ADDQ $64, COL
	CMPQ COL, END
	JLT  skewed

	// The beginning of the last one.
	DELTAS4
	MOVQ XN, XP
	SUBQ END, XP
	LEAQ (STRIDE*4), END
	SUBQ END, XP
	MOVQ XP, old-40(SP)
	MOVQ G, GP
	SUBQ COL, GP

	PCALIGN $32
straight:
	FETCH4
	FORWARD4
	GRADIENT4
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  straight

fold:
	SUBQ COLS, XN
	LEAQ (XN)(STRIDE*4), XN
	FOLD4
	VADDPS BIAS, X0, X0
	VCVTPS2PD X0, VX
	MOVQ ys-32(SP), AX
	VCVTPS2PD (AX), VY
	ADDQ $16, AX
	MOVQ AX, ys-32(SP)
	QUADRATIC(VBROADCASTSD)
	MOVQ correct-24(SP), CORRECT
	COUNT(0x0F)
	MOVQ CORRECT, correct-24(SP)
	VADDPD VC, COST, COST
	VADDPD VE, SUM, SUM
	VCVTPD2PSY VE, X6
	VMOVUPS X6, d-16(SP)
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	SUBQ $4, ROWS
	JNZ  group

	// The end of the group before the last, then the last one.
	MOVQ skew+64(FP), END
	MOVQ old-40(SP), XP
	ADDQ COLS, XP
	SUBQ END, XP
	LEAQ (G)(COLS*1), GP
	SUBQ END, GP
	XORL COL, COL

rest:
	GRADIENT4
	ADDQ $64, COL
	CMPQ COL, END
	JLT  rest
	DELTAS4
	MOVQ XN, XP
	LEAQ (STRIDE*4), END
	SUBQ END, XP
	MOVQ G, GP
	XORL COL, COL

last:
	GRADIENT4
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  last

	MOVQ sums+80(FP), AX
	VPXORD Z0, Z0, Z0
	VMOVUPD Z0, (AX)
	VMOVUPD Z0, 64(AX)
	VMOVUPD COST, (AX)
	VMOVUPD SUM, 64(AX)
	MOVQ correct-24(SP), BX
	MOVQ BX, 128(AX)
	VZEROUPPER
	RET

#undef VX
#undef VY
#undef VN
#undef VR
#undef R2
#undef E0
#undef E1
#undef VT
#undef VQ
#undef VM
#undef VE
#undef VC
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
#define VC X19
#undef COST
#undef SUM
#define COST X21
#define SUM X22

// Two rows at a time, for strides at which more would not fit into the cache.

#define FORWARD2 \
	VMOVUPS (W)(COL*1), Z4; \
	VFMADD231PS (XN), Z4, Z0; \
	VFMADD231PS (XN)(STRIDE*1), Z4, Z2; \
	ADDQ $64, XN

#define GRADIENT2 \
	VMOVUPS (GP)(COL*1), Z5; \
	VFMADD231PS (XP), Z24, Z5; \
	VFMADD231PS (XP)(STRIDE*1), Z25, Z5; \
	VMOVUPS Z5, (GP)(COL*1); \
	ADDQ $64, XP

#define FETCH2 \
	PREFETCHT1 (AHEAD); \
	PREFETCHT1 64(AHEAD); \
	ADDQ $128, AHEAD

#define FOLD2 \
	FOLD512(Z0, Z2); \
	VSHUFF64X2 $0xB1, Z0, Z0, T; \
	VADDPS T, Z0, Z0; \
	VPERMILPS $0x4E, Z0, T; \
	VADDPS T, Z0, Z0; \
	VPERMILPS $0xB1, Z0, T; \
	VADDPS T, Z0, Z0; \
	VCOMPRESSPS Z0, FIRST, Z0

#define DELTAS2 \
	VBROADCASTSS d-16(SP), Z24; \
	VBROADCASTSS d-12(SP), Z25

// func wide2(grad, x, w, y *float32, b float32, rows, cols, stride, skew, ahead int, sums *lanes)
TEXT ·wide2(SB), NOSPLIT, $48-88
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), XN
	MOVQ w+16(FP), W
	VBROADCASTSS b+32(FP), BIAS
	MOVQ rows+40(FP), ROWS
	MOVQ cols+48(FP), COLS
	SHLQ $2, COLS
	MOVQ stride+56(FP), STRIDE
	SHLQ $2, STRIDE
	MOVQ ahead+72(FP), AHEAD
	ADDQ XN, AHEAD
	MOVL $0xF0, AX
	KMOVW AX, HIGHHALF
	MOVL $0x0101, AX
	KMOVW AX, FIRST
	VXORPD COST, COST, COST
	VXORPD SUM, SUM, SUM
	VPXORD Z24, Z24, Z24
	VPXORD Z25, Z25, Z25
	MOVQ $0, correct-24(SP)
	MOVQ y+24(FP), AX
	MOVQ AX, ys-32(SP)
	MOVQ XN, XP // δ of the group before the first is 0

	VPXORD Z0, Z0, Z0
	VPXORD Z2, Z2, Z2
	XORL COL, COL

first:
	FETCH2
	FORWARD2
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  first
	MOVQ XP, old-40(SP)
	JMP  fold

group:
	// The end of the group before the last.
	MOVQ skew+64(FP), END
	MOVQ old-40(SP), XP
	ADDQ COLS, XP
	SUBQ END, XP
	LEAQ (G)(COLS*1), GP
	SUBQ END, GP
	XORL COL, COL

	PCALIGN $32
skewed:
	FETCH2
	FORWARD2
	GRADIENT2
	ADDQ $64, COL
	CMPQ COL, END
	JLT  skewed

	// The beginning of the last one.
	DELTAS2
	MOVQ XN, XP
	SUBQ END, XP
	LEAQ (STRIDE*2), END
	SUBQ END, XP
	MOVQ XP, old-40(SP)
	MOVQ G, GP
	SUBQ COL, GP

	PCALIGN $32
straight:
	FETCH2
	FORWARD2
	GRADIENT2
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  straight

fold:
	SUBQ COLS, XN
	LEAQ (XN)(STRIDE*2), XN
	FOLD2
	VADDPS BIAS, X0, X0
	VCVTPS2PD X0, VX
	MOVQ ys-32(SP), AX
	VCVTPS2PD (AX), VY
	ADDQ $8, AX
	MOVQ AX, ys-32(SP)
	QUADRATIC(VMOVDDUP)
	MOVQ correct-24(SP), CORRECT
	COUNT(0x03)
	MOVQ CORRECT, correct-24(SP)
	VADDPD VC, COST, COST
	VADDPD VE, SUM, SUM
	VCVTPD2PSX VE, X6
	VMOVUPS X6, d-16(SP)
	VPXORD Z0, Z0, Z0
	VPXORD Z2, Z2, Z2
	SUBQ $2, ROWS
	JNZ  group

	// The end of the group before the last, then the last one.
	MOVQ skew+64(FP), END
	MOVQ old-40(SP), XP
	ADDQ COLS, XP
	SUBQ END, XP
	LEAQ (G)(COLS*1), GP
	SUBQ END, GP
	XORL COL, COL

rest:
	GRADIENT2
	ADDQ $64, COL
	CMPQ COL, END
	JLT  rest
	DELTAS2
	MOVQ XN, XP
	LEAQ (STRIDE*2), END
	SUBQ END, XP
	MOVQ G, GP
	XORL COL, COL

last:
	GRADIENT2
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  last

	MOVQ sums+80(FP), AX
	VPXORD Z0, Z0, Z0
	VMOVUPD Z0, (AX)
	VMOVUPD Z0, 64(AX)
	VMOVUPD COST, (AX)
	VMOVUPD SUM, 64(AX)
	MOVQ correct-24(SP), BX
	MOVQ BX, 128(AX)
	VZEROUPPER
	RET
