// The fused step over wide rows: what the kernels for AVX-512 and AVX2 share.
//
// Rows are worked in pairs, and two pairs at a time: while the forward pass
// walks the columns of one pair, the gradient walks those of the pair before,
// which the L1 cache still holds. So loads from far and work on what is near
// overlap all the time, where a loop over blocks does them in turns.
//
//	for pairs of rows n, p being the pair before and o the one before p:
//		δ of p, whose z is known
//		for j in columns:
//			acc = fma(x[n][j:j+128 bytes], w[j:j+128 bytes], acc)
//			g[k] = fma(δ, x[k], g[k]) for as many columns k, which lag by SKEW:
//				the last of o first, then p from its start
//		z of n = halve(acc) + b
//
// The lag gives δ of p the time that it takes.
//
// Whoever includes this file names besides, for a kind of vector:
//
//	MASKS         the masks of a tail, given its length in TAIL
//	ZERO          clears the lanes of a pair
//	FORWARD       continues the lanes by one group of columns, 128 bytes
//	FORWARDTAIL   by the tail
//	GRADIENT      continues one group of columns of g by a pair of rows
//	GRADIENTTAIL  the tail
//	ENDTAIL       what is to do at the end for the tail of g
//	GROUP         FORWARD of one pair and GRADIENT of another
//	WEIGH         multiplies δ and the cost of a pair by VS
//	SUMS          adds δ, the cost and the count of a pair to the sums at P

// Arguments, in the order of every kernel.
#define X      SI  // cursor in the rows of the forward pass
#define W      DX
#define G      DI
#define ROWS   R8  // rows that are left
#define COLS   R9  // bytes of the whole groups of columns
#define STRIDE R10 // bytes
#define XP     R11 // cursor in the rows of the gradient
#define GP     R12 // cursor in g
#define END    R13 // where a run over columns ends
#define COL    AX  // offset of the current column in bytes
#define AHEAD  BX  // what to fetch into the L2 cache, or nil
#define TAIL   CX  // columns behind the last whole group
#define P      R11 // cursor in y, weights and the sums, between two passes
#define LANE   R12 // offset of the lanes by row of a pair

#define SKEW 1024 // bytes of columns by which the gradient lags; every wide row has them in whole groups

// FETCH brings the next two lines towards the core, in order of addresses.
#define FETCH \
	PREFETCHT1 (AHEAD); \
	PREFETCHT1 64(AHEAD); \
	ADDQ $128, AHEAD

#define NOFETCH

// BOTH does that for the columns up to LIMIT. It has two loops, with FETCH and
// without.
#define BOTH(LIMIT, LOAD, FMA, loop, ahead, done) \
	TESTQ AHEAD, AHEAD; \
	JNZ   ahead; \
	PCALIGN $32; \
loop: \
	GROUP(LOAD, FMA, NOFETCH); \
	CMPQ  COL, LIMIT; \
	JLT   loop; \
	JMP   done; \
	PCALIGN $32; \
ahead: \
	GROUP(LOAD, FMA, FETCH); \
	CMPQ  COL, LIMIT; \
	JLT   ahead; \
done:

// AGAIN does WORK, which is FORWARD or GRADIENT alone, for the columns up to
// LIMIT.
#define AGAIN(WORK, LIMIT, loop, ahead, done) \
	TESTQ AHEAD, AHEAD; \
	JNZ   ahead; \
loop: \
	WORK; \
	CMPQ  COL, LIMIT; \
	JLT   loop; \
	JMP   done; \
ahead: \
	FETCH; \
	FETCH; \
	WORK; \
	CMPQ  COL, LIMIT; \
	JLT   ahead; \
done:

// BEHIND sets XP to the row N rows before X, at the start of a row, and adds
// the offset OFF. It clobbers AX.
#define BEHIND(N, OFF) \
	IMUL3Q $-N, STRIDE, XP; \
	ADDQ X, XP; \
	ADDQ OFF, XP

