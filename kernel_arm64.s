//go:build !purego

// NEON kernels of the linear part: dot products, gradients, sums.
//
// CPU features: Advanced SIMD, nothing else.
//
// The virtual lanes of a dot product are four registers for a narrow row and
// eight for a wide one, 64 and 128 bytes. To hide the latency of the
// multiply-adds and to load w less often, rows go four at a time; the rows left
// over go alone. A gradient keeps a tile of columns in registers and runs down
// the rows. docs/neon.md has the instructions counted.
//
// Lanes, tiles and tails are the same number of bytes for float32 and float64,
// so one body, a macro, does for both. It counts columns and strides in bytes.
// What differs is defined before the functions of each type: the arrangement T,
// the size of an element and the instructions with a type.
//
// Nothing outside of a row is read or written. Of the last columns, whole
// vectors are loaded as such. What then remains, fewer than 16 bytes, a dot
// product takes from the last 16 bytes of the row, shifted down by VTBL, which
// sets the lanes behind the row to zero. In a gradient, where columns do not
// meet, the last vector of a tile overlaps the one before instead: the columns
// in both are computed twice, alike. Rows shorter than a vector have their own
// slow paths.

#include "textflag.h"
#include "neon_arm64.h"

// Dot products
//
//	V0-V15   the lanes, row by row
//	V16-V19  w; of short rows, V16-V23
//	V20-V27  x; of short rows, V24-V27 and the lanes
//	V17, V24-V27  in the tail, what remains of w and of four rows
//	V28      what remains of w, kept
//	V29      index of VTBL
//	V30      b
//	V31      index of VTBL for the last vector of a short row
#define ZS R0
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
#define EDGE R14 // where the last vector of a row or of a tile begins
#define SLOT R14 // where in 64 bytes of a wide row the lanes begin: 0, 32
#define STEP R15

DATA iota<>+0(SB)/8, $0x0706050403020100
DATA iota<>+8(SB)/8, $0x0f0e0d0c0b0a0908
GLOBL iota<>(SB), RODATA|NOPTR, $16

// The next 64 bytes of w and of two rows.
#define LOADW VLD1.P 64(WP), [V16.B16, V17.B16, V18.B16, V19.B16]
#define LOADA(x) VLD1.P 64(x), [V20.B16, V21.B16, V22.B16, V23.B16]
#define LOADB(x) VLD1.P 64(x), [V24.B16, V25.B16, V26.B16, V27.B16]

// ZERO clears four lane registers.
#define ZERO(a) FOUR(EOR_16B, a, a, a)

// HALVE4 and HALVE8 add the registers of a row, the upper half to the lower,
// until one is left, a.
#define HALVE4(a) \
	FADD(a+2, a, a) \
	FADD(a+3, a+1, a+1) \
	FADD(a+1, a, a)
#define HALVE8(a) \
	FOUR(FADD, a+4, a, a) \
	HALVE4(a)

// QUAD1 and QUAD4 take the next 16 bytes of so many rows to the lane registers
// a, b, c, d, or, with fewer left, go to part.
#define QUAD1(part, a) \
	SUBS $16, LEFT \
	BLO part \
	FMOVQ.P 16(WP), F16 \
	FMOVQ.P 16(X0), F20 \
	FMLA(16, 20, a)
#define QUAD4(part, a, b, c, d) \
	QUAD1(part, a) \
	FMOVQ.P 16(X1), F21 \
	FMOVQ.P 16(X2), F22 \
	FMOVQ.P 16(X3), F23 \
	FMLA(16, 21, b) \
	FMLA(16, 22, c) \
	FMLA(16, 23, d)

// PART1 and PART4, at label part, take what remains to the lane
// registers, and leave zeros for the registers that follow in the group, if
// any do.
#define LASTPART1(part, a) \
part: \
	FMLA(17, 24, a)
#define PART1(part, a) \
	LASTPART1(part, a) \
	EOR_16B(24, 24, 24) \
	VEOR V17.B16, V17.B16, V17.B16
#define LASTPART4(part, a, b, c, d) \
part: \
	FMLA(17, 24, a) \
	FMLA(17, 25, b) \
	FMLA(17, 26, c) \
	FMLA(17, 27, d)
#define PART4(part, a, b, c, d) \
	LASTPART4(part, a, b, c, d) \
	ZERO(24) \
	VEOR V17.B16, V17.B16, V17.B16

// END loads what remains of a row from its last 16 bytes, at LAST(p).
#define END(p, v) \
	ADD LAST, p, TMP \
	VLD1 (TMP), [v.B16] \
	VTBL V29.B16, [v.B16], v.B16

// SHORTEND does so for a row of 4, 8 or 12 bytes. It loads the last element to
// the end of v and those before in front of it, as often as there is room for
// three; VTBL drops what is too much.
#define SHORTEND(p, v) \
	SUB $4, COLS, TMP \
	ADD TMP, p, TMP \
	VLD1 (TMP), v.S[3] \
	SUBS $8, COLS, TMP \
	CSEL LO, ZR, TMP, TMP \
	ADD TMP, p, TMP \
	VLD1 (TMP), v.S[2] \
	VLD1 (p), v.S[1] \
	VTBL V29.B16, [v.B16], v.B16

// ANYEND is one of the two.
#define ANYEND(p, v, short, done) \
	CMP $16, COLS \
	BLO short \
	END(p, v) \
	B done \
short: \
	SHORTEND(p, v) \
done:

