//go:build !purego

// NEON kernels of the logistic function and of δ.
//
// CPU features: Advanced SIMD, nothing else.
//
// Everything is computed in float64, eight elements at a time, by the formulas
// of kernel_generic.go and with its names. A block is four registers of two
// elements each, named by the number of the first; the four instructions of a
// step do not depend on each other, which hides their latency. Constants come
// from memory, twice in a vector: loads cost the floating-point units nothing.
// A value that is needed again late, z above all, is loaded again.
//
// One body, a macro, does for float32 and float64. The elements left over, up
// to seven, are copied to the stack and back: the same body runs there, and
// what it makes of the rest of the stack is dropped. Nothing is read or
// written outside of the slices.

#include "textflag.h"
#include "neon_arm64.h"

// Blocks.
#define A 0   // z, −|z|, r, t = exp(−|z|)
#define K 4   // 2^(n+128)
#define S 8   // r²
#define Q 12  // the polynomial
#define T1 16
#define T2 20
#define T3 24
#define C 28  // a constant, in the first register

// CONST loads constant c, from CONSTS, to a register, CONST4 to all of a block.
#define CONST(c, d) LDR_Q(c, 9, d)
#define CONST4(c, d) \
	CONST(c, d) \
	CONST(c, d+1) \
	CONST(c, d+2) \
	CONST(c, d+3)

// Places in the table of constants, those of kernel_generic.go.
#define ONE 0
#define HALF 1
#define TWO 2
#define SIGN 3
#define EXPMIN 4
#define LOG2E 5
#define EXPSHIFT 6
#define LN2HI 7
#define LN2LO 8
#define BIAS 9
#define UNBIAS 10
#define TINYZ 11
#define TINYSLOPE 12
#define EXPP 13
#define LOGL 22
#define LN2 31
#define SHORTP 32
#define SHORTL 37
#define SIGN32 42
#define EXPMIN32 43
#define TINYZ32 44
#define HALF32 45
#define SIGMIN32 46
#define SHORTSHIFT 47

// TWICE puts x, twice, at place c of the table.
#define TWICE(c, x) \
	DATA consts<>+16*(c)+0(SB)/8, $x \
	DATA consts<>+16*(c)+8(SB)/8, $x

