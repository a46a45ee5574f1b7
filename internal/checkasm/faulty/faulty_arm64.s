#include "textflag.h"

// func Correct(p *uint64)
TEXT ·Correct(SB), NOSPLIT, $16-8
	MOVD p+0(FP), R0
	MOVD R0, keep-8(SP)
	MOVD R0, keep-16(SP)
	RET

// func FramePointer(p *uint64)
TEXT ·FramePointer(SB), NOSPLIT, $0-8
	JMP on // or vet sees it
on:
	ADD $1, R29
	RET

// func Caller(p *uint64)
TEXT ·Caller(SB), NOSPLIT, $0-8
	MOVD $p+0(FP), R0
	MOVD R0, 8(R0)
	RET

// func Below(p *uint64)
TEXT ·Below(SB), NOSPLIT, $16-8
	MOVD RSP, R0
	MOVD R0, -16(R0)
	RET

// func Control(p *uint64)
TEXT ·Control(SB), NOSPLIT, $0-8
	MOVD FPCR, R0
	EOR  $(1<<22), R0
	MOVD R0, FPCR
	RET

// func Upper(p *uint64)
TEXT ·Upper(SB), NOSPLIT, $0-8
	RET
