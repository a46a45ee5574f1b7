//go:build !purego

#include "textflag.h"

// The logistic function and the derivative of the costs with AVX2 and FMA.
// CPU features: AVX, AVX2, FMA3.
//
// All arithmetic is in float64, four elements at a time; float32 is converted
// on loading and rounded on storing. So each kernel is written once, as a
// macro over the loads and stores below, and instantiated at the end of the
// file for both types. Formulas and names are those of kernel_generic.go.

// CONST(offset, value) is a vector of four equal constants.
#define CONST(offset, value) \
	DATA c<>+offset+0(SB)/8, value;  \
	DATA c<>+offset+8(SB)/8, value;  \
	DATA c<>+offset+16(SB)/8, value; \
	DATA c<>+offset+24(SB)/8, value

CONST(0, $-746.0)
CONST(32, $0x1.71547652b82fep+0)
CONST(64, $0x1.62e42fefa3800p-1)
CONST(96, $0x1.ef35793c76730p-45)
CONST(128, $6755399441055872.0)
CONST(160, $0x1p-128)
CONST(192, $0x1p+128)
CONST(224, $0x1.5555555555501p-3)
CONST(256, $0x1.555555555320ep-5)
CONST(288, $0x1.111111112882dp-7)
CONST(320, $0x1.6c16c17cc0c4cp-10)
CONST(352, $0x1.a01a011c37858p-13)
CONST(384, $0x1.a019ab359ac8ap-16)
CONST(416, $0x1.71df55233db7dp-19)
CONST(448, $0x1.289f81c4940f2p-22)
CONST(480, $0x1.ad202ae594059p-26)
CONST(512, $0x1.5555555555947p-1)
CONST(544, $0x1.99999998e9943p-2)
CONST(576, $0x1.249249790d6fbp-2)
CONST(608, $0x1.c71c4a17fda04p-3)
CONST(640, $0x1.746258db27d27p-3)
CONST(672, $0x1.3aa89dc9fd478p-3)
CONST(704, $0x1.16444b224bfe1p-3)
CONST(736, $0x1.956f55fc3f6c6p-4)
CONST(768, $0x1.6b7f0a304e735p-3)
CONST(800, $0x1.62e42fefa39efp-1)
CONST(832, $0x1.555553e077fabp-3)
CONST(864, $0x1.5554e71f6eb4bp-5)
CONST(896, $0x1.111330179585dp-7)
CONST(928, $0x1.6d4db6a696ac5p-10)
CONST(960, $0x1.9dd7524d4b4a6p-13)
CONST(992, $0x1.5555585694c58p-1)
CONST(1024, $0x1.9996a87856250p-2)
CONST(1056, $0x1.2509723763dcfp-2)
CONST(1088, $0x1.b6d6a4f8b2f24p-3)
CONST(1120, $0x1.f1aeddfbe0485p-3)
CONST(1152, $0x1p-12)
CONST(1184, $0x1.fffffff8p-3)
CONST(1216, $0.5)
CONST(1248, $1.0)
CONST(1280, $2.0)
CONST(1312, $-1.0)
CONST(1344, $0x8000000000000000)
CONST(1376, $0x7fffffffffffffff)
CONST(1408, $0x3f8000003f800000)
GLOBL c<>(SB), RODATA|NOPTR, $1440

#define EXP_MIN c<>+0(SB)
#define LOG2E c<>+32(SB)
#define LN2_HI c<>+64(SB)
#define LN2_LO c<>+96(SB)
#define EXP_SHIFT c<>+128(SB)
#define EXP_BIAS c<>+160(SB)
#define INV_BIAS c<>+192(SB)
#define P0 c<>+224(SB)
#define P1 c<>+256(SB)
#define P2 c<>+288(SB)
#define P3 c<>+320(SB)
#define P4 c<>+352(SB)
#define P5 c<>+384(SB)
#define P6 c<>+416(SB)
#define P7 c<>+448(SB)
#define P8 c<>+480(SB)
#define L0 c<>+512(SB)
#define L1 c<>+544(SB)
#define L2 c<>+576(SB)
#define L3 c<>+608(SB)
#define L4 c<>+640(SB)
#define L5 c<>+672(SB)
#define L6 c<>+704(SB)
#define L7 c<>+736(SB)
#define L8 c<>+768(SB)
#define LN2 c<>+800(SB)
#define SP0 c<>+832(SB)
#define SP1 c<>+864(SB)
#define SP2 c<>+896(SB)
#define SP3 c<>+928(SB)
#define SP4 c<>+960(SB)
#define SL0 c<>+992(SB)
#define SL1 c<>+1024(SB)
#define SL2 c<>+1056(SB)
#define SL3 c<>+1088(SB)
#define SL4 c<>+1120(SB)
#define TINY_Z c<>+1152(SB)
#define TINY_SLOPE c<>+1184(SB)
#define HALF c<>+1216(SB)
#define ONE c<>+1248(SB)
#define TWO c<>+1280(SB)
#define NEG_ONE c<>+1312(SB)
#define SIGN c<>+1344(SB)
#define ABS c<>+1376(SB)
#define ONE_32 c<>+1408(SB)