TWICE(ONE, 1.0)
TWICE(HALF, 0.5)
TWICE(TWO, 2.0)
TWICE(SIGN, 0x8000000000000000)
TWICE(EXPMIN, (-746.0))
TWICE(LOG2E, 0x1.71547652b82fep+0)
TWICE(EXPSHIFT, 0x1.800000000047fp+52) // with the bias of the exponent, 1023
TWICE(LN2HI, 0x1.62e42fefa3800p-1)
TWICE(LN2LO, 0x1.ef35793c76730p-45)
TWICE(BIAS, 0x1p-128)
TWICE(UNBIAS, 0x1p+128)
TWICE(TINYZ, 0x1p-12)
TWICE(TINYSLOPE, 0x1.fffffff8p-3)
TWICE(EXPP+0, 0x1.5555555555501p-3)
TWICE(EXPP+1, 0x1.555555555320ep-5)
TWICE(EXPP+2, 0x1.111111112882dp-7)
TWICE(EXPP+3, 0x1.6c16c17cc0c4cp-10)
TWICE(EXPP+4, 0x1.a01a011c37858p-13)
TWICE(EXPP+5, 0x1.a019ab359ac8ap-16)
TWICE(EXPP+6, 0x1.71df55233db7dp-19)
TWICE(EXPP+7, 0x1.289f81c4940f2p-22)
TWICE(EXPP+8, 0x1.ad202ae594059p-26)
TWICE(LOGL+0, 0x1.5555555555947p-1)
TWICE(LOGL+1, 0x1.99999998e9943p-2)
TWICE(LOGL+2, 0x1.249249790d6fbp-2)
TWICE(LOGL+3, 0x1.c71c4a17fda04p-3)
TWICE(LOGL+4, 0x1.746258db27d27p-3)
TWICE(LOGL+5, 0x1.3aa89dc9fd478p-3)
TWICE(LOGL+6, 0x1.16444b224bfe1p-3)
TWICE(LOGL+7, 0x1.956f55fc3f6c6p-4)
TWICE(LOGL+8, 0x1.6b7f0a304e735p-3)
TWICE(LN2, 0x1.62e42fefa39efp-1)
TWICE(SHORTP+0, 0x1.555553e077fabp-3)
TWICE(SHORTP+1, 0x1.5554e71f6eb4bp-5)
TWICE(SHORTP+2, 0x1.111330179585dp-7)
TWICE(SHORTP+3, 0x1.6d4db6a696ac5p-10)
TWICE(SHORTP+4, 0x1.9dd7524d4b4a6p-13)
TWICE(SHORTL+0, 0x1.5555585694c58p-1)
TWICE(SHORTL+1, 0x1.9996a87856250p-2)
TWICE(SHORTL+2, 0x1.2509723763dcfp-2)
TWICE(SHORTL+3, 0x1.b6d6a4f8b2f24p-3)
TWICE(SHORTL+4, 0x1.f1aeddfbe0485p-3)
TWICE(SIGN32, 0x8000000080000000)
TWICE(EXPMIN32, 0xc43a8000c43a8000) // −746
TWICE(TINYZ32, 0x3980000039800000)  // 2^-12
TWICE(HALF32, 0x3f0000003f000000)   // ½
TWICE(SIGMIN32, 0xc2dc0000c2dc0000) // −110
TWICE(SHORTSHIFT, 0x1.80000000003ffp+52)
GLOBL consts<>(SB), RODATA|NOPTR, $768

#define DST R0
#define SRC R1
#define Y R2
#define WEIGHTS R3
#define SUMS R4
#define N R5
#define REST R6
#define COUNT R7
#define TMP R8
#define CONSTS R9
#define OUT R10
#define TOTALS R11
#define FROM R12
#define TO R13

// EXPREDUCE sets, for a = −|z| in A, T1 = n and K = 2^(n+128), with EXPSHIFT, or
// 2^n, with SHORTSHIFT. The bias of the exponent is in these constants, which
// spares an addition; that it is odd would matter only to ties, and a·log2(e)
// is never half of an odd number.
#define EXPREDUCE(shift) \
	CONST4(shift, K) \
	CONST(LOG2E, C) \
	FOURM(FMLA_2D, C, A, K) \
	CONST(shift, C) \
	FOURM(FSUB_2D, C, K, T1) \
	FOUR1(SHL52_2D, K, K)

// POLY8 sets Q to the polynomial of degree 8 in x whose coefficients begin at
// constant c; x2 is x². It uses T1, T2, T3 and C.
#define POLY8(c, x, x2) \
	FOUR(FMUL_2D, x2, x2, T3) \
	CONST4(c+4, T1) \
	CONST(c+5, C) \
	FOURM(FMLA_2D, C, x, T1) \
	CONST4(c+6, T2) \
	CONST(c+7, C) \
	FOURM(FMLA_2D, C, x, T2) \
	FOUR(FMLA_2D, x2, T2, T1) \
	CONST(c+8, C) \
	FOURM(FMLA_2D, C, T3, T1) \
	CONST4(c, Q) \
	CONST(c+1, C) \
	FOURM(FMLA_2D, C, x, Q) \
	CONST4(c+2, T2) \
	CONST(c+3, C) \
	FOURM(FMLA_2D, C, x, T2) \
	FOUR(FMLA_2D, x2, T2, Q) \
	FOUR(FMLA_2D, T3, T1, Q)