// PREPARE loads what all rows need to end: LAST, the index of VTBL and, by END or
// ANYEND, what remains of w. A group is the bytes of all lanes.
#define PREPARE(group, loadw) \
	MOVD $iota<>(SB), TMP \
	VLD1 (TMP), [V29.B16] \
	AND $15, COLS, LAST \
	MOVD $16, TMP \
	SUB LAST, TMP \
	VDUP TMP, V28.B16 \
	VADD V28.B16, V29.B16, V29.B16 \
	AND $(group-1), COLS, LAST \
	SUB LAST, COLS, TMP \
	ADD TMP, W, WP \
	SUB $16, LAST \
	loadw

// SHORT1 to SHORT8 take one row of so many vectors, at X, to lane register a,
// by way of a to a+3 and V24-V27; w is in V16-V23. The first product of a lane
// is a multiplication alone.
#define SHORT1(a) \
	LDRX_Q(14, 1, a) \
	TBL_16B(31, a, a) \
	FMUL(16, a, a)
#define SHORT2(a) \
	LDR_Q(0, 1, a) \
	LDRX_Q(14, 1, a+1) \
	TBL_16B(31, a+1, a+1) \
	FMUL(16, a, a) \
	FMUL(17, a+1, a+1) \
	FADD(a+1, a, a)
#define SHORT3(a) \
	LDP_Q(0, 1, a) \
	LDRX_Q(14, 1, a+2) \
	TBL_16B(31, a+2, a+2) \
	FMUL(16, a, a) \
	FMUL(17, a+1, a+1) \
	FMUL(18, a+2, a+2) \
	FADD(a+2, a, a) \
	FADD(a+1, a, a)
#define SHORT4(a) \
	LDP_Q(0, 1, a) \
	LDR_Q(2, 1, a+2) \
	LDRX_Q(14, 1, a+3) \
	TBL_16B(31, a+3, a+3) \
	FOUR(FMUL, 16, a, a) \
	HALVE4(a)
#define SHORT5(a) \
	LDP_Q(0, 1, a) \
	LDP_Q(2, 1, a+2) \
	LDRX_Q(14, 1, 24) \
	TBL_16B(31, 24, 24) \
	FOUR(FMUL, 16, a, a) \
	FMLA(20, 24, a) \
	HALVE4(a)
#define SHORT6(a) \
	LDP_Q(0, 1, a) \
	LDP_Q(2, 1, a+2) \
	LDR_Q(4, 1, 24) \
	LDRX_Q(14, 1, 25) \
	TBL_16B(31, 25, 25) \
	FOUR(FMUL, 16, a, a) \
	FMLA(20, 24, a) \
	FMLA(21, 25, a+1) \
	HALVE4(a)
#define SHORT7(a) \
	LDP_Q(0, 1, a) \
	LDP_Q(2, 1, a+2) \
	LDP_Q(4, 1, 24) \
	LDRX_Q(14, 1, 26) \
	TBL_16B(31, 26, 26) \
	FOUR(FMUL, 16, a, a) \
	FMLA(20, 24, a) \
	FMLA(21, 25, a+1) \
	FMLA(22, 26, a+2) \
	HALVE4(a)
#define SHORT8(a) \
	LDP_Q(0, 1, a) \
	LDP_Q(2, 1, a+2) \
	LDP_Q(4, 1, 24) \
	LDR_Q(6, 1, 26) \
	LDRX_Q(14, 1, 27) \
	TBL_16B(31, 27, 27) \
	FOUR(FMUL, 16, a, a) \
	FOUR(FMLA, 20, 24, a) \
	HALVE4(a)

// SHORTW1 to SHORTW8 load so many vectors of w, at Rn, to d and those behind.
#define SHORTW1(n, d) LDRX_Q(14, n, d)
#define SHORTW2(n, d) \
	LDR_Q(0, n, d) \
	LDRX_Q(14, n, d+1)
#define SHORTW3(n, d) \
	LDP_Q(0, n, d) \
	LDRX_Q(14, n, d+2)
#define SHORTW4(n, d) \
	LDP_Q(0, n, d) \
	LDR_Q(2, n, d+2) \
	LDRX_Q(14, n, d+3)
#define SHORTW5(n, d) \
	LDP_Q(0, n, d) \
	LDP_Q(2, n, d+2) \
	LDRX_Q(14, n, d+4)
#define SHORTW6(n, d) \
	LDP_Q(0, n, d) \
	LDP_Q(2, n, d+2) \
	LDR_Q(4, n, d+4) \
	LDRX_Q(14, n, d+5)
#define SHORTW7(n, d) \
	LDP_Q(0, n, d) \
	LDP_Q(2, n, d+2) \
	LDP_Q(4, n, d+4) \
	LDRX_Q(14, n, d+6)
#define SHORTW8(n, d) \
	LDP_Q(0, n, d) \
	LDP_Q(2, n, d+2) \
	LDP_Q(4, n, d+4) \
	LDR_Q(6, n, d+6) \
	LDRX_Q(14, n, d+7)

// OPENSHORT prepares for rows of 16 to 128 bytes: EDGE is where the last vector
// of a row begins, V31 the index that shifts it down, V16 and those behind it
// are w. Then it goes to the code for the number of vectors.
#define OPENSHORT \
	SUB $16, COLS, EDGE \
	MOVD $iota<>(SB), TMP \
	VLD1 (TMP), [V31.B16] \
	NEG COLS, TMP \
	AND $15, TMP \
	VDUP TMP, V16.B16 \
	VADD V16.B16, V31.B16, V31.B16 \
	ADD $15, COLS, LEFT \
	LSR $4, LEFT \
	CMP $8, LEFT \
	BEQ short8 \
	CMP $7, LEFT \
	BEQ short7 \
	CMP $6, LEFT \
	BEQ short6 \
	CMP $5, LEFT \
	BEQ short5 \
	CMP $4, LEFT \
	BEQ short4 \
	CMP $3, LEFT \
	BEQ short3 \
	CMP $2, LEFT \
	BEQ short2

