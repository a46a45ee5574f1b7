//go:build !purego

// NEON kernels of the linear part: dot products, gradients, sums.
//
// CPU features: Advanced SIMD, nothing else.
//
// The virtual lanes of a dot product are four vector registers a row for
// narrow rows and eight for wide ones, 64 and 128 bytes. To hide the latency
// of the multiply-adds, narrow rows go four at a time and wide rows two at a
// time; the rows left over go alone. A gradient keeps a tile of columns in
// registers and runs down the rows.
//
// float32 and float64 have the same lanes in bytes, so one body, a macro, does
// for both. It counts columns and strides in bytes and takes the element type
// from four definitions:
//
//	T     the arrangement of a vector, S4 or D2
//	SZ    the size of an element, 4<<SZ bytes
//	FMOV  the load or store of one element
//	SUMS  see below
//
// Nothing is read or written outside of a row. Of the last columns, whole
// vectors are loaded as such. What then remains, fewer than 16 bytes, is
// taken from the last 16 bytes of the row in a dot product, shifted down by
// VTBL, which sets the lanes behind the row to zero. In a gradient, where
// columns do not meet, the last vector of a tile overlaps the one before:
// the columns in both are computed twice, alike.

#include "textflag.h"
#include "neon_arm64.h"

// Dot products
//
//	V0-V15   the lanes, row by row
//	V16-V19  w
//	V20-V27  x
//	V17, V24-V27  in the tail: what remains of w and x
//	V28      what remains of w, kept
//	V29      index of VTBL
//	V30      b
#define Z R0
#define X R1
#define W R2
#define ROWS R3
#define COLS R4
#define STRIDE R5
#define X0 R6
#define X1 R7
#define X2 R8
#define X3 R9
#define WP R10
#define LEFT R11
#define LAST R12
#define TMP R13

DATA iota<>+0(SB)/8, $0x0706050403020100
DATA iota<>+8(SB)/8, $0x0f0e0d0c0b0a0908
GLOBL iota<>(SB), RODATA|NOPTR, $16

// FMA64 multiplies 64 bytes of w, in V16-V19, by those of a row.
#define FMA64(x0, x1, x2, x3, a0, a1, a2, a3) \
	VFMLA V16.T, x0.T, a0.T \
	VFMLA V17.T, x1.T, a1.T \
	VFMLA V18.T, x2.T, a2.T \
	VFMLA V19.T, x3.T, a3.T

// LOAD64A and LOAD64B load the next 64 bytes of a row, FMA64A and FMA64B use
// them.
#define LOAD64W VLD1.P 64(WP), [V16.B16, V17.B16, V18.B16, V19.B16]
#define LOAD64A(x) VLD1.P 64(x), [V20.B16, V21.B16, V22.B16, V23.B16]
#define LOAD64B(x) VLD1.P 64(x), [V24.B16, V25.B16, V26.B16, V27.B16]
#define FMA64A(a0, a1, a2, a3) FMA64(V20, V21, V22, V23, a0, a1, a2, a3)
#define FMA64B(a0, a1, a2, a3) FMA64(V24, V25, V26, V27, a0, a1, a2, a3)

// QUAD takes the next 16 bytes of one, two or four rows to the lanes a, b, c, d,
// or, with fewer left, goes to label.
#define QUAD1(label, a) \
	SUBS $16, LEFT \
	BLO label \
	FMOVQ.P 16(WP), F16 \
	FMOVQ.P 16(X0), F20 \
	VFMLA V16.T, V20.T, a.T

#define QUAD2(label, a, b) \
	QUAD1(label, a) \
	FMOVQ.P 16(X1), F21 \
	VFMLA V16.T, V21.T, b.T

#define QUAD4(label, a, b, c, d) \
	QUAD2(label, a, b) \
	FMOVQ.P 16(X2), F22 \
	FMOVQ.P 16(X3), F23 \
	VFMLA V16.T, V22.T, c.T \
	VFMLA V16.T, V23.T, d.T

// SHIFTDOWN moves what remains of a row, from its last 16 bytes, to lane 0.
#define SHIFTDOWN(v) VTBL V29.B16, [v.B16], v.B16