// mask<>+16-4*n(SB) begins with n ones of 32 bits, and zeros behind them.
DATA mask<>+0(SB)/8, $-1
DATA mask<>+8(SB)/8, $-1
GLOBL mask<>(SB), RODATA|NOPTR, $32

#define DST DI
#define Z SI
#define Y DX
#define WEIGHTS R8
#define N CX
#define STEP R9    // bytes from four weights to the next
#define SUMS R10
#define LANES R11  // 0 or 32, the four lanes that are next
#define MASK R11   // shares with LANES
#define EXP BX      // cursor in the buffer of exp(−|z|)
#define ZP R12
#define LEFT R13   // elements left of the block
#define I AX

// What the steps of the logistic function leave where.
#define X Y0       // the argument
#define A Y1       // −|x|; then r
#define K Y2       // its low bits hold n + 128
#define NF Y3      // n
#define R2 Y3      // r²
#define R4 Y4
#define E0 Y5      // P(r); then t
#define E1 Y6
#define E2 Y7
#define E3 Y8
#define T Y5

// EXP_REDUCE is expReduce: from X to A, K and NF. Where A is NaN, VMAXPD with
// A as its first operand here returns it.
#define EXP_REDUCE \
	VORPD        SIGN, X, A;        \
	VMOVUPD      EXP_MIN, K;        \
	VMAXPD       A, K, A;           \
	VMOVUPD      EXP_SHIFT, K;      \
	VFMADD231PD  LOG2E, A, K;       \
	VSUBPD       EXP_SHIFT, K, NF

// ESTRIN(C, v, v2, v4) evaluates the polynomial with the coefficients C0-C8:
// E0 = C0 + … + C8·v⁸.
#define ESTRIN(C0, C1, C2, C3, C4, C5, C6, C7, C8, v, v2, v4) \
	VMOVUPD     C0, E0;     \
	VMOVUPD     C2, E1;     \
	VMOVUPD     C4, E2;     \
	VMOVUPD     C6, E3;     \
	VFMADD231PD C1, v, E0;  \
	VFMADD231PD C3, v, E1;  \
	VFMADD231PD C5, v, E2;  \
	VFMADD231PD C7, v, E3;  \
	VFMADD231PD E1, v2, E0; \
	VFMADD231PD E3, v2, E2; \
	VFMADD231PD C8, v4, E2; \
	VFMADD231PD E2, v4, E0

#define ESTRIN_SHORT(C0, C1, C2, C3, C4, v, v2) \
	VMOVUPD     C0, E0;     \
	VMOVUPD     C2, E1;     \
	VFMADD231PD C1, v, E0;  \
	VFMADD231PD C3, v, E1;  \
	VFMADD231PD C4, v2, E1; \
	VFMADD231PD E1, v2, E0

// EXP_POLY is expPoly: E0 = P(r), from A = r.
#define EXP_POLY \
	VMULPD R2, R2, R4; \
	ESTRIN(P0, P1, P2, P3, P4, P5, P6, P7, P8, A, R2, R4)

// EXP_SCALE ends the work of EXP_NEG, from E0 = P(r).
#define EXP_SCALE \
	VFMADD213PD HALF, A, E0; \
	VFMADD213PD A, R2, E0;   \
	VADDPD      ONE, E0, T;  \
	VPSLLQ      $52, K, K;   \
	VPADDQ      ONE, K, K;   \
	VMULPD      K, T, T;     \
	VMULPD      EXP_BIAS, T, T

