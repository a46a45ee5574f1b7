// exp(−|x|), δ and cost for AVX-512 (F, DQ, VL), in float64: the macros of the
// kernels that need them. The sequence of operations is that of
// kernel_generic.go. VSCALEFPD multiplies by 2^n with one rounding, as the two
// multiplications there do.
//
// Whoever includes this file names the registers first, all of one width:
//
//	VX          the argument, kept
//	VN          n
//	VR, R2, R4  r, the reduced argument; r²
//	E0 … E3     terms of polynomials
//	VT          t = exp(−|x|)
//	VY          the label
//	VQ          σ(|x|)
//	VM          the distance of the label from the end that x points to
//	VE          ŷ − y, then δ
//	SIGN … ONE  constants in registers
//	NEGATIVE    a mask: x has its sign bit set
//	SAME        ŷ and y are on the same side of ½
//	WRONG       y is not at the end that x points to
//
// and SPLAT, the instruction that broadcasts a float64: VBROADCASTSD, or
// VMOVDDUP for 128 bits. Masks K6 and K7 are clobbered.

#define VC E0 // the cost of a row
#define VS E1 // the sample weight

#define EXPP8     ·consts+0x80(SB)
#define TINYZ     ·consts+0x88(SB)
#define TINYSLOPE ·consts+0x90(SB)
#define TWO       ·consts+0x98(SB)
#define L0        ·consts+0xA0(SB)
#define L1        ·consts+0xA8(SB)
#define L2        ·consts+0xB0(SB)
#define L3        ·consts+0xB8(SB)
#define L4        ·consts+0xC0(SB)
#define L5        ·consts+0xC8(SB)
#define L6        ·consts+0xD0(SB)
#define L7        ·consts+0xD8(SB)
#define L8        ·consts+0xE0(SB)
#define SHORTL0   ·consts+0x118(SB)
#define SHORTL1   ·consts+0x120(SB)
#define SHORTL2   ·consts+0x128(SB)
#define SHORTL3   ·consts+0x130(SB)
#define SHORTL4   ·consts+0x138(SB)

// CONSTANTS fills the registers of the constants, SHORTCONSTANTS those that the
// short polynomials need: LN2HI and P0 to P4 then have other values.
#define CONSTANTS \
	SPLAT ·consts+0x00(SB), SIGN; \
	SPLAT ·consts+0x08(SB), MIN; \
	SPLAT ·consts+0x10(SB), LOG2E; \
	SPLAT ·consts+0x18(SB), SHIFT; \
	SPLAT ·consts+0x20(SB), LN2HI; \
	SPLAT ·consts+0x28(SB), LN2LO; \
	SPLAT ·consts+0x30(SB), P0; \
	SPLAT ·consts+0x38(SB), P1; \
	SPLAT ·consts+0x40(SB), P2; \
	SPLAT ·consts+0x48(SB), P3; \
	SPLAT ·consts+0x50(SB), P4; \
	SPLAT ·consts+0x58(SB), P5; \
	SPLAT ·consts+0x60(SB), P6; \
	SPLAT ·consts+0x68(SB), P7; \
	SPLAT ·consts+0x70(SB), HALF; \
	SPLAT ·consts+0x78(SB), ONE

#define SHORTCONSTANTS \
	SPLAT ·consts+0x00(SB), SIGN; \
	SPLAT ·consts+0x08(SB), MIN; \
	SPLAT ·consts+0x10(SB), LOG2E; \
	SPLAT ·consts+0x18(SB), SHIFT; \
	SPLAT ·consts+0xE8(SB), LN2HI; \
	SPLAT ·consts+0xF0(SB), P0; \
	SPLAT ·consts+0xF8(SB), P1; \
	SPLAT ·consts+0x100(SB), P2; \
	SPLAT ·consts+0x108(SB), P3; \
	SPLAT ·consts+0x110(SB), P4; \
	SPLAT ·consts+0x70(SB), HALF; \
	SPLAT ·consts+0x78(SB), ONE

// EXPREDUCE computes VR = a = −|x|, at least expMin, and VN = n. VMAXPD returns
// its second source, here a, where one is NaN.
#define EXPREDUCE \
	VPORQ  SIGN, VX, VR; \
	VMAXPD VR, MIN, VR; \
	VMOVAPD SHIFT, VN; \
	VFMADD231PD VR, LOG2E, VN; \
	VSUBPD SHIFT, VN, VN

// EXPPOLY computes E0 = P(r), given VR and R2.
#define EXPPOLY \
	VMULPD  R2, R2, R4; \
	VMOVAPD P1, E0; \
	VMOVAPD P3, E1; \
	VMOVAPD P5, E2; \
	VMOVAPD P7, E3; \
	VFMADD213PD P0, VR, E0; \
	VFMADD213PD P2, VR, E1; \
	VFMADD213PD P4, VR, E2; \
	VFMADD213PD P6, VR, E3; \
	VFMADD231PD R2, E1, E0; \
	VFMADD231PD R2, E3, E2; \
	VFMADD231PD.BCST EXPP8, R4, E2; \
	VFMADD231PD R4, E2, E0

