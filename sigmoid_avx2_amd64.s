//go:build !purego

#include "textflag.h"

// The logistic function and the derivative of the costs with AVX2 and FMA.
// CPU features: AVX, AVX2, FMA3.
//
// All arithmetic is in float64, four elements at a time; float32 is converted
// on loading and rounded on storing. Each step is a macro with a fixed register
// plan; DELTA, a whole kernel, is one over the loads and stores of its type.
// Formulas and names are those of kernel_generic.go.

#include "delta_avx2_amd64.h"

// The constants, each four times.
#define CONST(offset, value) \
	DATA ·fours+offset+0(SB)/8, value;  \
	DATA ·fours+offset+8(SB)/8, value;  \
	DATA ·fours+offset+16(SB)/8, value; \
	DATA ·fours+offset+24(SB)/8, value
CONST(0, $-746.0) // EXP_MIN
CONST(32, $0x1.71547652b82fep+0) // LOG2E
CONST(64, $0x1.62e42fefa3800p-1) // LN2_HI
CONST(96, $0x1.ef35793c76730p-45) // LN2_LO
CONST(128, $0x1.8000000000080p+52) // EXP_SHIFT
CONST(160, $0x1p-128) // EXP_BIAS
CONST(192, $0x1p+128) // INV_BIAS
CONST(224, $0x1.5555555555501p-3) // P0
CONST(256, $0x1.555555555320ep-5) // P1
CONST(288, $0x1.111111112882dp-7) // P2
CONST(320, $0x1.6c16c17cc0c4cp-10) // P3
CONST(352, $0x1.a01a011c37858p-13) // P4
CONST(384, $0x1.a019ab359ac8ap-16) // P5
CONST(416, $0x1.71df55233db7dp-19) // P6
CONST(448, $0x1.289f81c4940f2p-22) // P7
CONST(480, $0x1.ad202ae594059p-26) // P8
CONST(512, $0x1.5555555555947p-1) // L0
CONST(544, $0x1.99999998e9943p-2) // L1
CONST(576, $0x1.249249790d6fbp-2) // L2
CONST(608, $0x1.c71c4a17fda04p-3) // L3
CONST(640, $0x1.746258db27d27p-3) // L4
CONST(672, $0x1.3aa89dc9fd478p-3) // L5
CONST(704, $0x1.16444b224bfe1p-3) // L6
CONST(736, $0x1.956f55fc3f6c6p-4) // L7
CONST(768, $0x1.6b7f0a304e735p-3) // L8
CONST(800, $0x1.62e42fefa39efp-1) // LN2
CONST(832, $0x1.555553e077fabp-3) // SP0
CONST(864, $0x1.5554e71f6eb4bp-5) // SP1
CONST(896, $0x1.111330179585dp-7) // SP2
CONST(928, $0x1.6d4db6a696ac5p-10) // SP3
CONST(960, $0x1.9dd7524d4b4a6p-13) // SP4
CONST(992, $0x1.5555585694c58p-1) // SL0
CONST(1024, $0x1.9996a87856250p-2) // SL1
CONST(1056, $0x1.2509723763dcfp-2) // SL2
CONST(1088, $0x1.b6d6a4f8b2f24p-3) // SL3
CONST(1120, $0x1.f1aeddfbe0485p-3) // SL4
CONST(1152, $0x1p-12) // TINY_Z
CONST(1184, $0x1.fffffff8p-3) // TINY_SLOPE
CONST(1216, $0.5) // HALF
CONST(1248, $1.0) // ONE
CONST(1280, $2.0) // TWO
CONST(1312, $-1.0) // NEG_ONE
CONST(1344, $0x8000000000000000) // SIGN
CONST(1376, $0x7fffffffffffffff) // ABS
GLOBL ·fours(SB), RODATA|NOPTR, $1408

// mask<>+16-4*n(SB) begins with n ones of 32 bits, and zeros behind them.
DATA mask<>+0(SB)/8, $-1
DATA mask<>+8(SB)/8, $-1
GLOBL mask<>(SB), RODATA|NOPTR, $32

#define DST DI
#define Z SI
#define Y DX
#define WEIGHTS R8
#define N CX       // elements behind the block
#define LEFT R13   // elements left of the block
#define SUMS R10
#define LANES R11  // 0 or 32, the four lanes of the sums that are next
#define EXP BX     // cursor in the buffer of exp(−|z|)
#define ZP R12     // cursor in z, where Z has to stay
#define I AX       // elements left of EXPS
#define MASK R9