// EXP_NEG is expNeg: T = exp(−|X|).
#define EXP_NEG \
	EXP_REDUCE;                 \
	VFNMADD231PD LN2_HI, NF, A; \
	VFNMADD231PD LN2_LO, NF, A; \
	VMULPD       A, A, R2;      \
	EXP_POLY;                   \
	EXP_SCALE

// EXP_NEG_SHORT is expNegShort.
#define EXP_NEG_SHORT \
	EXP_REDUCE;                 \
	VFNMADD231PD LN2, NF, A;    \
	VMULPD       A, A, R2;      \
	ESTRIN_SHORT(SP0, SP1, SP2, SP3, SP4, A, R2); \
	EXP_SCALE

// SIGMOID_32 is sigmoid32: X = σ(X), to be rounded to float32.
#define SIGMOID_32 \
	VMOVUPD     ONE, Y6;              \
	VADDPD      Y6, T, Y7;            \
	VBLENDVPD   X, T, Y6, Y6;         \
	VDIVPD      Y7, Y6, Y6;           \
	VANDPD      ABS, X, Y7;           \
	VCMPPD      $0x11, TINY_Z, Y7, Y7; /* < */ \
	VMOVUPD     HALF, Y8;             \
	VFMADD231PD TINY_SLOPE, X, Y8;    \
	VBLENDVPD   Y7, Y8, Y6, X

// SIGMOID_64 is sigmoid64: X = σ(X). TL, RL, DL are the low parts of pairs.
#define RL Y9
#define TL Y10
#define T1 Y11
#define LO Y12
#define S Y2       // 2^(n+128)
#define DEN Y6
#define DL Y7
#define NUM Y8
#define NUML Y1
#define SCALE Y3
#define RECIP Y4
#define Q Y9

#define SIGMOID_64 \
	EXP_REDUCE;                     \
	VFNMADD231PD LN2_HI, NF, A;     \
	/* r + rl */                    \
	VMULPD       LN2_LO, NF, Y9;    \
	VMOVAPD      A, Y10;            \
	VSUBPD       Y9, A, A;          \
	VSUBPD       A, Y10, Y10;       \
	VSUBPD       Y9, Y10, RL;       \
	/* P(r); e2 in Y13 */           \
	VMULPD       A, A, R2;          \
	VMOVAPD      R2, Y13;           \
	VFMSUB231PD  A, A, Y13;         \
	EXP_POLY;                       \
	/* th in Y6, hh in Y4, l1 in Y8 */ \
	VADDPD       ONE, A, Y6;        \
	VSUBPD       ONE, Y6, Y7;       \
	VSUBPD       Y7, A, TL;         \
	VMULPD       HALF, R2, Y4;      \
	VADDPD       Y4, Y6, T1;        \
	VSUBPD       Y6, T1, Y8;        \
	VSUBPD       Y8, Y4, Y8;        \
	/* v in RL */                   \
	VMULPD       T1, RL, RL;        \
	VFMADD231PD  HALF, Y13, RL;     \
	VMULPD       A, R2, R2;         \
	VFMADD231PD  E0, R2, RL;        \
	/* t + tl */                    \
	VADDPD       Y8, TL, LO;        \
	VADDPD       RL, LO, LO;        \
	VADDPD       LO, T1, T;         \
	VSUBPD       T1, T, TL;         \
	VSUBPD       TL, LO, TL;        \
	/* d + dl, te in Y12 */         \
	VMOVUPD      ONE, Y13;          \
	VPSLLQ       $52, K, S;         \
	VPADDQ       Y13, S, S;         \
	VMULPD       S, T, Y12;         \
	VMULPD       EXP_BIAS, Y12, Y12; \
	VADDPD       Y12, Y13, DEN;     \
	VSUBPD       Y13, DEN, DL;      \
	VSUBPD       DL, Y12, DL;       \
	VMULPD       S, TL, Y12;        \
	VMULPD       EXP_BIAS, Y12, Y12; \
	VADDPD       Y12, DL, DL;       \
	/* num + numl, scale */         \
	VXORPD       NUML, NUML, NUML;  \
	VMOVUPD      INV_BIAS, SCALE;   \
	VBLENDVPD    X, T, Y13, NUM;    \
	VBLENDVPD    X, TL, NUML, NUML; \
	VBLENDVPD    X, S, SCALE, SCALE; \
	/* the quotient */              \
	VDIVPD       DEN, Y13, RECIP;   \
	VMULPD       RECIP, NUM, Q;     \
	VFNMADD231PD DEN, Q, NUM;       \
	VADDPD       NUML, NUM, NUM;    \
	VFNMADD231PD DL, Q, NUM;        \
	VFMADD231PD  NUM, RECIP, Q;     \
	VMULPD       SCALE, Q, Q;       \
	VMULPD       EXP_BIAS, Q, X

