//go:build !purego

#include "textflag.h"

// Dot products, gradients and sums with AVX2 and FMA: 256-bit vectors, 32
// bytes each. CPU features: AVX, AVX2, FMA3.
//
// A kernel is the same for float32 and float64 once counts and strides are in
// bytes. So each is written once, as a macro over the instructions below, and
// instantiated at the end of the file for both.
//
//	            FMA           ADD     MUL     MASKMOV     BROADCAST
//	float32     VFMADD231PS   VADDPS  VMULPS  VMASKMOVPS  VBROADCASTSS
//	float64     VFMADD231PD   VADDPD  VMULPD  VMASKMOVPD  VBROADCASTSD
//
// What is left of a row behind its last full vectors is loaded under a mask,
// with zeros in the other lanes. Masked stores are slow on AMD; where they
// would show, a part of a vector is stored in halves instead.

// mask<>+128-n(SB) begins with n bytes of ones, and zeros behind them.
DATA mask<>+0(SB)/8, $-1
DATA mask<>+8(SB)/8, $-1
DATA mask<>+16(SB)/8, $-1
DATA mask<>+24(SB)/8, $-1
DATA mask<>+32(SB)/8, $-1
DATA mask<>+40(SB)/8, $-1
DATA mask<>+48(SB)/8, $-1
DATA mask<>+56(SB)/8, $-1
DATA mask<>+64(SB)/8, $-1
DATA mask<>+72(SB)/8, $-1
DATA mask<>+80(SB)/8, $-1
DATA mask<>+88(SB)/8, $-1
DATA mask<>+96(SB)/8, $-1
DATA mask<>+104(SB)/8, $-1
DATA mask<>+112(SB)/8, $-1
DATA mask<>+120(SB)/8, $-1
GLOBL mask<>(SB), RODATA|NOPTR, $256

// Registers of all forward kernels. Columns and strides are in bytes.
#define ZS DI
#define X SI
#define W DX
#define ROWS CX
#define COLS R8    // those in full groups
#define STRIDE R9
#define STRIDE3 R10
#define P R11      // cursor in row 0 of the rows being worked
#define Q R12      // cursor in w
#define N R13      // columns left of COLS
#define TAIL AX    // columns behind the last full group
#define MASK BX    // masks of the tail, vector by vector

// TAILOF(size) sets TAIL to the columns behind full groups of size bytes;
// SPLIT(size) takes them from COLS, too.
#define TAILOF(size) \
	MOVQ COLS, TAIL;           \
	ANDQ $(size-1), TAIL;      \
	LEAQ mask<>+128(SB), MASK; \
	SUBQ TAIL, MASK

#define SPLIT(size) \
	TAILOF(size); \
	SUBQ TAIL, COLS

// REDUCE halves the 64 bytes of lanes (Y0, Y1) of one row to 8 bytes, which
// HALVE1 makes one z in X0.
#define REDUCE \
	ADD          Y1, Y0, Y0; \
	VEXTRACTF128 $1, Y0, X1; \
	ADD          X1, X0, X0; \
	VUNPCKHPD    X0, X0, X1; \
	ADD          X1, X0, X0; \
	HALVE1

// REDUCE4 halves the lanes of four rows, (Y0, Y1), (Y2, Y3), (Y4, Y5) and
// (Y6, Y7), to 8 bytes each, in the order of the rows in Y0. Two rows share a
// vector as soon as their lanes fill half of it. HALVE4 makes them z.
#define REDUCE4 \
	ADD        Y1, Y0, Y0;        \
	ADD        Y3, Y2, Y2;        \
	ADD        Y5, Y4, Y4;        \
	ADD        Y7, Y6, Y6;        \
	VPERM2F128 $0x21, Y4, Y0, Y1; \
	VPERM2F128 $0x21, Y6, Y2, Y3; \
	VBLENDPS   $0xf0, Y4, Y0, Y0; \
	VBLENDPS   $0xf0, Y6, Y2, Y2; \
	ADD        Y1, Y0, Y0;        \
	ADD        Y3, Y2, Y2;        \
	VUNPCKHPD  Y2, Y0, Y1;        \
	VUNPCKLPD  Y2, Y0, Y0;        \
	ADD        Y1, Y0, Y0;        \
	HALVE4