// FORWARD_SHORT works four rows of so many vectors at a time, as long as there
// are four.
#define FORWARD_SHORT(vectors, load, row, begin, rows) \
begin: \
	load(2, 16) \
	TBL_16B(31, 15+vectors, 15+vectors) \
	SUBS $4, ROWS \
	BLT fourDone \
rows: \
	row(0) \
	ADD STRIDE, X \
	row(4) \
	ADD STRIDE, X \
	row(8) \
	ADD STRIDE, X \
	row(12) \
	ADD STRIDE, X \
	STORE4 \
	SUBS $4, ROWS \
	BGE rows \
	B fourDone

// FORWARD_NARROW computes
//
//	for each four rows:
//		lanes = 0
//		for each 64 bytes of columns: lanes += x*w, fused
//		if columns remain: the same, padded with zeros to 64 bytes
//		z = lanes, halved, + b
//	for each row left over: the same
//
// Rows of 16 to 128 bytes go the short way, with w in registers. Without the
// zeros that lanes begin with and are padded with, a lane may be −0 instead of
// +0. That shows in z only if all lanes are −0, and b, too.
#define FORWARD_NARROW \
	LSL $SHIFT, COLS \
	LSL $SHIFT, STRIDE \
	PREPARE(64, ANYEND(WP, V28, shortW, haveW)) \
	CMP $16, COLS \
	BLO one \
	CMP $4, ROWS \
	BLO one \
	CMP $128, COLS \
	BHI four \
	B_IS_MINUS_ZERO(four) \
	OPENSHORT \
	FORWARD_SHORT(1, SHORTW1, SHORT1, short1, shortRows1) \
	FORWARD_SHORT(2, SHORTW2, SHORT2, short2, shortRows2) \
	FORWARD_SHORT(3, SHORTW3, SHORT3, short3, shortRows3) \
	FORWARD_SHORT(4, SHORTW4, SHORT4, short4, shortRows4) \
	FORWARD_SHORT(5, SHORTW5, SHORT5, short5, shortRows5) \
	FORWARD_SHORT(6, SHORTW6, SHORT6, short6, shortRows6) \
	FORWARD_SHORT(7, SHORTW7, SHORT7, short7, shortRows7) \
	FORWARD_SHORT(8, SHORTW8, SHORT8, short8, shortRows8) \
four: \
	SUBS $4, ROWS \
	BLT fourDone \
	MOVD X, X0 \
	ADD STRIDE, X0, X1 \
	ADD STRIDE, X1, X2 \
	ADD STRIDE, X2, X3 \
	ADD STRIDE, X3, X \
	MOVD W, WP \
	ZERO(0) \
	ZERO(4) \
	ZERO(8) \
	ZERO(12) \
	SUBS $64, COLS, LEFT \
	BLO fourTail \
fourLoop: \
	LOADW \
	LOADA(X0) \
	LOADB(X1) \
	FOUR(FMLA, 16, 20, 0) \
	FOUR(FMLA, 16, 24, 4) \
	LOADA(X2) \
	LOADB(X3) \
	FOUR(FMLA, 16, 20, 8) \
	FOUR(FMLA, 16, 24, 12) \
	SUBS $64, LEFT \
	BHS fourLoop \
fourTail: \
	ADDS $64, LEFT \
	BEQ fourSum \
	VMOV V28.B16, V17.B16 \
	END(X0, V24) \
	END(X1, V25) \
	END(X2, V26) \
	END(X3, V27) \
	QUAD4(four0, 0, 4, 8, 12) \
	QUAD4(four1, 1, 5, 9, 13) \
	QUAD4(four2, 2, 6, 10, 14) \
	B four3 \
	PART4(four0, 0, 4, 8, 12) \
	PART4(four1, 1, 5, 9, 13) \
	PART4(four2, 2, 6, 10, 14) \
	LASTPART4(four3, 3, 7, 11, 15) \
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
	ZERO(0) \
	SUBS $64, COLS, LEFT \
	BLO oneTail \
oneLoop: \
	LOADW \
	LOADA(X0) \
	FOUR(FMLA, 16, 20, 0) \
	SUBS $64, LEFT \
	BHS oneLoop \
oneTail: \
	ADDS $64, LEFT \
	BEQ oneSum \
	ANYEND(X0, V24, shortX, haveX) \
	VMOV V28.B16, V17.B16 \
	QUAD1(one0, 0) \
	QUAD1(one1, 1) \
	QUAD1(one2, 2) \
	B one3 \
	PART1(one0, 0) \
	PART1(one1, 1) \
	PART1(one2, 2) \
	LASTPART1(one3, 3) \
oneSum: \
	HALVE4(0) \
	STORE1 \
	SUBS $1, ROWS \
	BNE one \
done: \
	RET

// ROW_WIDE adds the products of one wide row, at X0, and w, at WP, to the
// lanes in V0-V7. end loads what remains of the row.
#define ROW_WIDE(end) \
	SUBS $128, COLS, LEFT \
	BLO oneTail \
oneLoop: \
	LOADW \
	LOADA(X0) \
	FOUR(FMLA, 16, 20, 0) \
	LOADW \
	LOADB(X0) \
	FOUR(FMLA, 16, 24, 4) \
	SUBS $128, LEFT \
	BHS oneLoop \
