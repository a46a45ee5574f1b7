// exp(−|x|), δ and cost for AVX2 and FMA3, in float64, four elements at a time:
// the macros of the kernels that need them, and where their constants are.
// Formulas and names are those of kernel_generic.go.

// The exponential.
#define EXP_MIN ·fours+0(SB)
#define LOG2E ·fours+32(SB)
#define LN2_HI ·fours+64(SB)
#define LN2_LO ·fours+96(SB)
#define EXP_SHIFT ·fours+128(SB)
#define EXP_BIAS ·fours+160(SB)
#define INV_BIAS ·fours+192(SB)
#define P0 ·fours+224(SB)
#define P1 ·fours+256(SB)
#define P2 ·fours+288(SB)
#define P3 ·fours+320(SB)
#define P4 ·fours+352(SB)
#define P5 ·fours+384(SB)
#define P6 ·fours+416(SB)
#define P7 ·fours+448(SB)
#define P8 ·fours+480(SB)

// The logarithm.
#define L0 ·fours+512(SB)
#define L1 ·fours+544(SB)
#define L2 ·fours+576(SB)
#define L3 ·fours+608(SB)
#define L4 ·fours+640(SB)
#define L5 ·fours+672(SB)
#define L6 ·fours+704(SB)
#define L7 ·fours+736(SB)
#define L8 ·fours+768(SB)

// The short polynomials of float32.
#define LN2 ·fours+800(SB)
#define SP0 ·fours+832(SB)
#define SP1 ·fours+864(SB)
#define SP2 ·fours+896(SB)
#define SP3 ·fours+928(SB)
#define SP4 ·fours+960(SB)
#define SL0 ·fours+992(SB)
#define SL1 ·fours+1024(SB)
#define SL2 ·fours+1056(SB)
#define SL3 ·fours+1088(SB)
#define SL4 ·fours+1120(SB)

// σ next to 0.
#define TINY_Z ·fours+1152(SB)
#define TINY_SLOPE ·fours+1184(SB)

#define HALF ·fours+1216(SB)
#define ONE ·fours+1248(SB)
#define TWO ·fours+1280(SB)
#define NEG_ONE ·fours+1312(SB)
#define SIGN ·fours+1344(SB)
#define ABS ·fours+1376(SB)

// What the steps of the logistic function leave where.
#define VX Y0       // the argument
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

// EXP_REDUCE is expReduce: from VX to A, K and NF. VMAXPD returns the operand
// that stands first here, A, if that is NaN.
#define EXP_REDUCE \
	VORPD        SIGN, VX, A;   \
	VMOVUPD      EXP_MIN, K;   \
	VMAXPD       A, K, A;      \
	VMOVUPD      EXP_SHIFT, K; \
	VFMADD231PD  LOG2E, A, K;  \
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

// EXP_NEG is expNeg: T = exp(−|VX|).
#define EXP_NEG \
	EXP_REDUCE;                 \
	VFNMADD231PD LN2_HI, NF, A; \
	VFNMADD231PD LN2_LO, NF, A; \
	VMULPD       A, A, R2;      \
	EXP_POLY;                   \
	EXP_SCALE

// EXP_NEG_SHORT is expNegShort.
#define EXP_NEG_SHORT \
	EXP_REDUCE;                                   \
	VFNMADD231PD LN2, NF, A;                      \
	VMULPD       A, A, R2;                        \
	ESTRIN_SHORT(SP0, SP1, SP2, SP3, SP4, A, R2); \
	EXP_SCALE

// SIDES computes what both costs begin with, from VX, T = exp(−|x|) and the
// label YI: PROB = σ(−|x|), COMPL = σ(|x|), the distance M of the label from
// the end that x points to, the error VE, and −1 in RIGHT, which takes the place
// of the label, where x points to the right side.
#define YI Y9
#define WT Y10
#define COMPL Y11
#define PROB Y12
#define M Y13
#define RIGHT Y9
#define VE Y1
#define COST Y2

#define SIDES \
	VMOVUPD   ONE, Y6;                         \
	VADDPD    Y6, T, Y7;                       \
	VDIVPD    Y7, Y6, COMPL;                   \
	VMULPD    COMPL, T, PROB;                  \
	VSUBPD    YI, Y6, M;                       \
	VBLENDVPD VX, YI, M, M;                     \
	VSUBPD    PROB, M, VE;                      \
	VANDPD    SIGN, VX, Y6;                     \
	VXORPD    Y6, VE, VE;                        \
	/* ordered(x) and not (x ≥ ±0) ≠ (y ≥ ½) */ \
	VCMPPD    $0x1d, Y6, VX, Y6;                \
	VCMPPD    $0x1d, HALF, YI, Y7;             \
	VCMPPD    $7, VX, VX, RIGHT;                 \
	VXORPD    Y7, Y6, Y6;                      \
	VANDNPD   RIGHT, Y6, RIGHT;                \
	VANDPD    NEG_ONE, RIGHT, RIGHT

// QUADRATIC: VE = e·p·q, COST = e².
#define QUADRATIC \
	SIDES;                    \
	VMULPD COMPL, PROB, PROB; \
	VMULPD VE, VE, COST;        \
	VMULPD PROB, VE, VE

// LOG: VE = e, COST = |x|·m + log1p(t), where |x| counts as 0 if m is 0. With s
// in Y3 and v = s² in Y4, POLY leaves L(v) in E0.
#define LOG(POLY) \
	SIDES;                              \
	VADDPD      TWO, T, Y3;             \
	VDIVPD      Y3, T, Y3;              \
	VMULPD      Y3, Y3, Y4;             \
	VMULPD      Y4, Y4, PROB;           \
	POLY;                               \
	VADDPD      Y3, Y3, COST;           \
	VMULPD      Y4, Y3, Y3;             \
	VFMADD231PD E0, Y3, COST;           \
	VXORPD      Y6, Y6, Y6;             \
	VCMPPD      $4, Y6, M, Y6;  /* ≠ */ \
	VANDPD      ABS, VX, VX;              \
	VANDPD      Y6, VX, VX;               \
	VFMADD231PD M, VX, COST

#define LOG_64 \
	VMULPD PROB, PROB, COMPL; \
	ESTRIN(L0, L1, L2, L3, L4, L5, L6, L7, L8, Y4, PROB, COMPL)

#define LOG_32 ESTRIN_SHORT(SL0, SL1, SL2, SL3, SL4, Y4, PROB)