// POLY4 does so for degree 4. It uses T1 and C.
#define POLY4(c, x, x2) \
	CONST4(c, Q) \
	CONST(c+1, C) \
	FOURM(FMLA_2D, C, x, Q) \
	CONST4(c+2, T1) \
	CONST(c+3, C) \
	FOURM(FMLA_2D, C, x, T1) \
	CONST(c+4, C) \
	FOURM(FMLA_2D, C, x2, T1) \
	FOUR(FMLA_2D, x2, T1, Q)

// EXP turns r, in A, into exp(r)·K, given the polynomial for exp(r).
#define EXP(poly, c) \
	FOUR(FMUL_2D, A, A, S) \
	poly(c, A, S) \
	CONST4(HALF, T1) \
	FOUR(FMLA_2D, A, Q, T1) \
	FOUR(FMLA_2D, S, T1, A) \
	CONST(ONE, C) \
	FOURM(FADD_2D, C, A, A) \
	FOUR(FMUL_2D, K, A, A)

// EXPFROM turns a, in A, into exp(a)·2^128, with EXPSHIFT, or exp(a), with
// SHORTSHIFT, which takes a power of two that is normal.
#define EXPFROM(shift) \
	EXPREDUCE(shift) \
	CONST(LN2HI, C) \
	FOURM(FMLS_2D, C, T1, A) \
	CONST(LN2LO, C) \
	FOURM(FMLS_2D, C, T1, A) \
	EXP(POLY8, EXPP)

// EXPNEG and EXPNEGSHORT turn a, in A, into exp(a).
#define EXPNEG \
	EXPFROM(EXPSHIFT) \
	CONST(BIAS, C) \
	FOURM(FMUL_2D, C, A, A)
#define EXPNEGSHORT \
	EXPREDUCE(EXPSHIFT) \
	CONST(LN2, C) \
	FOURM(FMLS_2D, C, T1, A) \
	EXP(POLY4, SHORTP) \
	CONST(BIAS, C) \
	FOURM(FMUL_2D, C, A, A)

// LOG1P sets K to log(1+A), and keeps A on the stack meanwhile.
#define LOG1P(poly, c) \
	MOVD $spill-64(SP), TMP \
	VST1 [V0.D2, V1.D2, V2.D2, V3.D2], (TMP) \
	CONST(TWO, C) \
	FOURM(FADD_2D, C, A, T1) \
	FOUR(FDIV_2D, T1, A, K) \
	FOUR(FMUL_2D, K, K, A) \
	FOUR(FMUL_2D, A, A, S) \
	poly(c, A, S) \
	FOUR(FMUL_2D, A, K, A) \
	FOUR(FADD_2D, K, K, K) \
	FOUR(FMLA_2D, Q, A, K) \
	MOVD $spill-64(SP), TMP \
	VLD1 (TMP), [V0.D2, V1.D2, V2.D2, V3.D2]

// SIGMOID32 computes dst = σ(z) for eight z, correctly rounded to float32:
//
//	t = exp(−|z|)
//	ŷ = (z < 0 ? t : 1) / (1 + t), or ½ + z·slope for tiny |z|
//
// |z| is cut at 110, where t no longer matters to a float32. It looks at all z at once whether any is tiny, which is rare; SIGMOID32TINY
// has what is done then.
#define SIGMOID32 \
	LOADNEG(SIGMIN32) \
	EXPFROM(SHORTSHIFT) \
	VLD1 (SRC), [V12.S4, V13.S4] \
	CONST(TINYZ32, C) \
	FACGT_4S(Q, C, S) \
	FACGT_4S(Q+1, C, S+1) \
	ORR_16B(S, S+1, S) \
	UMAXV_4S(S, S) \
	FMOVS F8, TMP \
	SIGNS(Q) \
	CONST(ONE, C) \
	FOURM(FADD_2D, C, A, T1) \
	CONST4(ONE, S) \
	FOUR(BIF_16B, T2, S, A) \
	FOUR(FDIV_2D, T1, A, A) \
	CBNZ TMP, tiny \
