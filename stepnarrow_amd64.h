// The fused step over narrow rows for AVX-512 (F, DQ, BW, VL): forward, δ and
// gradient of many rows in one call. What the kernels of both types share.
//
// Eight rows make a group. Three groups are in work at a time, none of which
// waits for another:
//
//	for groups k of eight rows:
//		for j in columns:
//			z of group k+1 by the columns j:j+64 bytes
//			the gradient of group k−1 by the columns j−64:j bytes
//		δ of group k, whose z is known, in stages between the columns
//		halve the lanes of group k+1
//		the gradient of group k−1 by the last columns
//
// The last columns of a row, at most 64 bytes, are worked under a mask. The
// gradient is a vector behind, so that it has work while lanes are halved, and
// the forward pass while δ is broadcast.
//
// Whoever includes this file names the instructions of the type, MOVE, MOVEZ,
// FMA, MUL, MULZ and ADD, and besides
//
//	FOLD              halves the lanes of eight rows and leaves z of them
//	DELTA1 … DELTA5   the stages of δ
//	ERRORQ, ERRORL    the next, by loss, which count the rows on the right side
//	FINALQ, FINALL    the last, which leave δ at AX = place, and add to the sums
//	BROADCAST         brings δ from there into registers
//	NOTMINUSZERO      adds +0 to b

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

#define YS AX // while the stages need it

#define TAILMASK K1 // the last columns

#define T     Z25 // δ₀x₀ + … + δ₇x₇
#define WV    Z26 // a vector of w
#define SIGN  Z27
#define SHIFT Z28
#define ONE   Z29
#define COST  Z30 // the sums of costs
#define DELTA Z31 // and of δ

// FORWARD continues the lanes of eight rows by 64 bytes of columns, which stand C
// bytes behind X; FORWARDTAIL by the last columns.
#define FORWARD(C) \
	MOVE C(W), WV; \
	FMA C(X), WV, Z0; \
	FMA C(X)(STRIDE*1), WV, Z1; \
	FMA C(X)(STRIDE*2), WV, Z2; \
	FMA C(X)(STRIDE3*1), WV, Z3; \
	FMA C(X)(STRIDE*4), WV, Z4; \
	FMA C(X)(STRIDE5*1), WV, Z5; \
	FMA C(X)(STRIDE3*2), WV, Z6; \
	FMA C(X)(STRIDE7*1), WV, Z7

#define FORWARDTAIL \
	MOVEZ (W), TAILMASK, WV; \
	FMA (X), WV, TAILMASK, Z0; \
	FMA (X)(STRIDE*1), WV, TAILMASK, Z1; \
	FMA (X)(STRIDE*2), WV, TAILMASK, Z2; \
	FMA (X)(STRIDE3*1), WV, TAILMASK, Z3; \
	FMA (X)(STRIDE*4), WV, TAILMASK, Z4; \
	FMA (X)(STRIDE5*1), WV, TAILMASK, Z5; \
	FMA (X)(STRIDE3*2), WV, TAILMASK, Z6; \
	FMA (X)(STRIDE7*1), WV, TAILMASK, Z7

#define ZERO \
	VPXOR X0, X0, X0; \
	VPXOR X1, X1, X1; \
	VPXOR X2, X2, X2; \
	VPXOR X3, X3, X3; \
	VPXOR X4, X4, X4; \
	VPXOR X5, X5, X5; \
	VPXOR X6, X6, X6; \
	VPXOR X7, X7, X7

// GRADIENT continues 64 bytes of columns of g by eight rows.
#define GRADIENT(C) \
	MUL C(P), Z16, T; \
	FMA C(P)(STRIDE*1), Z17, T; \
	FMA C(P)(STRIDE*2), Z18, T; \
	FMA C(P)(STRIDE3*1), Z19, T; \
	FMA C(P)(STRIDE*4), Z20, T; \
	FMA C(P)(STRIDE5*1), Z21, T; \
	FMA C(P)(STRIDE3*2), Z22, T; \
	FMA C(P)(STRIDE7*1), Z23, T; \
	ADD C(G), T, T; \
	MOVE T, C(G)

#define GRADIENTTAIL \
	MULZ (P), Z16, TAILMASK, T; \
	FMA (P)(STRIDE*1), Z17, TAILMASK, T; \
	FMA (P)(STRIDE*2), Z18, TAILMASK, T; \
	FMA (P)(STRIDE3*1), Z19, TAILMASK, T; \
	FMA (P)(STRIDE*4), Z20, TAILMASK, T; \
	FMA (P)(STRIDE5*1), Z21, TAILMASK, T; \
	FMA (P)(STRIDE3*2), Z22, TAILMASK, T; \
	FMA (P)(STRIDE7*1), Z23, TAILMASK, T; \
	ADD (G), T, TAILMASK, T; \
	MOVE T, TAILMASK, (G)

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

// COLUMNS does what there is to do with 64 bytes of columns: fetching, the forward
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

