#include "textflag.h"

// func Correct(p *uint64)
TEXT ·Correct(SB), NOSPLIT, $16-8
	MOVQ p+0(FP), AX
	MOVQ AX, keep-8(SP)
	MOVQ AX, keep-16(SP)
	RET

// func FramePointer(p *uint64)
TEXT ·FramePointer(SB), NOSPLIT, $0-8
	JMP  on // or vet sees it
on:
	XORL BP, BP
	RET

// func Caller(p *uint64)
TEXT ·Caller(SB), NOSPLIT, $0-8
	LEAQ p+0(FP), AX
	MOVQ AX, 8(AX)
	RET

// func Below(p *uint64)
TEXT ·Below(SB), NOSPLIT, $16-8
	MOVQ SP, AX
	MOVQ AX, -8(AX)
	RET

// func Control(p *uint64)
TEXT ·Control(SB), NOSPLIT, $8-8
	STMXCSR mode-8(SP)
	XORL    $0x2000, mode-8(SP)
	LDMXCSR mode-8(SP)
	RET

// func Upper(p *uint64)
TEXT ·Upper(SB), NOSPLIT, $0-8
	VPCMPEQD Y5, Y5, Y5
	RET
