// δ of eight rows for AVX-512 (F, DQ, BW, VL), in stages: the operations of
// delta_amd64.h for float32, cut where an operation would wait for the one
// before. Between them stands other work. What is exact in float32 is done
// there, where a vector is half as long.
//
// A stage has the registers of z (YX, VX), of five other vectors (VN, VR with
// YR, R2, E0 and E1), the place Q of the rows behind YS, where y is, a vector
// that takes a passing result (E2, YE), and a mask K. Whoever includes this file
// names besides:
//
//	YS                y
//	VT                MIN32, for the first stage
//	C0, C1            the constants of the next stage
//	SIGN, SHIFT, ONE  constants in registers
//	POSITIVE          a mask

#define LOG2E ·consts+0x10(SB)
#define LN2   ·consts+0xE8(SB)
#define P0    ·consts+0xF0(SB)
#define P1    ·consts+0xF8(SB)
#define P2    ·consts+0x100(SB)
#define P3    ·consts+0x108(SB)
#define P4    ·consts+0x110(SB)
#define HALF  ·consts+0x70(SB)
#define TWO   ·consts+0x98(SB)
#define L0    ·consts+0x118(SB)
#define L1    ·consts+0x120(SB)
#define L2    ·consts+0x128(SB)
#define L3    ·consts+0x130(SB)
#define L4    ·consts+0x138(SB)

DATA stages<>+0x00(SB)/4, $0x80000000 // sign bit
DATA stages<>+0x04(SB)/4, $-746.0
DATA stages<>+0x08(SB)/4, $0.5
GLOBL stages<>(SB), RODATA|NOPTR, $0x0C

#define SIGN32 stages<>+0x00(SB)
#define MIN32  stages<>+0x04(SB)
#define HALF32 stages<>+0x08(SB)

//	stage  C0, C1      results
//	1–2    LOG2E, LN2  VN = n, VR = r
//	3      P1, P3
//	4      P0, P2
//	5      P4, HALF    E0 = t = exp(−|z|)
//	6                  R2 = σ(|z|), VN = m, K: z has its sign bit set
#define STAGE1(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VPORD.BCST SIGN32, YX, YR; \
	VMAXPS YR, VT, YR; \
	VCVTPS2PD YR, VR; \
	VMOVAPD SHIFT, VN; \
	VFMADD231PD VR, C0, VN

#define STAGE2(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VSUBPD SHIFT, VN, VN; \
	VFNMADD231PD C1, VN, VR

#define STAGE3(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VMULPD VR, VR, R2; \
	VMOVAPD C0, E0; \
	VMOVAPD C1, E1

#define STAGE4(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VFMADD213PD C0, VR, E0; \
	VFMADD213PD C1, VR, E1

#define STAGE5(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VFMADD231PD R2, C0, E1; \
	VFMADD231PD R2, E1, E0; \
	VFMADD213PD C1, VR, E0; \
	VFMADD213PD VR, R2, E0; \
	VADDPD ONE, E0, E0; \
	VSCALEFPD VN, E0, E0

#define STAGE6(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VADDPD ONE, E0, R2; \
	VDIVPD R2, ONE, R2; \
	VCVTPS2PD Q(YS), E1; \
	VPMOVD2M YX, K; \
	VSUBPD E1, ONE, VN; \
	VMOVAPD E1, K, VN

// The quadratic loss. The seventh stage computes VN = e, R2 = pq and counts; the
// eighth VN = δ, VR = the cost.
#define QUADRATIC7(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VMULPD R2, E0, VR; \
	VSUBPD VR, VN, VN; \
	VMULPD R2, VR, R2; \
	VPXORQ SIGN, VN, K, VN; \
	SIDE(YX, YE, Q, K)

#define QUADRATIC8(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VMULPD VN, VN, VR; \
	VMULPD R2, VN, VN

// The log loss. The seventh stage computes R2 = δ and counts; then, δ being
// elsewhere, E0 = s; the eighth, with VR = s² and R2 = s⁴ on its way, VR = the
// cost.
#define LOG7(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VMULPD R2, E0, VR; \
	VSUBPD VR, VN, R2; \
	VPXORQ SIGN, R2, K, R2; \
	SIDE(YX, YE, Q, K)

#define LOGRATIO(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VADDPD.BCST TWO, E0, R2; \
	VDIVPD R2, E0, E0

#define LOG8(YX, VX, VN, VR, YR, R2, E0, E1, Q, E2, YE, K) \
	VMULPD E0, E0, VR; \
	VMULPD VR, VR, R2; \
	VBROADCASTSD L1, E1; \
	VBROADCASTSD L3, E2; \
	VFMADD213PD.BCST L0, VR, E1; \
	VFMADD213PD.BCST L2, VR, E2; \
	VFMADD231PD.BCST L4, R2, E2; \
	VFMADD231PD R2, E2, E1; \
	VMULPD VR, E0, VR; \
	VADDPD E0, E0, E0; \
	VFMADD213PD E0, E1, VR; \
	VPXORQ R2, R2, R2; \
	VCMPPD $4, R2, VN, K; \
	VCVTPS2PD YX, VX; \
	VPTERNLOGQ $0x44, SIGN, VX, VX; \
	VMOVAPD.Z VX, K, VX; \
	VFMADD231PD VN, VX, VR

// SIDE sets K where a row is on the right side of ½.
#define SIDE(YX, V, Q, K) \
	VBROADCASTSS HALF32, V; \
	VCMPPS $0x12, Q(YS), V, POSITIVE; \
	VPXOR V, V, V; \
	VCMPPS $0x1D, V, YX, K; \
	KXNORB K, POSITIVE, K; \
	VCMPPS $7, YX, YX, K, K
