//go:build !purego

// The logistic function of float32 for AVX-512 (F, DQ), correctly rounded.
//
// In groups of eight elements, as float64:
//
//	n = round(−x·16/ln 2), r = x + n·ln 2/16, |r| ≤ ln 2/32
//	t = 2^(n/16)·exp(−r)
//	σ = 1/(1 + t), rounded to float32
//
// with 2^(i/16) from a table and a polynomial of degree 5 for exp(−r), the
// minimax one for its relative error, 2^-47.3. The errors of n·ln 2/16 (half a
// place of the constant, times |x| ≤ 88: 2^-47.4), of the table (2^-53) and of
// the other operations (a few times 2^-53) bring that of σ to at most 2^-46,
// 128 places of a float64.
//
// So the result is right unless σ is within 256 places of the middle between
// two float32, of which there are 2^29 places in a float32. Then, and where it
// is subnormal or x is NaN, all 32 elements are computed again by the operations
// of kernel_generic.go, whose σ is always right: for one element in half a
// million, or for all when they lie below −87.
//
// The four groups share one division, the slowest of instructions: 1/a =
// b·(1/ab). No t is above 2^126, or the long way is taken; x above 110 counts as
// 110.

#include "textflag.h"

// Arguments.
#define DST   DI
#define SRC   SI
#define N     CX
#define COUNT R8 // elements of a block of 32 that are left for the long way

#define FIRST    K1 // of the first sixteen elements those that there are
#define SECOND   K2 // of the second sixteen
#define LOW      K3 // σ below the normal float32, or x NaN
#define LOW2     K4
#define NEAR     K5 // σ near the middle between two float32
#define NEAR2    K6
#define NEGATIVE K2 // x has its sign bit set
#define TINY     K3 // |x| < tinyZ

// Values of the quick way, group by group.
#define XA Z0 // x, then 1 + t, then σ
#define XB Z1
#define XC Z2
#define XD Z3
#define NA Z4 // n in the low bits, then 2^(n/16)
#define NB Z5
#define NC Z6
#define ND Z7
#define RA Z8 // r
#define RB Z9
#define RC Z10
#define RD Z11
#define CA Z12 // the polynomial
#define CB Z13
#define CC Z14
#define CD Z15

// Its constants; others are broadcast from memory.
#define QLOG2E Z16
#define QSHIFT Z17
#define QLN2   Z18
#define TABLE0 Z19 // 2^(i/16) for i < 8, of shortTable
#define TABLE1 Z20 // for 8 ≤ i < 16
#define C5     Z21
#define QONE   Z22

// Values of the long way, see delta_amd64.h.
#define VX Z0
#define VN Z1
#define VR Z2
#define R2 Z3
#define R4 Z4
#define E0 Z5
#define E1 Z6
#define E2 Z7
#define E3 Z8
#define VT Z9

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

// The constants of sigmoid32Short.
DATA ·quick+0x00(SB)/8, $0xC0371547652B82FE // −16/ln 2
DATA ·quick+0x08(SB)/8, $0x4338000000000000 // 1.5·2^52
DATA ·quick+0x10(SB)/8, $0x3FA62E42FEFA39EF // ln 2/16
DATA ·quick+0x18(SB)/8, $0x3FDFFFFFFFDC0194 // c2
DATA ·quick+0x20(SB)/8, $0xBFC555555576AA1A // c3
DATA ·quick+0x28(SB)/8, $0x3FA55573B7349D92 // c4
DATA ·quick+0x30(SB)/8, $0xBF811108D3319822 // c5
DATA ·quick+0x38(SB)/8, $-1.0
DATA ·quick+0x40(SB)/8, $0x0000000010000100 // the middle, less 256 places, negated
DATA ·quick+0x48(SB)/8, $0x000000001FFFFE00 // the places of 512 and up that float32 has not
DATA ·quick+0x50(SB)/4, $-87.0
DATA ·quick+0x54(SB)/4, $110.0
GLOBL ·quick(SB), RODATA|NOPTR, $0x58

#define C2       ·quick+0x18(SB)
#define C3       ·quick+0x20(SB)
#define C4       ·quick+0x28(SB)
#define MINUSONE ·quick+0x38(SB)
#define MIDDLE   ·quick+0x40(SB)
#define PLACES   ·quick+0x48(SB)
#define LEAST    ·quick+0x50(SB)
#define MOST     ·quick+0x54(SB)

