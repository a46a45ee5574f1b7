#include "go_asm.h"
#include "textflag.h"

#define C R19
#define CANARY R20
#define N R21
#define SRC R22
#define DST R23
#define TMP R24

#define COPY(loop) \
loop: \
	MOVD.P 8(SRC), TMP \
	MOVD.P TMP, 8(DST) \
	SUBS $1, N \
	BNE loop

// func call(c *frame)
TEXT ·call(SB), 0, $208-8
	MOVD c+0(FP), C

	// the arguments and the caller's words behind them
	ADD $frame_stack, C, SRC
	ADD $8, RSP, DST
	MOVD $const_stackWords, N
	COPY(in)

	// the words below the frame of the function
	MOVD frame_top(C), TMP
	MOVD RSP, DST
	SUB TMP, DST
	SUB $(8*const_belowWords), DST
	MOVD $const_canary, CANARY
	MOVD $const_belowWords, N
fill:
	MOVD.P CANARY, 8(DST)
	SUBS $1, N
	BNE fill

	MOVD g, frame_kept(C)
	MOVD R29, frame_kept+8(C)
	MOVD R18_PLATFORM, frame_kept+16(C)
	MOVD FPCR, TMP
	MOVD TMP, frame_fp(C)
	MOVD frame_fn(C), R25
	VDUP CANARY, V0.D2
	VMOV V0.B16, V1.B16
	VMOV V0.B16, V2.B16
	VMOV V0.B16, V3.B16
	VMOV V0.B16, V4.B16
	VMOV V0.B16, V5.B16
	VMOV V0.B16, V6.B16
	VMOV V0.B16, V7.B16
	VMOV V0.B16, V16.B16
	VMOV V0.B16, V17.B16
	VMOV V0.B16, V20.B16
	VMOV V0.B16, V24.B16
	VMOV V0.B16, V28.B16
	VMOV V0.B16, V30.B16
	VMOV V0.B16, V31.B16
	MOVD CANARY, R0
	MOVD CANARY, R1
	MOVD CANARY, R2
	MOVD CANARY, R3
	MOVD CANARY, R4
	MOVD CANARY, R5
	MOVD CANARY, R6
	MOVD CANARY, R7
	MOVD CANARY, R8
	MOVD CANARY, R9
	MOVD CANARY, R10
	MOVD CANARY, R11
	MOVD CANARY, R12
	MOVD CANARY, R13
	MOVD CANARY, R14
	MOVD CANARY, R15
	MOVD CANARY, R16
	CALL (R25)

	MOVD c+0(FP), C
	MOVD g, frame_after(C)
	MOVD R29, frame_after+8(C)
	MOVD R18_PLATFORM, frame_after+16(C)
	MOVD FPCR, TMP
	MOVD TMP, frame_fp+8(C)

	ADD $8, RSP, SRC
	ADD $frame_stack, C, DST
	MOVD $const_stackWords, N
	COPY(out)

	MOVD frame_top(C), TMP
	MOVD RSP, SRC
	SUB TMP, SRC
	SUB $(8*const_belowWords), SRC
	ADD $frame_below, C, DST
	MOVD $const_belowWords, N
	COPY(back)
	RET
