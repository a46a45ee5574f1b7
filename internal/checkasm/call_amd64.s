#include "go_asm.h"
#include "textflag.h"

#define C R12

// func call(c *frame)
TEXT ·call(SB), 0, $200-8
	MOVQ c+0(FP), C

	// the arguments and the caller's words behind them
	LEAQ frame_stack(C), SI
	MOVQ SP, DI
	MOVQ $const_stackWords, CX
	CLD
	REP; MOVSQ

	// the words below the frame of the function
	MOVQ SP, DI
	SUBQ frame_top(C), DI
	SUBQ $(8*const_belowWords), DI
	MOVQ $const_canary, AX
	MOVQ $const_belowWords, CX
	REP; STOSQ

	MOVQ BP, frame_kept(C)
	STMXCSR frame_fp(C)
	MOVQ frame_fn(C), R11
	MOVQ AX, X0
	MOVLHPS X0, X0
	MOVAPS X0, X1
	MOVAPS X0, X2
	MOVAPS X0, X3
	MOVAPS X0, X4
	MOVAPS X0, X5
	MOVAPS X0, X6
	MOVAPS X0, X7
	MOVAPS X0, X8
	MOVAPS X0, X9
	MOVAPS X0, X10
	MOVAPS X0, X11
	MOVAPS X0, X12
	MOVAPS X0, X13
	MOVAPS X0, X14
	CMPQ frame_wide(C), $0
	JEQ  narrow
	MOVQ frame_masks(C), BX
	KMOVQ BX, K1
	KMOVQ BX, K2
	KMOVQ BX, K3
	KMOVQ BX, K4
	KMOVQ BX, K5
	KMOVQ BX, K6
	KMOVQ BX, K7
	VPBROADCASTQ AX, Z16
	VMOVDQA64 Z16, Z17
	VMOVDQA64 Z16, Z18
	VMOVDQA64 Z16, Z19
	VMOVDQA64 Z16, Z20
	VMOVDQA64 Z16, Z21
	VMOVDQA64 Z16, Z22
	VMOVDQA64 Z16, Z23
	VMOVDQA64 Z16, Z24
	VMOVDQA64 Z16, Z25
	VMOVDQA64 Z16, Z26
	VMOVDQA64 Z16, Z27
	VMOVDQA64 Z16, Z28
	VMOVDQA64 Z16, Z29
	VMOVDQA64 Z16, Z30
	VMOVDQA64 Z16, Z31
narrow:
	MOVQ AX, BX
	MOVQ AX, CX
	MOVQ AX, DX
	MOVQ AX, SI
	MOVQ AX, DI
	MOVQ AX, R8
	MOVQ AX, R9
	MOVQ AX, R10
	MOVQ AX, R12
	MOVQ AX, R13
	CALL R11

	MOVQ c+0(FP), C
	MOVQ BP, frame_after(C)
	CMPQ frame_upper(C), $0
	JEQ  told
	MOVQ $1, CX
	XGETBV
	MOVL AX, frame_upper(C)
told:
	STMXCSR frame_fp+8(C)
	ANDQ $0xffc0, frame_fp(C)   // without the flags, which calls raise
	ANDQ $0xffc0, frame_fp+8(C)

	LEAQ frame_stack(C), DI
	MOVQ SP, SI
	MOVQ $const_stackWords, CX
	REP; MOVSQ

	MOVQ SP, SI
	SUBQ frame_top(C), SI
	SUBQ $(8*const_belowWords), SI
	LEAQ frame_below(C), DI
	MOVQ $const_belowWords, CX
	REP; MOVSQ
	RET