oneTail: \
	ADDS $128, LEFT \
	BEQ oneSum \
	end \
	VMOV V28.B16, V17.B16 \
	QUAD1(one0, 0) \
	QUAD1(one1, 1) \
	QUAD1(one2, 2) \
	QUAD1(one3, 3) \
	QUAD1(one4, 4) \
	QUAD1(one5, 5) \
	QUAD1(one6, 6) \
	B one7 \
	PART1(one0, 0) \
	PART1(one1, 1) \
	PART1(one2, 2) \
	PART1(one3, 3) \
	PART1(one4, 4) \
	PART1(one5, 5) \
	PART1(one6, 6) \
	LASTPART1(one7, 7) \
oneSum:

// SLOTROWS sets X0 to X3 and WP to where a slot begins, in the four rows before
// X and in w.
#define SLOTROWS \
	SUB STRIDE<<2, X, X0 \
	ADD SLOT, X0 \
	ADD STRIDE, X0, X1 \
	ADD STRIDE, X1, X2 \
	ADD STRIDE, X2, X3 \
	ADD SLOT, W, WP

// SLOTQUAD takes vector i from where a slot stands, bytes behind the one
// before, to the lane registers a, b, c, d, or, if it is not whole, goes to
// part. SLOTPART takes it then, if there is any of it.
#define SLOTQUAD(i, bytes, part, a, b, c, d) \
	SUBS $bytes, LEFT \
	BLT part \
	LDR_Q(i, 10, 16) \
	LDR_Q(i, 6, 20) \
	LDR_Q(i, 7, 21) \
	LDR_Q(i, 8, 22) \
	LDR_Q(i, 9, 23) \
	FMLA(16, 20, a) \
	FMLA(16, 21, b) \
	FMLA(16, 22, c) \
	FMLA(16, 23, d)
#define SLOTPART(part, a, b, c, d) \
part: \
	ADDS $16, LEFT \
	BLE slotEnd \
	FMLA(28, 24, a) \
	FMLA(28, 25, b) \
	FMLA(28, 26, c) \
	FMLA(28, 27, d) \
	B slotEnd

// FORWARD_WIDE computes
//
//	for each four rows:
//		for both slots:
//			lanes = 0
//			for each 64 bytes of columns: lanes += x*w, fused, in the slot
//		z = lanes, halved, + b
//	for each row left over:
//		lanes = 0
//		for each 128 bytes of columns: lanes += x*w, fused
//		if columns remain: the same, padded with zeros to 128 bytes
//		z = lanes, halved, + b
//
// The lanes of four rows are more than there are registers. So four rows are
// read twice, first 32 bytes of each 64, then the others: the two slots. A slot
// has the lanes that are added to each other first. Where a last group is not
// padded, a lane may be −0 instead of +0. That shows in z only if all lanes are
// −0, and b, too: then all rows go one by one.
#define FORWARD_WIDE \
	LSL $SHIFT, COLS \
	LSL $SHIFT, STRIDE \
	PREPARE(128, END(WP, V28)) \
	B_IS_MINUS_ZERO(one) \
	MOVD $64, STEP \
four: \
	SUBS $4, ROWS \
	BLT fourDone \
	ADD STRIDE<<2, X \
	MOVD ZR, SLOT \
slot: \
	SLOTROWS \
	ZERO(0) \
	ZERO(4) \
	ZERO(8) \
	ZERO(12) \
	SUBS $128, COLS, LEFT \
	BLO slotTail \
slotLoop: \
	VLD1.P (WP)(STEP), [V16.B16, V17.B16] \
	VLD1.P (WP)(STEP), [V18.B16, V19.B16] \
	VLD1.P (X0)(STEP), [V20.B16, V21.B16] \
	VLD1.P (X0)(STEP), [V22.B16, V23.B16] \
	VLD1.P (X1)(STEP), [V24.B16, V25.B16] \
	VLD1.P (X1)(STEP), [V26.B16, V27.B16] \
	FOUR(FMLA, 16, 20, 0) \
	FOUR(FMLA, 16, 24, 4) \
	VLD1.P (X2)(STEP), [V20.B16, V21.B16] \
	VLD1.P (X2)(STEP), [V22.B16, V23.B16] \
	VLD1.P (X3)(STEP), [V24.B16, V25.B16] \
	VLD1.P (X3)(STEP), [V26.B16, V27.B16] \
	FOUR(FMLA, 16, 20, 8) \
	FOUR(FMLA, 16, 24, 12) \
	SUBS $128, LEFT \
	BHS slotLoop \
slotTail: \
	ADD $128, LEFT \
	SUBS SLOT, LEFT \
	BLE slotEnd \
	SUB SLOT, X0, TMP \
	END(TMP, V24) \
	SUB SLOT, X1, TMP \
	END(TMP, V25) \
	SUB SLOT, X2, TMP \
	END(TMP, V26) \
	SUB SLOT, X3, TMP \
	END(TMP, V27) \
	SLOTQUAD(0, 16, slot0, 0, 4, 8, 12) \
	SLOTQUAD(1, 16, slot1, 1, 5, 9, 13) \
	SLOTQUAD(4, 48, slot4, 2, 6, 10, 14) \
	SLOTQUAD(5, 16, slot5, 3, 7, 11, 15) \
	B slotEnd \
	SLOTPART(slot0, 0, 4, 8, 12) \
	SLOTPART(slot1, 1, 5, 9, 13) \
	SLOTPART(slot4, 2, 6, 10, 14) \
	SLOTPART(slot5, 3, 7, 11, 15) \
slotEnd: \
	FADD(2, 0, 0) \
	FADD(3, 1, 1) \
	FADD(6, 4, 4) \
	FADD(7, 5, 5) \
	FADD(10, 8, 8) \
	FADD(11, 9, 9) \
	FADD(14, 12, 12) \
	FADD(15, 13, 13) \
	MOVD $sums-128(SP), TMP \
	CBNZ SLOT, fourSum \
	VST1.P [V0.B16, V1.B16], 32(TMP) \
	VST1.P [V4.B16, V5.B16], 32(TMP) \
	VST1.P [V8.B16, V9.B16], 32(TMP) \
	VST1 [V12.B16, V13.B16], (TMP) \
	MOVD $32, SLOT \
	B slot \