// LASTOF loads what remains of a row from its last 16 bytes, at LAST(p).
#define LASTOF(p, v) \
	ADD LAST, p, TMP \
	VLD1 (TMP), [v.B16] \
	SHIFTDOWN(v)

// SHORTLAST does so for a row of 4, 8 or 12 bytes; lanes before the first
// column, which the shift drops, are filled with columns too.
#define SHORTLAST(p, v) \
	SUB $4, COLS, TMP \
	ADD TMP, p, TMP \
	VLD1 (TMP), v.S[3] \
	SUBS $8, COLS, TMP \
	CSEL LO, ZR, TMP, TMP \
	ADD TMP, p, TMP \
	VLD1 (TMP), v.S[2] \
	VLD1 (p), v.S[1] \
	SHIFTDOWN(v)

// ENDOF is one of the two.
#define ENDOF(p, v, short, done) \
	CMP $16, COLS \
	BLO short \
	LASTOF(p, v) \
	B done \
short: \
	SHORTLAST(p, v) \
done:

// PART multiplies what remains. Lanes without a column get zeros, as those of
// the vectors that follow in the group.
#define PART1(a) VFMLA V17.T, V24.T, a.T
#define PART2(a, b) \
	PART1(a) \
	VFMLA V17.T, V25.T, b.T
#define PART4(a, b, c, d) \
	PART2(a, b) \
	VFMLA V17.T, V26.T, c.T \
	VFMLA V17.T, V27.T, d.T
#define NOPART \
	VEOR V17.B16, V17.B16, V17.B16 \
	VEOR V24.B16, V24.B16, V24.B16 \
	VEOR V25.B16, V25.B16, V25.B16 \
	VEOR V26.B16, V26.B16, V26.B16 \
	VEOR V27.B16, V27.B16, V27.B16

// ZERO clears four lane registers.
#define ZERO(a0, a1, a2, a3) \
	VEOR a0.B16, a0.B16, a0.B16 \
	VEOR a1.B16, a1.B16, a1.B16 \
	VEOR a2.B16, a2.B16, a2.B16 \
	VEOR a3.B16, a3.B16, a3.B16

// HALVE4 and HALVE8 add the registers of a row, the upper half to the lower,
// until one is left, a.
#define HALVE4(a) \
	FADD(a+2, a, a) \
	FADD(a+3, a+1, a+1) \
	FADD(a+1, a, a)
#define HALVE8(a) \
	FADD(a+4, a, a) \
	FADD(a+5, a+1, a+1) \
	FADD(a+6, a+2, a+2) \
	FADD(a+7, a+3, a+3) \
	HALVE4(a)

// PREPARE turns counts into bytes and loads what every row needs: b, the index
// of VTBL and what remains of w behind its last whole group of bytes.
#define PREPARE(group) \
	LSL $SHIFT, COLS \
	LSL $SHIFT, STRIDE \
	PREPARETAIL(group)

#define PREPARETAIL(group) \
	MOVD $iota<>(SB), TMP \
	VLD1 (TMP), [V29.B16] \
	AND $15, COLS, LAST \
	MOVD $16, TMP \
	SUB LAST, TMP \
	VDUP TMP, V28.B16 \
	VADD V28.B16, V29.B16, V29.B16 \
	AND $(group-1), COLS, LAST \
	SUB $16, LAST \
	BIC $(group-1), COLS, TMP \
	ADD W, TMP, WP \
	ENDOF(WP, V28, shortW, haveW)

// FORWARD_NARROW computes
//
//	for each four rows:
//		lanes = 0
//		for each 64 bytes of columns: lanes += x*w, fused
//		if columns remain: pad x and w with zeros to 64 bytes, likewise
//		z = lanes, halved, + b
//	for each row left over: the same
#define FORWARD_NARROW \
	PREPARE(64) \
	CMP $16, COLS \
	BLO one \
four: \
	SUBS $4, ROWS \
	BLT fourDone \
	MOVD X, X0 \
	ADD STRIDE, X0, X1 \
	ADD STRIDE, X1, X2 \
	ADD STRIDE, X2, X3 \
	ADD STRIDE, X3, X \
	MOVD W, WP \
	ZERO(V0, V1, V2, V3) \
	ZERO(V4, V5, V6, V7) \
	ZERO(V8, V9, V10, V11) \
	ZERO(V12, V13, V14, V15) \
	SUBS $64, COLS, LEFT \
	BLO fourTail \
