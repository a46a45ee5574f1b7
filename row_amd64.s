//go:build !purego

// The prediction of one row of float32, for AVX-512 (F) and FMA: the inner loop
// of online scoring, all of it in one call. The dot product is that of
// forwardNarrow and forwardWide, with unused lanes as in stepwide_amd64.s; σ goes
// the short way of sigmoid32Short, with the constants of sigmoid32_amd64.s.

#include "textflag.h"

#define OUT  DI
#define X    SI
#define W    DX
#define COLS R9 // bytes of the whole groups of columns
#define TAIL CX // columns behind the last whole group
#define COL  AX // offset of the current column in bytes
#define N    AX // the number of sixteenths of ln 2
#define BITS BX
#define TABLE R8

#define TAILMASK K1

#define VZ  X0 // z
#define VX  X1 // z as a float64, at most 110
#define VN  X2 // n in the low bits
#define VR  X3 // r
#define R2  X4
#define E0  X5 // the terms of the polynomial
#define E1  X6
#define VT  X7 // 2^(n/16)
#define ONE X8
#define B   X9 // b, and +0 where there are unused lanes

// WHOLE sets COLS to the bytes of the whole groups of LANES columns and TAIL to
// the columns behind them.
#define WHOLE(LANES) \
	MOVQ TAIL, COLS; \
	ANDQ $(LANES-1), TAIL; \
	SUBQ TAIL, COLS; \
	SHLQ $2, COLS

// func predictRow32AVX512(out *[2]float32, x, w *float32, b float32, cols int)
//
//	out[0] = z = Σ x·w + b
//	out[1] = σ(z), or NaN where the short way may be wrong
TEXT ·predictRow32AVX512(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), OUT
	MOVQ x+8(FP), X
	MOVQ w+16(FP), W
	MOVQ cols+32(FP), TAIL
	VMOVSS b+24(FP), B
	VPXORD Z0, Z0, Z0
	XORL COL, COL
	CMPQ TAIL, $256
	JGE  wide

	WHOLE(16)
	JZ   narrowtail

narrow:
	VMOVUPS (W)(COL*1), Z2
	VFMADD231PS (X)(COL*1), Z2, Z0
	ADDQ $64, COL
	CMPQ COL, COLS
	JLT  narrow

narrowtail:
	TESTQ TAIL, TAIL
	JZ    halve
	VXORPS X10, X10, X10
	VADDSS X10, B, B
	ADDQ  COL, X
	ADDQ  COL, W
	MOVL  $1, AX
	SHLL  TAIL, AX
	DECL  AX
	KMOVW AX, TAILMASK
	VMOVUPS.Z (W), TAILMASK, Z2
	VFMADD231PS (X), Z2, TAILMASK, Z0
	JMP   halve

wide:
	WHOLE(32)
	VPXORD Z1, Z1, Z1

group:
	VMOVUPS (W)(COL*1), Z2
	VMOVUPS 64(W)(COL*1), Z3
	VFMADD231PS (X)(COL*1), Z2, Z0
	VFMADD231PS 64(X)(COL*1), Z3, Z1
	ADDQ $128, COL
	CMPQ COL, COLS
	JLT  group
	TESTQ TAIL, TAIL
	JZ    both
	VXORPS X10, X10, X10
	VADDSS X10, B, B
	ADDQ  COL, X
	ADDQ  COL, W
	MOVL  $1, AX
	SHLQ  TAIL, AX
	DECQ  AX
	KMOVW AX, TAILMASK
	VMOVUPS.Z (W), TAILMASK, Z2
	VFMADD231PS (X), Z2, TAILMASK, Z0
	SHRQ  $16, AX
	JZ    both
	KMOVW AX, TAILMASK
	VMOVUPS.Z 64(W), TAILMASK, Z3
	VFMADD231PS 64(X), Z3, TAILMASK, Z1

both:
	VADDPS Z1, Z0, Z0

halve:
	VEXTRACTF64X4 $1, Z0, Y1
	VADDPS        Y1, Y0, Y0
	VEXTRACTF128  $1, Y0, X1
	VADDPS        X1, X0, X0
	VPERMILPS     $0x4E, X0, X1
	VADDPS        X1, X0, X0
	VMOVSHDUP     X0, X1
	VADDSS        X1, X0, X0
	VADDSS        B, X0, VZ

	// σ, see sigmoid32Short
	VUCOMISS  ·quick+0x50(SB), VZ
	JCS       long // below −87, or NaN
	VMINSS    ·quick+0x54(SB), VZ, VX
	VCVTSS2SD VX, VX, VX
	VMOVSD    ·quick+0x08(SB), E0
	VMOVAPD   E0, VN
	VFMADD231SD ·quick+0x00(SB), VX, VN
	VSUBSD    E0, VN, VR
	VMOVSD    ·quick+0x10(SB), E1
	VFMADD213SD VX, E1, VR
	VMOVQ     VN, N
	MOVQ      N, BITS
	ANDL      $15, N
	SHLQ      $48, BITS
	LEAQ      ·shortTable(SB), TABLE
	ADDQ      (TABLE)(N*8), BITS
	VMOVQ     BITS, VT
	VMOVSD    ·quick+0x20(SB), E0
	VMOVSD    ·quick+0x30(SB), E1
	VFMADD213SD ·quick+0x18(SB), VR, E0
	VFMADD213SD ·quick+0x28(SB), VR, E1
	VMULSD    VR, VR, R2
	VFMADD231SD R2, E1, E0
	VFMSUB213SD VR, R2, E0
	VFMADD213SD VT, VT, E0
	VMOVSD    ·consts+0x78(SB), ONE
	VADDSD    ONE, E0, E0
	VDIVSD    E0, ONE, E0
	VMOVQ     E0, BITS
	ADDQ      $0x10000100, BITS // shortMiddle
	TESTL     $0x1FFFFE00, BITS // shortPlaces
	JZ        long
	VCVTSD2SS E0, E0, E0
	VMOVSS    VZ, (OUT)
	VMOVSS    E0, 4(OUT)
	VZEROUPPER
	RET

long:
	VMOVSS VZ, (OUT)
	MOVL   $0x7FC00000, 4(OUT)
	VZEROUPPER
	RET
