//go:build !purego

// The logistic function of float64, and what follows from it for both types,
// for AVX-512 (F, DQ).
//
// Eight elements at a time, as float64; the sequence of operations is that of
// kernel_generic.go. The elements behind the last eight are loaded and stored
// under a mask.

#include "textflag.h"

// Arguments.
#define DST     DI
#define SRC     SI
#define DELTA   DI
#define SUMS    SI
#define ZS      DX
#define YS      R8
#define WEIGHTS R9
#define N       CX
#define I       AX // index of the current element

#define TAILMASK K1 // the elements behind the last eight
#define NEGATIVE K2 // x has its sign bit set
#define SAME     K4 // ŷ and y are on the same side of ½
#define WRONG    K5 // y is not at the end that x points to

// Values.
#define VX Z0 // the argument
#define VN Z1 // n
#define VR Z2 // r, the reduced argument
#define R2 Z3 // r²
#define R4 Z4
#define E0 Z5 // the terms of a polynomial
#define E1 Z6
#define E2 Z7
#define E3 Z8
#define VT Z9 // t = exp(−|x|)

// Constants in registers.
#define SIGN  Z16
#define MIN   Z17
#define LOG2E Z18
#define SHIFT Z19
#define LN2HI Z20
#define LN2LO Z21
#define P0    Z22
#define P1    Z23
#define P2    Z24
#define P3    Z25
#define P4    Z26
#define P5    Z27
#define P6    Z28
#define P7    Z29
#define HALF  Z30
#define ONE   Z31

#define SPLAT VBROADCASTSD

#include "delta_amd64.h"

DATA ·consts+0x00(SB)/8, $0x8000000000000000 // sign bit
DATA ·consts+0x08(SB)/8, $-746.0             // expMin
DATA ·consts+0x10(SB)/8, $0x3FF71547652B82FE // log2e
DATA ·consts+0x18(SB)/8, $0x4338000000000080 // expShift
DATA ·consts+0x20(SB)/8, $0x3FE62E42FEFA3800 // ln2Hi
DATA ·consts+0x28(SB)/8, $0x3D2EF35793C76730 // ln2Lo
DATA ·consts+0x30(SB)/8, $0x3FC5555555555501 // expP0
DATA ·consts+0x38(SB)/8, $0x3FA555555555320E // expP1
DATA ·consts+0x40(SB)/8, $0x3F8111111112882D // expP2
DATA ·consts+0x48(SB)/8, $0x3F56C16C17CC0C4C // expP3
DATA ·consts+0x50(SB)/8, $0x3F2A01A011C37858 // expP4
DATA ·consts+0x58(SB)/8, $0x3EFA019AB359AC8A // expP5
DATA ·consts+0x60(SB)/8, $0x3EC71DF55233DB7D // expP6
DATA ·consts+0x68(SB)/8, $0x3E9289F81C4940F2 // expP7
DATA ·consts+0x70(SB)/8, $0.5
DATA ·consts+0x78(SB)/8, $1.0
DATA ·consts+0x80(SB)/8, $0x3E5AD202AE594059 // expP8
DATA ·consts+0x88(SB)/8, $0xBF30000000000000 // −tinyZ
DATA ·consts+0x90(SB)/8, $0x3FCFFFFFFF800000 // tinySlope
DATA ·consts+0x98(SB)/8, $2.0
DATA ·consts+0xA0(SB)/8, $0x3FE5555555555947 // logL0
DATA ·consts+0xA8(SB)/8, $0x3FD99999998E9943 // logL1
DATA ·consts+0xB0(SB)/8, $0x3FD249249790D6FB // logL2
DATA ·consts+0xB8(SB)/8, $0x3FCC71C4A17FDA04 // logL3
DATA ·consts+0xC0(SB)/8, $0x3FC746258DB27D27 // logL4
DATA ·consts+0xC8(SB)/8, $0x3FC3AA89DC9FD478 // logL5
DATA ·consts+0xD0(SB)/8, $0x3FC16444B224BFE1 // logL6
DATA ·consts+0xD8(SB)/8, $0x3FB956F55FC3F6C6 // logL7
DATA ·consts+0xE0(SB)/8, $0x3FC6B7F0A304E735 // logL8
DATA ·consts+0xE8(SB)/8, $0x3FE62E42FEFA39EF // ln2
DATA ·consts+0xF0(SB)/8, $0x3FC555553E077FAB // shortP0
DATA ·consts+0xF8(SB)/8, $0x3FA5554E71F6EB4B // shortP1
DATA ·consts+0x100(SB)/8, $0x3F8111330179585D // shortP2
DATA ·consts+0x108(SB)/8, $0x3F56D4DB6A696AC5 // shortP3
DATA ·consts+0x110(SB)/8, $0x3F29DD7524D4B4A6 // shortP4
DATA ·consts+0x118(SB)/8, $0x3FE5555585694C58 // shortL0
DATA ·consts+0x120(SB)/8, $0x3FD9996A87856250 // shortL1
DATA ·consts+0x128(SB)/8, $0x3FD2509723763DCF // shortL2
DATA ·consts+0x130(SB)/8, $0x3FCB6D6A4F8B2F24 // shortL3
DATA ·consts+0x138(SB)/8, $0x3FCF1AEDDFBE0485 // shortL4
GLOBL ·consts(SB), RODATA|NOPTR, $0x140