// The tail of a vector: COUNT_MASKS makes masks of its N live elements, fewer
// than four, 32 bits each in M4 and 64 bits each in M8.
#define M4 X14
#define M8 Y15

#define COUNT_MASKS \
	LEAQ      mask<>+16(SB), MASK; \
	SHLQ      $2, I;               \
	SUBQ      I, MASK;             \
	SHRQ      $2, I;               \
	VMOVDQU   (MASK), M4;          \
	VPMOVSXDQ M4, M8

// Loads of four elements as float64, and stores. The vector is named twice, as
// the X and as the Y register.
#define LOAD_32(p, x, y) VCVTPS2PD p, y

#define LOAD_TAIL_32(p, x, y) \
	VMASKMOVPS p, M4, x; \
	VCVTPS2PD  x, y

#define STORE_32(x, y) \
	VCVTPD2PSY y, x; \
	VMOVUPS    x, (DST)

#define STORE_TAIL_32(x, y) \
	VCVTPD2PSY y, x;      \
	TESTQ      $2, LEFT;     \
	JZ         last;      \
	VMOVLPS    x, (DST);  \
	VUNPCKHPD  x, x, x;   \
	ADDQ       $8, DST;   \
last:                     \
	TESTQ      $1, LEFT;     \
	JZ         done;      \
	VMOVSS     x, (DST)

#define LOAD_64(p, x, y) VMOVUPD p, y

#define LOAD_TAIL_64(p, x, y) VMASKMOVPD p, M8, y

#define STORE_64(x, y) VMOVUPD y, (DST)

#define STORE_TAIL_64(x, y) \
	TESTQ        $2, LEFT;    \
	JZ           last;     \
	VMOVUPD      x, (DST); \
	VEXTRACTF128 $1, y, x; \
	ADDQ         $16, DST; \
last:                      \
	TESTQ        $1, LEFT;    \
	JZ           done;     \
	VMOVSD       x, (DST)

// EXPS(…) computes exp(−|z|) for the next BLOCK elements, or the N that are
// left, into the buffer at EXP. The work on an element is a long chain; cut in
// two loops, twice as many elements are under way at a time.
#define BLOCK 64

#define EXPS(EXPNEG, SIZE, LOAD, LOAD_TAIL) \
	LEAQ     t-512(SP), EXP;         \
	MOVQ     Z, ZP;                  \
	MOVQ     $BLOCK, LEFT;           \
	CMPQ     N, LEFT;                \
	CMOVQLT  N, LEFT;                \
	SUBQ     LEFT, N;                \
	MOVQ     LEFT, I;                \
	SUBQ     $4, I;                  \
	JLT      lastexp;                \
exp:                                 \
	LOAD((ZP), X0, Y0);              \
	EXPNEG;                          \
	VMOVUPD  T, (EXP);               \
	ADDQ     $(4*SIZE), ZP;          \
	ADDQ     $32, EXP;               \
	SUBQ     $4, I;                  \
	JGE      exp;                    \
lastexp:                             \
	ADDQ     $4, I;                  \
	JZ       exps;                   \
	COUNT_MASKS;                     \
	LOAD_TAIL((ZP), X0, Y0);         \
	EXPNEG;                          \
	VMOVUPD  T, (EXP);               \
exps:                                \
	LEAQ     t-512(SP), EXP

// SIGMOID is the loop over a slice:
//
//	for four elements at a time: dst = σ(src)
#define SIGMOID(SIGMA, SIZE, LOAD, STORE, LOAD_TAIL, STORE_TAIL) \
	SUBQ $4, LEFT;             \
	JLT  tail;              \
loop:                       \
	LOAD((Z), X0, Y0);      \
	SIGMA;                  \
	STORE(X0, Y0);          \
	ADDQ $(4*SIZE), Z;      \
	ADDQ $(4*SIZE), DST;    \
	SUBQ $4, LEFT;             \
	JGE  loop;              \