notTiny: \
	STORE(DST)
#define SIGMOID32TINY \
tiny: \
	LOAD(SRC, Q, ATQ) \
	CONST4(HALF, T1) \
	CONST(TINYSLOPE, C) \
	FOURM(FMLA_2D, C, Q, T1) \
	CONST4(TINYZ, T2) \
	FOUR(FACGT_2D, Q, T2, T2) \
	FOUR(BIT_16B, T2, T1, A) \
	B notTiny

// SIGMOID64 computes dst = σ(z) for eight z, with pairs of float64:
//
//	r + rl = −|z| − n·ln 2
//	t + tl = exp(r + rl), with 1 + r + r²/2 exact
//	d + dl = 1 + 2^n·(t + tl)
//	ŷ      = (z < 0 ? 2^n·(t + tl) : 1) / (d + dl), with a step of Newton's
#define SIGMOID64 \
	LOADNEG(EXPMIN) \
	EXPREDUCE(EXPSHIFT) \
	MOVD $spill-64(SP), TMP \
	VST1 [V4.D2, V5.D2, V6.D2, V7.D2], (TMP) \
	CONST(LN2HI, C) \
	FOURM(FMLS_2D, C, T1, A) /* rh */ \
	CONST(LN2LO, C) \
	FOURM(FMUL_2D, C, T1, T1) \
	FOUR(FSUB_2D, T1, A, S)  /* r */ \
	FOUR(FSUB_2D, S, A, K) \
	FOUR(FSUB_2D, T1, K, K)  /* rl */ \
	FOUR(FMUL_2D, S, S, A)   /* r² */ \
	POLY8(EXPP, S, A) \
	FOUR1(FNEG_2D, A, T1) \
	FOUR(FMLA_2D, S, S, T1)  /* e2 */ \
	CONST(ONE, C) \
	FOURM(FADD_2D, C, S, T2) /* th */ \
	FOURM(FSUB_2D, C, T2, T3) \
	FOUR(FSUB_2D, T3, S, T3) /* tl */ \
	FOUR(FMUL_2D, A, S, S)   /* r³ */ \
	CONST(HALF, C) \
	FOURM(FMUL_2D, C, A, A)  /* hh */ \
	FOUR(FADD_2D, A, T2, C)  /* t1 */ \
	FOUR(FSUB_2D, T2, C, T2) \
	FOUR(FSUB_2D, T2, A, T2) /* l1 */ \
	FOUR(FADD_2D, T2, T3, T3) \
	FOUR(FMUL_2D, C, K, K)   /* v */ \
	CONST(HALF, T2) \
	FOURM(FMLA_2D, T2, T1, K) \
	FOUR(FMLA_2D, Q, S, K) \
	FOUR(FADD_2D, K, T3, T3) /* lo */ \
	FOUR(FADD_2D, T3, C, T1) /* t */ \
	FOUR(FSUB_2D, C, T1, T2) \
	FOUR(FSUB_2D, T2, T3, T2)  /* tl */ \
	MOVD $spill-64(SP), TMP \
	VLD1 (TMP), [V4.D2, V5.D2, V6.D2, V7.D2] \
	CONST(BIAS, C) \
	FOUR(FMUL_2D, K, T1, A) \
	FOURM(FMUL_2D, C, A, A)  /* te */ \
	FOUR(FMUL_2D, K, T2, S) \
	FOURM(FMUL_2D, C, S, S) \
	CONST(ONE, C) \
	FOURM(FADD_2D, C, A, Q)  /* d */ \
	FOURM(FSUB_2D, C, Q, T3) \
	FOUR(FSUB_2D, T3, A, T3) \
	FOUR(FADD_2D, S, T3, T3) /* dl */ \
	LOAD(SRC, A, ATA) \
	FOUR1(CMLTZ_2D, A, A) \
	CONST4(ONE, C) \
	CONST4(UNBIAS, S) \
	FOUR(BIF_16B, A, C, T1)  /* num */ \
	FOUR(AND_16B, A, T2, T2) /* numl */ \
	FOUR(BIF_16B, A, S, K)   /* scale */ \
	FOUR(FDIV_2D, Q, C, C)   /* y */ \
	FOUR(FMUL_2D, C, T1, A)  /* q */ \
	FOUR(FMLS_2D, Q, A, T1) \
	FOUR(FADD_2D, T2, T1, T1) \
	FOUR(FMLS_2D, T3, A, T1) /* e */ \
	FOUR(FMLA_2D, C, T1, A) \
	FOUR(FMUL_2D, K, A, A) \
	CONST(BIAS, C) \
	FOURM(FMUL_2D, C, A, A) \
	STORE(DST)

