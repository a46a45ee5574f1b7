//go:build !purego

// The fused step over narrow rows for AVX-512 (F, DQ, BW, VL): forward, δ and
// gradient of many rows in one call.
//
// Sixteen rows make a block. Three blocks are in work at a time, none of which
// waits for another:
//
//	for blocks k of sixteen rows:
//		δ of block k, whose z is known
//		the gradient of block k−1, whose δ is known
//		z of block k+1, as in forwardNarrow
//
// So the latency of one part is hidden by the others. Unused lanes of a row are
// treated as in stepwide_amd64.s.

#include "textflag.h"

// Arguments, in the order of every kernel.
#define X       SI  // the block of the forward pass
#define W       DX
#define G       DI
#define ROWS    R8  // rows behind those that have a z
#define COLS    R9  // bytes of the whole groups of columns
#define STRIDE  R10 // bytes
#define STRIDE3 R11
#define STRIDE5 R12
#define STRIDE7 R13
#define COL     AX // offset of the current column in bytes
#define X8      BX // the row 8 rows behind X
#define P       BX // cursor in the block of the gradient, or in y and weights
#define D       CX // δ of that block

#define TAILMASK  K1 // the columns behind the last whole group
#define HIGHHALF  K2 // the float64 lanes 4 to 7
#define HIGHPAIRS K3 // of every four float32 lanes the last two
#define NEGATIVE  K4
#define WRONG     K4 // which is set where NEGATIVE is done with
#define LASTMASK  K5 // the columns of the last vector of a row
#define SAME      K7

#define WV Z21 // a vector of w
#define ZB Z29 // z of a block
#define YB Y29

#define VX Z0
#define VN Z1
#define VR Z2
#define R2 Z3
#define R4 Z4
#define E0 Z5
#define E1 Z6
#define E2 Z7
#define E3 Z8
#define VT Z9
#define VY Z10
#define VQ Z11
#define VM Z12
#define VE Z13

#define SIGN  Z16
#define MIN   Z17
#define LOG2E Z18
#define SHIFT Z19
#define LN2HI Z20
#define P0    Z22
#define P1    Z23
#define P2    Z24
#define P3    Z25
#define P4    Z26
#define HALF  Z30
#define ONE   Z31

#define SPLAT VBROADCASTSD

#include "delta_amd64.h"

#define DOT8(Q, A0, A1, A2, A3, A4, A5, A6, A7) \
	VFMADD231PS (Q), WV, A0; \
	VFMADD231PS (Q)(STRIDE*1), WV, A1; \
	VFMADD231PS (Q)(STRIDE*2), WV, A2; \
	VFMADD231PS (Q)(STRIDE3*1), WV, A3; \
	VFMADD231PS (Q)(STRIDE*4), WV, A4; \
	VFMADD231PS (Q)(STRIDE5*1), WV, A5; \
	VFMADD231PS (Q)(STRIDE3*2), WV, A6; \
	VFMADD231PS (Q)(STRIDE7*1), WV, A7

#define DOT8TAIL(Q, A0, A1, A2, A3, A4, A5, A6, A7) \
	VFMADD231PS (Q), WV, TAILMASK, A0; \
	VFMADD231PS (Q)(STRIDE*1), WV, TAILMASK, A1; \
	VFMADD231PS (Q)(STRIDE*2), WV, TAILMASK, A2; \
	VFMADD231PS (Q)(STRIDE3*1), WV, TAILMASK, A3; \
	VFMADD231PS (Q)(STRIDE*4), WV, TAILMASK, A4; \
	VFMADD231PS (Q)(STRIDE5*1), WV, TAILMASK, A5; \
	VFMADD231PS (Q)(STRIDE3*2), WV, TAILMASK, A6; \
	VFMADD231PS (Q)(STRIDE7*1), WV, TAILMASK, A7

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