tail:                       \
	ADDQ $4, LEFT;             \
	JZ   done;              \
	MOVQ LEFT, I;              \
	COUNT_MASKS;            \
	LOAD_TAIL((Z), X0, Y0); \
	SIGMA;                  \
	STORE_TAIL(X0, Y0);     \
done:                       \
	VZEROUPPER;             \
	RET

#define SIGMOID_2(SIGMA, SIZE, LOAD, STORE, LOAD_TAIL, STORE_TAIL) \
block:                      \
	EXPS(EXP_NEG, SIZE, LOAD, LOAD_TAIL); \
	SUBQ $4, LEFT;             \
	JLT  tail;              \
loop:                       \
	LOAD((Z), X0, Y0);      \
	VMOVUPD (EXP), T;       \
	SIGMA;                  \
	STORE(X0, Y0);          \
	ADDQ $32, EXP;          \
	ADDQ $(4*SIZE), Z;      \
	ADDQ $(4*SIZE), DST;    \
	SUBQ $4, LEFT;             \
	JGE  loop;              \
tail:                       \
	TESTQ N, N;             \
	JNZ  block;             \
	ADDQ $4, LEFT;          \
	JZ   done;              \
	LOAD_TAIL((Z), X0, Y0); \
	VMOVUPD (EXP), T;       \
	SIGMA;                  \
	STORE_TAIL(X0, Y0);     \
done:                       \
	VZEROUPPER;             \
	RET

// SIDES computes, from X and the label YI, what both costs begin with: T =
// exp(−|x|), PROB = σ(−|x|), COMPL = σ(|x|), the distance M of the label from
// the end that x points to, the error E, and −1 in RIGHT for every correct
// side.
#define YI Y9
#define WT Y10
#define COMPL Y11
#define PROB Y12
#define M Y13
#define RIGHT Y9
#define E Y1
#define COST Y2

#define SIDES \
	VMOVUPD   ONE, Y6;          \
	VADDPD    Y6, T, Y7;        \
	VDIVPD    Y7, Y6, COMPL;    \
	VMULPD    COMPL, T, PROB;   \
	VSUBPD    YI, Y6, M;        \
	VBLENDVPD X, YI, M, M;      \
	VSUBPD    PROB, M, E;       \
	VANDPD    SIGN, X, Y6;      \
	VXORPD    Y6, E, E;         \
	/* ordered(x) and not (x ≥ 0) ≠ (y ≥ ½) */ \
	VXORPD    Y6, Y6, Y6;           \
	VCMPPD    $0x1d, Y6, X, Y6;     \
	VCMPPD    $0x1d, HALF, YI, Y7;  \
	VCMPPD    $7, X, X, RIGHT;      \
	VXORPD    Y7, Y6, Y6;           \
	VANDNPD   RIGHT, Y6, RIGHT;     \
	VANDPD    NEG_ONE, RIGHT, RIGHT

// QUADRATIC: E = e·p·q, COST = e².
#define QUADRATIC \
	SIDES;                       \
	VMULPD COMPL, PROB, PROB;    \
	VMULPD E, E, COST;           \
	VMULPD PROB, E, E

// LOG: E = e, COST = |x|·m + log1p(t), where |x| counts as 0 if m is 0. With s
// in Y3 and v = s² in Y4, POLY leaves L(v) in E0.
#define LOG(POLY) \
	SIDES;                      \
	VADDPD      TWO, T, Y3;     \
	VDIVPD      Y3, T, Y3;      \
	VMULPD      Y3, Y3, Y4;     \
	VMULPD      Y4, Y4, PROB;   \
	POLY;                       \
	VADDPD      Y3, Y3, COST;   \
	VMULPD      Y4, Y3, Y3;     \
	VFMADD231PD E0, Y3, COST;   \
	VXORPD      Y6, Y6, Y6;     \
	VCMPPD      $4, Y6, M, Y6;  /* ≠ */ \
	VANDPD      ABS, X, X;      \
	VANDPD      Y6, X, X;       \
	VFMADD231PD M, X, COST

#define LOG_64 \
	VMULPD PROB, PROB, COMPL; \
	ESTRIN(L0, L1, L2, L3, L4, L5, L6, L7, L8, Y4, PROB, COMPL)

#define LOG_32 ESTRIN_SHORT(SL0, SL1, SL2, SL3, SL4, Y4, PROB)

// WEIGH multiplies by the sample weights.
#define WEIGH \
	VMULPD WT, E, E; \
	VMULPD WT, COST, COST