fourLoop: \
	LOAD64W \
	LOAD64A(X0) \
	LOAD64B(X1) \
	FMA64A(V0, V1, V2, V3) \
	FMA64B(V4, V5, V6, V7) \
	LOAD64A(X2) \
	LOAD64B(X3) \
	FMA64A(V8, V9, V10, V11) \
	FMA64B(V12, V13, V14, V15) \
	SUBS $64, LEFT \
	BHS fourLoop \
fourTail: \
	ADDS $64, LEFT \
	BEQ fourSum \
	LASTOF(X0, V24) \
	LASTOF(X1, V25) \
	LASTOF(X2, V26) \
	LASTOF(X3, V27) \
	VMOV V28.B16, V17.B16 \
	QUAD4(four0, V0, V4, V8, V12) \
	QUAD4(four1, V1, V5, V9, V13) \
	QUAD4(four2, V2, V6, V10, V14) \
	B four3 \
four0: \
	PART4(V0, V4, V8, V12) \
	NOPART \
four1: \
	PART4(V1, V5, V9, V13) \
	NOPART \
four2: \
	PART4(V2, V6, V10, V14) \
	NOPART \
four3: \
	PART4(V3, V7, V11, V15) \
fourSum: \
	HALVE4(0) \
	HALVE4(4) \
	HALVE4(8) \
	HALVE4(12) \
	STORE4 \
	B four \
fourDone: \
	ADDS $4, ROWS \
	BEQ done \
one: \
	MOVD X, X0 \
	ADD STRIDE, X \
	MOVD W, WP \
	ZERO(V0, V1, V2, V3) \
	SUBS $64, COLS, LEFT \
	BLO oneTail \
oneLoop: \
	LOAD64W \
	LOAD64A(X0) \
	FMA64A(V0, V1, V2, V3) \
	SUBS $64, LEFT \
	BHS oneLoop \
oneTail: \
	ADDS $64, LEFT \
	BEQ oneSum \
	ENDOF(X0, V24, shortX, haveX) \
	VMOV V28.B16, V17.B16 \
	QUAD1(one0, V0) \
	QUAD1(one1, V1) \
	QUAD1(one2, V2) \
	B one3 \
one0: \
	PART1(V0) \
	NOPART \
one1: \
	PART1(V1) \
	NOPART \
one2: \
	PART1(V2) \
	NOPART \
one3: \
	PART1(V3) \
oneSum: \
	HALVE4(0) \
	STORE1 \
	SUBS $1, ROWS \
	BNE one \
done: \
	RET

// ROW_WIDE adds the products of one wide row, at X0, and w, at WP, to the
// lanes in V0-V7.
#define ROW_WIDE \
	SUBS $128, COLS, LEFT \
	BLO oneTail \
oneLoop: \
	LOAD64W \
	LOAD64A(X0) \
	FMA64A(V0, V1, V2, V3) \
	LOAD64W \
	LOAD64B(X0) \
	FMA64B(V4, V5, V6, V7) \
	SUBS $128, LEFT \
	BHS oneLoop \
oneTail: \
	ADDS $128, LEFT \
	BEQ oneDone \
	ENDOF(X0, V24, shortX, haveX) \
	VMOV V28.B16, V17.B16 \
	QUAD1(one0, V0) \
	QUAD1(one1, V1) \
	QUAD1(one2, V2) \
	QUAD1(one3, V3) \
	QUAD1(one4, V4) \
	QUAD1(one5, V5) \
	QUAD1(one6, V6) \
	B one7 \
one0: \
	PART1(V0) \
	NOPART \
one1: \
	PART1(V1) \
	NOPART \
one2: \
	PART1(V2) \
	NOPART \
one3: \
	PART1(V3) \
	NOPART \
one4: \
	PART1(V4) \
	NOPART \
one5: \
	PART1(V5) \
	NOPART \
one6: \
	PART1(V6) \
	NOPART \
one7: \
	PART1(V7) \
oneDone:

// FORWARD_WIDE computes
//
//	for each two rows:
//		lanes = 0
//		for each 128 bytes of columns: lanes += x*w, fused
//		if columns remain: pad x and w with zeros to 128 bytes, likewise
//		z = lanes, halved, + b
//	for a row left over: the same
#define FORWARD_WIDE \
	PREPARE(128) \
two: \
	SUBS $2, ROWS \
	BLT twoDone \
	MOVD X, X0 \
	ADD STRIDE, X0, X1 \
	ADD STRIDE, X1, X \
	MOVD W, WP \
	ZERO(V0, V1, V2, V3) \
	ZERO(V4, V5, V6, V7) \
	ZERO(V8, V9, V10, V11) \
	ZERO(V12, V13, V14, V15) \
	SUBS $128, COLS, LEFT \
	BLO twoTail \
twoLoop: \
	LOAD64W \
	LOAD64A(X0) \
	LOAD64B(X1) \
	FMA64A(V0, V1, V2, V3) \
	FMA64B(V8, V9, V10, V11) \
	LOAD64W \
	LOAD64A(X0) \
	LOAD64B(X1) \
	FMA64A(V4, V5, V6, V7) \
	FMA64B(V12, V13, V14, V15) \
	SUBS $128, LEFT \
	BHS twoLoop \
twoTail: \
	ADDS $128, LEFT \
	BEQ twoSum \
	LASTOF(X0, V24) \
	LASTOF(X1, V25) \
	VMOV V28.B16, V17.B16 \
	QUAD2(two0, V0, V8) \
	QUAD2(two1, V1, V9) \
	QUAD2(two2, V2, V10) \
	QUAD2(two3, V3, V11) \
	QUAD2(two4, V4, V12) \
	QUAD2(two5, V5, V13) \
	QUAD2(two6, V6, V14) \
	B two7 \
two0: \
	PART2(V0, V8) \
	NOPART \
two1: \
	PART2(V1, V9) \
	NOPART \
two2: \
	PART2(V2, V10) \
	NOPART \
two3: \
	PART2(V3, V11) \
	NOPART \
two4: \
	PART2(V4, V12) \
	NOPART \
two5: \
	PART2(V5, V13) \
	NOPART \
two6: \
	PART2(V6, V14) \
	NOPART \
two7: \
	PART2(V7, V15) \
twoSum: \
	HALVE8(0) \
	HALVE8(8) \
	STORE2 \
	B two \
twoDone: \
	ADDS $2, ROWS \
	BEQ done \
	MOVD X, X0 \
	MOVD W, WP \
	ZERO(V0, V1, V2, V3) \
	ZERO(V4, V5, V6, V7) \
	ROW_WIDE \
	HALVE8(0) \
	STORE1 \
done: \
	RET

// DOT computes
//
//	for each 128 bytes of columns: lanes += x*w, fused
//	if columns remain: pad x and w with zeros to 128 bytes, likewise
//
// with the lanes in memory at Z.
#define DOT \
	LSL $SHIFT, COLS \
	PREPARETAIL(128) \
	MOVD X, X0 \
	MOVD W, WP \
	MOVD Z, TMP \
	VLD1.P 64(TMP), [V0.B16, V1.B16, V2.B16, V3.B16] \
	VLD1 (TMP), [V4.B16, V5.B16, V6.B16, V7.B16] \
	ROW_WIDE \
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(Z) \
	VST1 [V4.B16, V5.B16, V6.B16, V7.B16], (Z) \
	RET

// Gradients
//
//	V0-V7    t of a tile of eight vectors
//	V8-V15   g of the tile; in a tile of sixteen V0-V15
//	V16-V23  x
//	V24      δ of the row
//	P0-P7    where the next row has the vectors of the tile
#define G R0
#define DELTA R2
#define TILE R6
#define D R7
#define N R8
#define P0 R9
#define P1 R10
#define P2 R12
#define P3 R14
#define P4 R15
#define P5 R16
#define P6 R17
#define P7 R19