// The narrow class has 64 bytes of lanes, two vectors.
//
//	for four rows at a time, then for one:
//		(A, B) = 0
//		for j in full groups of columns: (A, B) = fma(x[j], w[j], (A, B))
//		for the tail: the same with x and w under the mask
//		z = reduce(A, B) + b
//
// The columns of a row are two vectors of w, W0 and W1, those of the tail WT0
// and WT1. Y0-Y7 are the lanes of four rows.
#define W0 Y8
#define W1 Y9
#define WT0 Y10
#define WT1 Y11
#define MT Y12     // mask of the last vector of the tail
#define XT Y13     // x under it

#define NARROW_ROW(x, a, b) \
	FMA 0 x, W0, a; \
	FMA 32 x, W1, b

// NARROW_TAIL works a tail of up to 32 bytes, NARROW_TAIL2 a longer one. The
// lanes of an unused vector are worked with zeros, for the sake of −0.
#define NARROW_TAIL(x, a, b) \
	MASKMOV 0 x, MT, XT; \
	FMA     XT, WT0, a;  \
	FMA     WT1, WT1, b

#define NARROW_TAIL2(x, a, b) \
	MASKMOV 32 x, MT, XT; \
	FMA     0 x, WT0, a;  \
	FMA     XT, WT1, b

#define FORWARD_NARROW \
	SPLIT(64);                            \
	LEAQ    (STRIDE)(STRIDE*2), STRIDE3;  \
	TESTQ   TAIL, TAIL;                   \
	JZ      rows4;                        \
	VXORPS  WT1, WT1, WT1;                \
	VMOVUPS (MASK), MT;                   \
	MASKMOV (W)(COLS*1), MT, WT0;         \
	CMPQ    TAIL, $32;                    \
	JLE     rows4;                        \
	VMOVUPS 32(MASK), MT;                 \
	MASKMOV 32(W)(COLS*1), MT, WT1;       \
                                              \
rows4:                                        \
	SUBQ    $4, ROWS;                     \
	JLT     rows1;                        \
loop4:                                        \
	MOVQ    X, P;                         \
	MOVQ    W, Q;                         \
	MOVQ    COLS, N;                      \
	VXORPS  Y0, Y0, Y0;                   \
	VXORPS  Y1, Y1, Y1;                   \
	VXORPS  Y2, Y2, Y2;                   \
	VXORPS  Y3, Y3, Y3;                   \
	VXORPS  Y4, Y4, Y4;                   \
	VXORPS  Y5, Y5, Y5;                   \
	VXORPS  Y6, Y6, Y6;                   \
	VXORPS  Y7, Y7, Y7;                   \
	TESTQ   N, N;                         \
	JZ      tail4;                        \
group4:                                       \
	VMOVUPS (Q), W0;                      \
	VMOVUPS 32(Q), W1;                    \
	NARROW_ROW((P), Y0, Y1);              \
	NARROW_ROW((P)(STRIDE*1), Y2, Y3);    \
	NARROW_ROW((P)(STRIDE*2), Y4, Y5);    \
	NARROW_ROW((P)(STRIDE3*1), Y6, Y7);   \
	ADDQ    $64, P;                       \
	ADDQ    $64, Q;                       \
	SUBQ    $64, N;                       \
	JNZ     group4;                       \
tail4:                                        \
	TESTQ   TAIL, TAIL;                   \
	JZ      reduce4;                      \
	CMPQ    TAIL, $32;                    \
	JGT     longtail4;                    \
	NARROW_TAIL((P), Y0, Y1);             \
	NARROW_TAIL((P)(STRIDE*1), Y2, Y3);   \
	NARROW_TAIL((P)(STRIDE*2), Y4, Y5);   \
	NARROW_TAIL((P)(STRIDE3*1), Y6, Y7);  \
	JMP     reduce4;                      \
longtail4:                                    \
	NARROW_TAIL2((P), Y0, Y1);            \
	NARROW_TAIL2((P)(STRIDE*1), Y2, Y3);  \
	NARROW_TAIL2((P)(STRIDE*2), Y4, Y5);  \
	NARROW_TAIL2((P)(STRIDE3*1), Y6, Y7); \