// SIGMOID_32 is sigmoid32 behind expNeg: VX = σ(VX), to be rounded to float32,
// from VX and T = exp(−|VX|).
#define SIGMOID_32 \
	VMOVUPD     ONE, Y6;                       \
	VADDPD      Y6, T, Y7;                     \
	VBLENDVPD   VX, T, Y6, Y6;                  \
	VDIVPD      Y7, Y6, Y6;                    \
	VANDPD      ABS, VX, Y7;                    \
	VCMPPD      $0x11, TINY_Z, Y7, Y7; /* < */ \
	VMOVUPD     HALF, Y8;                      \
	VFMADD231PD TINY_SLOPE, VX, Y8;             \
	VBLENDVPD   Y7, Y8, Y6, VX

// SIGMOID_64 is sigmoid64: VX = σ(VX). TL, RL, DL are the low parts of pairs.
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
	EXP_REDUCE;                        \
	VFNMADD231PD LN2_HI, NF, A;        \
	/* r + rl */                       \
	VMULPD       LN2_LO, NF, Y9;       \
	VMOVAPD      A, Y10;               \
	VSUBPD       Y9, A, A;             \
	VSUBPD       A, Y10, Y10;          \
	VSUBPD       Y9, Y10, RL;          \
	/* P(r); e2 in Y13 */              \
	VMULPD       A, A, R2;             \
	VMOVAPD      R2, Y13;              \
	VFMSUB231PD  A, A, Y13;            \
	EXP_POLY;                          \
	/* th in Y6, hh in Y4, l1 in Y8 */ \
	VADDPD       ONE, A, Y6;           \
	VSUBPD       ONE, Y6, Y7;          \
	VSUBPD       Y7, A, TL;            \
	VMULPD       HALF, R2, Y4;         \
	VADDPD       Y4, Y6, T1;           \
	VSUBPD       Y6, T1, Y8;           \
	VSUBPD       Y8, Y4, Y8;           \
	/* v in RL */                      \
	VMULPD       T1, RL, RL;           \
	VFMADD231PD  HALF, Y13, RL;        \
	VMULPD       A, R2, R2;            \
	VFMADD231PD  E0, R2, RL;           \
	/* t + tl */                       \
	VADDPD       Y8, TL, LO;           \
	VADDPD       RL, LO, LO;           \
	VADDPD       LO, T1, T;            \
	VSUBPD       T1, T, TL;            \
	VSUBPD       TL, LO, TL;           \
	/* d + dl, te in Y12 */            \
	VMOVUPD      ONE, Y13;             \
	VPSLLQ       $52, K, S;            \
	VPADDQ       Y13, S, S;            \
	VMULPD       S, T, Y12;            \
	VMULPD       EXP_BIAS, Y12, Y12;   \
	VADDPD       Y12, Y13, DEN;        \
	VSUBPD       Y13, DEN, DL;         \
	VSUBPD       DL, Y12, DL;          \
	VMULPD       S, TL, Y12;           \
	VMULPD       EXP_BIAS, Y12, Y12;   \
	VADDPD       Y12, DL, DL;          \
	/* num + numl, scale */            \
	VXORPD       NUML, NUML, NUML;     \
	VMOVUPD      INV_BIAS, SCALE;      \
	VBLENDVPD    VX, T, Y13, NUM;       \
	VBLENDVPD    VX, TL, NUML, NUML;    \
	VBLENDVPD    VX, S, SCALE, SCALE;   \
	/* the quotient */                 \
	VDIVPD       DEN, Y13, RECIP;      \
	VMULPD       RECIP, NUM, Q;        \
	VFNMADD231PD DEN, Q, NUM;          \
	VADDPD       NUML, NUM, NUM;       \
	VFNMADD231PD DL, Q, NUM;           \
	VFMADD231PD  NUM, RECIP, Q;        \
	VMULPD       SCALE, Q, Q;          \
	VMULPD       EXP_BIAS, Q, VX

// Loads of four elements as float64, and stores. The vector is named twice, as
// the VX and as the Y register.
#define LOAD_32(p, x, y) VCVTPS2PD p, y
#define LOAD_64(p, x, y) VMOVUPD p, y

#define STORE_32(x, y) \
	VCVTPD2PSY y, x; \
	VMOVUPS    x, (DST)

