//go:build !purego

// The fused step over wide rows for AVX-512 (F, DQ, BW, VL): forward, δ and
// gradient of many rows in one call. See stepwide_amd64.h.
//
// The columns behind the last whole group of lanes are worked under masks. An
// unused lane keeps its −0 there, where the definition makes +0 of it. That
// shows in no sum of lanes but one of which every lane is −0, and not in z if b
// is not −0: so +0 is added to b.

#include "textflag.h"
#include "stepwide_amd64.h"

#define TAILMASK K1 // the columns of the tail in the second half of a group
#define NEGATIVE K2
#define WRONG    K3
#define SAME     K4
#define HEADMASK K5 // those in the first half

// Of a pass: the lanes of the first row, A0 and A1, and those of the second.
#define A0 Z0
#define A1 Z1
#define B0 Z2
#define B1 Z3
#define W0 Z4
#define W1 Z5
#define G0 Z6
#define G1 Z7
#define DA Z14 // δ of the rows of a pair
#define DB Z15

// Between two passes; both rows of a pair.
#define VX X0
#define VN X1
#define VR X2
#define R2 X3
#define R4 X4
#define E0 X5
#define E1 X6
#define E2 X7
#define E3 X8
#define VT X9
#define VY X10
#define VQ X11
#define VM X12
#define VE X13

#define SIGN  X16
#define MIN   X17
#define LOG2E X18
#define SHIFT X19
#define LN2HI X20
#define LN2LO X21
#define P0    X22
#define P1    X23
#define P2    X24
#define P3    X25
#define P4    X26
#define P5    X27
#define P6    X28
#define P7    X29
#define HALF  X30
#define ONE   X31

#define SPLAT VMOVDDUP

#include "delta_amd64.h"

#define MASKS(LANES) \
	MOVL $1, AX; \
	SHLQ TAIL, AX; \
	DECQ AX; \
	KMOVW AX, HEADMASK; \
	SHRQ $LANES, AX; \
	KMOVW AX, TAILMASK

#define ZERO \
	VPXORD A0, A0, A0; \
	VPXORD A1, A1, A1; \
	VPXORD B0, B0, B0; \
	VPXORD B1, B1, B1

// FORWARD continues the lanes by one group of columns.
#define FORWARD(LOAD, FMA) \
	LOAD (W)(COL*1), W0; \
	LOAD 64(W)(COL*1), W1; \
	FMA  (X), W0, A0; \
	FMA  64(X), W1, A1; \
	FMA  (X)(STRIDE*1), W0, B0; \
	FMA  64(X)(STRIDE*1), W1, B1; \
	ADDQ $128, X; \
	ADDQ $128, COL

// FORWARDTAIL does so by the tail.
#define FORWARDTAIL(LANES, LOADZ, FMA, done) \
	TESTQ TAIL, TAIL; \
	JZ    done; \
	LOADZ (W)(COL*1), HEADMASK, W0; \
	FMA   (X), W0, HEADMASK, A0; \
	FMA   (X)(STRIDE*1), W0, HEADMASK, B0; \
	CMPQ  TAIL, $LANES; \
	JLE   done; \
	LOADZ 64(W)(COL*1), TAILMASK, W1; \
	FMA   64(X), W1, TAILMASK, A1; \
	FMA   64(X)(STRIDE*1), W1, TAILMASK, B1; \
done:

// GRADIENT continues one group of columns of g by a pair of rows.
#define GRADIENT(LOAD, FMA) \
	LOAD (GP), G0; \
	LOAD 64(GP), G1; \
	FMA  (XP), DA, G0; \
	FMA  64(XP), DA, G1; \
	FMA  (XP)(STRIDE*1), DB, G0; \
	FMA  64(XP)(STRIDE*1), DB, G1; \
	LOAD G0, (GP); \
	LOAD G1, 64(GP); \
	ADDQ $128, XP; \
	ADDQ $128, GP; \
	ADDQ $128, COL

// GRADIENTTAIL does so with the tail.
#define GRADIENTTAIL(LANES, LOAD, LOADZ, FMA, done) \
	TESTQ TAIL, TAIL; \
	JZ    done; \
	LOADZ (GP), HEADMASK, G0; \
	FMA   (XP), DA, HEADMASK, G0; \
	FMA   (XP)(STRIDE*1), DB, HEADMASK, G0; \
	LOAD  G0, HEADMASK, (GP); \
	CMPQ  TAIL, $LANES; \
	JLE   done; \
	LOADZ 64(GP), TAILMASK, G1; \
	FMA   64(XP), DA, TAILMASK, G1; \
	FMA   64(XP)(STRIDE*1), DB, TAILMASK, G1; \
	LOAD  G1, TAILMASK, 64(GP); \
done:

// COLUMNS64 works on half a group of columns: the forward pass of one pair and the
// gradient of another.
#define COLUMNS64(OFF, A, B, LOAD, FMA, FETCH) \
	FETCH; \
	LOAD OFF(W)(COL*1), W0; \
	FMA  OFF(X), W0, A; \
	FMA  OFF(X)(STRIDE*1), W0, B; \
	LOAD OFF(GP), G0; \
	FMA  OFF(XP), DA, G0; \
	FMA  OFF(XP)(STRIDE*1), DB, G0; \
	LOAD G0, OFF(GP)

#define GROUP(LOAD, FMA, FETCH) \
	COLUMNS64(0, A0, B0, LOAD, FMA, FETCH); \
	COLUMNS64(64, A1, B1, LOAD, FMA, FETCH); \
	ADDQ $128, X; \
	ADDQ $128, XP; \
	ADDQ $128, GP; \
	ADDQ $128, COL

#define ENDTAIL(LANES)

#define WEIGH \
	VMULPD VS, VE, VE; \
	VMULPD VS, VC, VC

#define SUMS \
	VADDPD  (P)(LANE*1), VC, VC; \
	VMOVUPD VC, (P)(LANE*1); \
	VMOVUPD 64(P)(LANE*1), E2; \
	VADDPD  ONE, E2, SAME, E2; \
	VMOVUPD E2, 64(P)(LANE*1); \
	VADDPD  128(P)(LANE*1), VE, VE; \
	VMOVUPD VE, 128(P)(LANE*1)

// HALVE2 halves 64 bytes of lanes of two rows until each has 128 bits, which
// stand in the lower and the upper half of A0, twice.
#define HALVE2(ADD) \
	ADD  A1, A0, A0; \
	ADD  B1, B0, B0; \
	VSHUFF64X2 $0x4E, B0, A0, A1; \
	VSHUFF64X2 $0xE4, B0, A0, A0; \
	ADD  A1, A0, A0; \
	VSHUFF64X2 $0xB1, A0, A0, A1; \
	ADD  A1, A0, A0

#define REDUCE32 \
	HALVE2(VADDPS); \
	VPERMILPS $0x4E, A0, A1; \
	VADDPS A1, A0, A0; \
	VPERMILPS $0xB1, A0, A1; \
	VADDPS A1, A0, A0; \
	VEXTRACTF64X4 $1, A0, Y1; \
	VUNPCKLPS X1, X0, X0; \
	VADDPS.BCST b+48(FP), X0, X0; \
	VCVTPS2PD X0, VX

#define REDUCE64 \
	HALVE2(VADDPD); \
	VPERMILPD $0x55, A0, A1; \
	VADDPD A1, A0, A0; \
	VEXTRACTF64X4 $1, A0, Y1; \
	VUNPCKLPD X1, X0, X0; \
	VADDPD.BCST b+48(FP), X0, VX

// STORE32 rounds δ to float32 and widens it again, for its sum.
#define STORE32 \
	VCVTPD2PSX VE, VE; \
	VMOVSD VE, delta-24(SP); \
	VCVTPS2PD VE, VE

#define STORE64 VMOVUPD VE, delta-24(SP)

#define BROADCAST32 \
	VBROADCASTSS delta-24(SP), DA; \
	VBROADCASTSS delta-20(SP), DB

#define BROADCAST64 \
	VBROADCASTSD delta-24(SP), DA; \
	VBROADCASTSD delta-16(SP), DB

#define LABELS32(V) VCVTPS2PD (P), V
#define LABELS64(V) VMOVUPD (P), V

// func stepWide32AVX512(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)
TEXT ·stepWide32AVX512(SB), NOSPLIT, $24-96
	SHORTCONSTANTS
	TESTQ  $31, cols+64(FP)
	JZ     whole
	VXORPS X0, X0, X0
	VADDSS b+48(FP), X0, X0
	VMOVSS X0, b+48(FP)

whole:
	STEPWIDE(16, 4, 2, VMOVUPS, VMOVUPS.Z, VFMADD231PS, BROADCAST32, LABELS32, QUADRATIC32, LOG32, STORE32, REDUCE32)

// func stepWide64AVX512(grad, x, w, y, weights *float64, sums *accumulator, b float64, rows, cols, stride, ahead, loss int)
TEXT ·stepWide64AVX512(SB), NOSPLIT, $24-96
	CONSTANTS
	TESTQ  $15, cols+64(FP)
	JZ     whole
	VXORPD X0, X0, X0
	VADDSD b+48(FP), X0, X0
	VMOVSD X0, b+48(FP)

whole:
	STEPWIDE(8, 8, 3, VMOVUPD, VMOVUPD.Z, VFMADD231PD, BROADCAST64, LABELS64, QUADRATIC64, LOG64, STORE64, REDUCE64)
