//go:build !purego

// Dot products and gradients for AVX-512 (F, DQ, BW, VL).
//
// A row of x is read in groups of columns as wide as the virtual lanes: one
// register of 64 bytes for narrow rows, two for wide ones. Lane l of a row's
// accumulator is the chain of fused multiply-adds over the columns l, l +
// lanes, … of that row. Speed comes from working several rows at a time, each
// with accumulators of its own, which changes no row's order.
//
// The columns behind the last whole group are loaded under a mask that puts
// zeros into the other lanes; masked lanes are not read from memory. Where
// there are none, nothing is loaded under an empty mask either: if its address
// is in a page that is not mapped, the CPU takes a microsecond to ignore it.

#include "textflag.h"

// Arguments, in this order in every kernel.
#define ZS      DI
#define X       SI
#define W       DX
#define G       DI
#define DELTA   DX
#define ROWS    R8
#define COLS    R9  // bytes of the whole groups of columns
#define STRIDE  R10 // bytes
#define STRIDE3 R11
#define STRIDE5 R12
#define STRIDE7 R13
#define COL     AX // offset of the current column in bytes
#define X8      BX // the row 8 rows behind X
#define AHEAD   BX // a row to fetch into the L2 cache, or nil
#define TAIL    CX // columns behind the last whole group

#define TAILMASK  K1 // the lanes of those columns
#define HIGHHALF  K2 // the float64 lanes 4 to 7
#define HIGHPAIRS K3 // of every four float32 lanes the last two

// STRIDES makes bytes of STRIDE and derives the multiples from which, with
// the scales 1, 2 and 4, eight rows are addressed; STRIDES4 does for four.
#define STRIDES4(LOG2SIZE) \
	SHLQ $LOG2SIZE, STRIDE; \
	LEAQ (STRIDE)(STRIDE*2), STRIDE3

#define STRIDES(LOG2SIZE) \
	STRIDES4(LOG2SIZE); \
	LEAQ (STRIDE)(STRIDE*4), STRIDE5; \
	LEAQ (STRIDE3)(STRIDE*4), STRIDE7

// COLUMNS splits COLS into bytes of whole groups of LANES columns (a power of
// two) and the TAIL. It clobbers AX.
#define COLUMNS(LANES, LOG2SIZE) \
	MOVQ COLS, TAIL; \
	ANDQ $(LANES-1), TAIL; \
	SUBQ TAIL, COLS; \
	SHLQ $LOG2SIZE, COLS

// MASK sets K to the first TAIL lanes. It clobbers AX.
#define MASK(K) \
	MOVL $1, AX; \
	SHLL TAIL, AX; \
	DECL AX; \
	KMOVW AX, K

// HALVES sets HIGHHALF, PAIRS HIGHPAIRS. They clobber AX.
#define HALVES \
	MOVL $0xF0, AX; \
	KMOVW AX, HIGHHALF

#define PAIRS \
	MOVL $0xAA, AX; \
	KMOVW AX, HIGHPAIRS

#define ZERO8(A0, A1, A2, A3, A4, A5, A6, A7) \
	VPXORD A0, A0, A0; \
	VPXORD A1, A1, A1; \
	VPXORD A2, A2, A2; \
	VPXORD A3, A3, A3; \
	VPXORD A4, A4, A4; \
	VPXORD A5, A5, A5; \
	VPXORD A6, A6, A6; \
	VPXORD A7, A7, A7

// DOT8 continues eight rows from P by one group: Ai = fma(row i, WV, Ai).
#define DOT8(FMA, P, WV, A0, A1, A2, A3, A4, A5, A6, A7) \
	FMA (P), WV, A0; \
	FMA (P)(STRIDE*1), WV, A1; \
	FMA (P)(STRIDE*2), WV, A2; \
	FMA (P)(STRIDE3*1), WV, A3; \
	FMA (P)(STRIDE*4), WV, A4; \
	FMA (P)(STRIDE5*1), WV, A5; \
	FMA (P)(STRIDE3*2), WV, A6; \
	FMA (P)(STRIDE7*1), WV, A7

// DOT8TAIL does so under TAILMASK, with zeros in the other lanes. It
// clobbers Z20 to Z27.
#define DOT8TAIL(LOAD, FMA, P, WV, A0, A1, A2, A3, A4, A5, A6, A7) \
	LOAD (P), TAILMASK, Z20; \
	LOAD (P)(STRIDE*1), TAILMASK, Z21; \
	LOAD (P)(STRIDE*2), TAILMASK, Z22; \
	LOAD (P)(STRIDE3*1), TAILMASK, Z23; \
	LOAD (P)(STRIDE*4), TAILMASK, Z24; \
	LOAD (P)(STRIDE5*1), TAILMASK, Z25; \
	LOAD (P)(STRIDE3*2), TAILMASK, Z26; \
	LOAD (P)(STRIDE7*1), TAILMASK, Z27; \
	FMA Z20, WV, A0; \
	FMA Z21, WV, A1; \
	FMA Z22, WV, A2; \
	FMA Z23, WV, A3; \
	FMA Z24, WV, A4; \
	FMA Z25, WV, A5; \
	FMA Z26, WV, A6; \
	FMA Z27, WV, A7

// The steps of halving the lanes of several rows at once. Each takes two
// registers, adds the upper half of the remaining lanes of every row in them
// to the lower half, and leaves the sums of both in A. They clobber Z20.
//
// FOLD512: A holds one row, B another; then A = 256 bits of A, 256 bits of B.
#define FOLD512(ADD, A, B) \
	VSHUFF64X2 $0x4E, B, A, Z20; \
	VMOVAPD B, HIGHHALF, A; \
	ADD Z20, A, A