// PREPARETILE sets TILE to the bytes of the next tile, at most 128, but fewer
// where less than one vector would be left behind it.
#define PREPARETILE \
	MOVD $128, TILE \
	CMP TILE, COLS \
	CSEL LO, COLS, TILE, TILE \
	SUB TILE, COLS, TMP \
	SUB $1, TMP \
	CMP $15, TMP \
	SUB $16, TILE, TMP \
	CSEL LO, TMP, TILE, TILE

// VECTOR sets TMP to where vector i of the tile begins: beside the one before,
// or so that it ends with the tile.
#define VECTOR(i) \
	SUB $16, TILE, TMP \
	CMP $(16*i), TMP \
	MOVD $(16*i), D \
	CSEL HI, D, TMP, TMP

#define OPEN(i, p, g) \
	VECTOR(i) \
	ADD TMP, X, p \
	ADD TMP, G, TMP \
	VLD1 (TMP), [g.B16]

#define CLOSE(i, g) \
	VECTOR(i) \
	ADD TMP, G, TMP \
	VST1 [g.B16], (TMP)

#define OPENTILE \
	OPEN(0, P0, V8) \
	OPEN(1, P1, V9) \
	OPEN(2, P2, V10) \
	OPEN(3, P3, V11) \
	OPEN(4, P4, V12) \
	OPEN(5, P5, V13) \
	OPEN(6, P6, V14) \
	OPEN(7, P7, V15) \
	MOVD DELTA, D

#define CLOSETILE \
	CLOSE(0, V8) \
	CLOSE(1, V9) \
	CLOSE(2, V10) \
	CLOSE(3, V11) \
	CLOSE(4, V12) \
	CLOSE(5, V13) \
	CLOSE(6, V14) \
	CLOSE(7, V15) \
	ADD TILE, X \
	ADD TILE, G \
	SUBS TILE, COLS

// LOADROW loads the next row of a tile, and its δ.
#define LOADROW \
	VLD1R.P SIZE(D), [V24.T] \
	VLD1.P (P0)(STRIDE), [V16.B16] \
	VLD1.P (P1)(STRIDE), [V17.B16] \
	VLD1.P (P2)(STRIDE), [V18.B16] \
	VLD1.P (P3)(STRIDE), [V19.B16] \
	VLD1.P (P4)(STRIDE), [V20.B16] \
	VLD1.P (P5)(STRIDE), [V21.B16] \
	VLD1.P (P6)(STRIDE), [V22.B16] \
	VLD1.P (P7)(STRIDE), [V23.B16]

// FMAROW multiplies eight vectors of a row by its δ.
#define FMAROW(t0, t1, t2, t3, t4, t5, t6, t7) \
	VFMLA V24.T, V16.T, t0.T \
	VFMLA V24.T, V17.T, t1.T \
	VFMLA V24.T, V18.T, t2.T \
	VFMLA V24.T, V19.T, t3.T \
	VFMLA V24.T, V20.T, t4.T \
	VFMLA V24.T, V21.T, t5.T \
	VFMLA V24.T, V22.T, t6.T \
	VFMLA V24.T, V23.T, t7.T

// GROUP sets N to the rows of the next group, at most 8, of the LEFT ones.
#define GROUP \
	MOVD $8, N \
	CMP N, LEFT \
	CSEL LO, LEFT, N, N \
	SUB N, LEFT

// GRADIENT_NARROW computes
//
//	for each tile of columns:
//		for each eight rows:
//			t = δ*x of the first
//			for the other rows: t += δ*x, fused
//			g += t
//
// or, of rows shorter than a vector, the same column by column.
#define GRADIENT_NARROW \
	LSL $SHIFT, COLS \
	LSL $SHIFT, STRIDE \
	CMP $16, COLS \
	BLO column \
tile: \
	PREPARETILE \
	OPENTILE \
	MOVD ROWS, LEFT \
group: \
	GROUP \
	LOADROW \
	FMUL(24, 16, 0) \
	FMUL(24, 17, 1) \
	FMUL(24, 18, 2) \
	FMUL(24, 19, 3) \
	FMUL(24, 20, 4) \
	FMUL(24, 21, 5) \
	FMUL(24, 22, 6) \
	FMUL(24, 23, 7) \
	SUBS $1, N \
	BEQ add \
row: \
	LOADROW \
	FMAROW(V0, V1, V2, V3, V4, V5, V6, V7) \
	SUBS $1, N \
	BNE row \