reduce4:                                      \
	REDUCE4;                              \
	STORE4;                               \
	LEAQ    (X)(STRIDE*4), X;             \
	SUBQ    $4, ROWS;                     \
	JGE     loop4;                        \
                                              \
rows1:                                        \
	ADDQ    $4, ROWS;                     \
	JZ      done;                         \
loop1:                                        \
	MOVQ    X, P;                         \
	MOVQ    W, Q;                         \
	MOVQ    COLS, N;                      \
	VXORPS  Y0, Y0, Y0;                   \
	VXORPS  Y1, Y1, Y1;                   \
	TESTQ   N, N;                         \
	JZ      tail1;                        \
group1:                                       \
	VMOVUPS (Q), W0;                      \
	VMOVUPS 32(Q), W1;                    \
	NARROW_ROW((P), Y0, Y1);              \
	ADDQ    $64, P;                       \
	ADDQ    $64, Q;                       \
	SUBQ    $64, N;                       \
	JNZ     group1;                       \
tail1:                                        \
	TESTQ   TAIL, TAIL;                   \
	JZ      reduce1;                      \
	CMPQ    TAIL, $32;                    \
	JGT     longtail1;                    \
	NARROW_TAIL((P), Y0, Y1);             \
	JMP     reduce1;                      \
longtail1:                                    \
	NARROW_TAIL2((P), Y0, Y1);            \
reduce1:                                      \
	REDUCE;                               \
	STORE1;                               \
	ADDQ    STRIDE, X;                    \
	DECQ    ROWS;                         \
	JNZ     loop1;                        \
done:                                         \
	VZEROUPPER;                           \
	RET

// The wide class has 128 bytes of lanes, four vectors.
//
//	for two rows at a time, then for one:
//		(A, B, C, D) = 0
//		for j in full groups of columns: (A, …) = fma(x[j], w[j], (A, …))
//		for the tail: the same with x and w under masks
//		z = reduce(A + C, B + D) + b
//
// Y0-Y3 are the lanes of the first row, Y4-Y7 those of the second.
#define WIDE_ROW \
	VMOVUPS (Q), Y8;        \
	VMOVUPS 32(Q), Y9;      \
	VMOVUPS 64(Q), Y10;     \
	VMOVUPS 96(Q), Y11;     \
	FMA     (P), Y8, Y0;    \
	FMA     32(P), Y9, Y1;  \
	FMA     64(P), Y10, Y2; \
	FMA     96(P), Y11, Y3

#define WIDE_ROW2 \
	FMA     (P)(STRIDE*1), Y8, Y4;    \
	FMA     32(P)(STRIDE*1), Y9, Y5;  \
	FMA     64(P)(STRIDE*1), Y10, Y6; \
	FMA     96(P)(STRIDE*1), Y11, Y7

#define WIDE_TAIL(off, a) \
	VMOVUPS off(MASK), Y13;  \
	MASKMOV off(Q), Y13, Y8; \
	MASKMOV off(P), Y13, Y9; \
	FMA     Y9, Y8, a

#define WIDE_TAIL2(off, a, b) \
	WIDE_TAIL(off, a);                  \
	MASKMOV off(P)(STRIDE*1), Y13, Y10; \
	FMA     Y10, Y8, b

// WIDE_LANES continues the lanes Y0-Y3 of one row.
#define WIDE_LANES(group, tail, end) \
	TESTQ N, N;        \
	JZ    tail;        \
group:                     \
	WIDE_ROW;          \
	ADDQ  $128, P;     \
	ADDQ  $128, Q;     \
	SUBQ  $128, N;     \
	JNZ   group;       \
tail:                      \
	TESTQ TAIL, TAIL;  \
	JZ    end;         \
	WIDE_TAIL(0, Y0);  \
	WIDE_TAIL(32, Y1); \
	WIDE_TAIL(64, Y2); \
	WIDE_TAIL(96, Y3); \
end:

//
// Unless NEXT is nil, half as many rows are fetched from there into the L2
// cache; the gradient fetches as many: so the memory rests neither while a
// fused step works on the first half of a block nor on the second.
#define NEXT STRIDE3 // which the forward kernels do not need
#define FORWARD_WIDE \
	SPLIT(128);                  \
	MOVQ   ahead+56(FP), NEXT;   \
	SUBQ   $2, ROWS;             \
	JLT    rows1;                \