// FOLD256: A and B hold two rows each; then A holds 128 bits of each of four.
#define FOLD256(ADD, A, B) \
	VSHUFF64X2 $0xDD, B, A, Z20; \
	VSHUFF64X2 $0x88, B, A, A; \
	ADD Z20, A, A

// FOLD128: A and B hold four rows each; then, of float32, each 128 bits of A
// hold 64 bits of a row of A and of a row of B.
#define FOLD128(A, B) \
	VSHUFPS $0x4E, B, A, Z20; \
	VMOVAPD B, HIGHPAIRS, A; \
	VADDPS Z20, A, A

// FOLD64: the last step for float32.
#define FOLD64(A, B) \
	VSHUFPS $0xDD, B, A, Z20; \
	VSHUFPS $0x88, B, A, A; \
	VADDPS Z20, A, A

// FOLD4x32 halves the 16 lanes of four rows of float32 and leaves their z − b
// in X0; FOLD4x64 the 8 lanes of four rows of float64, in Y0. K4 must select
// the first lane of every 128 bits.
#define FOLD4x32 \
	FOLD512(VADDPS, Z0, Z1); \
	FOLD512(VADDPS, Z2, Z3); \
	FOLD256(VADDPS, Z0, Z2); \
	VSHUFPS $0x4E, Z0, Z0, Z20; \
	VADDPS Z20, Z0, Z0; \
	VSHUFPS $0xB1, Z0, Z0, Z20; \
	VADDPS Z20, Z0, Z0; \
	VCOMPRESSPS Z0, K4, Z0

#define FOLD4x64 \
	FOLD512(VADDPD, Z0, Z1); \
	FOLD512(VADDPD, Z2, Z3); \
	FOLD256(VADDPD, Z0, Z2); \
	VSHUFPD $0x55, Z0, Z0, Z20; \
	VADDPD Z20, Z0, Z0; \
	VCOMPRESSPD Z0, K4, Z0

// FOLD1x32 halves the 16 lanes of Z0 into X0; FOLD1x64 the 8 lanes.
#define FOLD1x32 \
	VEXTRACTF64X4 $1, Z0, Y1; \
	VADDPS Y1, Y0, Y0; \
	VEXTRACTF128 $1, Y0, X1; \
	VADDPS X1, X0, X0; \
	VPERMILPS $0x4E, X0, X1; \
	VADDPS X1, X0, X0; \
	VMOVSHDUP X0, X1; \
	VADDSS X1, X0, X0

#define FOLD1x64 \
	VEXTRACTF64X4 $1, Z0, Y1; \
	VADDPD Y1, Y0, Y0; \
	VEXTRACTF128 $1, Y0, X1; \
	VADDPD X1, X0, X0; \
	VPERMILPD $1, X0, X1; \
	VADDSD X1, X0, X0

// FETCH8 fetches the next eight lines from AHEADN.
#define AHEADN R13 // narrow rows: what to fetch into the L2 cache, in order
#define FETCH8 \
	PREFETCHT1 (AHEADN); \
	PREFETCHT1 64(AHEADN); \
	PREFETCHT1 128(AHEADN); \
	PREFETCHT1 192(AHEADN); \
	PREFETCHT1 256(AHEADN); \
	PREFETCHT1 320(AHEADN); \
	PREFETCHT1 384(AHEADN); \
	PREFETCHT1 448(AHEADN); \
	ADDQ $512, AHEADN

// func forwardNarrow32AVX512(z, x, w *float32, b float32, rows, cols, stride int, ahead *float32)
//
//	for i in rows, 16 at a time, then 4, then 1:
//		acc[0:16] = 0
//		for j in columns, 16 at a time:
//			acc = fma(x[i][j:j+16], w[j:j+16], acc)
//		z[i] = halve(acc) + b
TEXT ·forwardNarrow32AVX512(SB), NOSPLIT, $0-56
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	VBROADCASTSS b+24(FP), Z30
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	STRIDES(2)
	COLUMNS(16, 2)
	TESTQ TAIL, TAIL
	JZ    start
	MASK(TAILMASK)
	VMOVUPS.Z (W)(COLS*1), TAILMASK, Z31

start:
	SUBQ $16, ROWS
	JL   four
	HALVES
	PAIRS

