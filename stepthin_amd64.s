//go:build !purego

// The fused step over rows of 17 to 32 columns for AVX-512 (F, DQ, BW, VL):
// forward, δ and gradient of many rows in one call, with w and g in registers.
//
// Sixteen rows make a block. Three blocks are in work at a time, none of which
// waits for another:
//
//	for blocks k of sixteen rows:
//		δ of block k, whose z is known
//		z of block k+1, as in forwardNarrow
//		the gradient of block k−1, whose δ is known
//
// δ is a long chain of operations that wait for each other, and the CPU looks
// no farther than a hundred instructions ahead. So δ, of eight rows twice, is
// cut into stages, between which stand pieces of the other two. Then what counts
// is the number of operations. A CPU whose units are 32 bytes wide takes twice as
// long for a vector of 64, so that what needs no float64 is done in float32, and
// lanes are halved in vectors of 32 bytes.

#include "textflag.h"

// Arguments, in the order of every kernel.
#define X       SI // cursor in the block of the forward pass
#define X4      AX // and four rows behind it
#define ROWS    R8 // rows behind those that have a z
#define COLS    R9
#define STRIDE  R10 // bytes
#define STRIDE3 R11
#define P       BX // cursor in the block of the gradient
#define NEXT    CX // the block that follows there
#define YS      DX
#define SUMS    DI
#define D       R12 // δ of the block of the gradient
#define DN      R13 // and of the block behind it

#define TAILLOW   K1 // columns 16 to 23
#define TAILHIGH  K2 // and 24 to 31
#define POSITIVE  K3
#define HEAD      K5 // the columns of a block that has a gradient: 0 to 15
#define TAIL      K6 // and 16 to 31

#define VT    Y8
#define C0    Z9  // constants for the next stage
#define C1    Z25
#define SIGN  Z22
#define SHIFT Z23
#define ONE   Z24
#define G0    Z26
#define G1    Z27
#define W0    Y28
#define W8    Y29
#define W16   Y30
#define W24   Y31

#include "stages_amd64.h"

// BOTH does a stage for both halves of δ: see stages_amd64.h. Their place in y is
// that in δ, too.
#define BOTH(STAGE) \
	STAGE(Y10, Z10, Z11, Z12, Y12, Z13, Z14, Z15, 0, Z8, Y8, K4); \
	STAGE(Y16, Z16, Z17, Z18, Y18, Z19, Z20, Z21, 32, Z9, Y9, K7)

// THINQUADRATIC8 is the eighth stage of the quadratic loss, then E1 = δ. THINLOG7
// is the seventh of the log loss, then E1 = δ, too.
#define THINQUADRATIC8(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	QUADRATIC8(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K); \
	ROUND(VN, YE, E1, Q)

#define THINLOG7(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	LOG7(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K); \
	ROUND(R2, YE, E1, Q); \
	LOGRATIO(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K)

// ROUND rounds δ and stores it.
#define ROUND(VE, YE, V, Q) \
	VCVTPD2PS VE, YE; \
	VMOVUPS YE, Q(DN); \
	VCVTPS2PD YE, V

// COUNTS, DELTAS and COSTS add to the sums, of the first half first.
#define COUNTS \
	VMOVUPD 64(SUMS), C1; \
	VADDPD  ONE, C1, K4, C1; \
	VADDPD  ONE, C1, K7, C1; \
	VMOVUPD C1, 64(SUMS)

#define DELTAS \
	VADDPD  128(SUMS), Z15, Z15; \
	VADDPD  Z21, Z15, Z15; \
	VMOVUPD Z15, 128(SUMS)

#define COSTS \
	VADDPD  (SUMS), Z12, Z12; \
	VADDPD  Z18, Z12, Z12; \
	VMOVUPD Z12, (SUMS)

