//go:build !purego

// The fused step over narrow rows for AVX-512 (F, DQ, BW, VL): forward, δ and
// gradient of many rows in one call.
//
// Eight rows make a group. Three groups are in work at a time, none of which
// waits for another:
//
//	for groups k of eight rows:
//		for j in columns:
//			z of group k+1 by the columns j:j+16
//			the gradient of group k−1 by the columns j−16:j
//		δ of group k, whose z is known, in stages between the columns
//		halve the lanes of group k+1
//		the gradient of group k−1 by the last columns
//
// The last columns of a row, one to sixteen, are worked under a mask. The
// gradient is a vector behind, so that it has work while lanes are halved, and
// the forward pass while δ is broadcast.

#include "textflag.h"

// Arguments, in the order of every kernel.
#define X       SI // cursor in the group of the forward pass
#define W       DX
#define G       DI
#define ROWS    R8  // rows that have no z
#define FULL    R9  // bytes of a row but for its last columns
#define STRIDE  R10 // bytes
#define STRIDE3 R11
#define STRIDE5 R12
#define STRIDE7 R13
#define P       BX // cursor in the group of the gradient, or X if there is none
#define AHEAD   CX // what to fetch, or nil

#define TAILMASK K1 // the last columns
#define POSITIVE K3
#define SIDEMASK K4

#define YS AX // while the stages need it

#define VT    Y8
#define C0    Z9 // constants for the next stage, at last δ
#define C1    Z24
#define T     Z25 // δ₀x₀ + … + δ₇x₇
#define WV    Z26 // a vector of w
#define SIGN  Z27
#define SHIFT Z28
#define ONE   Z29
#define COST  Z30 // the sums of costs
#define DELTA Z31 // and of δ

#include "stages_amd64.h"

// EIGHT does a stage.
#define EIGHT(STAGE) STAGE(Y10, Z10, Z11, Z12, Y12, Z13, Z14, Z15, 0, Z8, Y8, SIDEMASK)

// FORWARD continues the lanes of eight rows by sixteen columns, which stand C
// bytes behind X; FORWARDTAIL by the last columns.
#define FORWARD(C) \
	VMOVUPS C(W), WV; \
	VFMADD231PS C(X), WV, Z0; \
	VFMADD231PS C(X)(STRIDE*1), WV, Z1; \
	VFMADD231PS C(X)(STRIDE*2), WV, Z2; \
	VFMADD231PS C(X)(STRIDE3*1), WV, Z3; \
	VFMADD231PS C(X)(STRIDE*4), WV, Z4; \
	VFMADD231PS C(X)(STRIDE5*1), WV, Z5; \
	VFMADD231PS C(X)(STRIDE3*2), WV, Z6; \
	VFMADD231PS C(X)(STRIDE7*1), WV, Z7

#define FORWARDTAIL \
	VMOVUPS.Z (W), TAILMASK, WV; \
	VFMADD231PS (X), WV, TAILMASK, Z0; \
	VFMADD231PS (X)(STRIDE*1), WV, TAILMASK, Z1; \
	VFMADD231PS (X)(STRIDE*2), WV, TAILMASK, Z2; \
	VFMADD231PS (X)(STRIDE3*1), WV, TAILMASK, Z3; \
	VFMADD231PS (X)(STRIDE*4), WV, TAILMASK, Z4; \
	VFMADD231PS (X)(STRIDE5*1), WV, TAILMASK, Z5; \
	VFMADD231PS (X)(STRIDE3*2), WV, TAILMASK, Z6; \
	VFMADD231PS (X)(STRIDE7*1), WV, TAILMASK, Z7

#define ZERO \
	VPXOR X0, X0, X0; \
	VPXOR X1, X1, X1; \
	VPXOR X2, X2, X2; \
	VPXOR X3, X3, X3; \
	VPXOR X4, X4, X4; \
	VPXOR X5, X5, X5; \
	VPXOR X6, X6, X6; \
	VPXOR X7, X7, X7

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