rows16:
	ZERO8(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	ZERO8(Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	LEAQ (X)(STRIDE*8), X8
	XORL COL, COL
	CMPQ COL, COLS
	JGE  tail16

cols16:
	VMOVUPS (W)(COL*1), Z16
	DOT8(VFMADD231PS, X, Z16, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	DOT8(VFMADD231PS, X8, Z16, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	ADDQ $64, X
	ADDQ $64, X8
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  cols16

tail16:
	TESTQ TAIL, TAIL
	JZ    fold16
	DOT8TAIL(VMOVUPS.Z, VFMADD231PS, X, Z31, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	DOT8TAIL(VMOVUPS.Z, VFMADD231PS, X8, Z31, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)

fold16:
	FOLD512(VADDPS, Z0, Z4)
	FOLD512(VADDPS, Z8, Z12)
	FOLD512(VADDPS, Z1, Z5)
	FOLD512(VADDPS, Z9, Z13)
	FOLD512(VADDPS, Z2, Z6)
	FOLD512(VADDPS, Z10, Z14)
	FOLD512(VADDPS, Z3, Z7)
	FOLD512(VADDPS, Z11, Z15)
	FOLD256(VADDPS, Z0, Z8)
	FOLD256(VADDPS, Z1, Z9)
	FOLD256(VADDPS, Z2, Z10)
	FOLD256(VADDPS, Z3, Z11)
	FOLD128(Z0, Z1)
	FOLD128(Z2, Z3)
	FOLD64(Z0, Z2)
	VADDPS  Z30, Z0, Z0
	VMOVUPS Z0, (ZS)
	ADDQ $64, ZS
	SUBQ COL, X8
	LEAQ (X8)(STRIDE*8), X
	SUBQ $16, ROWS
	JGE  rows16

four:
	ADDQ $12, ROWS
	JL   one
	HALVES
	MOVL  $0x1111, AX
	KMOVW AX, K4

rows4:
	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	XORL COL, COL
	CMPQ COL, COLS
	JGE  tail4

cols4:
	VMOVUPS (W)(COL*1), Z16
	VFMADD231PS (X), Z16, Z0
	VFMADD231PS (X)(STRIDE*1), Z16, Z1
	VFMADD231PS (X)(STRIDE*2), Z16, Z2
	VFMADD231PS (X)(STRIDE3*1), Z16, Z3
	ADDQ $64, X
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  cols4

tail4:
	TESTQ TAIL, TAIL
	JZ    fold4
	VMOVUPS.Z (X), TAILMASK, Z20
	VMOVUPS.Z (X)(STRIDE*1), TAILMASK, Z21
	VMOVUPS.Z (X)(STRIDE*2), TAILMASK, Z22
	VMOVUPS.Z (X)(STRIDE3*1), TAILMASK, Z23
	VFMADD231PS Z20, Z31, Z0
	VFMADD231PS Z21, Z31, Z1
	VFMADD231PS Z22, Z31, Z2
	VFMADD231PS Z23, Z31, Z3

fold4:
	FOLD4x32
	VADDPS  X30, X0, X0
	VMOVUPS X0, (ZS)
	ADDQ $16, ZS
	SUBQ COL, X
	LEAQ (X)(STRIDE*4), X
	SUBQ $4, ROWS
	JGE  rows4

one:
	ADDQ $4, ROWS
	JZ   done

rows1:
	VPXORD Z0, Z0, Z0
	XORL COL, COL
	CMPQ COL, COLS
	JGE  tail1

cols1:
	VMOVUPS (W)(COL*1), Z16
	VFMADD231PS (X)(COL*1), Z16, Z0
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  cols1

tail1:
	TESTQ TAIL, TAIL
	JZ    fold1
	VMOVUPS.Z (X)(COL*1), TAILMASK, Z20
	VFMADD231PS Z20, Z31, Z0

fold1:
	FOLD1x32
	VADDSS X30, X0, X0
	VMOVSS X0, (ZS)
	ADDQ $4, ZS
	ADDQ STRIDE, X
	DECQ ROWS
	JNZ  rows1

done:
	VZEROUPPER
	RET

// func forwardNarrow64AVX512(z, x, w *float64, b float64, rows, cols, stride int)
//
//	for i in rows, 8 at a time, then 1:
//		acc[0:8] = 0
//		for j in columns, 8 at a time:
//			acc = fma(x[i][j:j+8], w[j:j+8], acc)
//		z[i] = halve(acc) + b
TEXT ·forwardNarrow64AVX512(SB), NOSPLIT, $0-56
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	VBROADCASTSD b+24(FP), Z30
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	STRIDES(3)
	COLUMNS(8, 3)
	TESTQ TAIL, TAIL
	JZ    start
	MASK(TAILMASK)
	VMOVUPD.Z (W)(COLS*1), TAILMASK, Z31

start:
	SUBQ $8, ROWS
	JL   one
	HALVES

rows8:
	ZERO8(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	XORL COL, COL
	CMPQ COL, COLS
	JGE  tail8

cols8:
	VMOVUPD (W)(COL*1), Z16
	DOT8(VFMADD231PD, X, Z16, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	ADDQ $64, X
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  cols8

tail8:
	TESTQ TAIL, TAIL
	JZ    fold8
	DOT8TAIL(VMOVUPD.Z, VFMADD231PD, X, Z31, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)

fold8:
	FOLD512(VADDPD, Z0, Z2)
	FOLD512(VADDPD, Z4, Z6)
	FOLD512(VADDPD, Z1, Z3)
	FOLD512(VADDPD, Z5, Z7)
	FOLD256(VADDPD, Z0, Z4)
	FOLD256(VADDPD, Z1, Z5)
	VUNPCKHPD Z1, Z0, Z20
	VUNPCKLPD Z1, Z0, Z0
	VADDPD    Z20, Z0, Z0
	VADDPD    Z30, Z0, Z0
	VMOVUPD   Z0, (ZS)
	ADDQ $64, ZS
	SUBQ COL, X
	LEAQ (X)(STRIDE*8), X
	SUBQ $8, ROWS
	JGE  rows8

one:
	ADDQ $8, ROWS
	JZ   done

rows1:
	VPXORD Z0, Z0, Z0
	XORL COL, COL
	CMPQ COL, COLS
	JGE  tail1

cols1:
	VMOVUPD (W)(COL*1), Z16
	VFMADD231PD (X)(COL*1), Z16, Z0
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  cols1

tail1:
	TESTQ TAIL, TAIL
	JZ    fold1
	VMOVUPD.Z (X)(COL*1), TAILMASK, Z20
	VFMADD231PD Z20, Z31, Z0

fold1:
	FOLD1x64
	VADDSD X30, X0, X0
	VMOVSD X0, (ZS)
	ADDQ $8, ZS
	ADDQ STRIDE, X
	DECQ ROWS
	JNZ  rows1

done:
	VZEROUPPER
	RET

// The wide kernels read two registers of each row at a time: the lanes of the
// first half and those of the second. K5 masks the first, TAILMASK the second
// half of the last, partial group; both halves of w under the mask stay in
// Z28 and Z29.

// MASKS sets K5 and TAILMASK from TAIL, of a group of 2·LANES. It clobbers AX.
#define MASKS(LANES) \
	MOVL $1, AX; \
	SHLQ TAIL, AX; \
	DECQ AX; \
	KMOVW AX, K5; \
	SHRQ $LANES, AX; \
	KMOVW AX, TAILMASK


// WIDE4 continues four rows by one group of columns.
#define WIDE4(LOAD, FMA) \
	LOAD (W)(COL*1), Z16; \
	LOAD 64(W)(COL*1), Z17; \
	FMA (X), Z16, Z0; \
	FMA 64(X), Z17, Z4; \
	FMA (X)(STRIDE*1), Z16, Z1; \
	FMA 64(X)(STRIDE*1), Z17, Z5; \
	FMA (X)(STRIDE*2), Z16, Z2; \
	FMA 64(X)(STRIDE*2), Z17, Z6; \
	FMA (X)(STRIDE3*1), Z16, Z3; \
	FMA 64(X)(STRIDE3*1), Z17, Z7

// WIDE1 continues one row by one group of columns.
#define WIDE1(LOAD, FMA) \
	LOAD (W)(COL*1), Z16; \
	LOAD 64(W)(COL*1), Z17; \
	FMA (X)(COL*1), Z16, Z0; \
	FMA 64(X)(COL*1), Z17, Z1

// WIDE is the kernel for rows of LANES lanes a register of 1<<LOG2SIZE bytes an
// element. LOAD, FMA and ADD are the instructions for the element type, FOLD4
// and FOLD1 halve the lanes; STORE4 and STORE1 add b and store.
//
// Unless AHEAD is nil it is a row that will be needed soon. For every four
// rows two are fetched from there: so the memory rests neither while a fused
// step works on the first half of a block nor, see below, on the second. A row
// alone fetches as many columns from there, for a pass that reads X once.
#define WIDE(LANES, LOG2SIZE, LOAD, LOADZ, FMA, ADD, FOLD4, STORE4, FOLD1, STORE1) \
	STRIDES4(LOG2SIZE); \
	COLUMNS(2*LANES, LOG2SIZE); \
	TESTQ TAIL, TAIL; \
	JZ    start; \
	MASKS(LANES); \
	LOADZ (W)(COLS*1), K5, Z28; \
	LOADZ 64(W)(COLS*1), TAILMASK, Z29; \
start: \
	SUBQ $4, ROWS; \
	JL   one; \
	HALVES; \
rows4: \
	ZERO8(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7); \
	XORL COL, COL; \
	CMPQ COL, COLS; \
	JGE  tail4; \
	TESTQ AHEAD, AHEAD; \
	JNZ  ahead4; \
cols4: \
	WIDE4(LOAD, FMA); \
	ADDQ $128, X; \
	ADDQ $128, COL; \
	CMPQ COL, COLS; \
	JLT  cols4; \
	JMP  tail4; \
ahead4: \
	PREFETCHT1 (AHEAD); \
	PREFETCHT1 64(AHEAD); \
	PREFETCHT1 (AHEAD)(STRIDE*1); \
	PREFETCHT1 64(AHEAD)(STRIDE*1); \
	WIDE4(LOAD, FMA); \
	ADDQ $128, AHEAD; \
	ADDQ $128, X; \
	ADDQ $128, COL; \
	CMPQ COL, COLS; \
	JLT  ahead4; \
	SUBQ COL, AHEAD; \
	LEAQ (AHEAD)(STRIDE*2), AHEAD; \
tail4: \
	TESTQ TAIL, TAIL; \
	JZ    fold4; \
	LOADZ (X), K5, Z20; \
	LOADZ (X)(STRIDE*1), K5, Z21; \
	LOADZ (X)(STRIDE*2), K5, Z22; \
	LOADZ (X)(STRIDE3*1), K5, Z23; \
	LOADZ 64(X), TAILMASK, Z24; \
	LOADZ 64(X)(STRIDE*1), TAILMASK, Z25; \
	LOADZ 64(X)(STRIDE*2), TAILMASK, Z26; \
	LOADZ 64(X)(STRIDE3*1), TAILMASK, Z27; \
	FMA Z20, Z28, Z0; \
	FMA Z21, Z28, Z1; \
	FMA Z22, Z28, Z2; \
	FMA Z23, Z28, Z3; \
	FMA Z24, Z29, Z4; \
	FMA Z25, Z29, Z5; \
	FMA Z26, Z29, Z6; \
	FMA Z27, Z29, Z7; \
fold4: \
	ADD Z4, Z0, Z0; \
	ADD Z5, Z1, Z1; \
	ADD Z6, Z2, Z2; \
	ADD Z7, Z3, Z3; \
	FOLD4; \
	STORE4; \
	SUBQ COL, X; \
	LEAQ (X)(STRIDE*4), X; \
	SUBQ $4, ROWS; \
	JGE  rows4; \
one: \
	ADDQ $4, ROWS; \
	JZ   done; \
rows1: \
	VPXORD Z0, Z0, Z0; \
	VPXORD Z1, Z1, Z1; \
	XORL COL, COL; \
	CMPQ COL, COLS; \
	JGE  tail1; \
	TESTQ AHEAD, AHEAD; \
	JNZ  ahead1; \
cols1: \
	WIDE1(LOAD, FMA); \
	ADDQ $128, COL; \
	CMPQ COL, COLS; \
	JLT  cols1; \
	JMP  tail1; \
ahead1: \
	PREFETCHNTA (AHEAD)(COL*1); \
	PREFETCHNTA 64(AHEAD)(COL*1); \
	WIDE1(LOAD, FMA); \
	ADDQ $128, COL; \
	CMPQ COL, COLS; \
	JLT  ahead1; \
tail1: \
	TESTQ TAIL, TAIL; \
	JZ    fold1; \
	LOADZ (X)(COL*1), K5, Z20; \
	LOADZ 64(X)(COL*1), TAILMASK, Z21; \
	FMA Z20, Z28, Z0; \
	FMA Z21, Z29, Z1; \
fold1: \
	ADD Z1, Z0, Z0; \
	FOLD1; \
	STORE1; \
	ADDQ STRIDE, X; \
	DECQ ROWS; \
	JNZ  rows1; \
done: \
	VZEROUPPER; \
	RET

#define STORE4x32 \
	VADDPS  X30, X0, X0; \
	VMOVUPS X0, (ZS); \
	ADDQ    $16, ZS

#define STORE1x32 \
	VADDSS X30, X0, X0; \
	VMOVSS X0, (ZS); \
	ADDQ   $4, ZS

#define STORE4x64 \
	VADDPD  Y30, Y0, Y0; \
	VMOVUPD Y0, (ZS); \
	ADDQ    $32, ZS

#define STORE1x64 \
	VADDSD X30, X0, X0; \
	VMOVSD X0, (ZS); \
	ADDQ   $8, ZS

// func forwardWide32AVX512(z, x, w *float32, b float32, rows, cols, stride int, ahead *float32)
//
//	for i in rows, 4 at a time, then 1:
//		acc[0:32] = 0
//		for j in columns, 32 at a time:
//			acc = fma(x[i][j:j+32], w[j:j+32], acc)
//		z[i] = halve(acc) + b
TEXT ·forwardWide32AVX512(SB), NOSPLIT, $0-64
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	VBROADCASTSS b+24(FP), Z30
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	MOVQ ahead+56(FP), AHEAD
	MOVL  $0x1111, AX
	KMOVW AX, K4
	WIDE(16, 2, VMOVUPS, VMOVUPS.Z, VFMADD231PS, VADDPS, FOLD4x32, STORE4x32, FOLD1x32, STORE1x32)

// func forwardWide64AVX512(z, x, w *float64, b float64, rows, cols, stride int, ahead *float64)
//
// The same with 16 lanes.
TEXT ·forwardWide64AVX512(SB), NOSPLIT, $0-64
	MOVQ z+0(FP), ZS
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	VBROADCASTSD b+24(FP), Z30
	MOVQ rows+32(FP), ROWS
	MOVQ cols+40(FP), COLS
	MOVQ stride+48(FP), STRIDE
	MOVQ ahead+56(FP), AHEAD
	MOVL  $0x55, AX
	KMOVW AX, K4
	WIDE(8, 3, VMOVUPD, VMOVUPD.Z, VFMADD231PD, VADDPD, FOLD4x64, STORE4x64, FOLD1x64, STORE1x64)

// DOT continues the lanes at DI by COLS columns.
#define DOT(LANES, LOG2SIZE, LOAD, LOADZ, FMA) \
	COLUMNS(2*LANES, LOG2SIZE); \
	MASKS(LANES); \
	LOAD (DI), Z0; \
	LOAD 64(DI), Z1; \
	XORL COL, COL; \
	CMPQ COL, COLS; \
	JGE  tail; \
cols: \
	LOAD (W)(COL*1), Z16; \
	LOAD 64(W)(COL*1), Z17; \
	FMA (X)(COL*1), Z16, Z0; \
	FMA 64(X)(COL*1), Z17, Z1; \
	ADDQ $128, COL; \
	CMPQ COL, COLS; \
	JLT  cols; \
tail: \
	TESTQ TAIL, TAIL; \
	JZ    done; \
	LOADZ (W)(COL*1), K5, Z16; \
	LOADZ 64(W)(COL*1), TAILMASK, Z17; \
	LOADZ (X)(COL*1), K5, Z20; \
	LOADZ 64(X)(COL*1), TAILMASK, Z21; \
	FMA Z20, Z16, Z0; \
	FMA Z21, Z17, Z1; \
done: \
	LOAD Z0, (DI); \
	LOAD Z1, 64(DI); \
	VZEROUPPER; \
	RET

// func dot32AVX512(acc *[maxLanes]float32, x, w *float32, cols int)
//
//	for j in columns, 32 at a time:
//		acc = fma(x[j:j+32], w[j:j+32], acc)
TEXT ·dot32AVX512(SB), NOSPLIT, $0-32
	MOVQ acc+0(FP), DI
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ cols+24(FP), COLS
	DOT(16, 2, VMOVUPS, VMOVUPS.Z, VFMADD231PS)

// func dot64AVX512(acc *[maxLanes]float64, x, w *float64, cols int)
//
// The same with 16 lanes.
TEXT ·dot64AVX512(SB), NOSPLIT, $0-32
	MOVQ acc+0(FP), DI
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ cols+24(FP), COLS
	DOT(8, 3, VMOVUPD, VMOVUPD.Z, VFMADD231PD)

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
// Z0-Z3 are g, Z4-Z7 are t, Z8 is δ of a row. TILE4 works four vectors of a
// row; LASTn works n and, under TAILMASK, one more. OP is FMA or MUL. SUMn adds n
// vectors of t to g.
#define P    R11 // cursor in X
#define D    R12 // cursor in DELTA
#define N    R13 // rows left

#define TILE1(LOADZ, OP) OP 0(P), Z8, Z4
#define TILE2(LOADZ, OP) TILE1(LOADZ, OP); OP 64(P), Z8, Z5
#define TILE3(LOADZ, OP) TILE2(LOADZ, OP); OP 128(P), Z8, Z6
#define TILE4(LOADZ, OP) TILE3(LOADZ, OP); OP 192(P), Z8, Z7

#define LAST0(LOADZ, OP) LOADZ 0(P), TAILMASK, Z9; OP Z9, Z8, Z4
#define LAST1(LOADZ, OP) TILE1(LOADZ, OP); LOADZ 64(P), TAILMASK, Z9; OP Z9, Z8, Z5
#define LAST2(LOADZ, OP) TILE2(LOADZ, OP); LOADZ 128(P), TAILMASK, Z9; OP Z9, Z8, Z6
#define LAST3(LOADZ, OP) TILE3(LOADZ, OP); LOADZ 192(P), TAILMASK, Z9; OP Z9, Z8, Z7

#define ROW(TILE, SIZE, K, LOADZ, BROADCAST, OP) \
	BROADCAST (K*SIZE)(D), Z8; \
	TILE(LOADZ, OP); \
	ADDQ STRIDE, P

#define SUM1(ADD) ADD Z4, Z0, Z0
#define SUM2(ADD) SUM1(ADD); ADD Z5, Z1, Z1
#define SUM3(ADD) SUM2(ADD); ADD Z6, Z2, Z2
#define SUM4(ADD) SUM3(ADD); ADD Z7, Z3, Z3

#define GROUPS(TILE, SUM, SIZE, LOADZ, BROADCAST, MUL, FMA, ADD, eight, few, one, sum, done) \
	MOVQ X, P; \
	MOVQ DELTA, D; \
	MOVQ ROWS, N; \
	SUBQ $8, N; \
	JL   few; \
eight: \
	ROW(TILE, SIZE, 0, LOADZ, BROADCAST, MUL); \
	ROW(TILE, SIZE, 1, LOADZ, BROADCAST, FMA); \
	ROW(TILE, SIZE, 2, LOADZ, BROADCAST, FMA); \
	ROW(TILE, SIZE, 3, LOADZ, BROADCAST, FMA); \
	ROW(TILE, SIZE, 4, LOADZ, BROADCAST, FMA); \
	ROW(TILE, SIZE, 5, LOADZ, BROADCAST, FMA); \
	ROW(TILE, SIZE, 6, LOADZ, BROADCAST, FMA); \
	ROW(TILE, SIZE, 7, LOADZ, BROADCAST, FMA); \
	ADDQ $(8*SIZE), D; \
	SUM(ADD); \
	SUBQ $8, N; \
	JGE  eight; \
few: \
	ADDQ $8, N; \
	JZ   done; \
	ROW(TILE, SIZE, 0, LOADZ, BROADCAST, MUL); \
	DECQ N; \
	JZ   sum; \
one: \
	ADDQ $SIZE, D; \
	ROW(TILE, SIZE, 0, LOADZ, BROADCAST, FMA); \
	DECQ N; \
	JNZ  one; \
sum: \
	SUM(ADD); \
done:

// SPLITTILES makes bytes of COLS and sets TAIL to those behind the last whole
// tile, and TAILMASK for the last vector of those: all of it if they
// fill it. LANES is the number of elements of a vector. It clobbers AX and BX.
#define SPLITTILES(LANES, LOG2SIZE) \
	MOVQ COLS, TAIL; \
	DECQ TAIL; \
	ANDQ $(LANES-1), TAIL; \
	INCQ TAIL; \
	MASK(TAILMASK); \
	SHLQ $LOG2SIZE, COLS; \
	MOVQ COLS, TAIL; \
	ANDQ $255, TAIL

#define GRADIENTNARROW(LANES, SIZE, LOG2SIZE, LOAD, LOADZ, BROADCAST, MUL, FMA, ADD) \
	SHLQ $LOG2SIZE, STRIDE; \
	SPLITTILES(LANES, LOG2SIZE); \
	JMP  tiles; \
tile: \
	LOAD (G), Z0; \
	LOAD 64(G), Z1; \
	LOAD 128(G), Z2; \
	LOAD 192(G), Z3; \
	GROUPS(TILE4, SUM4, SIZE, LOADZ, BROADCAST, MUL, FMA, ADD, eight4, few4, one4, sum4, done4); \
	LOAD Z0, (G); \
	LOAD Z1, 64(G); \
	LOAD Z2, 128(G); \
	LOAD Z3, 192(G); \
	ADDQ $256, G; \
	ADDQ $256, X; \
tiles: \
	SUBQ $256, COLS; \
	JGE  tile; \
	TESTQ TAIL, TAIL; \
	JZ   end; \
	CMPQ TAIL, $64; \
	JLE  tail0; \
	LOAD (G), Z0; \
	CMPQ TAIL, $128; \
	JLE  tail1; \
	LOAD 64(G), Z1; \
	CMPQ TAIL, $192; \
	JLE  tail2; \
	LOAD 128(G), Z2; \
	LOADZ 192(G), TAILMASK, Z3; \
	GROUPS(LAST3, SUM4, SIZE, LOADZ, BROADCAST, MUL, FMA, ADD, eight3, few3, one3, sum3, done3); \
	LOAD Z2, 128(G); \
	LOAD Z1, 64(G); \
	LOAD Z0, (G); \
	LOAD Z3, TAILMASK, 192(G); \
	JMP  end; \
tail2: \
	LOADZ 128(G), TAILMASK, Z2; \
	GROUPS(LAST2, SUM3, SIZE, LOADZ, BROADCAST, MUL, FMA, ADD, eight2, few2, one2, sum2, done2); \
	LOAD Z1, 64(G); \
	LOAD Z0, (G); \
	LOAD Z2, TAILMASK, 128(G); \
	JMP  end; \
tail1: \
	LOADZ 64(G), TAILMASK, Z1; \
	GROUPS(LAST1, SUM2, SIZE, LOADZ, BROADCAST, MUL, FMA, ADD, eight1, few1, one1, sum1, done1); \
	LOAD Z0, (G); \
	LOAD Z1, TAILMASK, 64(G); \
	JMP  end; \
tail0: \
	LOADZ (G), TAILMASK, Z0; \
	GROUPS(LAST0, SUM1, SIZE, LOADZ, BROADCAST, MUL, FMA, ADD, eight0, few0, one0, sum0, done0); \
	LOAD Z0, TAILMASK, (G); \
end: \
	VZEROUPPER; \
	RET

// func gradientNarrow32AVX512(grad, x, delta *float32, rows, cols, stride int)
TEXT ·gradientNarrow32AVX512(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	GRADIENTNARROW(16, 4, 2, VMOVUPS, VMOVUPS.Z, VBROADCASTSS, VMULPS, VFMADD231PS, VADDPS)

// func gradientNarrow64AVX512(grad, x, delta *float64, rows, cols, stride int)
TEXT ·gradientNarrow64AVX512(SB), NOSPLIT, $0-48
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	GRADIENTNARROW(8, 8, 3, VMOVUPD, VMOVUPD.Z, VBROADCASTSD, VMULPD, VFMADD231PD, VADDPD)

// The wide class is one chain over the rows. Eight rows are taken at a time,
// their δ in Z24 to Z31, and the columns of all eight are walked together.
//
//	for eight rows at a time, then four, then one:
//		for j: g[j] = fma(delta[k], x[k][j], g[j]) for the rows k
//
// Unless AHEAD is nil, four rows are fetched from there for every eight.
#define BROADCAST8(BROADCAST, SIZE) \
	BROADCAST (DELTA), Z24; \
	BROADCAST (1*SIZE)(DELTA), Z25; \
	BROADCAST (2*SIZE)(DELTA), Z26; \
	BROADCAST (3*SIZE)(DELTA), Z27; \
	BROADCAST (4*SIZE)(DELTA), Z28; \
	BROADCAST (5*SIZE)(DELTA), Z29; \
	BROADCAST (6*SIZE)(DELTA), Z30; \
	BROADCAST (7*SIZE)(DELTA), Z31

// WIDE8 continues one vector of g by eight rows.
#define WIDE8(LOAD, FMA) \
	LOAD (G)(COL*1), Z0; \
	FMA (X), Z24, Z0; \
	FMA (X)(STRIDE*1), Z25, Z0; \
	FMA (X)(STRIDE*2), Z26, Z0; \
	FMA (X)(STRIDE3*1), Z27, Z0; \
	FMA (X)(STRIDE*4), Z28, Z0; \
	FMA (X)(STRIDE5*1), Z29, Z0; \
	FMA (X)(STRIDE3*2), Z30, Z0; \
	FMA (X)(STRIDE7*1), Z31, Z0; \
	LOAD Z0, (G)(COL*1)

#define GRADIENTWIDE(LANES, SIZE, LOG2SIZE, LOAD, LOADZ, BROADCAST, FMA) \
	STRIDES(LOG2SIZE); \
	COLUMNS(LANES, LOG2SIZE); \
	MASK(TAILMASK); \
	SUBQ $8, ROWS; \
	JL   few; \
rows8: \
	BROADCAST8(BROADCAST, SIZE); \
	XORL COL, COL; \
	CMPQ COL, COLS; \
	JGE  tail8; \
	TESTQ AHEAD, AHEAD; \
	JNZ  ahead8; \
cols8: \
	WIDE8(LOAD, FMA); \
	ADDQ $64, X; \
	ADDQ $64, COL; \
	CMPQ COL, COLS; \
	JLT  cols8; \
	JMP  tail8; \
ahead8: \
	PREFETCHT1 (AHEAD); \
	PREFETCHT1 (AHEAD)(STRIDE*1); \
	PREFETCHT1 (AHEAD)(STRIDE*2); \
	PREFETCHT1 (AHEAD)(STRIDE3*1); \
	WIDE8(LOAD, FMA); \
	ADDQ $64, AHEAD; \
	ADDQ $64, X; \
	ADDQ $64, COL; \
	CMPQ COL, COLS; \
	JLT  ahead8; \
	SUBQ COL, AHEAD; \
	LEAQ (AHEAD)(STRIDE*4), AHEAD; \
tail8: \
	TESTQ TAIL, TAIL; \
	JZ    next8; \
	LOADZ (G)(COL*1), TAILMASK, Z0; \
	LOADZ (X), TAILMASK, Z16; \
	LOADZ (X)(STRIDE*1), TAILMASK, Z17; \
	LOADZ (X)(STRIDE*2), TAILMASK, Z18; \
	LOADZ (X)(STRIDE3*1), TAILMASK, Z19; \
	LOADZ (X)(STRIDE*4), TAILMASK, Z20; \
	LOADZ (X)(STRIDE5*1), TAILMASK, Z21; \
	LOADZ (X)(STRIDE3*2), TAILMASK, Z22; \
	LOADZ (X)(STRIDE7*1), TAILMASK, Z23; \
	FMA Z16, Z24, Z0; \
	FMA Z17, Z25, Z0; \
	FMA Z18, Z26, Z0; \
	FMA Z19, Z27, Z0; \
	FMA Z20, Z28, Z0; \
	FMA Z21, Z29, Z0; \
	FMA Z22, Z30, Z0; \
	FMA Z23, Z31, Z0; \
	LOAD Z0, TAILMASK, (G)(COL*1); \
next8: \
	SUBQ COL, X; \
	LEAQ (X)(STRIDE*8), X; \
	ADDQ $(8*SIZE), DELTA; \
	SUBQ $8, ROWS; \
	JGE  rows8; \
few: \
	ADDQ $4, ROWS; \
	JL   one; \
	BROADCAST (DELTA), Z24; \
	BROADCAST (1*SIZE)(DELTA), Z25; \
	BROADCAST (2*SIZE)(DELTA), Z26; \
	BROADCAST (3*SIZE)(DELTA), Z27; \
	XORL COL, COL; \
	CMPQ COL, COLS; \
	JGE  tail4; \
cols4: \
	LOAD (G)(COL*1), Z0; \
	FMA (X), Z24, Z0; \
	FMA (X)(STRIDE*1), Z25, Z0; \
	FMA (X)(STRIDE*2), Z26, Z0; \
	FMA (X)(STRIDE3*1), Z27, Z0; \
	LOAD Z0, (G)(COL*1); \
	ADDQ $64, X; \
	ADDQ $64, COL; \
	CMPQ COL, COLS; \
	JLT  cols4; \
tail4: \
	TESTQ TAIL, TAIL; \
	JZ    next4; \
	LOADZ (G)(COL*1), TAILMASK, Z0; \
	LOADZ (X), TAILMASK, Z16; \
	LOADZ (X)(STRIDE*1), TAILMASK, Z17; \
	LOADZ (X)(STRIDE*2), TAILMASK, Z18; \
	LOADZ (X)(STRIDE3*1), TAILMASK, Z19; \
	FMA Z16, Z24, Z0; \
	FMA Z17, Z25, Z0; \
	FMA Z18, Z26, Z0; \
	FMA Z19, Z27, Z0; \
	LOAD Z0, TAILMASK, (G)(COL*1); \
next4: \
	SUBQ COL, X; \
	LEAQ (X)(STRIDE*4), X; \
	ADDQ $(4*SIZE), DELTA; \
	SUBQ $4, ROWS; \
one: \
	ADDQ $4, ROWS; \
	JZ   done; \
rows1: \
	BROADCAST (DELTA), Z24; \
	XORL COL, COL; \
	CMPQ COL, COLS; \
	JGE  tail1; \
cols1: \
	LOAD (G)(COL*1), Z0; \
	FMA (X)(COL*1), Z24, Z0; \
	LOAD Z0, (G)(COL*1); \
	ADDQ $64, COL; \
	CMPQ COL, COLS; \
	JLT  cols1; \
tail1: \
	TESTQ TAIL, TAIL; \
	JZ    next1; \
	LOADZ (G)(COL*1), TAILMASK, Z0; \
	LOADZ (X)(COL*1), TAILMASK, Z16; \
	FMA Z16, Z24, Z0; \
	LOAD Z0, TAILMASK, (G)(COL*1); \
next1: \
	ADDQ STRIDE, X; \
	ADDQ $SIZE, DELTA; \
	DECQ ROWS; \
	JNZ  rows1; \
done: \
	VZEROUPPER; \
	RET

// func gradientWide32AVX512(grad, x, delta *float32, rows, cols, stride int, ahead *float32)
TEXT ·gradientWide32AVX512(SB), NOSPLIT, $0-56
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	MOVQ ahead+48(FP), AHEAD
	GRADIENTWIDE(16, 4, 2, VMOVUPS, VMOVUPS.Z, VBROADCASTSS, VFMADD231PS)

// func gradientWide64AVX512(grad, x, delta *float64, rows, cols, stride int, ahead *float64)
TEXT ·gradientWide64AVX512(SB), NOSPLIT, $0-56
	MOVQ grad+0(FP), G
	MOVQ x+8(FP), X
	MOVQ delta+16(FP), DELTA
	MOVQ rows+24(FP), ROWS
	MOVQ cols+32(FP), COLS
	MOVQ stride+40(FP), STRIDE
	MOVQ ahead+48(FP), AHEAD
	GRADIENTWIDE(8, 8, 3, VMOVUPD, VMOVUPD.Z, VBROADCASTSD, VFMADD231PD)

// SUMKERNEL adds the N elements at DELTA to the eight float64 lanes at DI, eight at
// a time. WIDEN loads eight of them as float64, WIDENZ under TAILMASK.
#define COUNT ROWS
#define SUMKERNEL(SIZE, WIDEN, WIDENZ) \
	VMOVUPD (DI), Z0; \
	MOVQ COUNT, TAIL; \
	ANDQ $7, TAIL; \
	MASK(TAILMASK); \
	SUBQ $8, COUNT; \
	JL   tail; \
loop: \
	WIDEN; \
	VADDPD Z1, Z0, Z0; \
	ADDQ $(8*SIZE), DELTA; \
	SUBQ $8, COUNT; \
	JGE  loop; \
tail: \
	TESTQ TAIL, TAIL; \
	JZ    done; \
	WIDENZ; \
	VADDPD Z1, Z0, TAILMASK, Z0; \
done: \
	VMOVUPD Z0, (DI); \
	VZEROUPPER; \
	RET

#define WIDEN32  VCVTPS2PD (DELTA), Z1
#define WIDEN32Z VCVTPS2PD.Z (DELTA), TAILMASK, Z1
#define WIDEN64  VMOVUPD (DELTA), Z1
#define WIDEN64Z VMOVUPD.Z (DELTA), TAILMASK, Z1

// func sum32AVX512(lanes *[sumLanes]float64, delta *float32, n int)
//
//	for i in n: lanes[i mod 8] += float64(delta[i])
TEXT ·sum32AVX512(SB), NOSPLIT, $0-24
	MOVQ lanes+0(FP), DI
	MOVQ delta+8(FP), DELTA
	MOVQ n+16(FP), COUNT
	SUMKERNEL(4, WIDEN32, WIDEN32Z)

// func sum64AVX512(lanes *[sumLanes]float64, delta *float64, n int)
TEXT ·sum64AVX512(SB), NOSPLIT, $0-24
	MOVQ lanes+0(FP), DI
	MOVQ delta+8(FP), DELTA
	MOVQ n+16(FP), COUNT
	SUMKERNEL(8, WIDEN64, WIDEN64Z)