// DELTA8 computes δ and the sums of eight rows, whose z is VX, from y and
// weights at P, and stores δ at OFF(D).
#define DELTA8(OFF, log, weigh, add) \
	VCVTPS2PD (P), VY; \
	CMPQ loss+88(FP), $0; \
	JNE  log; \
	QUADRATIC32; \
	JMP  weigh; \
log: \
	LOG32; \
weigh: \
	ADDQ $32, P; \
	MOVQ P, y+24(FP); \
	MOVQ weights+32(FP), P; \
	TESTQ P, P; \
	JZ   add; \
	VCVTPS2PD (P), VS; \
	ADDQ $32, P; \
	MOVQ P, weights+32(FP); \
	VMULPD VS, VE, VE; \
	VMULPD VS, VC, VC; \
add: \
	VCVTPD2PS VE, Y13; \
	VMOVUPS Y13, OFF(D); \
	VCVTPS2PD Y13, VE; \
	MOVQ sums+40(FP), P; \
	VADDPD  (P), VC, VC; \
	VMOVUPD VC, (P); \
	VMOVUPD 64(P), E2; \
	VADDPD  ONE, E2, SAME, E2; \
	VMOVUPD E2, 64(P); \
	VADDPD  128(P), VE, VE; \
	VMOVUPD VE, 128(P)

// The gradient of a block: for eight rows t = δ₀x₀, t = fma(δₖ, xₖ, t); g += t.
// A tile is up to four vectors of a row, the last under LASTMASK unless it is
// TILE4. Z0 to Z3 are g, Z4 to Z7 t, Z8 δ of a row.
#define TILE1(OP) OP 0(P), Z8, Z4
#define TILE2(OP) TILE1(OP); OP 64(P), Z8, Z5
#define TILE3(OP) TILE2(OP); OP 128(P), Z8, Z6
#define TILE4(OP) TILE3(OP); OP 192(P), Z8, Z7

#define LAST0(OP) OP 0(P), Z8, LASTMASK, Z4
#define LAST1(OP) TILE1(OP); OP 64(P), Z8, LASTMASK, Z5
#define LAST2(OP) TILE2(OP); OP 128(P), Z8, LASTMASK, Z6
#define LAST3(OP) TILE3(OP); OP 192(P), Z8, LASTMASK, Z7

#define ROW(TILE, K, OP) \
	VBROADCASTSS (4*(K))(D), Z8; \
	TILE(OP); \
	ADDQ STRIDE, P

#define EIGHT(TILE, K) \
	ROW(TILE, K, VMULPS); \
	ROW(TILE, K+1, VFMADD231PS); \
	ROW(TILE, K+2, VFMADD231PS); \
	ROW(TILE, K+3, VFMADD231PS); \
	ROW(TILE, K+4, VFMADD231PS); \
	ROW(TILE, K+5, VFMADD231PS); \
	ROW(TILE, K+6, VFMADD231PS); \
	ROW(TILE, K+7, VFMADD231PS)

#define ADD1 VADDPS Z4, Z0, Z0
#define ADD2 ADD1; VADDPS Z5, Z1, Z1
#define ADD3 ADD2; VADDPS Z6, Z2, Z2
#define ADD4 ADD3; VADDPS Z7, Z3, Z3

#define SIXTEEN(TILE, ADD) \
	EIGHT(TILE, 0); \
	ADD; \
	EIGHT(TILE, 8); \
	ADD