#define QUICKCONSTANTS \
	VBROADCASTSD ·quick+0x00(SB), QLOG2E; \
	VBROADCASTSD ·quick+0x08(SB), QSHIFT; \
	VBROADCASTSD ·quick+0x10(SB), QLN2; \
	VBROADCASTSD ·quick+0x30(SB), C5; \
	VBROADCASTSD ·consts+0x78(SB), QONE; \
	VMOVUPD ·shortTable+0x00(SB), TABLE0; \
	VMOVUPD ·shortTable+0x40(SB), TABLE1

// QUICK computes σ of the 32 elements in NA and NC, and leaves it there. Flags
// say not zero if it may be wrong. The four groups go in step: each
// instruction takes as long as the four of a kind need to start.
#define QUICK \
	VCMPPS.BCST $0x19, LEAST, NA, LOW; \
	VCMPPS.BCST $0x19, LEAST, NC, LOW2; \
	VPMINSD.BCST MOST, NA, NA; \
	VPMINSD.BCST MOST, NC, NC; \
	VEXTRACTF64X4 $1, NA, Y5; \
	VEXTRACTF64X4 $1, NC, Y7; \
	VCVTPS2PD Y4, XA; \
	VCVTPS2PD Y5, XB; \
	VCVTPS2PD Y6, XC; \
	VCVTPS2PD Y7, XD; \
	VMOVAPD QSHIFT, NA; \
	VMOVAPD QSHIFT, NB; \
	VMOVAPD QSHIFT, NC; \
	VMOVAPD QSHIFT, ND; \
	VFMADD231PD QLOG2E, XA, NA; \
	VFMADD231PD QLOG2E, XB, NB; \
	VFMADD231PD QLOG2E, XC, NC; \
	VFMADD231PD QLOG2E, XD, ND; \
	VSUBPD QSHIFT, NA, RA; \
	VSUBPD QSHIFT, NB, RB; \
	VSUBPD QSHIFT, NC, RC; \
	VSUBPD QSHIFT, ND, RD; \
	VFMADD213PD XA, QLN2, RA; \
	VFMADD213PD XB, QLN2, RB; \
	VFMADD213PD XC, QLN2, RC; \
	VFMADD213PD XD, QLN2, RD; \
	VMOVAPD C5, CA; \
	VMOVAPD C5, CB; \
	VMOVAPD C5, CC; \
	VMOVAPD C5, CD; \
	VFMADD213PD.BCST C4, RA, CA; \
	VFMADD213PD.BCST C4, RB, CB; \
	VFMADD213PD.BCST C4, RC, CC; \
	VFMADD213PD.BCST C4, RD, CD; \
	VPSLLQ $48, NA, XA; \
	VPSLLQ $48, NB, XB; \
	VPSLLQ $48, NC, XC; \
	VPSLLQ $48, ND, XD; \
	VFMADD213PD.BCST C3, RA, CA; \
	VFMADD213PD.BCST C3, RB, CB; \
	VFMADD213PD.BCST C3, RC, CC; \
	VFMADD213PD.BCST C3, RD, CD; \
	VPERMI2PD TABLE1, TABLE0, NA; \
	VPERMI2PD TABLE1, TABLE0, NB; \
	VPERMI2PD TABLE1, TABLE0, NC; \
	VPERMI2PD TABLE1, TABLE0, ND; \
	VFMADD213PD.BCST C2, RA, CA; \
	VFMADD213PD.BCST C2, RB, CB; \
	VFMADD213PD.BCST C2, RC, CC; \
	VFMADD213PD.BCST C2, RD, CD; \
	VPADDQ XA, NA, NA; \
	VPADDQ XB, NB, NB; \
	VPADDQ XC, NC, NC; \
	VPADDQ XD, ND, ND; \
	VFMADD213PD.BCST MINUSONE, RA, CA; \
	VFMADD213PD.BCST MINUSONE, RB, CB; \
	VFMADD213PD.BCST MINUSONE, RC, CC; \
	VFMADD213PD.BCST MINUSONE, RD, CD; \
	VMULPD RA, CA, CA; \
	VMULPD RB, CB, CB; \
	VMULPD RC, CC, CC; \
	VMULPD RD, CD, CD; \
	VFMADD213PD NA, NA, CA; \
	VFMADD213PD NB, NB, CB; \
	VFMADD213PD NC, NC, CC; \
	VFMADD213PD ND, ND, CD; \
	VADDPD QONE, CA, XA; \
	VADDPD QONE, CB, XB; \
	VADDPD QONE, CC, XC; \
	VADDPD QONE, CD, XD; \
	VMULPD XA, XB, RA; \
	VMULPD XC, XD, RC; \
	VMULPD RA, RC, RB; \
	VDIVPD RB, QONE, RB; \
	VMULPD RB, RC, RC; \
	VMULPD RB, RA, RA; \
	VMULPD RC, XA, CB; \
	VMULPD RC, XB, CA; \
	VMULPD RA, XC, CD; \
	VMULPD RA, XD, CC; \
	VPADDQ.BCST MIDDLE, CA, RA; \
	VPADDQ.BCST MIDDLE, CB, RB; \
	VPADDQ.BCST MIDDLE, CC, RC; \
	VPADDQ.BCST MIDDLE, CD, RD; \
	VPTESTNMQ.BCST PLACES, RA, NEAR; \
	VPTESTNMQ.BCST PLACES, RB, K7; \
	KORW  K7, NEAR, NEAR; \
	VPTESTNMQ.BCST PLACES, RC, NEAR2; \
	VPTESTNMQ.BCST PLACES, RD, K7; \
	KORW  K7, NEAR2, NEAR2; \
	VCVTPD2PS CA, Y4; \
	VCVTPD2PS CB, Y5; \
	VCVTPD2PS CC, Y6; \
	VCVTPD2PS CD, Y7; \
	VINSERTF64X4 $1, Y5, Z4, NA; \
	VINSERTF64X4 $1, Y7, Z6, NC; \
	KORW  LOW, LOW2, LOW; \
	KORW  NEAR, NEAR2, NEAR; \
	KORTESTW NEAR, LOW