// The forward pass. In vectors of 32 bytes the first step of halving 16 lanes is
// an addition, without a shuffle.
//
// ROWS2 multiplies two rows and halves their lanes to four each, which it leaves
// in A. B, C and E are clobbered.
#define ROWS2(ROW, ROW4, A, B, C, E) \
	VMULPS ROW, W0, A; \
	VMULPS 32 ROW, W8, B; \
	VMULPS ROW4, W0, C; \
	VMULPS 32 ROW4, W8, E; \
	VFMADD231PS 64 ROW, W16, TAILLOW, A; \
	VFMADD231PS 96 ROW, W24, TAILHIGH, B; \
	VFMADD231PS 64 ROW4, W16, TAILLOW, C; \
	VFMADD231PS 96 ROW4, W24, TAILHIGH, E; \
	VADDPS B, A, A; \
	VADDPS E, C, C; \
	VPERM2F128 $0x21, C, A, VT; \
	VBLENDPS $0xF0, C, A, A; \
	VADDPS VT, A, A

// FOLD halves the four lanes of rows in A and B.
#define FOLD(A, B) \
	VSHUFPS $0x4E, B, A, VT; \
	VBLENDPS $0xCC, B, A, A; \
	VADDPS VT, A, A

// FORWARD1 and FORWARD2 work four rows each, FORWARD2 leaves z of all eight in
// OUT.
#define FORWARD1 \
	ROWS2((X), (X4), Y1, Y2, Y3, Y4); \
	ROWS2((X)(STRIDE*1), (X4)(STRIDE*1), Y2, Y3, Y4, Y5); \
	FOLD(Y1, Y2)

#define FORWARD2(OUT) \
	ROWS2((X)(STRIDE*2), (X4)(STRIDE*2), Y2, Y3, Y4, Y5); \
	ROWS2((X)(STRIDE3*1), (X4)(STRIDE3*1), Y3, Y4, Y5, Y6); \
	FOLD(Y2, Y3); \
	VSHUFPS $0xDD, Y2, Y1, VT; \
	VSHUFPS $0x88, Y2, Y1, Y1; \
	VADDPS VT, Y1, Y1; \
	VADDPS.BCST b+40(FP), Y1, OUT; \
	LEAQ (X)(STRIDE*8), X; \
	LEAQ (X4)(STRIDE*8), X4

// The gradient: t = δ₀x₀, t = fma(δₖ, xₖ, t); g += t for rows 0 to 7, in Z1 and
// Z2, beside rows 8 to 15, in Z3 and Z4.
#define FIRST \
	VBROADCASTSS (D), Z5; \
	VBROADCASTSS 32(D), Z6; \
	VMULPS.Z (P), Z5, HEAD, Z1; \
	VMULPS.Z 64(P), Z5, TAIL, Z2; \
	VMULPS.Z (P)(STRIDE*8), Z6, HEAD, Z3; \
	VMULPS.Z 64(P)(STRIDE*8), Z6, TAIL, Z4; \
	ADDQ STRIDE, P

#define LAST(K) \
	VBROADCASTSS (4*(K))(D), Z5; \
	VBROADCASTSS (4*(K)+32)(D), Z6; \
	VFMADD231PS (P), Z5, HEAD, Z1; \
	VFMADD231PS 64(P), Z5, TAIL, Z2; \
	VFMADD231PS (P)(STRIDE*8), Z6, HEAD, Z3; \
	VFMADD231PS 64(P)(STRIDE*8), Z6, TAIL, Z4

#define ROW(K) LAST(K); ADDQ STRIDE, P

#define ADD \
	VADDPS Z1, G0, HEAD, G0; \
	VADDPS Z2, G1, TAIL, G1; \
	VADDPS Z3, G0, HEAD, G0; \
	VADDPS Z4, G1, TAIL, G1