// func stepNarrow32AVX512(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)
TEXT ·stepNarrow32AVX512(SB), NOSPLIT, $168-96
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ rows+56(FP), ROWS
	MOVQ cols+64(FP), COLS
	MOVQ stride+72(FP), STRIDE
	SHLQ $2, STRIDE
	LEAQ (STRIDE)(STRIDE*2), STRIDE3
	LEAQ (STRIDE)(STRIDE*4), STRIDE5
	LEAQ (STRIDE3)(STRIDE*4), STRIDE7
	SHORTCONSTANTS

	// LASTMASK, and the vectors of a row behind its whole tiles.
	MOVQ  COLS, CX
	DECQ  CX
	ANDQ  $15, CX
	INCQ  CX
	MOVL  $1, AX
	SHLL  CX, AX
	DECL  AX
	KMOVW AX, LASTMASK
	MOVQ  COLS, CX
	SHLQ  $2, CX
	MOVQ  CX, bytes-8(SP)

	// TAILMASK, and b + 0 where there are unused lanes.
	MOVQ  COLS, CX
	ANDQ  $15, CX
	SUBQ  CX, COLS
	SHLQ  $2, COLS
	MOVQ  CX, tail-16(SP)
	MOVL  $1, AX
	SHLL  CX, AX
	DECL  AX
	KMOVW AX, TAILMASK
	TESTQ CX, CX
	JZ    whole
	VXORPS X0, X0, X0
	VADDSS b+48(FP), X0, X0
	VMOVSS X0, b+48(FP)

whole:
	MOVL  $0xF0, AX
	KMOVW AX, HIGHHALF
	MOVL  $0xAA, AX
	KMOVW AX, HIGHPAIRS
	MOVQ  $0, flip-24(SP)
	JMP   forward

block:
	// δ of the block before X
	MOVQ flip-24(SP), AX
	LEAQ deltas-160(SP), D
	ADDQ AX, D
	MOVQ y+24(FP), P
	VCVTPS2PD YB, VX
	DELTA8(0, log0, weigh0, add0)
	MOVQ y+24(FP), P
	VEXTRACTF64X4 $1, ZB, Y0
	VCVTPS2PD Y0, VX
	DELTA8(32, log1, weigh1, add1)

	// the gradient of the block before that
	XORQ $64, flip-24(SP)
	MOVQ rows+56(FP), AX
	SUBQ ROWS, AX
	CMPQ AX, $16
	JEQ  forward // there is none
	MOVQ STRIDE, P
	SHLQ $5, P
	NEGQ P
	ADDQ X, P

gradient:
	MOVQ flip-24(SP), AX
	LEAQ deltas-160(SP), D
	ADDQ AX, D
	MOVQ bytes-8(SP), AX
	MOVQ AX, left-32(SP)
	XORL COL, COL

tile:
	SUBQ $256, left-32(SP)
	JLE  last
	VMOVUPS (G)(COL*1), Z0
	VMOVUPS 64(G)(COL*1), Z1
	VMOVUPS 128(G)(COL*1), Z2
	VMOVUPS 192(G)(COL*1), Z3
	SIXTEEN(TILE4, ADD4)
	VMOVUPS Z0, (G)(COL*1)
	VMOVUPS Z1, 64(G)(COL*1)
	VMOVUPS Z2, 128(G)(COL*1)
	VMOVUPS Z3, 192(G)(COL*1)
	ADDQ $256, COL
	ADDQ $256, P
	MOVQ STRIDE, STRIDE5
	SHLQ $4, STRIDE5
	SUBQ STRIDE5, P
	LEAQ (STRIDE)(STRIDE*4), STRIDE5
	JMP  tile

last:
	CMPQ left-32(SP), $-192
	JLE  last0
	CMPQ left-32(SP), $-128
	JLE  last1
	CMPQ left-32(SP), $-64
	JLE  last2
	VMOVUPS (G)(COL*1), Z0
	VMOVUPS 64(G)(COL*1), Z1
	VMOVUPS 128(G)(COL*1), Z2
	VMOVUPS.Z 192(G)(COL*1), LASTMASK, Z3
	SIXTEEN(LAST3, ADD4)
	VMOVUPS Z0, (G)(COL*1)
	VMOVUPS Z1, 64(G)(COL*1)
	VMOVUPS Z2, 128(G)(COL*1)
	VMOVUPS Z3, LASTMASK, 192(G)(COL*1)
	JMP  forward

last2:
	VMOVUPS (G)(COL*1), Z0
	VMOVUPS 64(G)(COL*1), Z1
	VMOVUPS.Z 128(G)(COL*1), LASTMASK, Z2
	SIXTEEN(LAST2, ADD3)
	VMOVUPS Z0, (G)(COL*1)
	VMOVUPS Z1, 64(G)(COL*1)
	VMOVUPS Z2, LASTMASK, 128(G)(COL*1)
	JMP  forward