loop2:                               \
	MOVQ   X, P;                 \
	MOVQ   W, Q;                 \
	MOVQ   COLS, N;              \
	VXORPS Y0, Y0, Y0;           \
	VXORPS Y1, Y1, Y1;           \
	VXORPS Y2, Y2, Y2;           \
	VXORPS Y3, Y3, Y3;           \
	VXORPS Y4, Y4, Y4;           \
	VXORPS Y5, Y5, Y5;           \
	VXORPS Y6, Y6, Y6;           \
	VXORPS Y7, Y7, Y7;           \
	TESTQ  NEXT, NEXT;           \
	JNZ    ahead2;               \
group2:                              \
	WIDE_ROW;                    \
	WIDE_ROW2;                   \
	ADDQ   $128, P;              \
	ADDQ   $128, Q;              \
	SUBQ   $128, N;              \
	JNZ    group2;               \
	JMP    tail2;                \
ahead2:                              \
	PREFETCHT1 (NEXT);           \
	PREFETCHT1 64(NEXT);         \
	ADDQ   $128, NEXT;           \
	WIDE_ROW;                    \
	WIDE_ROW2;                   \
	ADDQ   $128, P;              \
	ADDQ   $128, Q;              \
	SUBQ   $128, N;              \
	JNZ    ahead2;               \
tail2:                               \
	TESTQ  TAIL, TAIL;           \
	JZ     reduce2;              \
	WIDE_TAIL2(0, Y0, Y4);       \
	WIDE_TAIL2(32, Y1, Y5);      \
	WIDE_TAIL2(64, Y2, Y6);      \
	WIDE_TAIL2(96, Y3, Y7);      \
reduce2:                             \
	ADD    Y2, Y0, Y0;           \
	ADD    Y3, Y1, Y1;           \
	REDUCE;                      \
	STORE1;                      \
	ADD    Y6, Y4, Y0;           \
	ADD    Y7, Y5, Y1;           \
	REDUCE;                      \
	STORE1;                      \
	LEAQ   (X)(STRIDE*2), X;     \
	SUBQ   $2, ROWS;             \
	JGE    loop2;                \
                                     \
rows1:                               \
	ADDQ   $2, ROWS;             \
	JZ     done;                 \
	MOVQ   X, P;                 \
	MOVQ   W, Q;                 \
	MOVQ   COLS, N;              \
	VXORPS Y0, Y0, Y0;           \
	VXORPS Y1, Y1, Y1;           \
	VXORPS Y2, Y2, Y2;           \
	VXORPS Y3, Y3, Y3;           \
	WIDE_LANES(group, tail, end) \
	ADD    Y2, Y0, Y0;           \
	ADD    Y3, Y1, Y1;           \
	REDUCE;                      \
	STORE1;                      \
done:                                \
	VZEROUPPER;                  \
	RET

// DOT continues the lanes of one row in memory at ZS.
#define DOT \
	SPLIT(128);                  \
	MOVQ    COLS, N;             \
	VMOVUPS (ZS), Y0;             \
	VMOVUPS 32(ZS), Y1;           \
	VMOVUPS 64(ZS), Y2;           \
	VMOVUPS 96(ZS), Y3;           \
	WIDE_LANES(group, tail, end) \
	VMOVUPS Y0, (ZS);             \
	VMOVUPS Y1, 32(ZS);           \
	VMOVUPS Y2, 64(ZS);           \
	VMOVUPS Y3, 96(ZS);           \
	VZEROUPPER;                  \
	RET

// Registers of all gradient kernels. Columns and strides are in bytes.
#define G DI
#define DELTA DX
#define D R12      // cursor in delta
#define K R10      // rows left of a group of eight
#define DK Y8      // delta of a row, in all lanes

// STORE_TAIL stores the first TAIL bytes of Y0-Y3.
#define STORE_TAIL \
vector:                          \
	SUBQ         $32, TAIL;  \
	JLT          half;       \
	VMOVUPS      Y0, (G);    \
	VMOVAPS      Y1, Y0;     \
	VMOVAPS      Y2, Y1;     \
	VMOVAPS      Y3, Y2;     \
	ADDQ         $32, G;     \
	JMP          vector;     \