// LONG computes E0 = σ(x), by the operations of kernel_generic.go.
#define LONG \
	EXPNEG; \
	VPMOVQ2M VX, NEGATIVE; \
	VMOVAPD ONE, E1; \
	VMOVAPD VT, NEGATIVE, E1; \
	VADDPD ONE, VT, VT; \
	VDIVPD VT, E1, E0; \
	VPORQ  SIGN, VX, VR; \
	VCMPPD.BCST $0x1E, TINYZ, VR, TINY; \
	VMOVAPD HALF, E1; \
	VFMADD231PD.BCST TINYSLOPE, VX, E1; \
	VMOVAPD E1, TINY, E0

// func sigmoid32AVX512(dst, src *float32, n int)
//
//	for i in n, 32 at a time: dst[i] = σ(src[i])
TEXT ·sigmoid32AVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DST
	MOVQ src+8(FP), SRC
	MOVQ n+16(FP), N

start:
	QUICKCONSTANTS
	SUBQ $32, N
	JL   few

loop:
	VMOVUPS (SRC), NA
	VMOVUPS 64(SRC), NC
	QUICK
	JNZ  all
	VMOVUPS NA, (DST)
	VMOVUPS NC, 64(DST)
	ADDQ $128, SRC
	ADDQ $128, DST
	SUBQ $32, N
	JGE  loop

few:
	ADDQ  $32, N
	JZ    done
	MOVL  $1, AX
	SHLQ  N, AX
	DECL  AX
	KMOVW AX, FIRST
	VMOVUPS.Z (SRC), FIRST, NA
	VPXORD NC, NC, NC
	SHRL  $16, AX
	KMOVW AX, SECOND
	JZ    quick
	VMOVUPS.Z 64(SRC), SECOND, NC

quick:
	QUICK
	JNZ   rest
	VMOVUPS NA, FIRST, (DST)
	KORTESTW SECOND, SECOND
	JZ    done
	VMOVUPS NC, SECOND, 64(DST)
	JMP   done

	// The long way for 32 elements, or for the N that are left.
rest:
	MOVQ N, COUNT
	XORL N, N
	JMP  long

all:
	MOVL $32, COUNT

long:
	CONSTANTS

eight:
	MOVL  $0xFF, AX
	CMPQ  COUNT, $8
	JGE   whole
	MOVQ  COUNT, CX // N is 0 then
	SHLL  CX, AX
	NOTL  AX

whole:
	KMOVW AX, FIRST
	VCVTPS2PD.Z (SRC), FIRST, VX
	LONG
	VCVTPD2PS E0, Y5
	VMOVUPS Y5, FIRST, (DST)
	ADDQ  $32, SRC
	ADDQ  $32, DST
	SUBQ  $8, COUNT
	JG    eight
	JL    done // the last ones
	TESTQ N, N
	JNZ   start

done:
	VZEROUPPER
	RET