add: \
	FADD(0, 8, 8) \
	FADD(1, 9, 9) \
	FADD(2, 10, 10) \
	FADD(3, 11, 11) \
	FADD(4, 12, 12) \
	FADD(5, 13, 13) \
	FADD(6, 14, 14) \
	FADD(7, 15, 15) \
	CBNZ LEFT, group \
	CLOSETILE \
	BNE tile \
	RET \
column: \
	FMOV (G), F8 \
	MOVD X, P0 \
	MOVD DELTA, D \
	MOVD ROWS, LEFT \
columnGroup: \
	GROUP \
	LOADONE \
	FMUL(24, 16, 0) \
	SUBS $1, N \
	BEQ columnAdd \
columnRow: \
	LOADONE \
	VFMLA V24.T, V16.T, V0.T \
	SUBS $1, N \
	BNE columnRow \
columnAdd: \
	FADD(0, 8, 8) \
	CBNZ LEFT, columnGroup \
	NEXTCOLUMN \
	BNE column \
	RET

// LOADONE loads one column of the next row, and its δ.
#define LOADONE \
	FMOV.P SIZE(D), F24 \
	FMOV (P0), F16 \
	ADD STRIDE, P0

#define NEXTCOLUMN \
	FMOV.P F8, SIZE(G) \
	ADD $SIZE, X \
	SUBS $SIZE, COLS

// GRADIENT_WIDE computes
//
//	for each tile of columns:
//		for each row: g += δ*x, fused
//
// with tiles of 256 bytes as long as there are columns, then as
// GRADIENT_NARROW has them.
#define GRADIENT_WIDE \
	LSL $SHIFT, COLS \
	LSL $SHIFT, STRIDE \
	SUB $256, STRIDE, N \
wide: \
	SUBS $256, COLS, TMP \
	BLO narrow \
	SUB $1, TMP \
	CMP $15, TMP \
	BLO narrow \
	MOVD G, P1 \
	VLD1.P 64(P1), [V0.B16, V1.B16, V2.B16, V3.B16] \
	VLD1.P 64(P1), [V4.B16, V5.B16, V6.B16, V7.B16] \
	VLD1.P 64(P1), [V8.B16, V9.B16, V10.B16, V11.B16] \
	VLD1.P 64(P1), [V12.B16, V13.B16, V14.B16, V15.B16] \
	MOVD X, P0 \
	MOVD DELTA, D \
	MOVD ROWS, LEFT \
wideRow: \
	VLD1R.P SIZE(D), [V24.T] \
	VLD1.P 64(P0), [V16.B16, V17.B16, V18.B16, V19.B16] \
	VLD1.P 64(P0), [V20.B16, V21.B16, V22.B16, V23.B16] \
	FMAROW(V0, V1, V2, V3, V4, V5, V6, V7) \
	VLD1.P 64(P0), [V16.B16, V17.B16, V18.B16, V19.B16] \
	VLD1.P 64(P0), [V20.B16, V21.B16, V22.B16, V23.B16] \
	FMAROW(V8, V9, V10, V11, V12, V13, V14, V15) \
	ADD N, P0 \
	SUBS $1, LEFT \
	BNE wideRow \
	ADD $256, X \
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(G) \
	VST1.P [V4.B16, V5.B16, V6.B16, V7.B16], 64(G) \
	VST1.P [V8.B16, V9.B16, V10.B16, V11.B16], 64(G) \
	VST1.P [V12.B16, V13.B16, V14.B16, V15.B16], 64(G) \
	SUBS $256, COLS \
	BNE wide \
	RET \
narrow: \
	CMP $16, COLS \
	BLO column \
tile: \
	PREPARETILE \
	OPENTILE \
	MOVD ROWS, LEFT \
row: \
	LOADROW \
	FMAROW(V8, V9, V10, V11, V12, V13, V14, V15) \
	SUBS $1, LEFT \
	BNE row \
	CLOSETILE \
	BNE tile \
	RET \
column: \
	FMOV (G), F8 \
	MOVD X, P0 \
	MOVD DELTA, D \
	MOVD ROWS, LEFT \