// BLOCK is the work on three blocks. FIRSTSUMS and LASTSUMS are what is known of
// the sums after the seventh stage, and after the eighth.
#define BLOCK(STAGE7, FIRSTSUMS, STAGE8, LASTSUMS) \
	VMOVAPS Y0, Y10; \
	VMOVAPS Y7, Y16; \
	VBROADCASTSS MIN32, VT; \
	VBROADCASTSD LOG2E, C0; \
	VBROADCASTSD LN2, C1; \
	BOTH(STAGE1); \
	FORWARD1; \
	BOTH(STAGE2); \
	VBROADCASTSD P1, C0; \
	VBROADCASTSD P3, C1; \
	BOTH(STAGE3); \
	VBROADCASTSD P0, C0; \
	VBROADCASTSD P2, C1; \
	FORWARD2(Y0); \
	BOTH(STAGE4); \
	VBROADCASTSD P4, C0; \
	VBROADCASTSD HALF, C1; \
	FORWARD1; \
	BOTH(STAGE5); \
	FORWARD2(Y7); \
	BOTH(STAGE6); \
	FIRST; \
	ROW(1); \
	ROW(2); \
	BOTH(STAGE7); \
	FIRSTSUMS; \
	ROW(3); \
	ROW(4); \
	ROW(5); \
	BOTH(STAGE8); \
	LASTSUMS; \
	ROW(6); \
	LAST(7); \
	ADD

// func stepThin32AVX512(grad, x, w, y *float32, sums *accumulator, b float32, rows, cols, stride, loss int)
TEXT ·stepThin32AVX512(SB), NOSPLIT, $192-80
	MOVQ x+8(FP), X
	MOVQ w+16(FP), AX
	MOVQ y+24(FP), YS
	MOVQ sums+32(FP), SUMS
	MOVQ rows+48(FP), ROWS
	MOVQ cols+56(FP), COLS
	MOVQ stride+64(FP), STRIDE
	SHLQ $2, STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	LEAQ deltas-192(SP), D
	ADDQ $63, D
	ANDQ $~63, D
	LEAQ 64(D), DN

	KXORW HEAD, HEAD, HEAD // there is no gradient yet
	KXORW TAIL, TAIL, TAIL
	LEAQ  -16(COLS), CX
	MOVL  $1, BX
	SHLL  CX, BX
	DECL  BX
	KMOVW BX, TAILLOW
	SHRL  $8, BX
	KMOVW BX, TAILHIGH
	MOVQ  X, P
	MOVQ  X, NEXT

	VMOVUPS   (AX), W0
	VMOVUPS   32(AX), W8
	VMOVUPS.Z 64(AX), TAILLOW, W16
	VMOVUPS.Z 96(AX), TAILHIGH, W24
	MOVQ grad+0(FP), AX
	VMOVUPS   (AX), G0
	VMOVUPS.Z 64(AX), TAILLOW, G1
	VBROADCASTSD ·consts+0x00(SB), SIGN
	VBROADCASTSD ·consts+0x18(SB), SHIFT
	VBROADCASTSD ·consts+0x78(SB), ONE

	// Products take the place of sums that begin at +0: what may then be −0 for
	// +0 is +0 again when b is added, unless b is −0.
	VXORPS X0, X0, X0
	VADDSS b+40(FP), X0, X0
	VMOVSS X0, b+40(FP)

	LEAQ (X)(STRIDE*4), X4
	FORWARD1
	FORWARD2(Y0)
	FORWARD1
	FORWARD2(Y7)

block:
	SUBQ $16, ROWS
	JNZ  more
	MOVQ STRIDE, COLS // the last block again, in place of one that is not there
	SHLQ $4, COLS
	SUBQ COLS, X
	SUBQ COLS, X4

more:
	CMPQ loss+72(FP), $0
	JNE  log
	BLOCK(QUADRATIC7, COUNTS, THINQUADRATIC8, DELTAS; COSTS)
	JMP  next

log:
	BLOCK(THINLOG7, COUNTS; DELTAS, LOG8, COSTS)

next:
	KXNORW HEAD, HEAD, HEAD
	KMOVW  TAILLOW, TAIL
	MOVQ  NEXT, P
	LEAQ  (NEXT)(STRIDE*8), NEXT
	LEAQ  (NEXT)(STRIDE*8), NEXT
	ADDQ  $64, YS
	XCHGQ D, DN
	TESTQ ROWS, ROWS
	JNZ   block

	FIRST
	ROW(1)
	ROW(2)
	ROW(3)
	ROW(4)
	ROW(5)
	ROW(6)
	LAST(7)
	ADD
	MOVQ grad+0(FP), AX
	VMOVUPS G0, (AX)
	VMOVUPS G1, TAILLOW, 64(AX)
	VZEROUPPER
	RET