// MASKTAIL sets TAILMASK to the first N elements.
#define MASKTAIL \
	MOVL $1, R10; \
	SHLL N, R10; \
	DECL R10; \
	KMOVW R10, TAILMASK

// Values of SIGMOID64. Pairs stand for unevaluated sums.
#define RL Z10 // r + rl
#define RE Z11 // the rounding error of r²
#define T1 Z12 // t + tl = exp(r + rl)
#define TL Z13
#define DH Z14 // d + dl = 1 + exp(a)
#define DL Z15

// SIGMOID64 computes E0 = σ(x).
#define SIGMOID64 \
	EXPREDUCE; \
	VFNMADD231PD LN2HI, VN, VR; \
	VMULPD LN2LO, VN, E0; \
	VSUBPD E0, VR, E1; \
	VSUBPD E1, VR, RL; \
	VSUBPD E0, RL, RL; \
	VMOVAPD E1, VR; \
	VMULPD VR, VR, R2; \
	VMOVAPD VR, RE; \
	VFMSUB213PD R2, VR, RE; \
	VADDPD ONE, VR, T1; \
	VSUBPD ONE, T1, TL; \
	VSUBPD TL, VR, TL; \
	VMULPD HALF, R2, DH; \
	VADDPD DH, T1, DL; \
	VSUBPD T1, DL, E0; \
	VSUBPD E0, DH, DH; \
	VMOVAPD DL, T1; \
	VADDPD DH, TL, TL; \
	VMULPD T1, RL, RL; \
	VFMADD231PD HALF, RE, RL; \
	EXPPOLY; \
	VMULPD VR, R2, VR; \
	VFMADD231PD E0, VR, RL; \
	VADDPD RL, TL, TL; \
	VADDPD TL, T1, VT; \
	VSUBPD T1, VT, E0; \
	VSUBPD E0, TL, TL; \
	VSCALEFPD VN, VT, E0; \
	VADDPD ONE, E0, DH; \
	VSUBPD ONE, DH, E1; \
	VSUBPD E1, E0, DL; \
	VSCALEFPD VN, TL, E1; \
	VADDPD E1, DL, DL; \
	VPMOVQ2M VX, NEGATIVE; \
	VMOVAPD ONE, E2; \
	VMOVAPD VT, NEGATIVE, E2; \
	VMOVAPD.Z TL, NEGATIVE, TL; \
	VDIVPD DH, ONE, E1; \
	VMULPD E1, E2, E0; \
	VFNMADD231PD DH, E0, E2; \
	VADDPD TL, E2, E2; \
	VFNMADD231PD DL, E0, E2; \
	VFMADD231PD E1, E2, E0; \
	VSCALEFPD VN, E0, NEGATIVE, E0

// func sigmoid64AVX512(dst, src *float64, n int)
//
//	for i in n, 8 at a time: dst[i] = σ(src[i])
TEXT ·sigmoid64AVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), SRC
	MOVQ n+16(FP), N
	CONSTANTS
	XORL I, I
	SUBQ $8, N
	JL   tail

loop:
	VMOVUPD (SRC)(I*8), VX
	SIGMOID64
	VMOVUPD E0, (DST)(I*8)
	ADDQ $8, I
	SUBQ $8, N
	JGE  loop

tail:
	ADDQ $8, N
	JZ   done
	MASKTAIL
	VMOVUPD.Z (SRC)(I*8), TAILMASK, VX
	SIGMOID64
	VMOVUPD E0, TAILMASK, (DST)(I*8)

done:
	VZEROUPPER
	RET

// Values of the δ kernels.
#define VY      Z10 // the label
#define VQ      Z11 // σ(|x|)
#define VM      Z12 // the distance of the label from the end that x points to
#define VE      Z13 // ŷ − y, then δ
#define COST    Z14 // sums of cost and correct, lane by lane
#define CORRECT Z15