columnRow: \
	LOADONE \
	VFMLA V24.T, V16.T, V8.T \
	SUBS $1, LEFT \
	BNE columnRow \
	NEXTCOLUMN \
	BNE column \
	RET

// SUM computes
//
//	for i in n: lanes[i mod 8] += δ[i]
//
// in float64, eight at a time in V0-V3 by way of V16-V19, then those left over
// one by one.
#define LANES R0
#define SUM \
	VLD1 (LANES), [V0.D2, V1.D2, V2.D2, V3.D2] \
	SUBS $8, N \
	BLT sumRest \
sumLoop: \
	LOAD8 \
	FADD_2D(16, 0, 0) \
	FADD_2D(17, 1, 1) \
	FADD_2D(18, 2, 2) \
	FADD_2D(19, 3, 3) \
	SUBS $8, N \
	BGE sumLoop \
sumRest: \
	VST1 [V0.D2, V1.D2, V2.D2, V3.D2], (LANES) \
	ADDS $8, N \
	BEQ sumDone \
sumOne: \
	LOAD1 \
	FMOVD (LANES), F0 \
	FADDD F16, F0 \
	FMOVD.P F0, 8(LANES) \
	SUBS $1, N \
	BNE sumOne \
sumDone: \
	RET

// float32

#define T S4
#define SHIFT 2
#define SIZE 4
#define FMOV FMOVS
#define FADD FADD_4S
#define FADDP FADDP_4S
#define FMUL FMUL_4S

// STORE4, STORE2 and STORE1 finish rows of which one register each is left
// and store their z. PAIR finishes half of it: the lower half of d is the sum
// of the halves of a, the upper half that of b.
#define PAIR(a, b, d) \
	ZIP1_2D(b, a, 16) \
	ZIP2_2D(b, a, 17) \
	FADD(17, 16, d)
#define STORE4 \
	PAIR(0, 4, 0) \
	PAIR(8, 12, 1) \
	FADDP(1, 0, 0) \
	FADD(30, 0, 0) \
	VST1.P [V0.T], 16(Z)
#define STORE2 \
	PAIR(0, 8, 0) \
	FADDP(0, 0, 0) \
	FADD(30, 0, 0) \
	FMOVD.P F0, 8(Z)
#define STORE1 \
	PAIR(0, 0, 0) \
	FADDP(0, 0, 0) \
	FADD(30, 0, 0) \
	FMOVS.P F0, 4(Z)

#define LOAD8 \
	VLD1.P 32(DELTA), [V18.S4, V19.S4] \
	FCVTL_2D(18, 16) \
	FCVTL2_2D(18, 17) \
	FCVTL_2D(19, 18) \
	FCVTL2_2D(19, 19)
#define LOAD1 \
	FMOVS.P 4(DELTA), F16 \
	FCVTSD F16, F16

// func forwardNarrow32NEON(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardNarrow32NEON(SB), NOSPLIT, $0-56
	MOVD z+0(FP), Z
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD $b+24(FP), TMP
	VLD1R (TMP), [V30.T]
	MOVD rows+32(FP), ROWS
	MOVD cols+40(FP), COLS
	MOVD stride+48(FP), STRIDE
	FORWARD_NARROW

// func forwardWide32NEON(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardWide32NEON(SB), NOSPLIT, $0-56
	MOVD z+0(FP), Z
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD $b+24(FP), TMP
	VLD1R (TMP), [V30.T]
	MOVD rows+32(FP), ROWS
	MOVD cols+40(FP), COLS
	MOVD stride+48(FP), STRIDE
	FORWARD_WIDE

// func dot32NEON(acc *[maxLanes]float32, x, w *float32, cols int)
TEXT ·dot32NEON(SB), NOSPLIT, $0-32
	MOVD acc+0(FP), Z
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD cols+24(FP), COLS
	DOT

// func gradientNarrow32NEON(grad, x, delta *float32, rows, cols, stride int)
TEXT ·gradientNarrow32NEON(SB), NOSPLIT, $0-48
	MOVD grad+0(FP), G
	MOVD x+8(FP), X
	MOVD delta+16(FP), DELTA
	MOVD rows+24(FP), ROWS
	MOVD cols+32(FP), COLS
	MOVD stride+40(FP), STRIDE
	GRADIENT_NARROW