// GRADIENT continues sixteen columns of g by eight rows.
#define GRADIENT(C) \
	VMULPS C(P), Z16, T; \
	VFMADD231PS C(P)(STRIDE*1), Z17, T; \
	VFMADD231PS C(P)(STRIDE*2), Z18, T; \
	VFMADD231PS C(P)(STRIDE3*1), Z19, T; \
	VFMADD231PS C(P)(STRIDE*4), Z20, T; \
	VFMADD231PS C(P)(STRIDE5*1), Z21, T; \
	VFMADD231PS C(P)(STRIDE3*2), Z22, T; \
	VFMADD231PS C(P)(STRIDE7*1), Z23, T; \
	VADDPS C(G), T, T; \
	VMOVUPS T, C(G)

#define GRADIENTTAIL \
	VMULPS.Z (P), Z16, TAILMASK, T; \
	VFMADD231PS (P)(STRIDE*1), Z17, TAILMASK, T; \
	VFMADD231PS (P)(STRIDE*2), Z18, TAILMASK, T; \
	VFMADD231PS (P)(STRIDE3*1), Z19, TAILMASK, T; \
	VFMADD231PS (P)(STRIDE*4), Z20, TAILMASK, T; \
	VFMADD231PS (P)(STRIDE5*1), Z21, TAILMASK, T; \
	VFMADD231PS (P)(STRIDE3*2), Z22, TAILMASK, T; \
	VFMADD231PS (P)(STRIDE7*1), Z23, TAILMASK, T; \
	VADDPS (G), T, TAILMASK, T; \
	VMOVUPS T, TAILMASK, (G)

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

// FETCH brings eight lines towards the core, as many as COLUMNS works on.
#define FETCH \
	PREFETCHT1 (AHEAD); \
	PREFETCHT1 64(AHEAD); \
	PREFETCHT1 128(AHEAD); \
	PREFETCHT1 192(AHEAD); \
	PREFETCHT1 256(AHEAD); \
	PREFETCHT1 320(AHEAD); \
	PREFETCHT1 384(AHEAD); \
	PREFETCHT1 448(AHEAD); \
	ADDQ $512, AHEAD

// COLUMNS does what there is to do with sixteen columns: fetching, the forward
// pass unless there are no rows left, and the gradient, of the columns before,
// unless there was no group before.
#define COLUMNS(FORWARD, GRADIENT, fetched, forwarded, done) \
	TESTQ AHEAD, AHEAD; \
	JZ    fetched; \
	FETCH; \
fetched: \
	TESTQ ROWS, ROWS; \
	JLE   forwarded; \
	FORWARD; \
forwarded: \
	CMPQ  P, X; \
	JEQ   done; \
	GRADIENT; \
done:

// NTH does so with the N-th columns, not the first, if they are not the last.
#define NTH(N, fetched, forwarded, done) \
	CMPQ FULL, $(64*(N)); \
	JLE  done; \
	COLUMNS(FORWARD(64*(N)), GRADIENT(64*(N)-64), fetched, forwarded, done)

#define PENULTIMATE \
	TESTQ FULL, FULL; \
	JZ    done8; \
	GRADIENT(-64)

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

// func stepNarrow32AVX512(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)
TEXT ·stepNarrow32AVX512(SB), NOSPLIT, $80-96
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ rows+56(FP), ROWS
	MOVQ stride+72(FP), STRIDE
	SHLQ $2, STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	LEAQ (STRIDE)(STRIDE*4), STRIDE5
	LEAQ (STRIDE3)(STRIDE*4), STRIDE7

	MOVQ cols+64(FP), CX
	DECQ CX
	MOVQ CX, FULL
	ANDQ $15, CX
	SUBQ CX, FULL
	SHLQ $2, FULL
	MOVL $2, AX
	SHLL CX, AX
	DECL AX
	KMOVW AX, TAILMASK

	// An unused lane of the last columns keeps its −0 where the definition makes
	// +0 of it. That shows in z only if every lane is −0, and b is.
	CMPL CX, $15
	JEQ  whole
	VXORPS X0, X0, X0
	VADDSS b+48(FP), X0, X0
	VMOVSS X0, b+48(FP)

whole:
	LEAQ delta-72(SP), AX
	ADDQ $31, AX
	ANDQ $~31, AX // within a line
	MOVQ AX, place-8(SP)

	VBROADCASTSD ·consts+0x00(SB), SIGN
	VBROADCASTSD ·consts+0x18(SB), SHIFT
	VBROADCASTSD ·consts+0x78(SB), ONE
	MOVQ sums+40(FP), AX
	VMOVUPD (AX), COST
	VMOVUPD 128(AX), DELTA

	// z of the first group
	ZERO
	MOVQ FULL, CX
	TESTQ CX, CX
	JZ   begintail