fourSum: \
	VLD1.P 64(TMP), [V16.B16, V17.B16, V18.B16, V19.B16] \
	VLD1 (TMP), [V20.B16, V21.B16, V22.B16, V23.B16] \
	FADD(16, 0, 0) \
	FADD(17, 1, 1) \
	FADD(18, 4, 4) \
	FADD(19, 5, 5) \
	FADD(20, 8, 8) \
	FADD(21, 9, 9) \
	FADD(22, 12, 12) \
	FADD(23, 13, 13) \
	FADD(1, 0, 0) \
	FADD(5, 4, 4) \
	FADD(9, 8, 8) \
	FADD(13, 12, 12) \
	STORE4 \
	B four \
fourDone: \
	ADDS $4, ROWS \
	BEQ done \
one: \
	MOVD X, X0 \
	ADD STRIDE, X \
	MOVD W, WP \
	ZERO(0) \
	ZERO(4) \
	ROW_WIDE(END(X0, V24)) \
	HALVE8(0) \
	STORE1 \
	SUBS $1, ROWS \
	BNE one \
done: \
	RET

// DOT computes
//
//	for each 128 bytes of columns: lanes += x*w, fused
//	if columns remain: the same, padded with zeros to 128 bytes
//
// with the lanes in memory, at ZS.
#define DOT \
	LSL $SHIFT, COLS \
	PREPARE(128, ANYEND(WP, V28, shortW, haveW)) \
	MOVD X, X0 \
	MOVD W, WP \
	MOVD ZS, TMP \
	VLD1.P 64(TMP), [V0.B16, V1.B16, V2.B16, V3.B16] \
	VLD1 (TMP), [V4.B16, V5.B16, V6.B16, V7.B16] \
	ROW_WIDE(ANYEND(X0, V24, shortX, haveX)) \
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(ZS) \
	VST1 [V4.B16, V5.B16, V6.B16, V7.B16], (ZS) \
	RET

// Gradients
//
//	V0-V7    t of a tile of up to eight vectors
//	V8-V15   g of the tile; of a tile of sixteen, V0-V15
//	V16-V23  x
//	V24-V27  δ of the rows
#define G R0
#define DELTA R2
#define TILE R6
#define D R7
#define N R8
#define P0 R9  // the next row
#define P1 R10 // the one behind it
#define STRIDE2 R12

// LOAD1 to LOAD8 load a tile of so many vectors at Rn to d and those behind
// it, the last vector first, since that is the one at EDGE.
#define LOAD1(n, d) LDR_Q(0, n, d)
#define LOADEDGE(n, d) LDRX_Q(14, n, d)
#define LOAD2(n, d) LOADEDGE(n, d) \
	LDR_Q(0, n, d+1)
#define LOAD3(n, d) LOADEDGE(n, d) \
	LDP_Q(0, n, d+1)
#define LOAD4(n, d) LOAD3(n, d) \
	LDR_Q(2, n, d+3)
#define LOAD5(n, d) LOAD3(n, d) \
	LDP_Q(2, n, d+3)
#define LOAD6(n, d) LOAD5(n, d) \
	LDR_Q(4, n, d+5)
#define LOAD7(n, d) LOAD5(n, d) \
	LDP_Q(4, n, d+5)
#define LOAD8(n, d) LOAD7(n, d) \
	LDR_Q(6, n, d+7)

// CLOSE1 to CLOSE8 store a tile of g, in V8 and those behind it.
#define CLOSE1 STR_Q(0, 0, 8)
#define CLOSEEDGE STRX_Q(14, 0, 8)
#define CLOSE2 CLOSEEDGE \
	STR_Q(0, 0, 9)
#define CLOSE3 CLOSEEDGE \
	STP_Q(0, 0, 9)
#define CLOSE4 CLOSE3 \
	STR_Q(2, 0, 11)
#define CLOSE5 CLOSE3 \
	STP_Q(2, 0, 11)
#define CLOSE6 CLOSE5 \
	STR_Q(4, 0, 13)
#define CLOSE7 CLOSE5 \
	STP_Q(4, 0, 13)
#define CLOSE8 CLOSE7 \
	STR_Q(6, 0, 15)

// BY1 to BY8 multiply so many vectors of x by the δ of row k of those loaded,
// to d and those behind it.
#define BY1(op, k, d) op(ELEMENT(k), VECTOR(k), 16, d)
#define BY2(op, k, d) BY1(op, k, d) \
	op(ELEMENT(k), VECTOR(k), 17, d+1)
#define BY3(op, k, d) BY2(op, k, d) \
	op(ELEMENT(k), VECTOR(k), 18, d+2)
#define BY4(op, k, d) BY3(op, k, d) \
	op(ELEMENT(k), VECTOR(k), 19, d+3)
#define BY5(op, k, d) BY4(op, k, d) \
	op(ELEMENT(k), VECTOR(k), 20, d+4)
#define BY6(op, k, d) BY5(op, k, d) \
	op(ELEMENT(k), VECTOR(k), 21, d+5)
#define BY7(op, k, d) BY6(op, k, d) \
	op(ELEMENT(k), VECTOR(k), 22, d+6)
#define BY8(op, k, d) BY7(op, k, d) \
	op(ELEMENT(k), VECTOR(k), 23, d+7)

// ADD1 to ADD8 add t to g.
#define ADD1 FADD(0, 8, 8)
#define ADD2 ADD1 \
	FADD(1, 9, 9)