// SIDES turns t, in A, into σ(−|z|) = t·q, in A, and σ(|z|) = q = 1/(1+t), in
// T2.
#define SIDES \
	CONST(ONE, C) \
	FOURM(FADD_2D, C, A, T1) \
	CONST4(ONE, T2) \
	FOUR(FDIV_2D, T1, T2, T2) \
	FOUR(FMUL_2D, T2, A, A)

// ERROR turns p = σ(−|z|), in A, into e = ŷ − y, in A, by way of m, in S:
//
//	m = z < 0 ? y : 1 − y
//	e = z < 0 ? −(m − p) : m − p
//	correct += 1 if y >= ½ ? z >= 0 : z < 0
//
// COMPARE counts the correct ones, loads y to T1, and sets T2 to the signs of
// z.
#define ERROR \
	COMPARE \
	CONST4(ONE, S) \
	FOUR(FSUB_2D, T1, S, S) \
	FOUR(BIT_16B, T2, T1, S) \
	FOUR(FSUB_2D, A, S, A) \
	CONST(SIGN, C) \
	FOURM(AND_16B, C, T2, T2) \
	FOUR(EOR_16B, T2, A, A)

// ADDTO adds a block to eight lanes in memory, by way of T1.
#define ADDTO(p, x) \
	VLD1 (p), [V16.D2, V17.D2, V18.D2, V19.D2] \
	FOUR(FADD_2D, x, T1, T1) \
	VST1 [V16.D2, V17.D2, V18.D2, V19.D2], (p)

// FINISH multiplies δ, in A, and the cost by the weights, if there are any,
// adds the cost and stores δ.
#define FINISH(cost) \
	CBZ WEIGHTS, unweighted \
	LOAD(WEIGHTS, Q, ATQ) \
	FOUR(FMUL_2D, Q, A, A) \
	FOUR(FMUL_2D, Q, cost, cost) \
unweighted: \
	ADDTO(SUMS, cost) \
	STORE(DST)

// DELTAQUADRATIC computes for eight rows
//
//	t = exp(−|z|)
//	p, q = σ(−|z|), σ(|z|)
//	delta = e·p·q·weight
//	cost += e²·weight
#define DELTAQUADRATIC \
	LOADNEG(ROWMIN) \
	ROWEXP \
	SIDES \
	FOUR(FMUL_2D, T2, A, K) \
	ERROR \
	FOUR(FMUL_2D, A, A, T3) \
	FOUR(FMUL_2D, K, A, A) \
	FINISH(T3)

// DELTALOG computes for eight rows
//
//	t = exp(−|z|)
//	delta = e·weight
//	cost += (|z|·m + log(1+t))·weight, where ∞·0 is 0
#define DELTALOG \
	LOADNEG(ROWMIN) \
	ROWEXP \
	ROWLOG \
	SIDES \
	ERROR \
	LOADABS \
	FOUR1(FCMEQZ_2D, S, T3) \
	FOUR(BIC_16B, T3, Q, Q) \
	FOUR(FMLA_2D, S, Q, K) \
	FINISH(K)