// STEPWIDE is the kernel for rows of LANES lanes a register. DELTAS computes δ
// of a pair, STORE narrows and stores it, BROADCAST brings it into DA and DB;
// REDUCE halves the lanes of both rows into VX, b added.
#define STEPWIDE(LANES, SIZE, LOG2SIZE, LOAD, LOADZ, FMA, BROADCAST, LOADLABELS, QUADRATICS, LOGS, STORE, REDUCE) \
	MOVQ x+8(FP), X; \
	MOVQ w+16(FP), W; \
	MOVQ grad+0(FP), G; \
	MOVQ rows+56(FP), ROWS; \
	MOVQ cols+64(FP), COLS; \
	MOVQ stride+72(FP), STRIDE; \
	SHLQ $LOG2SIZE, STRIDE; \
	MOVQ COLS, TAIL; \
	ANDQ $(2*LANES-1), TAIL; \
	SUBQ TAIL, COLS; \
	SHLQ $LOG2SIZE, COLS; \
	MASKS(LANES); \
	MOVQ $0, lane-8(SP); \
	JMP  forward; \
	/* δ and the sums of the pair before X */ \
pass: \
	MOVQ y+24(FP), P; \
	LOADLABELS(VY); \
	ADDQ $(2*SIZE), P; \
	MOVQ P, y+24(FP); \
	CMPQ loss+88(FP), $0; \
	JNE  log; \
	QUADRATICS; \
	JMP  weigh; \
log: \
	LOGS; \
weigh: \
	MOVQ weights+32(FP), P; \
	TESTQ P, P; \
	JZ   add; \
	LOADLABELS(VS); \
	ADDQ $(2*SIZE), P; \
	MOVQ P, weights+32(FP); \
	WEIGH; \
add: \
	STORE; \
	MOVQ lane-8(SP), LANE; \
	MOVQ sums+40(FP), P; \
	SUMS; \
	ADDQ $16, LANE; \
	ANDQ $63, LANE; \
	MOVQ LANE, lane-8(SP); \
	SUBQ $2, ROWS; \
	JZ   last; \
	/* forward of the next pair */ \
forward: \
	MOVQ ahead+80(FP), AHEAD; \
	TESTQ AHEAD, AHEAD; \
	JZ   start; \
	ADDQ X, AHEAD; \
start: \
	ZERO; \
	MOVQ $SKEW, END; \
	/* beside the last columns of the gradient of the pair before the last */ \
	MOVQ rows+56(FP), AX; \
	SUBQ ROWS, AX; \
	CMPQ AX, $2; \
	JLT  first; \
	JEQ  second; \
	LEAQ (G)(COLS*1), GP; \
	SUBQ END, GP; \
	BEHIND(4, COLS); \
	SUBQ END, XP; \
	XORL COL, COL; \
	BOTH(END, LOAD, FMA, loopA, aheadA, doneA); \
	GRADIENTTAIL(LANES, LOAD, LOADZ, FMA, newest); \
	JMP  broadcast; \
second: \
	XORL COL, COL; \
	AGAIN(FORWARD(LOAD, FMA), END, nothing, nothingahead, nothingdone); \
	/* and the first columns of that of the last pair */ \
broadcast: \
	BROADCAST; \
	MOVQ G, GP; \
	MOVQ X, XP; \
	SUBQ END, XP; \
	SUBQ STRIDE, XP; \
	SUBQ STRIDE, XP; \
	CMPQ COL, COLS; \
	JGE  tail; \
	BOTH(COLS, LOAD, FMA, loopB, aheadB, doneB); \
	JMP  tail; \
first: /* COL is 0 */ \
	AGAIN(FORWARD(LOAD, FMA), COLS, alone, aloneahead, alonedone); \
tail: \
	FORWARDTAIL(LANES, LOADZ, FMA, reduce); \
	REDUCE; \
	SUBQ COLS, X; \
	LEAQ (X)(STRIDE*2), X; \
	JMP  pass; \
	/* what is left of the gradient */ \
last: \
	CMPQ rows+56(FP), $2; \
	JEQ  newpair; \
	LEAQ (G)(COLS*1), GP; \
	SUBQ END, GP; \
	BEHIND(4, COLS); \
	SUBQ END, XP; \
	XORL COL, COL; \
	AGAIN(GRADIENT(LOAD, FMA), END, oldpair, oldahead, olddone); \
	GRADIENTTAIL(LANES, LOAD, LOADZ, FMA, newpair); \
	BROADCAST; \
	MOVQ G, GP; \
	MOVQ X, XP; \
	SUBQ STRIDE, XP; \
	SUBQ STRIDE, XP; \
	XORL COL, COL; \
	AGAIN(GRADIENT(LOAD, FMA), COLS, newloop, newahead, newdone); \
	GRADIENTTAIL(LANES, LOAD, LOADZ, FMA, done); \
	ENDTAIL(LANES); \
	VZEROUPPER; \
	RET