half:                            \
	TESTQ        $16, TAIL;  \
	JZ           quarter;    \
	VMOVUPS      X0, (G);    \
	VEXTRACTF128 $1, Y0, X0; \
	ADDQ         $16, G;     \
quarter:                         \
	TESTQ        $8, TAIL;   \
	JZ           eighth;     \
	VMOVLPS      X0, (G);    \
	VUNPCKHPD    X0, X0, X0; \
	ADDQ         $8, G;      \
eighth:                          \
	TESTQ        $4, TAIL;   \
	JZ           done;       \
	VMOVSS       X0, (G)

// The narrow class sums eight rows before it adds them to g, which makes the
// groups independent of each other and hides the latency of the chain. A tile
// is a piece of g that stays in registers over all rows: four vectors, or what
// is left of the columns.
//
//	for tiles of g:
//		for groups of up to eight rows:
//			t = delta[0]*x[0]
//			for the rows k behind: t = fma(delta[k], x[k], t)
//			g += t
//
// Y0-Y3 are g, Y4-Y7 are t. TILE4 works four vectors of a row; LASTn works n
// and, under its mask, the last one. OP is FMA or MUL. SUMn adds n vectors of t to
// g.
#define TILE1(OP) OP 0(P), DK, Y4
#define TILE2(OP) TILE1(OP); OP 32(P), DK, Y5
#define TILE3(OP) TILE2(OP); OP 64(P), DK, Y6
#define TILE4(OP) TILE3(OP); OP 96(P), DK, Y7

#define LAST(OP, off, t) MASKMOV off(P), MT, Y9; OP Y9, DK, t
#define LAST0(OP) LAST(OP, 0, Y4)
#define LAST1(OP) TILE1(OP); LAST(OP, 32, Y5)
#define LAST2(OP) TILE2(OP); LAST(OP, 64, Y6)
#define LAST3(OP) TILE3(OP); LAST(OP, 96, Y7)

#define ROW(TILE, OP) \
	BROADCAST (D), DK;  \
	TILE(OP);           \
	ADDQ      $SIZE, D; \
	ADDQ      STRIDE, P

#define SUM1 ADD Y4, Y0, Y0
#define SUM2 SUM1; ADD Y5, Y1, Y1
#define SUM3 SUM2; ADD Y6, Y2, Y2
#define SUM4 SUM3; ADD Y7, Y3, Y3

#define GROUPS(TILE, SUM, group, row, sum) \
	MOVQ    X, P;       \
	MOVQ    DELTA, D;   \
	MOVQ    ROWS, N;    \
group:                      \
	MOVQ    $8, K;      \
	CMPQ    N, K;       \
	CMOVQLT N, K;       \
	SUBQ    K, N;       \
	ROW(TILE, MUL);     \
	DECQ    K;          \
	JZ      sum;        \
row:                        \
	ROW(TILE, FMA);     \
	DECQ    K;          \
	JNZ     row;        \
sum:                        \
	SUM;                \
	TESTQ   N, N;       \
	JNZ     group

#define LOAD_LAST(off, g) \
	VMOVUPS off(MASK), MT; \
	MASKMOV off(G), MT, g

#define GRADIENT_NARROW \
	TAILOF(128);                       \
	JMP     cols;                      \
tile:                                      \
	VMOVUPS (G), Y0;                   \
	VMOVUPS 32(G), Y1;                 \
	VMOVUPS 64(G), Y2;                 \
	VMOVUPS 96(G), Y3;                 \
	GROUPS(TILE4, SUM4, group4, row4, sum4); \
	VMOVUPS Y0, (G);                   \
	VMOVUPS Y1, 32(G);                 \
	VMOVUPS Y2, 64(G);                 \
	VMOVUPS Y3, 96(G);                 \
	ADDQ    $128, G;                   \
	ADDQ    $128, X;                   \
cols:                                      \
	SUBQ    $128, COLS;                \
	JGE     tile;                      \
                                           \
	TESTQ   TAIL, TAIL;                \
	JZ      done;                      \
	CMPQ    TAIL, $32;                 \
	JLE     tail0;                     \
	VMOVUPS (G), Y0;                   \
	CMPQ    TAIL, $64;                 \
	JLE     tail1;                     \
	VMOVUPS 32(G), Y1;                 \
	CMPQ    TAIL, $96;                 \
	JLE     tail2;                     \
	VMOVUPS 64(G), Y2;                 \
	LOAD_LAST(96, Y3);                 \
	GROUPS(LAST3, SUM4, group3, row3, sum3); \
	JMP     vector;                    \