// COPY copies count elements of the given size from FROM to TO.
#define COPY(mov, size, count, loop) \
	MOVD count, COUNT \
loop: \
	mov.P size(FROM), F0 \
	mov.P F0, size(TO) \
	SUBS $1, COUNT \
	BNE loop

// TOSTACK copies count elements at p to slot, and makes p point there.
#define TOSTACK(mov, size, count, p, slot, loop) \
	MOVD p, FROM \
	MOVD slot, p \
	MOVD p, TO \
	COPY(mov, size, count, loop)

// MAP runs body for each eight of N elements from SRC to DST, then once on the
// stack for those left over.
#define MAP(body) \
	MOVD $consts<>(SB), CONSTS \
	MOVD ZR, REST \
next: \
	SUBS $8, N \
	BLT rest \
run: \
	body \
	CBNZ REST, back \
	ADD $(8*SIZE), SRC \
	ADD $(8*SIZE), DST \
	B next \
rest: \
	ADDS $8, N, REST \
	BEQ done \
	MOVD DST, OUT \
	TOSTACK(FMOV, SIZE, REST, SRC, $z-128(SP), in) \
	MOVD SRC, DST \
	B run \
back: \
	MOVD DST, FROM \
	MOVD OUT, TO \
	COPY(FMOV, SIZE, REST, out) \
done: \
	RET

// NOCOUNTS clears the counts of correct rows, integers by lane on the stack.
// FLUSH adds them to the sums. WIDENCOUNTS loads them to Q.
#define NOCOUNTS \
	FOUR(EOR_16B, Q, Q, Q) \
	MOVD $counts-448(SP), TMP \
	VST1 [V12.D2, V13.D2, V14.D2, V15.D2], (TMP)
#define FLUSH \
	MOVD $counts-448(SP), TMP \
	WIDENCOUNTS \
	FOUR1(SCVTF_2D, Q, Q) \
	ADD $64, SUMS, TMP \
	ADDTO(TMP, Q)

// MAPROWS does so for δ, with Y and WEIGHTS, if any, beside SRC. Of the sums
// made on the stack only the lanes of the elements left over count.
#define MAPROWS(body) \
	MOVD $consts<>(SB), CONSTS \
	MOVD ZR, REST \
	NOCOUNTS \
next: \
	SUBS $8, N \
	BLT rest \
run: \
	body \
	CBNZ REST, back \
	ADD $(8*SIZE), SRC \
	ADD $(8*SIZE), Y \
	ADD $(8*SIZE), DST \
	CBZ WEIGHTS, next \
	ADD $(8*SIZE), WEIGHTS \
	B next \
rest: \
	FLUSH \
	ADDS $8, N, REST \
	BEQ done \
	NOCOUNTS \
	MOVD DST, OUT \
	MOVD SUMS, TOTALS \
	TOSTACK(FMOV, SIZE, REST, SRC, $z-128(SP), inZ) \
	TOSTACK(FMOV, SIZE, REST, Y, $y-192(SP), inY) \
	TOSTACK(FMOVD, 8, $16, SUMS, $sums-320(SP), inSums) \
	MOVD SRC, DST \
	CBZ WEIGHTS, run \
	TOSTACK(FMOV, SIZE, REST, WEIGHTS, $weights-384(SP), inWeights) \
	B run \
back: \
	FLUSH \
	MOVD DST, FROM \
	MOVD OUT, TO \
	COPY(FMOV, SIZE, REST, outDelta) \
	MOVD SUMS, FROM \
	MOVD TOTALS, TO \
	COPY(FMOVD, 8, REST, outCost) \
	ADD $64, SUMS, FROM \
	ADD $64, TOTALS, TO \
	COPY(FMOVD, 8, REST, outCorrect) \
done: \
	RET