// STEPNARROW is the kernel for LANES elements of 1<<LOG2SIZE bytes in a vector.
#define STEPNARROW(LANES, LOG2SIZE) \
	MOVQ grad+0(FP), G; \
	MOVQ x+8(FP), X; \
	MOVQ w+16(FP), W; \
	MOVQ rows+56(FP), ROWS; \
	MOVQ stride+72(FP), STRIDE; \
	SHLQ $LOG2SIZE, STRIDE; \
	LEAQ (STRIDE)(STRIDE*2), STRIDE3; \
	LEAQ (STRIDE)(STRIDE*4), STRIDE5; \
	LEAQ (STRIDE3)(STRIDE*4), STRIDE7; \
	MOVQ cols+64(FP), CX; \
	DECQ CX; \
	MOVQ CX, FULL; \
	ANDQ $(LANES-1), CX; \
	SUBQ CX, FULL; \
	SHLQ $LOG2SIZE, FULL; \
	MOVL $2, AX; \
	SHLL CX, AX; \
	DECL AX; \
	KMOVW AX, TAILMASK; \
	/* An unused lane of the last columns keeps its −0 where the definition makes */ \
	/* +0 of it. That shows in z only if every lane is −0, and b is. */ \
	CMPL CX, $(LANES-1); \
	JEQ  whole; \
	NOTMINUSZERO; \
whole: \
	LEAQ delta-136(SP), AX; \
	ADDQ $63, AX; \
	ANDQ $~63, AX; /* the start of a line */ \
	MOVQ AX, place-8(SP); \
	VBROADCASTSD ·consts+0x00(SB), SIGN; \
	VBROADCASTSD ·consts+0x18(SB), SHIFT; \
	VBROADCASTSD ·consts+0x78(SB), ONE; \
	MOVQ sums+40(FP), AX; \
	VMOVUPD (AX), COST; \
	VMOVUPD 128(AX), DELTA; \
	/* z of the first group */ \
	ZERO; \
	MOVQ FULL, CX; \
	TESTQ CX, CX; \
	JZ   begintail; \
begin: \
	FORWARD(0); \
	ADDQ $64, X; \
	ADDQ $64, W; \
	SUBQ $64, CX; \
	JNZ  begin; \
begintail: \
	FORWARDTAIL; \
	SUBQ FULL, X; \
	SUBQ FULL, W; \
	LEAQ (X)(STRIDE*8), X; \
	MOVQ X, P; \
	FOLD; \
group: \
	ZERO; \
	SUBQ  $8, ROWS; \
	MOVQ  ahead+80(FP), AHEAD; \
	TESTQ AHEAD, AHEAD; \
	JZ    near; \
	ADDQ  X, AHEAD; \
near: \
	DELTA1; \
	TESTQ FULL, FULL; \
	JZ    first; \
	TESTQ AHEAD, AHEAD; \
	JZ    fetched0; \
	FETCH; \
fetched0: \
	TESTQ ROWS, ROWS; \
	JLE   first; \
	FORWARD(0); \
first: \
	DELTA2; \
	NTH(1, fetched1, forwarded1, done1); \
	DELTA3; \
	NTH(2, fetched2, forwarded2, done2); \
	NTH(3, fetched3, forwarded3, done3); \
	DELTA4; \
	NTH(4, fetched4, forwarded4, done4); \
	MOVQ y+24(FP), YS; \
	DELTA5; \
	NTH(5, fetched5, forwarded5, done5); \
	CMPQ loss+88(FP), $0; \
	JNE  log6; \
	ERRORQ; \
	JMP  sixth; \
log6: \
	ERRORL; \
sixth: \
	ADDQ $(8<<LOG2SIZE), y+24(FP); \
	NTH(6, fetched6, forwarded6, done6); \
	MOVQ FULL, AX; \
	SUBQ $(7*64), AX; \
	JLE  tail; \
	ADDQ $(7*64), X; \
	ADDQ $(7*64), P; \
	ADDQ $(7*64), W; \
	ADDQ $(7*64), G; \
columns: \
	COLUMNS(FORWARD(0), GRADIENT(-64), fetched7, forwarded7, done7); \
	ADDQ $64, X; \
	ADDQ $64, P; \
	ADDQ $64, W; \
	ADDQ $64, G; \
	SUBQ $64, AX; \
	JNZ  columns; \
	JMP  last; \
tail: \
	ADDQ FULL, X; \
	ADDQ FULL, P; \
	ADDQ FULL, W; \
	ADDQ FULL, G; \
last: \
	COLUMNS(FORWARDTAIL, PENULTIMATE, fetched8, forwarded8, done8); \
	CMPQ loss+88(FP), $0; \
	JNE  log7; \
	FINALQ(quadraticweighed); \
	JMP  seventh; \
log7: \
	FINALL(logweighed); \
seventh: \
	FOLD; \
	CMPQ P, X; \
	JEQ  early; \
	GRADIENTTAIL; \
early: \
	BROADCAST; \
	SUBQ FULL, X; \
	SUBQ FULL, W; \
	SUBQ FULL, G; \
	MOVQ X, P; \
	LEAQ (STRIDE*8), AX; \
	SUBQ AX, P; \
	ADDQ AX, X; \
	TESTQ ROWS, ROWS; \
	JG   group; \
	/* the gradient of the last group */ \
	TESTQ FULL, FULL; \
	JZ   lasttail; \
lastcolumns: \
	GRADIENT(0); \
	ADDQ $64, P; \
	ADDQ $64, G; \
	SUBQ $64, FULL; \
	JNZ  lastcolumns; \
lasttail: \
	GRADIENTTAIL; \
	MOVQ sums+40(FP), AX; \
	VMOVUPD COST, (AX); \
	VMOVUPD DELTA, 128(AX); \
	VZEROUPPER; \
	RET