tail2:                                     \
	LOAD_LAST(64, Y2);                 \
	GROUPS(LAST2, SUM3, group2, row2, sum2); \
	JMP     vector;                    \
tail1:                                     \
	LOAD_LAST(32, Y1);                 \
	GROUPS(LAST1, SUM2, group1, row1, sum1); \
	JMP     vector;                    \
tail0:                                     \
	LOAD_LAST(0, Y0);                  \
	GROUPS(LAST0, SUM1, group0, row0, sum0); \
	STORE_TAIL;                        \
done:                                      \
	VZEROUPPER;                        \
	RET

// The wide class is one chain.
//
//	for four rows at a time, then for one:
//		for j: g[j] = fma(delta[k], x[k][j], g[j]) for the rows k
//
// Unless AHEAD is nil, half as many rows are fetched from there.
// Y8-Y11 are delta of four rows.
#define D0 Y8
#define D1 Y9
#define D2 Y10
#define D3 Y11
#define GP R12     // cursor in g
#define AHEAD BX   // takes the place of MASK

// WIDE4 continues one vector of g by four rows.
#define WIDE4 \
	VMOVUPS (GP), Y0;              \
	FMA     (P), D0, Y0;           \
	FMA     (P)(STRIDE*1), D1, Y0; \
	FMA     (P)(STRIDE*2), D2, Y0; \
	FMA     (P)(STRIDE3*1), D3, Y0; \
	VMOVUPS Y0, (GP);              \
	ADDQ    $32, P;                \
	ADDQ    $32, GP

#define GRADIENT_WIDE \
	SPLIT(32);                             \
	VMOVUPS   (MASK), MT;                  \
	MOVQ      ahead+48(FP), AHEAD;         \
	LEAQ      (STRIDE)(STRIDE*2), STRIDE3; \
	SUBQ      $4, ROWS;                    \
	JLT       rows1;                       \
loop4:                                         \
	BROADCAST (DELTA), D0;                 \
	BROADCAST SIZE(DELTA), D1;             \
	BROADCAST (2*SIZE)(DELTA), D2;         \
	BROADCAST (3*SIZE)(DELTA), D3;         \
	MOVQ      X, P;                        \
	MOVQ      G, GP;                       \
	MOVQ      COLS, N;                     \
	TESTQ     N, N;                        \
	JZ        tail4;                       \
	TESTQ     AHEAD, AHEAD;                \
	JNZ       ahead4;                      \
cols4:                                         \
	WIDE4;                                 \
	SUBQ      $32, N;                      \
	JNZ       cols4;                       \
	JMP       tail4;                       \
ahead4:                                        \
	PREFETCHT1 (AHEAD);                    \
	ADDQ      $64, AHEAD;                  \
	WIDE4;                                 \
	SUBQ      $32, N;                      \
	JNZ       ahead4;                      \
tail4:                                         \
	TESTQ     TAIL, TAIL;                  \
	JZ        next4;                       \
	MASKMOV   (GP), MT, Y0;                \
	MASKMOV   (P), MT, Y1;                 \
	MASKMOV   (P)(STRIDE*1), MT, Y2;       \
	MASKMOV   (P)(STRIDE*2), MT, Y3;       \
	MASKMOV   (P)(STRIDE3*1), MT, Y4;      \
	FMA       Y1, D0, Y0;                  \
	FMA       Y2, D1, Y0;                  \
	FMA       Y3, D2, Y0;                  \
	FMA       Y4, D3, Y0;                  \
	MASKMOV   Y0, MT, (GP);                \
next4:                                         \
	ADDQ      $(4*SIZE), DELTA;            \
	LEAQ      (X)(STRIDE*4), X;            \
	SUBQ      $4, ROWS;                    \
	JGE       loop4;                       \
                                               \
rows1:                                         \
	ADDQ      $4, ROWS;                    \
	JZ        done;                        \