// float32: LOAD loads and widens eight elements to block d, by way of the
// upper half of its registers, at; STORE rounds block A and stores it. LOADNEG
// loads −|z|, at least min, to A, LOADABS |z| to Q, and SIGNS sets T2 to the
// signs of z: what can be done with four float32 is, before they are widened.
// For δ the short polynomials do, ROWEXP and ROWLOG.

#define SIZE 4
#define FMOV FMOVS
#define ATA [V2.S4, V3.S4]
#define ATQ [V14.S4, V15.S4]
#define ATT1 [V18.S4, V19.S4]
#define ROWMIN EXPMIN32
#define ROWEXP EXPNEGSHORT
#define ROWLOG LOG1P(POLY4, SHORTL)
#define WIDEN(d) \
	FCVTL_2D(d+2, d) \
	FCVTL2_2D(d+2, d+1) \
	FCVTL_2D(d+3, d+2) \
	FCVTL2_2D(d+3, d+3)
#define LOAD(p, d, at) \
	VLD1 (p), at \
	WIDEN(d)
#define LOADNEG(min) \
	VLD1 (SRC), ATA \
	CONST(SIGN32, C) \
	ORR_16B(C, A+2, A+2) \
	ORR_16B(C, A+3, A+3) \
	CONST(min, C) \
	FMAX_4S(C, A+2, A+2) \
	FMAX_4S(C, A+3, A+3) \
	WIDEN(A)
#define LOADABS \
	VLD1 (SRC), ATQ \
	FABS_4S(Q+2, Q+2) \
	FABS_4S(Q+3, Q+3) \
	WIDEN(Q)
#define SIGNS(z) \
	CMLTZ_4S(z, z) \
	CMLTZ_4S(z+1, z+1) \
	ZIP1_4S(z, z, T2) \
	ZIP2_4S(z, z, T2+1) \
	ZIP1_4S(z+1, z+1, T2+2) \
	ZIP2_4S(z+1, z+1, T2+3)
#define COMPARE \
	VLD1 (SRC), [V24.S4, V25.S4] \
	VLD1 (Y), ATT1 \
	CONST(HALF32, C) \
	FCMGE_4S(C, T1+2, C+1) \
	FCMGE_4S(C, T1+3, C+2) \
	FCMGEZ_4S(T3, S) \
	FCMGEZ_4S(T3+1, S+1) \
	FCMLTZ_4S(T3, Q) \
	FCMLTZ_4S(T3+1, Q+1) \
	BIT_16B(C+1, S, Q) \
	BIT_16B(C+2, S+1, Q+1) \
	MOVD $counts-448(SP), TMP \
	VLD1 (TMP), [V8.S4, V9.S4] \
	SUB_4S(Q, S, S) \
	SUB_4S(Q+1, S+1, S+1) \
	VST1 [V8.S4, V9.S4], (TMP) \
	SIGNS(T3) \
	WIDEN(T1)
#define WIDENCOUNTS \
	VLD1 (TMP), [V14.S4, V15.S4] \
	SXTL_2D(Q+2, Q) \
	SXTL2_2D(Q+2, Q+1) \
	SXTL_2D(Q+3, Q+2) \
	SXTL2_2D(Q+3, Q+3)
#define STORE(p) \
	FCVTN_2D(A, A) \
	FCVTN2_2D(A+1, A) \
	FCVTN_2D(A+2, A+1) \
	FCVTN2_2D(A+3, A+1) \
	VST1 [V0.S4, V1.S4], (p)

// func sigmoid32NEON(dst, src *float32, n int)
TEXT ·sigmoid32NEON(SB), NOSPLIT, $128-24
	MOVD dst+0(FP), DST
	MOVD src+8(FP), SRC
	MOVD n+16(FP), N
	MAP(SIGMOID32)
	SIGMOID32TINY