last1:
	VMOVUPS (G)(COL*1), Z0
	VMOVUPS.Z 64(G)(COL*1), LASTMASK, Z1
	SIXTEEN(LAST1, ADD2)
	VMOVUPS Z0, (G)(COL*1)
	VMOVUPS Z1, LASTMASK, 64(G)(COL*1)
	JMP  forward

last0:
	VMOVUPS.Z (G)(COL*1), LASTMASK, Z0
	SIXTEEN(LAST0, ADD1)
	VMOVUPS Z0, LASTMASK, (G)(COL*1)

forward:
	SUBQ $16, ROWS
	JL   drain

	// what comes next from memory
	MOVQ  ahead+80(FP), P
	TESTQ P, P
	JZ    z
	ADDQ  X, P
	MOVQ  bytes-8(SP), CX
	ADDQ  $63, CX
	SHRQ  $6, CX

fetch:
	PREFETCHT1 (P)
	PREFETCHT1 64(P)
	PREFETCHT1 128(P)
	PREFETCHT1 192(P)
	PREFETCHT1 256(P)
	PREFETCHT1 320(P)
	PREFETCHT1 384(P)
	PREFETCHT1 448(P)
	PREFETCHT1 512(P)
	PREFETCHT1 576(P)
	PREFETCHT1 640(P)
	PREFETCHT1 704(P)
	PREFETCHT1 768(P)
	PREFETCHT1 832(P)
	PREFETCHT1 896(P)
	PREFETCHT1 960(P)
	ADDQ $1024, P
	DECQ CX
	JNZ  fetch

z:
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	VPXORD Z4, Z4, Z4
	VPXORD Z5, Z5, Z5
	VPXORD Z6, Z6, Z6
	VPXORD Z7, Z7, Z7
	VPXORD Z8, Z8, Z8
	VPXORD Z9, Z9, Z9
	VPXORD Z10, Z10, Z10
	VPXORD Z11, Z11, Z11
	VPXORD Z12, Z12, Z12
	VPXORD Z13, Z13, Z13
	VPXORD Z14, Z14, Z14
	VPXORD Z15, Z15, Z15
	LEAQ (X)(STRIDE*8), X8
	XORL COL, COL
	CMPQ COL, COLS
	JGE  tail

cols:
	VMOVUPS (W)(COL*1), WV
	DOT8(X, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	DOT8(X8, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	ADDQ $64, X
	ADDQ $64, X8
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  cols

tail:
	CMPQ tail-16(SP), $0
	JEQ  fold
	VMOVUPS.Z (W)(COL*1), TAILMASK, WV
	DOT8TAIL(X, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	DOT8TAIL(X8, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)

fold:
	FOLD512(Z0, Z4)
	FOLD512(Z8, Z12)
	FOLD512(Z1, Z5)
	FOLD512(Z9, Z13)
	FOLD512(Z2, Z6)
	FOLD512(Z10, Z14)
	FOLD512(Z3, Z7)
	FOLD512(Z11, Z15)
	FOLD256(Z0, Z8)
	FOLD256(Z1, Z9)
	FOLD256(Z2, Z10)
	FOLD256(Z3, Z11)
	FOLD128(Z0, Z1)
	FOLD128(Z2, Z3)
	FOLD64(Z0, Z2)
	VADDPS.BCST b+48(FP), Z0, ZB
	SUBQ COL, X8
	LEAQ (X8)(STRIDE*8), X
	JMP  block

drain:
	// Twice: after the last δ, for the block before the last and for the last.
	CMPQ ROWS, $-16
	JNE  done
	SUBQ $16, ROWS
	MOVQ STRIDE, P
	SHLQ $4, P
	NEGQ P
	ADDQ X, P
	XORQ $64, flip-24(SP)
	JMP  gradient

done:
	VZEROUPPER
	RET
