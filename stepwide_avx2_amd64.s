//go:build !purego

// The fused step over wide rows for AVX2 and FMA3: forward, δ and gradient of
// many rows in one call. See stepwide_amd64.h.
//
// A group of columns is four vectors. Those of the tail are worked as far as it
// goes, under masks: a vector that is not there may lie in a page that is not
// there, for which a mask without elements takes long. An unused lane may then
// keep its −0, where the definition makes +0 of it. That shows in z only if all
// lanes are −0 and b is: so +0 is added to b. δ of a pair takes the lower half of vectors of four.

#include "textflag.h"
#include "stepwide_amd64.h"
#include "delta_avx2_amd64.h"

// Of a pass: the lanes of the first row, A0 to A3, and those of the second.
#define A0 Y0
#define A1 Y1
#define A2 Y2
#define A3 Y3
#define B0 Y4
#define B1 Y5
#define B2 Y6
#define B3 Y7
#define WV Y8
#define GV Y9
#define XV Y10
#define MV Y11
#define DA Y14 // δ of the rows of a pair
#define DB Y15

// Between two passes; both rows of a pair.
#define VY YI
#define VS WT

// ones<>+128-4*n(SB) begins with n ones of 32 bits, and zeros behind them.
DATA ones<>+0(SB)/8, $-1
DATA ones<>+8(SB)/8, $-1
DATA ones<>+16(SB)/8, $-1
DATA ones<>+24(SB)/8, $-1
DATA ones<>+32(SB)/8, $-1
DATA ones<>+40(SB)/8, $-1
DATA ones<>+48(SB)/8, $-1
DATA ones<>+56(SB)/8, $-1
DATA ones<>+64(SB)/8, $-1
DATA ones<>+72(SB)/8, $-1
DATA ones<>+80(SB)/8, $-1
DATA ones<>+88(SB)/8, $-1
DATA ones<>+96(SB)/8, $-1
DATA ones<>+104(SB)/8, $-1
DATA ones<>+112(SB)/8, $-1
DATA ones<>+120(SB)/8, $-1
GLOBL ones<>(SB), RODATA|NOPTR, $256

// MASKS copies the masks of the four vectors of a tail, and what g is there:
// most CPUs store slowly under a mask, so that g goes back by ENDTAIL, when GP stands there.
#define MASKS(LANES) \
	IMUL3Q $(64/LANES), TAIL, XP; \
	LEAQ ones<>+128(SB), AX; \
	SUBQ XP, AX; \
	VMOVUPS (AX), MV; \
	VMOVUPS MV, masks-160(SP); \
	VMOVUPS 32(AX), MV; \
	VMOVUPS MV, masks-128(SP); \
	VMOVUPS 64(AX), MV; \
	VMOVUPS MV, masks-96(SP); \
	VMOVUPS 96(AX), MV; \
	VMOVUPS MV, masks-64(SP); \
	LEAQ (G)(COLS*1), GP; \
	JMP  copied; \
copy: \
	MOVL (GP)(XP*1), AX; \
	MOVL AX, gtail-288(SP)(XP*1); \
copied: \
	SUBQ $4, XP; \
	JGE  copy

#define ENDTAIL(LANES) \
	IMUL3Q $(64/LANES), TAIL, XP; \
	JMP  back; \
again: \
	MOVL gtail-288(SP)(XP*1), AX; \
	MOVL AX, (GP)(XP*1); \
back: \
	SUBQ $4, XP; \
	JGE  again

#define ZERO \
	VXORPS A0, A0, A0; \
	VXORPS A1, A1, A1; \
	VXORPS A2, A2, A2; \
	VXORPS A3, A3, A3; \
	VXORPS B0, B0, B0; \
	VXORPS B1, B1, B1; \
	VXORPS B2, B2, B2; \
	VXORPS B3, B3, B3

// FORWARD continues the lanes by one group of columns.
#define FORWARD1(OFF, A, B, FMA) \
	VMOVUPS OFF(W)(COL*1), WV; \
	FMA OFF(X), WV, A; \
	FMA OFF(X)(STRIDE*1), WV, B