// ACCUMULATE adds to the sums, whose lanes 4-7 follow lanes 0-3 in turn.
#define ACCUMULATE \
	VADDPD  (SUMS)(LANES*1), COST, COST;  \
	VMOVUPD 64(SUMS)(LANES*1), Y6;        \
	VSUBPD  RIGHT, Y6, Y6;                \
	VMOVUPD COST, (SUMS)(LANES*1);        \
	VMOVUPD Y6, 64(SUMS)(LANES*1);        \
	XORQ    $32, LANES

// DELTA(GRAD, …) is the loop over the rows:
//
//	for four rows at a time:
//		delta, cost, right = GRAD(z, y)
//		delta, cost *= weights
//		sums += cost, right
//
// Without weights it multiplies by ones that stay where they are. In the tail
// the unused lanes of the sums are added a zero of the sign that changes
// nothing.
#define DELTA(EXPNEG, GRAD, SIZE, ONES, LOAD, STORE, LOAD_TAIL, STORE_TAIL) \
	MOVQ      $(4*SIZE), STEP;      \
	TESTQ     WEIGHTS, WEIGHTS;     \
	JNZ       begin;                \
	LEAQ      ONES, WEIGHTS;        \
	XORL      STEP, STEP;           \
begin:                              \
	EXPS(EXPNEG, SIZE, LOAD, LOAD_TAIL);    \
	XORL      LANES, LANES;         \
	SUBQ      $4, LEFT;             \
	JLT       tail;                 \
loop:                               \
	LOAD((Z), X0, Y0);              \
	LOAD((Y), X9, Y9);              \
	LOAD((WEIGHTS), X10, Y10);      \
	VMOVUPD   (EXP), T;             \
	GRAD;                           \
	WEIGH;                          \
	ACCUMULATE;                     \
	STORE(X1, Y1);                  \
	ADDQ      $(4*SIZE), Z;         \
	ADDQ      $(4*SIZE), Y;         \
	ADDQ      STEP, WEIGHTS;        \
	ADDQ      $(4*SIZE), DST;       \
	ADDQ      $32, EXP;             \
	SUBQ      $4, LEFT;             \
	JGE       loop;                 \
tail:                               \
	TESTQ     N, N;                 \
	JNZ       begin;                \
	ADDQ      $4, LEFT;             \
	JZ        done;                 \
	LOAD_TAIL((Z), X0, Y0);         \
	LOAD_TAIL((Y), X9, Y9);         \
	LOAD_TAIL((WEIGHTS), X10, Y10); \
	VMOVUPD   (EXP), T;             \
	GRAD;                           \
	WEIGH;                          \
	VMOVUPD   SIGN, Y6;             \
	VBLENDVPD M8, COST, Y6, COST;   \
	VANDPD    M8, RIGHT, RIGHT;     \
	ACCUMULATE;                     \
	STORE_TAIL(X1, Y1);             \
done:                               \
	VZEROUPPER;                     \
	RET

// func sigmoid32AVX2(dst, src *float32, n int)
TEXT ·sigmoid32AVX2(SB), NOSPLIT, $512-24
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), Z
	MOVQ n+16(FP), N
	SIGMOID_2(SIGMOID_32, 4, LOAD_32, STORE_32, LOAD_TAIL_32, STORE_TAIL_32)

// func sigmoid64AVX2(dst, src *float64, n int)
TEXT ·sigmoid64AVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), Z
	MOVQ n+16(FP), LEFT
	SIGMOID(SIGMOID_64, 8, LOAD_64, STORE_64, LOAD_TAIL_64, STORE_TAIL_64)

// func deltaQuadratic32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaQuadratic32AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG_SHORT, QUADRATIC, 4, ONE_32, LOAD_32, STORE_32, LOAD_TAIL_32, STORE_TAIL_32)

// func deltaQuadratic64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaQuadratic64AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG, QUADRATIC, 8, ONE, LOAD_64, STORE_64, LOAD_TAIL_64, STORE_TAIL_64)

// func deltaLog32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaLog32AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG_SHORT, LOG(LOG_32), 4, ONE_32, LOAD_32, STORE_32, LOAD_TAIL_32, STORE_TAIL_32)

// func deltaLog64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaLog64AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG, LOG(LOG_64), 8, ONE, LOAD_64, STORE_64, LOAD_TAIL_64, STORE_TAIL_64)