begin:
	FORWARD(0)
	ADDQ $64, X
	ADDQ $64, W
	SUBQ $64, CX
	JNZ  begin

begintail:
	FORWARDTAIL
	SUBQ FULL, X
	SUBQ FULL, W
	LEAQ (X)(STRIDE*8), X
	MOVQ X, P

	FOLD

group:
	ZERO
	SUBQ  $8, ROWS
	MOVQ  ahead+80(FP), AHEAD
	TESTQ AHEAD, AHEAD
	JZ    near
	ADDQ  X, AHEAD

near:
	VBROADCASTSS MIN32, VT
	VBROADCASTSD LOG2E, C0
	VBROADCASTSD LN2, C1
	EIGHT(STAGE1)
	TESTQ FULL, FULL
	JZ    first
	TESTQ AHEAD, AHEAD
	JZ    fetched0
	FETCH

fetched0:
	TESTQ ROWS, ROWS
	JLE   first
	FORWARD(0)

first:
	EIGHT(STAGE2)
	NTH(1, fetched1, forwarded1, done1)
	VBROADCASTSD P1, C0
	VBROADCASTSD P3, C1
	EIGHT(STAGE3)
	VBROADCASTSD P0, C0
	VBROADCASTSD P2, C1
	EIGHT(STAGE4)
	NTH(2, fetched2, forwarded2, done2)
	VBROADCASTSD P4, C0
	VBROADCASTSD HALF, C1
	NTH(3, fetched3, forwarded3, done3)
	EIGHT(STAGE5)
	NTH(4, fetched4, forwarded4, done4)
	MOVQ y+24(FP), YS
	EIGHT(STAGE6)
	NTH(5, fetched5, forwarded5, done5)
	CMPQ loss+88(FP), $0
	JNE  log7
	EIGHT(QUADRATIC7)
	JMP  seventh

log7:
	EIGHT(LOG7)
	VMOVAPD Z13, C0
	EIGHT(LOGRATIO)

seventh:
	ADDQ $32, y+24(FP)
	COUNT
	NTH(6, fetched6, forwarded6, done6)
	MOVQ FULL, AX
	SUBQ $(7*64), AX
	JLE  tail
	ADDQ $(7*64), X
	ADDQ $(7*64), P
	ADDQ $(7*64), W
	ADDQ $(7*64), G

columns:
	COLUMNS(FORWARD(0), GRADIENT(-64), fetched7, forwarded7, done7)
	ADDQ $64, X
	ADDQ $64, P
	ADDQ $64, W
	ADDQ $64, G
	SUBQ $64, AX
	JNZ  columns
	JMP  last

tail:
	ADDQ FULL, X
	ADDQ FULL, P
	ADDQ FULL, W
	ADDQ FULL, G

last:
	COLUMNS(FORWARDTAIL, PENULTIMATE, fetched8, forwarded8, done8)
	CMPQ loss+88(FP), $0
	JNE  log8
	EIGHT(QUADRATIC8)
	SUMS(Z11, weighed)
	JMP  eighth

log8:
	EIGHT(LOG8)
	SUMS(C0, logweighed)

eighth:
	FOLD
	CMPQ P, X
	JEQ  early
	GRADIENTTAIL

early:
	BROADCAST
	SUBQ FULL, X
	SUBQ FULL, W
	SUBQ FULL, G
	MOVQ X, P
	LEAQ (STRIDE*8), AX
	SUBQ AX, P
	ADDQ AX, X
	TESTQ ROWS, ROWS
	JG   group

	// the gradient of the last group
	TESTQ FULL, FULL
	JZ   lasttail

lastcolumns:
	GRADIENT(0)
	ADDQ $64, P
	ADDQ $64, G
	SUBQ $64, FULL
	JNZ  lastcolumns

lasttail:
	GRADIENTTAIL
	MOVQ sums+40(FP), AX
	VMOVUPD COST, (AX)
	VMOVUPD DELTA, 128(AX)
	VZEROUPPER
	RET