#define FORWARD(LOAD, FMA) \
	FORWARD1(0, A0, B0, FMA); \
	FORWARD1(32, A1, B1, FMA); \
	FORWARD1(64, A2, B2, FMA); \
	FORWARD1(96, A3, B3, FMA); \
	ADDQ $128, X; \
	ADDQ $128, COL

// FORWARDTAIL does so by the tail.
#define FORWARDMASKED(OFF, MASK, A, B, FMA) \
	VMOVUPS MASK, MV; \
	VMASKMOVPS OFF(W)(COL*1), MV, WV; \
	VMASKMOVPS OFF(X), MV, XV; \
	FMA XV, WV, A; \
	VMASKMOVPS OFF(X)(STRIDE*1), MV, XV; \
	FMA XV, WV, B

#define FORWARDTAIL(LANES, LOADZ, FMA, done) \
	TESTQ TAIL, TAIL; \
	JZ    done; \
	FORWARDMASKED(0, masks-160(SP), A0, B0, FMA); \
	CMPQ  TAIL, $(LANES/2); \
	JLE   done; \
	FORWARDMASKED(32, masks-128(SP), A1, B1, FMA); \
	CMPQ  TAIL, $LANES; \
	JLE   done; \
	FORWARDMASKED(64, masks-96(SP), A2, B2, FMA); \
	CMPQ  TAIL, $(3*LANES/2); \
	JLE   done; \
	FORWARDMASKED(96, masks-64(SP), A3, B3, FMA); \
done:

// GRADIENT continues one group of columns of g by a pair of rows.
#define GRADIENT1(OFF, FMA) \
	VMOVUPS OFF(GP), GV; \
	FMA OFF(XP), DA, GV; \
	FMA OFF(XP)(STRIDE*1), DB, GV; \
	VMOVUPS GV, OFF(GP)

#define GRADIENT(LOAD, FMA) \
	GRADIENT1(0, FMA); \
	GRADIENT1(32, FMA); \
	GRADIENT1(64, FMA); \
	GRADIENT1(96, FMA); \
	ADDQ $128, XP; \
	ADDQ $128, GP; \
	ADDQ $128, COL

// GRADIENTTAIL does so with the tail.
#define GRADIENTMASKED(OFF, MASK, TAILG, FMA) \
	VMOVUPS MASK, MV; \
	VMOVUPS TAILG, GV; \
	VMASKMOVPS OFF(XP), MV, XV; \
	FMA XV, DA, GV; \
	VMASKMOVPS OFF(XP)(STRIDE*1), MV, XV; \
	FMA XV, DB, GV; \
	VMOVUPS GV, TAILG

#define GRADIENTTAIL(LANES, LOAD, LOADZ, FMA, done) \
	TESTQ TAIL, TAIL; \
	JZ    done; \
	GRADIENTMASKED(0, masks-160(SP), gtail-288(SP), FMA); \
	CMPQ  TAIL, $(LANES/2); \
	JLE   done; \
	GRADIENTMASKED(32, masks-128(SP), gtail-256(SP), FMA); \
	CMPQ  TAIL, $LANES; \
	JLE   done; \
	GRADIENTMASKED(64, masks-96(SP), gtail-224(SP), FMA); \
	CMPQ  TAIL, $(3*LANES/2); \
	JLE   done; \
	GRADIENTMASKED(96, masks-64(SP), gtail-192(SP), FMA); \
done:

#define GROUP(LOAD, FMA, FETCH) \
	FETCH; \
	FORWARD1(0, A0, B0, FMA); \
	GRADIENT1(0, FMA); \
	FORWARD1(32, A1, B1, FMA); \
	GRADIENT1(32, FMA); \
	FETCH; \
	FORWARD1(64, A2, B2, FMA); \
	GRADIENT1(64, FMA); \
	FORWARD1(96, A3, B3, FMA); \
	GRADIENT1(96, FMA); \
	ADDQ $128, X; \
	ADDQ $128, XP; \
	ADDQ $128, GP; \
	ADDQ $128, COL

#define WEIGH \
	VMULPD VS, VE, VE; \
	VMULPD VS, COST, COST

