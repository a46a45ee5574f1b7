//go:build !purego

// The fused step over narrow rows of float64 for AVX-512 (F, DQ, BW, VL). See
// stepnarrow_amd64.h; δ is that of delta_amd64.h, cut into stages.

#include "textflag.h"

#define MOVE  VMOVUPD
#define MOVEZ VMOVUPD.Z
#define FMA   VFMADD231PD
#define MUL   VMULPD
#define MULZ  VMULPD.Z
#define ADD   VADDPD

#include "stepnarrow_amd64.h"

#define NEGATIVE K2 // z has its sign bit set
#define NEAR     K3 // y ≥ ½
#define SIDEMASK K4

#define R4 Z8
#define VE Z9 // ŷ − y, then δ
#define VX Z10
#define VN Z11
#define VM Z11 // the distance of the label from the end that z points to
#define VR Z12
#define VC Z12 // the cost
#define R2 Z13
#define VQ Z13 // σ(|z|)
#define E0 Z14
#define VT Z14 // exp(−|z|)
#define E1 Z15
#define VY Z15
#define E2 Z24
#define E3 Z26

#define MIN   ·consts+0x08(SB)
#define LOG2E ·consts+0x10(SB)
#define LN2HI ·consts+0x20(SB)
#define LN2LO ·consts+0x28(SB)
#define P0    ·consts+0x30(SB)
#define P1    ·consts+0x38(SB)
#define P2    ·consts+0x40(SB)
#define P3    ·consts+0x48(SB)
#define P4    ·consts+0x50(SB)
#define P5    ·consts+0x58(SB)
#define P6    ·consts+0x60(SB)
#define P7    ·consts+0x68(SB)
#define P8    ·consts+0x80(SB)
#define HALF  ·consts+0x70(SB)
#define TWO   ·consts+0x98(SB)
#define L0    ·consts+0xA0(SB)
#define L1    ·consts+0xA8(SB)
#define L2    ·consts+0xB0(SB)
#define L3    ·consts+0xB8(SB)
#define L4    ·consts+0xC0(SB)
#define L5    ·consts+0xC8(SB)
#define L6    ·consts+0xD0(SB)
#define L7    ·consts+0xD8(SB)
#define L8    ·consts+0xE0(SB)

// HALVE2 halves the lanes of two rows, four rows apart, to two each.
#define HALVE2(ZA, YA, ZB, YB) \
	VEXTRACTF64X4 $1, ZA, Y8; \
	VADDPD Y8, YA, YA; \
	VEXTRACTF64X4 $1, ZB, Y8; \
	VADDPD Y8, YB, YB; \
	VPERM2F128 $0x21, YB, YA, Y8; \
	VBLENDPD $0x0C, YB, YA, YA; \
	VADDPD Y8, YA, YA

// HALVE1 halves the two lanes of rows in A and B.
#define HALVE1(A, B) \
	VUNPCKHPD B, A, Y8; \
	VUNPCKLPD B, A, A; \
	VADDPD Y8, A, A

// FOLD halves the lanes of all eight rows, and leaves z of them.
#define FOLD \
	HALVE2(Z0, Y0, Z2, Y2); \
	HALVE2(Z1, Y1, Z3, Y3); \
	HALVE2(Z4, Y4, Z6, Y6); \
	HALVE2(Z5, Y5, Z7, Y7); \
	HALVE1(Y0, Y1); \
	HALVE1(Y4, Y5); \
	VINSERTF64X4 $1, Y4, Z0, Z0; \
	VADDPD.BCST b+48(FP), Z0, VX

#define DELTA1 \
	VPORQ SIGN, VX, VR; \
	VBROADCASTSD MIN, E0; \
	VMAXPD VR, E0, VR; \
	VMOVAPD SHIFT, VN; \
	VFMADD231PD.BCST LOG2E, VR, VN

#define DELTA2 \
	VSUBPD SHIFT, VN, VN; \
	VFNMADD231PD.BCST LN2HI, VN, VR; \
	VFNMADD231PD.BCST LN2LO, VN, VR; \
	VMULPD VR, VR, R2

#define DELTA3 \
	VMULPD R2, R2, R4; \
	VBROADCASTSD P1, E0; \
	VBROADCASTSD P3, E1; \
	VBROADCASTSD P5, E2; \
	VBROADCASTSD P7, E3; \
	VFMADD213PD.BCST P0, VR, E0; \
	VFMADD213PD.BCST P2, VR, E1; \
	VFMADD213PD.BCST P4, VR, E2; \
	VFMADD213PD.BCST P6, VR, E3; \
	VFMADD231PD R2, E1, E0; \
	VFMADD231PD R2, E3, E2; \
	VFMADD231PD.BCST P8, R4, E2; \
	VFMADD231PD R4, E2, E0

