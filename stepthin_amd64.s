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
// cut into stages, between which stand pieces of the other two.

#include "textflag.h"

// Arguments, in the order of every kernel.
#define X       SI // cursor in the block of the forward pass
#define ROWS    R8 // rows behind those that have a z
#define COLS    R9
#define STRIDE  R10 // bytes
#define STRIDE3 R11
#define P       BX // cursor in the block of the gradient
#define NEXT    CX // the block that follows there
#define YS      DX
#define SUMS    DI
#define D       R12 // offset of δ of the block of the gradient
#define DN      R13 // and of the block behind it

#define TAILMASK  K1 // columns 16 to 31
#define HIGHHALF  K2 // the float64 lanes 4 to 7
#define HIGHPAIRS K3 // of every four float32 lanes the last two
#define NEGATIVE  K4
#define WRONG     K4 // which is set where NEGATIVE is done with
#define SAME      K4 // and this after it
#define HEAD      K5 // the columns of a block that has a gradient: 0 to 15
#define TAIL      K6 // and 16 to 31
#define POSITIVE  K7

#define WV    Z24
#define ONE   Z25
#define SHIFT Z26
#define MIN   Z27
#define G0    Z28
#define G1    Z29
#define W0    Z30
#define W1    Z31

#define SIGN  ·consts+0x00(SB)
#define LOG2E ·consts+0x10(SB)
#define LN2   ·consts+0xE8(SB)
#define P0    ·consts+0xF0(SB)
#define P1    ·consts+0xF8(SB)
#define P2    ·consts+0x100(SB)
#define P3    ·consts+0x108(SB)
#define P4    ·consts+0x110(SB)
#define HALF  ·consts+0x70(SB)
#define TWO   ·consts+0x98(SB)
#define L0    ·consts+0x118(SB)
#define L1    ·consts+0x120(SB)
#define L2    ·consts+0x128(SB)
#define L3    ·consts+0x130(SB)
#define L4    ·consts+0x138(SB)

// A and B are the registers of the two halves of δ: z, and five others.
#define A(STAGE) STAGE(Z12, Z13, Z14, Z15, Z16, Z17, 0, Z7, Y7)
#define B(STAGE) STAGE(Z18, Z19, Z20, Z21, Z22, Z23, 32, Z8, Y8)

// δ, as in delta_amd64.h, in stages. Q is where the half stands in y and in δ.
//
//	1–2  VN = n, VR = r
//	3–5  E0 = t = exp(−|z|)
//	6    R2 = σ(|z|), E1 = y, VN = m
#define STAGE1(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VPORQ.BCST SIGN, VX, VR; \
	VMAXPD VR, MIN, VR; \
	VMOVAPD SHIFT, VN; \
	VFMADD231PD.BCST LOG2E, VR, VN

#define STAGE2(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VSUBPD SHIFT, VN, VN; \
	VFNMADD231PD.BCST LN2, VN, VR

#define STAGE3(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VMULPD VR, VR, R2; \
	VBROADCASTSD P1, E0; \
	VBROADCASTSD P3, E1; \
	VFMADD213PD.BCST P0, VR, E0; \
	VFMADD213PD.BCST P2, VR, E1

#define STAGE4(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VFMADD231PD.BCST P4, R2, E1; \
	VFMADD231PD R2, E1, E0; \
	VFMADD213PD.BCST HALF, VR, E0

#define STAGE5(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VFMADD213PD VR, R2, E0; \
	VADDPD ONE, E0, E0; \
	VSCALEFPD VN, E0, E0

#define STAGE6(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VADDPD ONE, E0, R2; \
	VDIVPD R2, ONE, R2; \
	VCVTPS2PD Q(YS), E1; \
	VPMOVQ2M VX, NEGATIVE; \
	VSUBPD E1, ONE, VN; \
	VMOVAPD E1, NEGATIVE, VN

// The quadratic loss: VN = e, R2 = pq.
#define QUADRATIC7(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VMULPD R2, E0, VR; \
	VSUBPD VR, VN, VN; \
	VMULPD R2, VR, R2; \
	VPTERNLOGQ.BCST $0x78, SIGN, VX, VN; \
	COUNT(VX, E1, E2)