loop1:                                         \
	BROADCAST (DELTA), D0;                 \
	MOVQ      X, P;                        \
	MOVQ      G, GP;                       \
	MOVQ      COLS, N;                     \
	TESTQ     N, N;                        \
	JZ        tail1;                       \
cols1:                                         \
	VMOVUPS   (GP), Y0;                    \
	FMA       (P), D0, Y0;                 \
	VMOVUPS   Y0, (GP);                    \
	ADDQ      $32, P;                      \
	ADDQ      $32, GP;                     \
	SUBQ      $32, N;                      \
	JNZ       cols1;                       \
tail1:                                         \
	TESTQ     TAIL, TAIL;                  \
	JZ        next1;                       \
	MASKMOV   (GP), MT, Y0;                \
	MASKMOV   (P), MT, Y1;                 \
	FMA       Y1, D0, Y0;                  \
	MASKMOV   Y0, MT, (GP);                \
next1:                                         \
	ADDQ      $SIZE, DELTA;                \
	ADDQ      STRIDE, X;                   \
	DECQ      ROWS;                        \
	JNZ       loop1;                       \
done:                                          \
	VZEROUPPER;                            \
	RET

// The sum of delta, by row in eight float64 lanes.
//
//	for eight rows at a time: lanes[0:8] += delta[0:8]
//	for the rest: lanes[i] += delta[i]
#define LANES DI
#define COUNT CX
#define I AX

#define SUM \
	SUBQ    $8, COUNT;            \
	JLT     rest;                 \
	VMOVUPD (LANES), Y0;          \
	VMOVUPD 32(LANES), Y1;        \
loop:                                 \
	LOAD_LANES;                   \
	VADDPD  Y2, Y0, Y0;           \
	VADDPD  Y3, Y1, Y1;           \
	ADDQ    $(8*SIZE), DELTA;     \
	SUBQ    $8, COUNT;            \
	JGE     loop;                 \
	VMOVUPD Y0, (LANES);          \
	VMOVUPD Y1, 32(LANES);        \
rest:                                 \
	ADDQ    $8, COUNT;            \
	JZ      done;                 \
	XORL    I, I;                 \
next:                                 \
	LOAD_LANE;                    \
	VADDSD  (LANES)(I*8), X2, X2; \
	VMOVSD  X2, (LANES)(I*8);     \
	INCQ    I;                    \
	CMPQ    I, COUNT;             \
	JLT     next;                 \
done:                                 \
	VZEROUPPER;                   \
	RET

// What differs by type.
#define HALVE1_32 \
	VMOVSHDUP X0, X1; \
	VADDSS    X1, X0, X0

#define HALVE4_32 \
	VEXTRACTF128 $1, Y0, X1;        \
	VSHUFPS      $0xdd, X1, X0, X2; \
	VSHUFPS      $0x88, X1, X0, X0; \
	VADDPS       X2, X0, X0

#define STORE1_32 \
	VADDSS b+24(FP), X0, X0; \
	VMOVSS X0, (ZS);          \
	ADDQ   $4, ZS

#define STORE4_32 \
	VBROADCASTSS b+24(FP), X1; \
	VADDPS       X1, X0, X0;   \
	VMOVUPS      X0, (ZS);      \
	ADDQ         $16, ZS

#define LOAD_LANES_32 \
	VCVTPS2PD (DELTA), Y2; \
	VCVTPS2PD 16(DELTA), Y3

#define LOAD_LANE_32 \
	VXORPS    X2, X2, X2; \
	VCVTSS2SD (DELTA)(I*4), X2, X2

#define HALVE1_64
#define HALVE4_64

#define STORE1_64 \
	VADDSD b+24(FP), X0, X0; \
	VMOVSD X0, (ZS);          \
	ADDQ   $8, ZS

#define STORE4_64 \
	VBROADCASTSD b+24(FP), Y1; \
	VADDPD       Y1, Y0, Y0;   \
	VMOVUPD      Y0, (ZS);      \
	ADDQ         $32, ZS

#define LOAD_LANES_64 \
	VMOVUPD (DELTA), Y2; \
	VMOVUPD 32(DELTA), Y3

#define LOAD_LANE_64 \
	VMOVSD (DELTA)(I*8), X2