#define DELTA4 \
	VFMADD213PD.BCST HALF, VR, E0; \
	VFMADD213PD VR, R2, E0; \
	VADDPD ONE, E0, VT; \
	VSCALEFPD VN, VT, VT

#define DELTA5 \
	VADDPD ONE, VT, VQ; \
	VDIVPD VQ, ONE, VQ; \
	VMOVUPD (YS), VY; \
	VPMOVQ2M VX, NEGATIVE; \
	VSUBPD VY, ONE, VM; \
	VMOVAPD VY, NEGATIVE, VM

// ERROR computes VE = ŷ − y, with VR = σ(−|z|), and counts the rows that are on
// the right side of ½.
#define ERROR \
	VMULPD VQ, VT, VR; \
	VSUBPD VR, VM, VE; \
	VPXORQ SIGN, VE, NEGATIVE, VE; \
	VPXORQ R4, R4, R4; \
	VCMPPD $0x1D, R4, VX, SIDEMASK; \
	VCMPPD.BCST $0x1D, HALF, VY, NEAR; \
	KXNORB SIDEMASK, NEAR, SIDEMASK; \
	VCMPPD $7, VX, VX, SIDEMASK, SIDEMASK; \
	MOVQ sums+40(FP), AX; \
	VMOVUPD 64(AX), R4; \
	VADDPD  ONE, R4, SIDEMASK, R4; \
	VMOVUPD R4, 64(AX)

#define ERRORQ ERROR

// LOG: VT = s.
#define ERRORL \
	ERROR; \
	VADDPD.BCST TWO, VT, R2; \
	VDIVPD R2, VT, VT

#define FINALQ(weighed) \
	VMULPD VQ, VR, VQ; \
	VMULPD VE, VE, VC; \
	VMULPD VQ, VE, VE; \
	SUMS(weighed)

#define FINALL(weighed) \
	VMULPD VT, VT, VR; \
	VMULPD VR, VR, R2; \
	VMULPD R2, R2, R4; \
	VBROADCASTSD L1, E1; \
	VBROADCASTSD L5, E2; \
	VBROADCASTSD L7, E3; \
	VFMADD213PD.BCST L0, VR, E1; \
	VFMADD213PD.BCST L4, VR, E2; \
	VFMADD213PD.BCST L6, VR, E3; \
	VFMADD231PD R2, E3, E2; \
	VBROADCASTSD L3, E3; \
	VFMADD213PD.BCST L2, VR, E3; \
	VFMADD231PD R2, E3, E1; \
	VFMADD231PD.BCST L8, R4, E2; \
	VFMADD231PD R4, E2, E1; \
	VMULPD VR, VT, VR; \
	VADDPD VT, VT, VT; \
	VFMADD213PD VT, E1, VC; \
	VPXORQ R4, R4, R4; \
	VCMPPD $4, R4, VM, NEAR; \
	VPANDNQ VX, SIGN, VX; \
	VMOVAPD.Z VX, NEAR, VX; \
	VFMADD231PD VM, VX, VC; \
	SUMS(weighed)

// SUMS multiplies δ and the cost by the sample weights, if there are any, puts δ
// in its place and adds to the sums.
#define SUMS(weighed) \
	MOVQ weights+32(FP), AX; \
	TESTQ AX, AX; \
	JZ   weighed; \
	VMULPD (AX), VE, VE; \
	VMULPD (AX), VC, VC; \
	ADDQ $64, AX; \
	MOVQ AX, weights+32(FP); \
weighed: \
	MOVQ place-8(SP), AX; \
	VMOVUPD VE, (AX); \
	VADDPD VC, COST, COST; \
	VADDPD VE, DELTA, DELTA

#define BROADCAST \
	VBROADCASTSD (AX), Z16; \
	VBROADCASTSD 8(AX), Z17; \
	VBROADCASTSD 16(AX), Z18; \
	VBROADCASTSD 24(AX), Z19; \
	VBROADCASTSD 32(AX), Z20; \
	VBROADCASTSD 40(AX), Z21; \
	VBROADCASTSD 48(AX), Z22; \
	VBROADCASTSD 56(AX), Z23

#define NOTMINUSZERO \
	VXORPD X0, X0, X0; \
	VADDSD b+48(FP), X0, X0; \
	VMOVSD X0, b+48(FP)

// func stepNarrow64AVX512(grad, x, w, y, weights *float64, sums *accumulator, b float64, rows, cols, stride, ahead, loss int)
TEXT ·stepNarrow64AVX512(SB), NOSPLIT, $144-96
	STEPNARROW(8, 3)