#define STORE_64(x, y) VMOVUPD y, (DST)

// The same for a tail of fewer than four. TAIL_MASKS makes the masks of its I
// elements, M4 for elements of four bytes and M8 for elements of eight; the
// stores store LEFT elements and end at the label done.
#define M4 X14
#define M8 Y15

#define TAIL_MASKS \
	LEAQ      mask<>+16(SB), MASK; \
	SHLQ      $2, I;               \
	SUBQ      I, MASK;             \
	VMOVDQU   (MASK), M4;          \
	VPMOVSXDQ M4, M8

#define LOAD_TAIL_32(p, x, y) \
	VMASKMOVPS p, M4, x; \
	VCVTPS2PD  x, y

#define LOAD_TAIL_64(p, x, y) VMASKMOVPD p, M8, y

#define STORE_TAIL_32(x, y) \
	VCVTPD2PSY y, x;     \
	TESTQ      $2, LEFT; \
	JZ         last;     \
	VMOVLPS    x, (DST); \
	VUNPCKHPD  x, x, x;  \
	ADDQ       $8, DST;  \
last:                        \
	TESTQ      $1, LEFT; \
	JZ         done;     \
	VMOVSS     x, (DST)

#define STORE_TAIL_64(x, y) \
	TESTQ        $2, LEFT; \
	JZ           last;     \
	VMOVUPD      x, (DST); \
	VEXTRACTF128 $1, y, x; \
	ADDQ         $16, DST; \
last:                          \
	TESTQ        $1, LEFT; \
	JZ           done;     \
	VMOVSD       x, (DST)

// EXPS(…) takes the next BLOCK elements of the N, or all, as the block, and
// computes their exp(−|z|) into the buffer t. What there is to do for an
// element is one long chain. Cut in two, this loop and that behind it, it
// leaves the machine room for twice as many elements at a time.
//
//	for four elements of z at a time: t = EXPNEG(z)
#define BLOCK 64

#define EXPS(EXPNEG, SIZE, LOAD, LOAD_TAIL) \
	LEAQ    t-512(SP), EXP;  \
	MOVQ    Z, ZP;           \
	MOVQ    $BLOCK, LEFT;    \
	CMPQ    N, LEFT;         \
	CMOVQLT N, LEFT;         \
	SUBQ    LEFT, N;         \
	MOVQ    LEFT, I;         \
	SUBQ    $4, I;           \
	JLT     lastexp;         \
exp:                             \
	LOAD((ZP), X0, Y0);      \
	EXPNEG;                  \
	VMOVUPD T, (EXP);        \
	ADDQ    $(4*SIZE), ZP;   \
	ADDQ    $32, EXP;        \
	SUBQ    $4, I;           \
	JGE     exp;             \
lastexp:                         \
	ADDQ    $4, I;           \
	JZ      exps;            \
	TAIL_MASKS;              \
	LOAD_TAIL((ZP), X0, Y0); \
	EXPNEG;                  \
	VMOVUPD T, (EXP);        \
exps:                            \
	LEAQ    t-512(SP), EXP

// func sigmoid32AVX2(dst, src *float32, n int)
//
//	for blocks:
//		t = exp(−|src|)
//		for four elements at a time: dst = σ(src, t)
TEXT ·sigmoid32AVX2(SB), NOSPLIT, $512-24
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), Z
	MOVQ n+16(FP), N

block:
	EXPS(EXP_NEG, 4, LOAD_32, LOAD_TAIL_32)
	SUBQ $4, LEFT
	JLT  tail

loop:
	LOAD_32((Z), X0, Y0)
	VMOVUPD (EXP), T
	SIGMOID_32
	STORE_32(X0, Y0)
	ADDQ $16, Z
	ADDQ $16, DST
	ADDQ $32, EXP
	SUBQ $4, LEFT
	JGE  loop

tail:
	TESTQ N, N
	JNZ   block
	ADDQ  $4, LEFT
	JZ    done
	LOAD_TAIL_32((Z), X0, Y0)
	VMOVUPD (EXP), T
	SIGMOID_32
	STORE_TAIL_32(X0, Y0)

done:
	VZEROUPPER
	RET

// func sigmoid64AVX2(dst, src *float64, n int)
//
//	for four elements at a time: dst = σ(src)
TEXT ·sigmoid64AVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), Z
	MOVQ n+16(FP), LEFT
	SUBQ $4, LEFT
	JLT  tail