#define ADD3 ADD2 \
	FADD(2, 10, 10)
#define ADD4 FOUR(FADD, 0, 8, 8)
#define ADD5 ADD4 \
	FADD(4, 12, 12)
#define ADD6 ADD5 \
	FADD(5, 13, 13)
#define ADD7 ADD6 \
	FADD(6, 14, 14)
#define ADD8 ADD4 \
	FOUR(FADD, 4, 12, 12)

// TAKE1 to TAKE8 load a row of so many vectors at Rn, and add Rm to Rn.
#define TAKE1(m, n) LOAD1(n, 16) \
	ADD_X(m, n, n)
#define TAKE2(m, n) LOAD2(n, 16) \
	ADD_X(m, n, n)
#define TAKE3(m, n) LOAD3(n, 16) \
	ADD_X(m, n, n)
#define TAKE4(m, n) LOAD4(n, 16) \
	ADD_X(m, n, n)
#define TAKE5(m, n) LOAD5(n, 16) \
	ADD_X(m, n, n)
#define TAKE6(m, n) LOAD6(n, 16) \
	ADD_X(m, n, n)
#define TAKE7(m, n) LOAD7(n, 16) \
	ADD_X(m, n, n)
#define TAKE8(m, n) LOAD8(n, 16) \
	ADD_X(m, n, n)

// ROWS2 takes rows k and k+1 of a tile, of those whose δ are loaded; NEXTROW the
// next row, with its δ.
#define ROWS2(take, by, first, k, d) \
	take(12, 9) \
	by(first, k, d) \
	take(12, 10) \
	by(FMLAE, k+1, d)
#define NEXTROW(take, by, op, d) \
	FMOV.P SIZE(D), F24 \
	take(5, 9) \
	by(op, 0, d)

// OPENTILE sets TILE to the bytes of the next tile, at most 128, but fewer
// where less than one vector would be left behind it; EDGE to where its last
// vector begins, which may overlap the one before; and goes to the code for
// its number of vectors.
#define OPENTILE \
	MOVD $128, TILE \
	CMP TILE, COLS \
	CSEL LO, COLS, TILE, TILE \
	SUB TILE, COLS, TMP \
	SUB $1, TMP \
	CMP $15, TMP \
	SUB $16, TILE, TMP \
	CSEL LO, TMP, TILE, TILE \
	SUB $16, TILE, EDGE \
	MOVD X, P0 \
	ADD STRIDE, X, P1 \
	MOVD DELTA, D \
	MOVD ROWS, LEFT \
	ADD $15, TILE, TMP \
	LSR $4, TMP \
	CMP $8, TMP \
	BEQ tile8 \
	CMP $7, TMP \
	BEQ tile7 \
	CMP $6, TMP \
	BEQ tile6 \
	CMP $5, TMP \
	BEQ tile5 \
	CMP $4, TMP \
	BEQ tile4 \
	CMP $3, TMP \
	BEQ tile3 \
	CMP $2, TMP \
	BEQ tile2

// CLOSETILE goes to the next tile and compares COLS with 0.
#define CLOSETILE \
	ADD TILE, X \
	ADD TILE, G \
	SUBS TILE, COLS

// TILE_NARROW adds to a tile of g the groups of eight rows, then those left
// over.
#define TILE_NARROW(load, take, by, add, close, begin, group, few, row, addFew, end) \
begin: \
	load(0, 8) \
	SUBS $8, LEFT \
	BLO few \
group: \
	DELTA8 \
	ROWS2(take, by, FMULE, 0, 0) \
	ROWS2(take, by, FMLAE, 2, 0) \
	ROWS2(take, by, FMLAE, 4, 0) \
	ROWS2(take, by, FMLAE, 6, 0) \
	add \
	SUBS $8, LEFT \
	BHS group \
few: \
	ADDS $8, LEFT \
	BEQ end \
	NEXTROW(take, by, FMULE, 0) \
	SUBS $1, LEFT \
	BEQ addFew \
row: \
	NEXTROW(take, by, FMLAE, 0) \
	SUBS $1, LEFT \
	BNE row \
addFew: \
	add \
end: \
	close \
	B closed

// TILE_WIDE adds the rows to a tile of g one by one.
#define TILE_WIDE(load, take, by, close, begin, row) \
begin: \
	load(0, 8) \
row: \
	NEXTROW(take, by, FMLAE, 8) \
	SUBS $1, LEFT \
	BNE row \
	close \
	B closed

// OPENCOLUMN, LOADELEMENT and CLOSECOLUMN are the same for a single column.
#define OPENCOLUMN \
	FMOV (G), F8 \
	MOVD X, P0 \
	MOVD DELTA, D \
	MOVD ROWS, LEFT

#define LOADELEMENT \
	FMOV.P SIZE(D), F24 \
	FMOV (P0), F16 \
	ADD STRIDE, P0

#define CLOSECOLUMN \
	FMOV.P F8, SIZE(G) \
	ADD $SIZE, X \
	SUBS $SIZE, COLS

// GRADIENT_NARROW computes
//
//	for each tile of columns:
//		for each eight rows:
//			t = δ*x of the first
//			for each other row: t += δ*x, fused
//			g += t
//
// or, of rows shorter than a vector, the same column by column.
#define GRADIENT_NARROW \
	LSL $SHIFT, COLS \
	LSL $SHIFT, STRIDE \
	CMP $16, COLS \
	BLO column \
	LSL $1, STRIDE, STRIDE2 \
