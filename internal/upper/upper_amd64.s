#include "textflag.h"

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func inUse() uint32
TEXT ·inUse(SB), NOSPLIT, $0-4
	MOVL $1, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET

// func Spoil()
TEXT ·Spoil(SB), NOSPLIT, $0-0
	VPCMPEQD Y15, Y15, Y15
	RET

// func Clean()
TEXT ·Clean(SB), NOSPLIT, $0-0
	VZEROUPPER
	RET