#define QUADRATIC8(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VMULPD VN, VN, VR; \
	VMULPD R2, VN, VN; \
	SUM(VN, YE, E1, Q); \
	COST(VR)

// The log loss: R2 = e, then E0 = s, VR = s², R2 = s⁴, all for the cost.
#define LOG7(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VMULPD R2, E0, VR; \
	VSUBPD VR, VN, R2; \
	VPTERNLOGQ.BCST $0x78, SIGN, VX, R2; \
	COUNT(VX, E1, E2); \
	SUM(R2, YE, E1, Q); \
	VADDPD.BCST TWO, E0, R2; \
	VDIVPD R2, E0, E0

#define LOG8(VX, VN, VR, R2, E0, E1, Q, E2, YE) \
	VMULPD E0, E0, VR; \
	VMULPD VR, VR, R2; \
	VBROADCASTSD L1, E1; \
	VBROADCASTSD L3, E2; \
	VFMADD213PD.BCST L0, VR, E1; \
	VFMADD213PD.BCST L2, VR, E2; \
	VFMADD231PD.BCST L4, R2, E2; \
	VFMADD231PD R2, E2, E1; \
	VMULPD VR, E0, VR; \
	VADDPD E0, E0, E0; \
	VFMADD213PD E0, VR, E1; \
	VPXORQ R2, R2, R2; \
	VCMPPD $4, R2, VN, WRONG; \
	VPTERNLOGQ.BCST $0x44, SIGN, VX, VX; \
	VMOVAPD.Z VX, WRONG, VX; \
	VFMADD231PD VN, VX, E1; \
	COST(E1)

// COUNT adds the rows on the right side of ½. SUM rounds δ, stores it and adds
// it to Σδ. COST adds the cost.
#define COUNT(VX, VY, V) \
	VCMPPD.BCST $0x1D, HALF, VY, POSITIVE; \
	VPXORQ V, V, V; \
	VCMPPD $0x1D, V, VX, SAME; \
	KXNORB SAME, POSITIVE, SAME; \
	VCMPPD $7, VX, VX, SAME, SAME; \
	VMOVUPD 64(SUMS), V; \
	VADDPD  ONE, V, SAME, V; \
	VMOVUPD V, 64(SUMS)

#define SUM(VE, YE, V, Q) \
	VCVTPD2PS VE, YE; \
	VMOVUPS YE, Q(DN); \
	VCVTPS2PD YE, V; \
	VADDPD  128(SUMS), V, V; \
	VMOVUPD V, 128(SUMS)

#define COST(VC) \
	VADDPD  (SUMS), VC, VC; \
	VMOVUPD VC, (SUMS)

// DOT4 multiplies four rows, and moves on to the next.
#define DOT4(A0, A1, A2, A3) \
	VMULPS (X), W0, A0; \
	VMULPS (X)(STRIDE*1), W0, A1; \
	VMULPS (X)(STRIDE*2), W0, A2; \
	VMULPS (X)(STRIDE3*1), W0, A3; \
	VFMADD231PS 64(X), W1, TAILMASK, A0; \
	VFMADD231PS 64(X)(STRIDE*1), W1, TAILMASK, A1; \
	VFMADD231PS 64(X)(STRIDE*2), W1, TAILMASK, A2; \
	VFMADD231PS 64(X)(STRIDE3*1), W1, TAILMASK, A3; \
	LEAQ (X)(STRIDE*4), X

// The steps of halving the lanes of several rows, as in kernel_amd64.s.
#define FOLD512(A, B) \
	VSHUFF64X2 $0x4E, B, A, WV; \
	VMOVAPD B, HIGHHALF, A; \
	VADDPS WV, A, A

#define FOLD256(A, B) \
	VSHUFF64X2 $0xDD, B, A, WV; \
	VSHUFF64X2 $0x88, B, A, A; \
	VADDPS WV, A, A

#define FOLD128(A, B) \
	VSHUFPS $0x4E, B, A, WV; \
	VMOVAPD B, HIGHPAIRS, A; \
	VADDPS WV, A, A

