// δ and cost of the quadratic loss in float64, with the formulas and the
// precision of the library's kernels: exp(−|x|) by a polynomial of degree 7,
// one division, δ rounded to float32 once. What is summed here is not rounded
// before.
//
// Whoever includes this file names the vectors VX (z), VY (labels), VN, VR, R2,
// E0, E1, VT, VQ, VM, VE, VS, and COST and SUM (Σδ), all of one width, and the
// masks NEGATIVE and SAME. VT may be E0, VQ R2, VM VN, VE VR, VS and VY E1: VY is
// loaded before the sixth stage.

DATA consts<>+0x00(SB)/8, $0x8000000000000000 // sign bit
DATA consts<>+0x08(SB)/8, $-746.0
DATA consts<>+0x10(SB)/8, $0x3FF71547652B82FE // log2e
DATA consts<>+0x18(SB)/8, $0x4338000000000080 // shift
DATA consts<>+0x20(SB)/8, $0x3FE62E42FEFA39EF // ln2
DATA consts<>+0x28(SB)/8, $0x3FC555553E077FAB // p0
DATA consts<>+0x30(SB)/8, $0x3FA5554E71F6EB4B // p1
DATA consts<>+0x38(SB)/8, $0x3F8111330179585D // p2
DATA consts<>+0x40(SB)/8, $0x3F56D4DB6A696AC5 // p3
DATA consts<>+0x48(SB)/8, $0x3F29DD7524D4B4A6 // p4
DATA consts<>+0x50(SB)/8, $0.5
DATA consts<>+0x58(SB)/8, $1.0
GLOBL consts<>(SB), RODATA|NOPTR, $0x60

#define SIGN  consts<>+0x00(SB)
#define MIN   consts<>+0x08(SB)
#define LOG2E consts<>+0x10(SB)
#define SHIFT consts<>+0x18(SB)
#define LN2   consts<>+0x20(SB)
#define P0    consts<>+0x28(SB)
#define P1    consts<>+0x30(SB)
#define P2    consts<>+0x38(SB)
#define P3    consts<>+0x40(SB)
#define P4    consts<>+0x48(SB)
#define HALF  consts<>+0x50(SB)
#define ONE   consts<>+0x58(SB)

// δ in eight stages, which depend on each other and are short, so that whoever
// includes them puts other work between: the CPU looks for work no farther than
// 64 vector instructions ahead. BROADCAST loads a constant: VBROADCASTSD, or
// VMOVDDUP into 128 bits.
#define STAGE1(BROADCAST) \
	VPORQ.BCST SIGN, VX, VR; \
	VMAXPD.BCST MIN, VR, VR; \
	BROADCAST SHIFT, VN; \
	VFMADD231PD.BCST LOG2E, VR, VN

#define STAGE2(BROADCAST) \
	VSUBPD.BCST SHIFT, VN, VN; \
	VFNMADD231PD.BCST LN2, VN, VR; \
	BROADCAST P1, E0; \
	BROADCAST P3, E1

#define STAGE3(BROADCAST) \
	VMULPD VR, VR, R2; \
	VFMADD213PD.BCST P0, VR, E0; \
	VFMADD213PD.BCST P2, VR, E1

#define STAGE4(BROADCAST) \
	VFMADD231PD.BCST P4, R2, E1; \
	VFMADD231PD R2, E1, E0; \
	VFMADD213PD.BCST HALF, VR, E0

#define STAGE5(BROADCAST) \
	VFMADD213PD VR, R2, E0; \
	BROADCAST ONE, VQ; \
	VADDPD VQ, E0, E0; \
	VSCALEFPD VN, E0, VT

#define STAGE6(BROADCAST) \
	VADDPD VQ, VT, VM; \
	VPMOVQ2M VX, NEGATIVE; \
	VCMPPD.BCST $0x1D, HALF, VY, SAME; \
	KXORB NEGATIVE, SAME, SAME; \
	VSUBPD VY, VQ, VE; \
	VDIVPD VM, VQ, VQ; \
	VMOVAPD VY, NEGATIVE, VE

#define STAGE7(BROADCAST) \
	VMULPD VQ, VT, VS; \
	VSUBPD VS, VE, VE; \
	VMULPD VQ, VS, VQ; \
	VPTERNLOGQ.BCST $0x78, SIGN, VX, VE

// STAGE8 leaves δ in VQ.
#define STAGE8(BROADCAST) \
	VFMADD231PD VE, VE, COST; \
	VMULPD VQ, VE, VQ; \
	VADDPD VQ, SUM, SUM

// COUNT adds the rows on the right side of ½ to CORRECT. It clobbers AX.
#define COUNT(MASK) \
	KMOVB   SAME, AX; \
	ANDL    $MASK, AX; \
	POPCNTL AX, AX; \
	ADDQ    AX, CORRECT