tile: \
	OPENTILE \
	TILE_NARROW(LOAD1, TAKE1, BY1, ADD1, CLOSE1, tile1, group1, few1, row1, add1, end1) \
	TILE_NARROW(LOAD2, TAKE2, BY2, ADD2, CLOSE2, tile2, group2, few2, row2, add2, end2) \
	TILE_NARROW(LOAD3, TAKE3, BY3, ADD3, CLOSE3, tile3, group3, few3, row3, add3, end3) \
	TILE_NARROW(LOAD4, TAKE4, BY4, ADD4, CLOSE4, tile4, group4, few4, row4, add4, end4) \
	TILE_NARROW(LOAD5, TAKE5, BY5, ADD5, CLOSE5, tile5, group5, few5, row5, add5, end5) \
	TILE_NARROW(LOAD6, TAKE6, BY6, ADD6, CLOSE6, tile6, group6, few6, row6, add6, end6) \
	TILE_NARROW(LOAD7, TAKE7, BY7, ADD7, CLOSE7, tile7, group7, few7, row7, add7, end7) \
	TILE_NARROW(LOAD8, TAKE8, BY8, ADD8, CLOSE8, tile8, group8, few8, row8, add8, end8) \
closed: \
	CLOSETILE \
	BNE tile \
	RET \
column: \
	OPENCOLUMN \
columnGroup: \
	MOVD $8, N \
	CMP N, LEFT \
	CSEL LO, LEFT, N, N \
	SUB N, LEFT \
	LOADELEMENT \
	FMUL(24, 16, 0) \
	SUBS $1, N \
	BEQ columnAdd \
columnRow: \
	LOADELEMENT \
	FMLA(24, 16, 0) \
	SUBS $1, N \
	BNE columnRow \
columnAdd: \
	FADD(0, 8, 8) \
	CBNZ LEFT, columnGroup \
	CLOSECOLUMN \
	BNE column \
	RET

// WIDEROW takes row k of those whose δ are loaded to a tile of sixteen vectors.
#define WIDEROW(k) \
	LDP_Q(0, 9, 16) \
	LDP_Q(2, 9, 18) \
	LDP_Q(4, 9, 20) \
	LDP_Q(6, 9, 22) \
	BY8(FMLAE, k, 0) \
	LDP_Q(8, 9, 16) \
	LDP_Q(10, 9, 18) \
	LDP_Q(12, 9, 20) \
	LDP_Q(14, 9, 22) \
	ADD STRIDE, P0 \
	BY8(FMLAE, k, 8)

// GRADIENT_WIDE computes
//
//	for each tile of columns:
//		for each row: g += δ*x, fused
//
// with tiles of 256 bytes, four rows at a time, while there are columns enough,
// then with those of GRADIENT_NARROW.
#define GRADIENT_WIDE \
	LSL $SHIFT, COLS \
	LSL $SHIFT, STRIDE \
wide: \
	SUBS $256, COLS, TMP \
	BLO narrow \
	SUB $1, TMP \
	CMP $15, TMP \
	BLO narrow \
	MOVD G, TMP \
	VLD1.P 64(TMP), [V0.B16, V1.B16, V2.B16, V3.B16] \
	VLD1.P 64(TMP), [V4.B16, V5.B16, V6.B16, V7.B16] \
	VLD1.P 64(TMP), [V8.B16, V9.B16, V10.B16, V11.B16] \
	VLD1.P 64(TMP), [V12.B16, V13.B16, V14.B16, V15.B16] \
	MOVD X, P0 \
	MOVD DELTA, D \
	SUBS $4, ROWS, LEFT \
	BLO wideFew \
wideRows: \
	DELTA4 \
	WIDEROW(0) \
	WIDEROW(1) \
	WIDEROW(2) \
	WIDEROW(3) \
	SUBS $4, LEFT \
	BHS wideRows \
wideFew: \
	ADDS $4, LEFT \
	BEQ wideEnd \
wideRow: \
	FMOV.P SIZE(D), F24 \
	WIDEROW(0) \
	SUBS $1, LEFT \
	BNE wideRow \
wideEnd: \
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(G) \
	VST1.P [V4.B16, V5.B16, V6.B16, V7.B16], 64(G) \
	VST1.P [V8.B16, V9.B16, V10.B16, V11.B16], 64(G) \
	VST1.P [V12.B16, V13.B16, V14.B16, V15.B16], 64(G) \
	ADD $256, X \
	SUBS $256, COLS \
	BNE wide \
	RET \
narrow: \
	CMP $16, COLS \
	BLO column \
tile: \
	OPENTILE \
	TILE_WIDE(LOAD1, TAKE1, BY1, CLOSE1, tile1, row1) \
	TILE_WIDE(LOAD2, TAKE2, BY2, CLOSE2, tile2, row2) \
	TILE_WIDE(LOAD3, TAKE3, BY3, CLOSE3, tile3, row3) \
	TILE_WIDE(LOAD4, TAKE4, BY4, CLOSE4, tile4, row4) \
	TILE_WIDE(LOAD5, TAKE5, BY5, CLOSE5, tile5, row5) \
	TILE_WIDE(LOAD6, TAKE6, BY6, CLOSE6, tile6, row6) \
	TILE_WIDE(LOAD7, TAKE7, BY7, CLOSE7, tile7, row7) \
	TILE_WIDE(LOAD8, TAKE8, BY8, CLOSE8, tile8, row8) \
closed: \
	CLOSETILE \
	BNE tile \
	RET \
column: \
	OPENCOLUMN \
columnRow: \
	LOADELEMENT \
	FMLA(24, 16, 8) \
	SUBS $1, LEFT \
	BNE columnRow \
	CLOSECOLUMN \
	BNE column \
	RET