#define FOLD64(A, B) \
	VSHUFPS $0xDD, B, A, WV; \
	VSHUFPS $0x88, B, A, A; \
	VADDPS WV, A, A

#define HALVE8(A0, A1, A2, A3, A4, A5, A6, A7) \
	FOLD512(A0, A4); \
	FOLD512(A1, A5); \
	FOLD512(A2, A6); \
	FOLD512(A3, A7)

#define HALVE \
	FOLD256(Z0, Z4); \
	FOLD256(Z1, Z5); \
	FOLD256(Z2, Z6); \
	FOLD256(Z3, Z7)

#define HALVED \
	FOLD128(Z0, Z1); \
	FOLD128(Z2, Z3); \
	FOLD64(Z0, Z2); \
	VADDPS.BCST b+40(FP), Z0, Z0

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

// BLOCK is the work on three blocks.
#define BLOCK(STAGE7, STAGE8) \
	VEXTRACTF64X4 $1, Z0, Y1; \
	VCVTPS2PD Y0, Z12; \
	VCVTPS2PD Y1, Z18; \
	A(STAGE1); \
	B(STAGE1); \
	DOT4(Z0, Z1, Z2, Z3); \
	A(STAGE2); \
	B(STAGE2); \
	DOT4(Z4, Z5, Z6, Z7); \
	A(STAGE3); \
	B(STAGE3); \
	HALVE8(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7); \
	A(STAGE4); \
	B(STAGE4); \
	DOT4(Z4, Z5, Z6, Z7); \
	A(STAGE5); \
	B(STAGE5); \
	DOT4(Z8, Z9, Z10, Z11); \
	HALVE8(Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11); \
	A(STAGE6); \
	B(STAGE6); \
	HALVE; \
	HALVED; \
	FIRST; \
	ROW(1); \
	ROW(2); \
	A(STAGE7); \
	B(STAGE7); \
	ROW(3); \
	ROW(4); \
	ROW(5); \
	A(STAGE8); \
	B(STAGE8); \
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

	MOVL  $0xF0, BX
	KMOVW BX, HIGHHALF
	MOVL  $0xAA, BX
	KMOVW BX, HIGHPAIRS
	KXORW HEAD, HEAD, HEAD // there is no gradient yet
	KXORW TAIL, TAIL, TAIL
	LEAQ  -16(COLS), CX
	MOVL  $1, BX
	SHLL  CX, BX
	DECL  BX
	KMOVW BX, TAILMASK
	MOVQ  X, P
	MOVQ  X, NEXT

	VMOVUPS   (AX), W0
	VMOVUPS.Z 64(AX), TAILMASK, W1
	MOVQ grad+0(FP), AX
	VMOVUPS   (AX), G0
	VMOVUPS.Z 64(AX), TAILMASK, G1
	VBROADCASTSD ·consts+0x78(SB), ONE
	VBROADCASTSD ·consts+0x18(SB), SHIFT
	VBROADCASTSD ·consts+0x08(SB), MIN

	// Products take the place of sums that begin at +0: what may then be −0 for
	// +0 is +0 again when b is added, unless b is −0.
	VXORPS X0, X0, X0
	VADDSS b+40(FP), X0, X0
	VMOVSS X0, b+40(FP)

	DOT4(Z0, Z1, Z2, Z3)
	DOT4(Z4, Z5, Z6, Z7)
	HALVE8(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	DOT4(Z4, Z5, Z6, Z7)
	DOT4(Z8, Z9, Z10, Z11)
	HALVE8(Z4, Z5, Z6, Z7, Z8, Z9, Z10, Z11)
	HALVE
	HALVED

block:
	SUBQ $16, ROWS
	JNZ  more
	MOVQ STRIDE, AX // the last block again, in place of one that is not there
	SHLQ $4, AX
	SUBQ AX, X

more:
	CMPQ loss+72(FP), $0
	JNE  log
	BLOCK(QUADRATIC7, QUADRATIC8)
	JMP  next

log:
	BLOCK(LOG7, LOG8)

next:
	KXNORW HEAD, HEAD, HEAD
	KMOVW  TAILMASK, TAIL
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
	VMOVUPS G1, TAILMASK, 64(AX)
	VZEROUPPER
	RET