// func gradientWide32NEON(grad, x, delta *float32, rows, cols, stride int)
TEXT ·gradientWide32NEON(SB), NOSPLIT, $0-48
	MOVD grad+0(FP), G
	MOVD x+8(FP), X
	MOVD delta+16(FP), DELTA
	MOVD rows+24(FP), ROWS
	MOVD cols+32(FP), COLS
	MOVD stride+40(FP), STRIDE
	GRADIENT_WIDE

// func sum32NEON(lanes *[sumLanes]float64, delta *float32, n int)
TEXT ·sum32NEON(SB), NOSPLIT, $0-24
	MOVD lanes+0(FP), LANES
	MOVD delta+8(FP), DELTA
	MOVD n+16(FP), N
	SUM

#undef T
#undef SHIFT
#undef SIZE
#undef FMOV
#undef FADD
#undef FADDP
#undef FMUL
#undef STORE4
#undef STORE2
#undef STORE1
#undef LOAD8
#undef LOAD1

// float64

#define T D2
#define SHIFT 3
#define SIZE 8
#define FMOV FMOVD
#define FADD FADD_2D
#define FADDP FADDP_2D
#define FMUL FMUL_2D

#define STORE4 \
	FADDP(4, 0, 0) \
	FADDP(12, 8, 1) \
	FADD(30, 0, 0) \
	FADD(30, 1, 1) \
	VST1.P [V0.T, V1.T], 32(Z)
#define STORE2 \
	FADDP(8, 0, 0) \
	FADD(30, 0, 0) \
	VST1.P [V0.T], 16(Z)
#define STORE1 \
	FADDP(0, 0, 0) \
	FADD(30, 0, 0) \
	FMOVD.P F0, 8(Z)

#define LOAD8 VLD1.P 64(DELTA), [V16.D2, V17.D2, V18.D2, V19.D2]
#define LOAD1 FMOVD.P 8(DELTA), F16

// func forwardNarrow64NEON(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardNarrow64NEON(SB), NOSPLIT, $0-56
	MOVD z+0(FP), Z
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD $b+24(FP), TMP
	VLD1R (TMP), [V30.T]
	MOVD rows+32(FP), ROWS
	MOVD cols+40(FP), COLS
	MOVD stride+48(FP), STRIDE
	FORWARD_NARROW

// func forwardWide64NEON(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardWide64NEON(SB), NOSPLIT, $0-56
	MOVD z+0(FP), Z
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD $b+24(FP), TMP
	VLD1R (TMP), [V30.T]
	MOVD rows+32(FP), ROWS
	MOVD cols+40(FP), COLS
	MOVD stride+48(FP), STRIDE
	FORWARD_WIDE

// func dot64NEON(acc *[maxLanes]float64, x, w *float64, cols int)
TEXT ·dot64NEON(SB), NOSPLIT, $0-32
	MOVD acc+0(FP), Z
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD cols+24(FP), COLS
	DOT

// func gradientNarrow64NEON(grad, x, delta *float64, rows, cols, stride int)
TEXT ·gradientNarrow64NEON(SB), NOSPLIT, $0-48
	MOVD grad+0(FP), G
	MOVD x+8(FP), X
	MOVD delta+16(FP), DELTA
	MOVD rows+24(FP), ROWS
	MOVD cols+32(FP), COLS
	MOVD stride+40(FP), STRIDE
	GRADIENT_NARROW

// func gradientWide64NEON(grad, x, delta *float64, rows, cols, stride int)
TEXT ·gradientWide64NEON(SB), NOSPLIT, $0-48
	MOVD grad+0(FP), G
	MOVD x+8(FP), X
	MOVD delta+16(FP), DELTA
	MOVD rows+24(FP), ROWS
	MOVD cols+32(FP), COLS
	MOVD stride+40(FP), STRIDE
	GRADIENT_WIDE

// func sum64NEON(lanes *[sumLanes]float64, delta *float64, n int)
TEXT ·sum64NEON(SB), NOSPLIT, $0-24
	MOVD lanes+0(FP), LANES
	MOVD delta+8(FP), DELTA
	MOVD n+16(FP), N
	SUM