// SUM computes
//
//	for i in n: lanes[i mod 8] += δ[i]
//
// in float64, eight at a time, lanes in V0-V3 and δ in V16-V19, then those
// left over one by one.
#define LANES R0
#define SUM \
	VLD1 (LANES), [V0.D2, V1.D2, V2.D2, V3.D2] \
	SUBS $8, N \
	BLT rest \
eight: \
	SUMLOAD8 \
	FOUR(FADD_2D, 16, 0, 0) \
	SUBS $8, N \
	BGE eight \
rest: \
	VST1 [V0.D2, V1.D2, V2.D2, V3.D2], (LANES) \
	ADDS $8, N \
	BEQ done \
one: \
	SUMLOAD1 \
	FMOVD (LANES), F0 \
	FADDD F16, F0 \
	FMOVD.P F0, 8(LANES) \
	SUBS $1, N \
	BNE one \
done: \
	RET

// float32
//
// STORE4 and STORE1 finish rows of which one register each is left,
// and store their z. ADDHALVES adds the halves of a, to the lower half of d,
// and those of b, to the upper. SUMLOAD8 and SUMLOAD1 load δ as float64.

#define T S4
#define SIZE 4
#define SHIFT 2
#define B_IS_MINUS_ZERO(label) \
	FMOVS F30, TMP \
	EOR $0x80000000, TMP \
	CBZ TMP, label
#define FMOV FMOVS
#define FADD FADD_4S
#define FADDP FADDP_4S
#define FMUL FMUL_4S
#define FMLA FMLA_4S
#define FMULE FMULE_4S
#define FMLAE FMLAE_4S
#define ELEMENT(k) ((k)&3)
#define VECTOR(k) (24+((k)>>2))
#define DELTA8 FLDPQ.P 32(D), (F24, F25)
#define DELTA4 FMOVQ.P 16(D), F24

#define ADDHALVES(a, b, d) \
	ZIP1_2D(b, a, 24) \
	ZIP2_2D(b, a, 25) \
	FADD(25, 24, d)
#define STORE4 \
	ADDHALVES(0, 4, 0) \
	ADDHALVES(8, 12, 1) \
	FADDP(1, 0, 0) \
	FADD(30, 0, 0) \
	VST1.P [V0.S4], 16(ZS)
#define STORE1 \
	ADDHALVES(0, 0, 0) \
	FADDP(0, 0, 0) \
	FADD(30, 0, 0) \
	FMOVS.P F0, 4(ZS)

#define SUMLOAD8 \
	VLD1.P 32(DELTA), [V18.S4, V19.S4] \
	FCVTL_2D(18, 16) \
	FCVTL2_2D(18, 17) \
	FCVTL_2D(19, 18) \
	FCVTL2_2D(19, 19)
#define SUMLOAD1 \
	FMOVS.P 4(DELTA), F16 \
	FCVTSD F16, F16

// func forwardNarrow32NEON(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardNarrow32NEON(SB), NOSPLIT, $0-56
	MOVD z+0(FP), ZS
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD $b+24(FP), TMP
	VLD1R (TMP), [V30.T]
	MOVD rows+32(FP), ROWS
	MOVD cols+40(FP), COLS
	MOVD stride+48(FP), STRIDE
	FORWARD_NARROW

// func forwardWide32NEON(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardWide32NEON(SB), NOSPLIT, $128-56
	MOVD z+0(FP), ZS
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
	MOVD acc+0(FP), ZS
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
#undef SIZE
#undef SHIFT
#undef B_IS_MINUS_ZERO
#undef FMOV
#undef FADD
#undef FADDP
#undef FMUL
#undef FMLA
#undef FMULE
#undef FMLAE
#undef ELEMENT
#undef VECTOR
#undef DELTA8
#undef DELTA4
#undef STORE4
#undef STORE1
#undef SUMLOAD8
#undef SUMLOAD1

// float64

#define T D2
#define SIZE 8
#define SHIFT 3
#define B_IS_MINUS_ZERO(label) \
	FMOVD F30, TMP \
	EOR $0x8000000000000000, TMP \
	CBZ TMP, label
#define FMOV FMOVD
#define FADD FADD_2D
#define FADDP FADDP_2D
#define FMUL FMUL_2D
#define FMLA FMLA_2D
#define FMULE FMULE_2D
#define FMLAE FMLAE_2D
#define ELEMENT(k) ((k)&1)
#define VECTOR(k) (24+((k)>>1))
#define DELTA8 VLD1.P 64(D), [V24.B16, V25.B16, V26.B16, V27.B16]
#define DELTA4 FLDPQ.P 32(D), (F24, F25)

#define STORE4 \
	FADDP(4, 0, 0) \
	FADDP(12, 8, 1) \
	FADD(30, 0, 0) \
	FADD(30, 1, 1) \
	VST1.P [V0.D2, V1.D2], 32(ZS)
#define STORE1 \
	FADDP(0, 0, 0) \
	FADD(30, 0, 0) \
	FMOVD.P F0, 8(ZS)

#define SUMLOAD8 VLD1.P 64(DELTA), [V16.D2, V17.D2, V18.D2, V19.D2]
#define SUMLOAD1 FMOVD.P 8(DELTA), F16

// func forwardNarrow64NEON(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardNarrow64NEON(SB), NOSPLIT, $0-56
	MOVD z+0(FP), ZS
	MOVD x+8(FP), X
	MOVD w+16(FP), W
	MOVD $b+24(FP), TMP
	VLD1R (TMP), [V30.T]
	MOVD rows+32(FP), ROWS
	MOVD cols+40(FP), COLS
	MOVD stride+48(FP), STRIDE
	FORWARD_NARROW

// func forwardWide64NEON(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardWide64NEON(SB), NOSPLIT, $128-56
	MOVD z+0(FP), ZS
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
	MOVD acc+0(FP), ZS
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