// ROWS is the kernel: EIGHT computes δ and cost of eight rows; LOAD widens
// eight elements to float64, LOADZ under TAILMASK, STORE and STOREM narrow
// and store VE. What TAILMASK leaves out is never on the right side: z and the
// label are 0.
#define ROWS(CONSTS, EIGHT, SCALE, LOAD, LOADZ, STORE, STOREM) \
	CONSTS; \
	VMOVUPD 0(SUMS), COST; \
	VMOVUPD 64(SUMS), CORRECT; \
	XORL I, I; \
	SUBQ $8, N; \
	JL   tail; \
loop: \
	LOAD (ZS)(I*SCALE), VX; \
	LOAD (YS)(I*SCALE), VY; \
	EIGHT; \
	TESTQ WEIGHTS, WEIGHTS; \
	JZ    weighted; \
	LOAD (WEIGHTS)(I*SCALE), VS; \
	VMULPD VS, VE, VE; \
	VMULPD VS, VC, VC; \
weighted: \
	VADDPD VC, COST, COST; \
	VADDPD ONE, CORRECT, SAME, CORRECT; \
	STORE; \
	ADDQ $8, I; \
	SUBQ $8, N; \
	JGE  loop; \
tail: \
	ADDQ $8, N; \
	JZ   done; \
	MASKTAIL; \
	LOADZ (ZS)(I*SCALE), TAILMASK, VX; \
	LOADZ (YS)(I*SCALE), TAILMASK, VY; \
	EIGHT; \
	TESTQ WEIGHTS, WEIGHTS; \
	JZ    weightedtail; \
	LOADZ (WEIGHTS)(I*SCALE), TAILMASK, VS; \
	VMULPD VS, VE, VE; \
	VMULPD VS, VC, VC; \
weightedtail: \
	VADDPD VC, COST, TAILMASK, COST; \
	VADDPD ONE, CORRECT, SAME, CORRECT; \
	STOREM; \
done: \
	VMOVUPD COST, 0(SUMS); \
	VMOVUPD CORRECT, 64(SUMS); \
	VZEROUPPER; \
	RET

#define STORE32  VCVTPD2PS VE, Y13; VMOVUPS Y13, (DELTA)(I*4)
#define STORE32M VCVTPD2PS VE, Y13; VMOVUPS Y13, TAILMASK, (DELTA)(I*4)
#define STORE64  VMOVUPD VE, (DELTA)(I*8)
#define STORE64M VMOVUPD VE, TAILMASK, (DELTA)(I*8)

// func deltaQuadratic32AVX512(delta *float32, sums *partials, z, y, weights *float32, n int)
//
//	for i in n, 8 at a time:
//		e = ŷ − y[i], pq = ŷ·(1−ŷ)
//		delta[i] = e·pq·weights[i]
//		sums.cost[0:8] += e²·weights[i]
//		sums.correct[0:8] += 1 where ŷ and y[i] are on the same side of ½
TEXT ·deltaQuadratic32AVX512(SB), NOSPLIT, $0-48
	MOVQ delta+0(FP), DELTA
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), ZS
	MOVQ y+24(FP), YS
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	ROWS(SHORTCONSTANTS, QUADRATIC32, 4, VCVTPS2PD, VCVTPS2PD.Z, STORE32, STORE32M)

// func deltaQuadratic64AVX512(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaQuadratic64AVX512(SB), NOSPLIT, $0-48
	MOVQ delta+0(FP), DELTA
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), ZS
	MOVQ y+24(FP), YS
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	ROWS(CONSTANTS, QUADRATIC64, 8, VMOVUPD, VMOVUPD.Z, STORE64, STORE64M)

// func deltaLog32AVX512(delta *float32, sums *partials, z, y, weights *float32, n int)
//
//	for i in n, 8 at a time:
//		delta[i] = (ŷ − y[i])·weights[i]
//		sums.cost[0:8] += (|z[i]|·m + log1p(exp(−|z[i]|)))·weights[i]
//			with m = y[i] for negative z[i], 1 − y[i] otherwise
//		sums.correct[0:8] += 1 where ŷ and y[i] are on the same side of ½
TEXT ·deltaLog32AVX512(SB), NOSPLIT, $0-48
	MOVQ delta+0(FP), DELTA
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), ZS
	MOVQ y+24(FP), YS
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	ROWS(SHORTCONSTANTS, LOG32, 4, VCVTPS2PD, VCVTPS2PD.Z, STORE32, STORE32M)

// func deltaLog64AVX512(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaLog64AVX512(SB), NOSPLIT, $0-48
	MOVQ delta+0(FP), DELTA
	MOVQ sums+8(FP), SUMS
	MOVQ z+16(FP), ZS
	MOVQ y+24(FP), YS
	MOVQ weights+32(FP), WEIGHTS
	MOVQ n+40(FP), N
	ROWS(CONSTANTS, LOG64, 8, VMOVUPD, VMOVUPD.Z, STORE64, STORE64M)