#define SUMS \
	VADDPD  (P)(LANE*1), X2, X2; \
	VMOVUPD X2, (P)(LANE*1); \
	VMOVUPD 64(P)(LANE*1), X6; \
	VSUBPD  X9, X6, X6; \
	VMOVUPD X6, 64(P)(LANE*1); \
	VADDPD  128(P)(LANE*1), X1, X1; \
	VMOVUPD X1, 128(P)(LANE*1)

// HALVE2 halves 128 bytes of lanes of two rows until each has 128 bits, the
// first in the lower half of A0.
#define HALVE2(ADD) \
	ADD A2, A0, A0; \
	ADD A3, A1, A1; \
	ADD B2, B0, B0; \
	ADD B3, B1, B1; \
	ADD A1, A0, A0; \
	ADD B1, B0, B0; \
	VPERM2F128 $0x31, B0, A0, A1; \
	VPERM2F128 $0x20, B0, A0, A0; \
	ADD A1, A0, A0

#define REDUCE32 \
	HALVE2(VADDPS); \
	VPERMILPS $0x4E, A0, A1; \
	VADDPS A1, A0, A0; \
	VPERMILPS $0xB1, A0, A1; \
	VADDPS A1, A0, A0; \
	VEXTRACTF128 $1, A0, X1; \
	VUNPCKLPS X1, X0, X0; \
	VBROADCASTSS b+48(FP), X1; \
	VADDPS X1, X0, X0; \
	VCVTPS2PD X0, VX

#define REDUCE64 \
	HALVE2(VADDPD); \
	VPERMILPD $0x5, A0, A1; \
	VADDPD A1, A0, A0; \
	VEXTRACTF128 $1, A0, X1; \
	VUNPCKLPD X1, X0, X0; \
	VMOVDDUP b+48(FP), X1; \
	VADDPD X1, X0, X0

// STORE32 rounds δ to float32 and widens it again, for its sum.
#define STORE32 \
	VCVTPD2PSX X1, X1; \
	VMOVSD X1, delta-24(SP); \
	VCVTPS2PD X1, X1

#define STORE64 VMOVUPD X1, delta-24(SP)

#define BROADCAST32 \
	VBROADCASTSS delta-24(SP), DA; \
	VBROADCASTSS delta-20(SP), DB

#define BROADCAST64 \
	VBROADCASTSD delta-24(SP), DA; \
	VBROADCASTSD delta-16(SP), DB

#define LABELS32(V) \
	VMOVSD (P), X6; \
	VCVTPS2PD X6, V

#define LABELS64(V) \
	VMOVUPD (P), X6; \
	VMOVAPD Y6, V

#define QUADRATIC32 EXP_NEG_SHORT; QUADRATIC
#define QUADRATIC64 EXP_NEG; QUADRATIC
#define LOG32 EXP_NEG_SHORT; LOG(LOG_32)
#define LOG64 EXP_NEG; LOG(LOG_64)

// func stepWide32AVX2(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)
TEXT ·stepWide32AVX2(SB), NOSPLIT, $288-96
	TESTQ  $31, cols+64(FP)
	JZ     whole
	VXORPS X0, X0, X0
	VADDSS b+48(FP), X0, X0
	VMOVSS X0, b+48(FP)

whole:
	STEPWIDE(16, 4, 2, VMOVUPS, MASKED, VFMADD231PS, BROADCAST32, LABELS32, QUADRATIC32, LOG32, STORE32, REDUCE32)

// func stepWide64AVX2(grad, x, w, y, weights *float64, sums *accumulator, b float64, rows, cols, stride, ahead, loss int)
TEXT ·stepWide64AVX2(SB), NOSPLIT, $288-96
	TESTQ  $15, cols+64(FP)
	JZ     whole
	VXORPD X0, X0, X0
	VADDSD b+48(FP), X0, X0
	VMOVSD X0, b+48(FP)

whole:
	STEPWIDE(8, 8, 3, VMOVUPD, MASKED, VFMADD231PD, BROADCAST64, LABELS64, QUADRATIC64, LOG64, STORE64, REDUCE64)