loop:
	LOAD_64((Z), X0, Y0)
	SIGMOID_64
	STORE_64(X0, Y0)
	ADDQ $32, Z
	ADDQ $32, DST
	SUBQ $4, LEFT
	JGE  loop

tail:
	ADDQ $4, LEFT
	JZ   done
	MOVQ LEFT, I
	TAIL_MASKS
	LOAD_TAIL_64((Z), X0, Y0)
	SIGMOID_64
	STORE_TAIL_64(X0, Y0)

done:
	VZEROUPPER
	RET

// WEIGH multiplies by the sample weights, if there are any.
#define WEIGH(LOAD, unweighted) \
	TESTQ  WEIGHTS, WEIGHTS;  \
	JZ     unweighted;        \
	LOAD((WEIGHTS), X10, WT); \
	VMULPD WT, VE, VE;          \
	VMULPD WT, COST, COST

// ACCUMULATE adds to the sums, whose lanes 0-3 and 4-7 take turns.
#define ACCUMULATE \
	VADDPD  (SUMS)(LANES*1), COST, COST; \
	VMOVUPD 64(SUMS)(LANES*1), Y6;       \
	VSUBPD  RIGHT, Y6, Y6;               \
	VMOVUPD COST, (SUMS)(LANES*1);       \
	VMOVUPD Y6, 64(SUMS)(LANES*1);       \
	XORQ    $32, LANES

// DELTA(…) is the kernel of both costs:
//
//	for blocks:
//		t = exp(−|z|)
//		for four rows at a time:
//			delta, cost, right = GRAD(z, y, t)
//			delta, cost *= weights
//			sums += cost, right
//
// In the tail, the unused lanes of the sums get zeros of the sign that changes
// nothing; they are never right, since z and the label are 0 there.
#define DELTA(EXPNEG, GRAD, SIZE, LOAD, STORE, LOAD_TAIL, STORE_TAIL) \
	XORL      LANES, LANES;              \
block:                                       \
	EXPS(EXPNEG, SIZE, LOAD, LOAD_TAIL); \
	SUBQ      $4, LEFT;                  \
	JLT       tail;                      \
loop:                                        \
	LOAD((Z), X0, Y0);                   \
	LOAD((Y), X9, YI);                   \
	VMOVUPD   (EXP), T;                  \
	GRAD;                                \
	WEIGH(LOAD, accumulate);             \
	ADDQ      $(4*SIZE), WEIGHTS;        \
accumulate:                                  \
	ACCUMULATE;                          \
	STORE(X1, VE);                        \
	ADDQ      $(4*SIZE), Z;              \
	ADDQ      $(4*SIZE), Y;              \
	ADDQ      $(4*SIZE), DST;            \
	ADDQ      $32, EXP;                  \
	SUBQ      $4, LEFT;                  \
	JGE       loop;                      \
tail:                                        \
	TESTQ     N, N;                      \
	JNZ       block;                     \
	ADDQ      $4, LEFT;                  \
	JZ        done;                      \
	LOAD_TAIL((Z), X0, Y0);              \
	LOAD_TAIL((Y), X9, YI);              \
	VMOVUPD   (EXP), T;                  \
	GRAD;                                \
	WEIGH(LOAD_TAIL, mask);              \
mask:                                        \
	VMOVUPD   SIGN, Y6;                  \
	VBLENDVPD M8, COST, Y6, COST;        \
	ACCUMULATE;                          \
	STORE_TAIL(X1, VE);                   \
done:                                        \
	VZEROUPPER;                          \
	RET

// func deltaQuadratic32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaQuadratic32AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG_SHORT, QUADRATIC, 4, LOAD_32, STORE_32, LOAD_TAIL_32, STORE_TAIL_32)

// func deltaQuadratic64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaQuadratic64AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG, QUADRATIC, 8, LOAD_64, STORE_64, LOAD_TAIL_64, STORE_TAIL_64)

// func deltaLog32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaLog32AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG_SHORT, LOG(LOG_32), 4, LOAD_32, STORE_32, LOAD_TAIL_32, STORE_TAIL_32)

// func deltaLog64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaLog64AVX2(SB), NOSPLIT, $512-48
	MOVQ delta+0(FP), DST
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), Z
	MOVQ y+24(FP), Y
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	DELTA(EXP_NEG, LOG(LOG_64), 8, LOAD_64, STORE_64, LOAD_TAIL_64, STORE_TAIL_64)
