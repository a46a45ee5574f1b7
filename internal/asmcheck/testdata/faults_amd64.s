// Faults that asmcheck must find, and things close to them that are none. See
// TestFaults.

#include "textflag.h"

#define HIDDEN R15
#define LEAK(r) VADDPS r, r, r
#define FUNCTION(name, frame) TEXT name(SB), NOSPLIT, frame

TEXT ·registers(SB), NOSPLIT, $0-8
	MOVQ R14, AX             // want `uses R14`
	MOVQ AX, HIDDEN          // want `uses R15`
	MOVB BPB, AX             // want `uses BPB`
	LEAQ (AX)(R15*8), BX     // want `uses R15`
	XORL BP, BP              // want `uses BP`
	VMOVD R14, X1            // want `uses R14`
	MOVQ (BP), AX            // want `uses BP`
	VMOVUPS X14, X15
	MOVQ R13, AX
	RET

// The frame that the assembler makes is none, one by hand is.
TEXT ·frame(SB), NOSPLIT, $64-8
	MOVQ AX, x-8(SP)
	RET

TEXT ·byHand(SB), NOSPLIT, $0-8
	PUSHQ BP                 // want `uses BP|not for kernels`
	POPQ  BP                 // want `uses BP|not for kernels`
	RET

TEXT ·framed(SB), NOSPLIT, $64-8
	MOVQ SP, BP              // want `uses BP`
	POPQ BP                  // want `uses BP|not for kernels`
	PUSHQ AX                 // want `not for kernels`
	RET

TEXT ·estimates(SB), NOSPLIT, $0-8
	VRCPPS    X0, X1         // want `VRCPPS`
	RSQRTSS   X0, X1         // want `RSQRTSS`
	RCPPS     X0, X1         // want `RCPPS`
	RET

TEXT ·estimatesAVX512(SB), NOSPLIT, $0-8
	VRCP14PD    X0, X1       // want `VRCP14PD`
	VRSQRT14SS  X0, X2, X1   // want `VRSQRT14SS`
	VRCP28PD    Z0, Z1       // want `VRCP28PD`
	VZEROUPPER
	RET

TEXT ·state(SB), NOSPLIT, $8-8
	STMXCSR x-8(SP)
	LDMXCSR x-8(SP)          // want `LDMXCSR`
	VLDMXCSR x-8(SP)         // want `VLDMXCSR`
	STD                      // want `STD`
	BYTE $0x90               // want `BYTE`
	RET

TEXT ·features(SB), NOSPLIT, $0-8
	BZHIQ  AX, BX, CX        // want `no gate`
	POPCNTQ AX, BX           // want `no gate`
	KMOVW  AX, K1            // want `K1 needs AVX-512`
	VADDPS X16, X1, X1       // want `X16 needs AVX-512`
	ANDNPS X1, X2
	VANDNPS X1, X2, X2
	RET

FUNCTION(·bare, $0)          // want `without the size`
	RET

FUNCTION(·split, $64-8)
	RET

TEXT ·checked(SB), 0, $992-8 // want `no NOSPLIT`
	RET

TEXT ·calls(SB), NOSPLIT, $64-8
	CALL ·split(SB)          // want `CALL`
	RET

TEXT ·upper(SB), NOSPLIT, $0-8
	VADDPS Y1, Y2, Y3
	VADDPS X1, X2, X3
	RET                      // want `RET without VZEROUPPER`

TEXT ·upperInMacro(SB), NOSPLIT, $0-8
	LEAK(Y3)
	RET                      // want `RET without VZEROUPPER`

TEXT ·upperOnOnePath(SB), NOSPLIT, $0-8
	VADDPS Y1, Y2, Y3
	TESTQ  AX, AX
	JZ     out
	VZEROUPPER
out:
	RET                      // want `RET without VZEROUPPER`

TEXT ·upperAfterwards(SB), NOSPLIT, $0-8
	JMP  first
last:
	RET                      // want `RET without VZEROUPPER`
first:
	VZEROUPPER
	VADDPS Y1, Y2, Y3
	JMP  last

TEXT ·upperLoop(SB), NOSPLIT, $0-8
loop:
	TESTQ  AX, AX
	JZ     out
	VMOVUPS (DI), Y0
	VZEROUPPER
	JMP    loop
out:
	RET

TEXT ·mixed(SB), NOSPLIT, $0-8
	ADDPS  X1, X2
	VADDPS Y1, Y2, Y3
	ADDPS  X1, X2            // want `SSE instruction`
	VZEROUPPER
	ADDPS  X1, X2
	RET

TEXT ·upperAVX512(SB), NOSPLIT, $0-8
	VADDPS Z1, Z2, K1, Z3
	RET                      // want `RET without VZEROUPPER`

TEXT ·leaves(SB), NOSPLIT, $0-8
	JMP ·split(SB)           // want `leaves the function`

TEXT ·endless(SB), NOSPLIT, $0-8
	MOVQ AX, BX              // want `behind the function`