// float32
#define FMA VFMADD231PS
#define ADD VADDPS
#define MUL VMULPS
#define MASKMOV VMASKMOVPS
#define BROADCAST VBROADCASTSS
#define SIZE 4
#define SHIFT 2
#define HALVE1 HALVE1_32
#define HALVE4 HALVE4_32
#define STORE1 STORE1_32
#define STORE4 STORE4_32
#define LOAD_LANES LOAD_LANES_32
#define LOAD_LANE LOAD_LANE_32

// func forwardNarrow32AVX2(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardNarrow32AVX2(SB), NOSPLIT, $0-56
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	FORWARD_NARROW

// func forwardWide32AVX2(z, x, w *float32, b float32, rows, cols, stride int, ahead *float32)
TEXT ·forwardWide32AVX2(SB), NOSPLIT, $0-64
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	FORWARD_WIDE

// func dot32AVX2(acc *[maxLanes]float32, x, w *float32, cols int)
TEXT ·dot32AVX2(SB), NOSPLIT, $0-32
	MOVQ acc+0(FP), ZS
	MOVQ x+8(FP), P
	MOVQ w+16(FP), Q
	MOVQ cols+24(FP), COLS
	SHLQ $SHIFT, COLS
	DOT

// func gradientNarrow32AVX2(grad, x, delta *float32, rows, cols, stride int)
TEXT ·gradientNarrow32AVX2(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	GRADIENT_NARROW

// func gradientWide32AVX2(grad, x, delta *float32, rows, cols, stride int, ahead *float32)
TEXT ·gradientWide32AVX2(SB), NOSPLIT, $0-56
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	GRADIENT_WIDE

// func sum32AVX2(lanes *[sumLanes]float64, delta *float32, n int)
TEXT ·sum32AVX2(SB), NOSPLIT, $0-24
	MOVQ lanes+0(FP), LANES
	MOVQ delta+8(FP), DELTA
	MOVQ n+16(FP), COUNT
	SUM

#undef FMA
#undef ADD
#undef MUL
#undef MASKMOV
#undef BROADCAST
#undef SIZE
#undef SHIFT
#undef HALVE1
#undef HALVE4
#undef STORE1
#undef STORE4
#undef LOAD_LANES
#undef LOAD_LANE

// float64
#define FMA VFMADD231PD
#define ADD VADDPD
#define MUL VMULPD
#define MASKMOV VMASKMOVPD
#define BROADCAST VBROADCASTSD
#define SIZE 8
#define SHIFT 3
#define HALVE1 HALVE1_64
#define HALVE4 HALVE4_64
#define STORE1 STORE1_64
#define STORE4 STORE4_64
#define LOAD_LANES LOAD_LANES_64
#define LOAD_LANE LOAD_LANE_64

// func forwardNarrow64AVX2(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardNarrow64AVX2(SB), NOSPLIT, $0-56
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	FORWARD_NARROW

// func forwardWide64AVX2(z, x, w *float64, b float64, rows, cols, stride int, ahead *float64)
TEXT ·forwardWide64AVX2(SB), NOSPLIT, $0-64
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	FORWARD_WIDE

// func dot64AVX2(acc *[maxLanes]float64, x, w *float64, cols int)
TEXT ·dot64AVX2(SB), NOSPLIT, $0-32
	MOVQ acc+0(FP), ZS
	MOVQ x+8(FP), P
	MOVQ w+16(FP), Q
	MOVQ cols+24(FP), COLS
	SHLQ $SHIFT, COLS
	DOT

// func gradientNarrow64AVX2(grad, x, delta *float64, rows, cols, stride int)
TEXT ·gradientNarrow64AVX2(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	GRADIENT_NARROW

// func gradientWide64AVX2(grad, x, delta *float64, rows, cols, stride int, ahead *float64)
TEXT ·gradientWide64AVX2(SB), NOSPLIT, $0-56
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	SHLQ $SHIFT, COLS
	SHLQ $SHIFT, STRIDE
	GRADIENT_WIDE

// func sum64AVX2(lanes *[sumLanes]float64, delta *float64, n int)
TEXT ·sum64AVX2(SB), NOSPLIT, $0-24
	MOVQ lanes+0(FP), LANES
	MOVQ delta+8(FP), DELTA
	MOVQ n+16(FP), COUNT
	SUM