// EXPNEG computes VT = exp(−|x|).
#define EXPNEG \
	EXPREDUCE; \
	VFNMADD231PD LN2HI, VN, VR; \
	VFNMADD231PD LN2LO, VN, VR; \
	VMULPD VR, VR, R2; \
	EXPPOLY; \
	VFMADD213PD HALF, VR, E0; \
	VFMADD213PD VR, R2, E0; \
	VADDPD ONE, E0, VT; \
	VSCALEFPD VN, VT, VT

// EXPNEGSHORT computes VT = exp(−|x|) for float32. The short polynomial and
// ln2 are in the registers of the long ones: see SHORTCONSTANTS.
#define EXPNEGSHORT \
	EXPREDUCE; \
	VFNMADD231PD LN2HI, VN, VR; \
	VMULPD  VR, VR, R2; \
	VMOVAPD P1, E0; \
	VMOVAPD P3, E1; \
	VFMADD213PD P0, VR, E0; \
	VFMADD213PD P2, VR, E1; \
	VFMADD231PD R2, P4, E1; \
	VFMADD231PD R2, E1, E0; \
	VFMADD213PD HALF, VR, E0; \
	VFMADD213PD VR, R2, E0; \
	VADDPD ONE, E0, VT; \
	VSCALEFPD VN, VT, VT

// ERROR computes VE = ŷ − y and SAME, given VX, VY and VT = t. It leaves VQ =
// σ(|x|), VR = σ(−|x|). R4 must be 0, or the r⁴ of EXPPOLY will do, which is 0
// for 0 and less than every x > 0.
#define ERROR \
	VADDPD ONE, VT, VQ; \
	VDIVPD VQ, ONE, VQ; \
	VMULPD VQ, VT, VR; \
	VPMOVQ2M VX, NEGATIVE; \
	VSUBPD VY, ONE, VM; \
	VMOVAPD VY, NEGATIVE, VM; \
	VSUBPD VR, VM, VE; \
	VPTERNLOGQ $0x78, SIGN, VX, VE; \
	VCMPPD $0x1D, R4, VX, K6; \
	VCMPPD $0x1D, HALF, VY, K7; \
	KXNORB K6, K7, K6; \
	VCMPPD $7, VX, VX, K6, SAME

// QUADRATIC computes VE = δ and VC = cost: e·(pq) and e².
#define QUADRATIC \
	ERROR; \
	VMULPD VQ, VR, VQ; \
	VMULPD VE, VE, VC; \
	VMULPD VQ, VE, VE

#define ZEROR4 VPXORQ R4, R4, R4

#define QUADRATIC32 EXPNEGSHORT; ZEROR4; QUADRATIC
#define QUADRATIC64 EXPNEG; QUADRATIC

// LOGRATIO computes VT = s = t/(2+t), VR = s², R2 = s⁴.
#define LOGRATIO \
	VADDPD.BCST TWO, VT, E0; \
	VDIVPD E0, VT, VT; \
	VMULPD VT, VT, VR; \
	VMULPD VR, VR, R2

// LOGCOST computes VC = |x|·m + log1p(t), given E0 = L(s²) and R4 = 0; the
// product is 0 if m is 0. VE is δ already.
#define LOGCOST \
	VMULPD VR, VT, VR; \
	VADDPD VT, VT, VT; \
	VFMADD213PD VT, VR, E0; \
	VCMPPD $4, R4, VM, WRONG; \
	VPANDNQ VX, SIGN, VX; \
	VMOVAPD.Z VX, WRONG, VX; \
	VFMADD231PD VM, VX, E0

#define LOG32 \
	EXPNEGSHORT; \
	ZEROR4; \
	ERROR; \
	LOGRATIO; \
	SPLAT SHORTL1, E0; \
	SPLAT SHORTL3, E1; \
	VFMADD213PD.BCST SHORTL0, VR, E0; \
	VFMADD213PD.BCST SHORTL2, VR, E1; \
	VFMADD231PD.BCST SHORTL4, R2, E1; \
	VFMADD231PD R2, E1, E0; \
	LOGCOST

#define LOG64 \
	EXPNEG; \
	ERROR; \
	LOGRATIO; \
	VMULPD R2, R2, R4; \
	SPLAT L1, E0; \
	SPLAT L3, E1; \
	SPLAT L5, E2; \
	SPLAT L7, E3; \
	VFMADD213PD.BCST L0, VR, E0; \
	VFMADD213PD.BCST L2, VR, E1; \
	VFMADD213PD.BCST L4, VR, E2; \
	VFMADD213PD.BCST L6, VR, E3; \
	VFMADD231PD R2, E1, E0; \
	VFMADD231PD R2, E3, E2; \
	VFMADD231PD.BCST L8, R4, E2; \
	VFMADD231PD R4, E2, E0; \
	ZEROR4; \
	LOGCOST

