//go:build !purego

// The fused step over narrow rows of float32 for AVX-512 (F, DQ, BW, VL). See
// stepnarrow_amd64.h, and stages_amd64.h for δ.

#include "textflag.h"

#define MOVE  VMOVUPS
#define MOVEZ VMOVUPS.Z
#define FMA   VFMADD231PS
#define MUL   VMULPS
#define MULZ  VMULPS.Z
#define ADD   VADDPS

#include "stepnarrow_amd64.h"

#define POSITIVE K3
#define SIDEMASK K4

#define VT Y8
#define C0 Z9 // constants for the next stage, at last δ
#define C1 Z24

#include "stages_amd64.h"

// EIGHT does a stage.
#define EIGHT(STAGE) STAGE(Y10, Z10, Z11, Z12, Y12, Z13, Z14, Z15, 0, Z8, Y8, SIDEMASK)

// HALVE4 halves the lanes of two rows, four rows apart, to four each.
#define HALVE4(ZA, YA, ZB, YB) \
	VEXTRACTF64X4 $1, ZA, VT; \
	VADDPS VT, YA, YA; \
	VEXTRACTF64X4 $1, ZB, VT; \
	VADDPS VT, YB, YB; \
	VPERM2F128 $0x21, YB, YA, VT; \
	VBLENDPS $0xF0, YB, YA, YA; \
	VADDPS VT, YA, YA

// HALVE2 halves the four lanes of rows in A and B to two each.
#define HALVE2(A, B) \
	VSHUFPS $0x4E, B, A, VT; \
	VBLENDPS $0xCC, B, A, A; \
	VADDPS VT, A, A

// FOLD halves the lanes of all eight rows, and leaves z of them.
#define FOLD \
	HALVE4(Z0, Y0, Z4, Y4); \
	HALVE4(Z1, Y1, Z5, Y5); \
	HALVE4(Z2, Y2, Z6, Y6); \
	HALVE4(Z3, Y3, Z7, Y7); \
	HALVE2(Y0, Y1); \
	HALVE2(Y2, Y3); \
	VSHUFPS $0xDD, Y2, Y0, VT; \
	VSHUFPS $0x88, Y2, Y0, Y0; \
	VADDPS VT, Y0, Y0; \
	VADDPS.BCST b+48(FP), Y0, Y10

#define DELTA1 \
	VBROADCASTSS MIN32, VT; \
	VBROADCASTSD LOG2E, C0; \
	VBROADCASTSD LN2, C1; \
	EIGHT(STAGE1)

#define DELTA2 EIGHT(STAGE2)

#define DELTA3 \
	VBROADCASTSD P1, C0; \
	VBROADCASTSD P3, C1; \
	EIGHT(STAGE3); \
	VBROADCASTSD P0, C0; \
	VBROADCASTSD P2, C1; \
	EIGHT(STAGE4)

#define DELTA4 \
	VBROADCASTSD P4, C0; \
	VBROADCASTSD HALF, C1; \
	EIGHT(STAGE5)

#define DELTA5 EIGHT(STAGE6)

#define ERRORQ \
	EIGHT(QUADRATIC7); \
	COUNT

#define ERRORL \
	EIGHT(LOG7); \
	VMOVAPD Z13, C0; \
	EIGHT(LOGRATIO); \
	COUNT

// COUNT adds to the number of rows on the right side.
#define COUNT \
	MOVQ sums+40(FP), AX; \
	VMOVUPD 64(AX), C1; \
	VADDPD  ONE, C1, SIDEMASK, C1; \
	VMOVUPD C1, 64(AX)

// SUMS multiplies δ in V and the cost by the sample weights, if there are any,
// rounds δ, puts it in its place and adds to the sums.
#define SUMS(V, weighed) \
	MOVQ weights+32(FP), AX; \
	TESTQ AX, AX; \
	JZ   weighed; \
	VCVTPS2PD (AX), C1; \
	ADDQ $32, AX; \
	MOVQ AX, weights+32(FP); \
	VMULPD C1, V, V; \
	VMULPD C1, Z12, Z12; \
weighed: \
	VCVTPD2PS V, Y8; \
	MOVQ place-8(SP), AX; \
	VMOVUPS Y8, (AX); \
	VCVTPS2PD Y8, Z15; \
	VADDPD Z12, COST, COST; \
	VADDPD Z15, DELTA, DELTA

// BROADCAST brings δ of a group, which SUMS has put in its place, into registers.
#define BROADCAST \
	VBROADCASTSS (AX), Z16; \
	VBROADCASTSS 4(AX), Z17; \
	VBROADCASTSS 8(AX), Z18; \
	VBROADCASTSS 12(AX), Z19; \
	VBROADCASTSS 16(AX), Z20; \
	VBROADCASTSS 20(AX), Z21; \
	VBROADCASTSS 24(AX), Z22; \
	VBROADCASTSS 28(AX), Z23

#define FINALQ(weighed) \
	EIGHT(QUADRATIC8); \
	SUMS(Z11, weighed)

#define FINALL(weighed) \
	EIGHT(LOG8); \
	SUMS(C0, weighed)

#define NOTMINUSZERO \
	VXORPS X0, X0, X0; \
	VADDSS b+48(FP), X0, X0; \
	VMOVSS X0, b+48(FP)

// func stepNarrow32AVX512(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)
TEXT ·stepNarrow32AVX512(SB), NOSPLIT, $144-96
	STEPNARROW(16, 2)