// func deltaQuadratic32NEON(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaQuadratic32NEON(SB), NOSPLIT, $448-48
	MOVD delta+0(FP), DST
	MOVD sums+8(FP), SUMS
	MOVD z+16(FP), SRC
	MOVD y+24(FP), Y
	MOVD weights+32(FP), WEIGHTS
	MOVD n+40(FP), N
	MAPROWS(DELTAQUADRATIC)

// func deltaLog32NEON(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaLog32NEON(SB), NOSPLIT, $448-48
	MOVD delta+0(FP), DST
	MOVD sums+8(FP), SUMS
	MOVD z+16(FP), SRC
	MOVD y+24(FP), Y
	MOVD weights+32(FP), WEIGHTS
	MOVD n+40(FP), N
	MAPROWS(DELTALOG)

#undef SIZE
#undef FMOV
#undef ATA
#undef ATQ
#undef ATT1
#undef ROWMIN
#undef ROWEXP
#undef ROWLOG
#undef LOAD
#undef LOADNEG
#undef LOADABS
#undef COMPARE
#undef WIDENCOUNTS
#undef STORE

// float64: likewise, without a conversion.

#define SIZE 8
#define FMOV FMOVD
#define ATA [V0.D2, V1.D2, V2.D2, V3.D2]
#define ATQ [V12.D2, V13.D2, V14.D2, V15.D2]
#define ATT1 [V16.D2, V17.D2, V18.D2, V19.D2]
#define ROWMIN EXPMIN
#define ROWEXP EXPNEG
#define ROWLOG LOG1P(POLY8, LOGL)
#define LOAD(p, d, at) VLD1 (p), at
#define LOADNEG(min) \
	VLD1 (SRC), ATA \
	CONST(SIGN, C) \
	FOURM(ORR_16B, C, A, A) \
	CONST(min, C) \
	FOURM(FMAX_2D, C, A, A)
#define LOADABS \
	VLD1 (SRC), ATQ \
	FOUR1(FABS_2D, Q, Q)
#define COMPARE \
	VLD1 (SRC), ATQ \
	VLD1 (Y), ATT1 \
	CONST(HALF, C) \
	FOURM(FCMGE_2D, C, T1, T3) \
	FOUR1(FCMGEZ_2D, Q, S) \
	FOUR1(FCMLTZ_2D, Q, T2) \
	FOUR(BIT_16B, T3, S, T2) \
	MOVD $counts-448(SP), TMP \
	VLD1 (TMP), [V8.D2, V9.D2, V10.D2, V11.D2] \
	FOUR(SUB_2D, T2, S, S) \
	VST1 [V8.D2, V9.D2, V10.D2, V11.D2], (TMP) \
	FOUR1(CMLTZ_2D, Q, T2)
#define WIDENCOUNTS VLD1 (TMP), [V12.D2, V13.D2, V14.D2, V15.D2]
#define STORE(p) VST1 ATA, (p)

// func sigmoid64NEON(dst, src *float64, n int)
TEXT ·sigmoid64NEON(SB), NOSPLIT, $128-24
	MOVD dst+0(FP), DST
	MOVD src+8(FP), SRC
	MOVD n+16(FP), N
	MAP(SIGMOID64)

// func deltaQuadratic64NEON(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaQuadratic64NEON(SB), NOSPLIT, $448-48
	MOVD delta+0(FP), DST
	MOVD sums+8(FP), SUMS
	MOVD z+16(FP), SRC
	MOVD y+24(FP), Y
	MOVD weights+32(FP), WEIGHTS
	MOVD n+40(FP), N
	MAPROWS(DELTAQUADRATIC)

// func deltaLog64NEON(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaLog64NEON(SB), NOSPLIT, $448-48
	MOVD delta+0(FP), DST
	MOVD sums+8(FP), SUMS
	MOVD z+16(FP), SRC
	MOVD y+24(FP), Y
	MOVD weights+32(FP), WEIGHTS
	MOVD n+40(FP), N
	MAPROWS(DELTALOG)
