// Faults that asmcheck must find, and things close to them that are none. See
// TestFaults.

#include "textflag.h"

#define HIDDEN R27
#define FRECPE_4S(n, d) WORD $(0x4EA1D800 | (n)<<5 | (d))
#define FMUL_4S(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d))
#define LDR_Q(i, n, d) WORD $(0x3DC00000 | (i)<<10 | (n)<<5 | (d))

TEXT ·registers(SB), NOSPLIT, $0-8
	MOVD R18_PLATFORM, R0    // want `uses R18`
	ADD  R1, HIDDEN          // want `uses R27`
	MOVD g, R1               // want `uses g`
	ADD  $1, R29             // want `uses R29`
	FMOVQ.P 16(R27), F1      // want `uses R27`
	MOVD p+0(FP), R1
	LDR_Q(1, 27, 3)          // want `uses R27`
	LDR_Q(1, 26, 3)
	VADD V18.B16, V27.B16, V28.B16
	RET

TEXT ·frame(SB), NOSPLIT, $128-8
	MOVD R0, x-8(SP)
	RET

TEXT ·large(SB), NOSPLIT, $384-8
	MOVD R0, x-8(SP)
	RET

TEXT ·framed(SB), NOSPLIT, $128-8
	SUB $8, RSP, R29
	SUB $16, RSP, R29        // want `uses R29`
	RET

TEXT ·estimates(SB), NOSPLIT, $0-8
	FRECPE_4S(1, 2)          // want `FRECPE`
	WORD $0x5EA1D820         // want `not an instruction that this check knows`
	WORD $0x6EE1D820         // want `FRSQRTE`
	WORD $0x2EA1D820         // want `FRSQRTE`
	WORD $0x0EA1C820         // want `URECPE`
	FMUL_4S(1, 2, 3)
	RET

TEXT ·words(SB), NOSPLIT, $0-8
	WORD $0x4E080C20         // want `moves between`
	WORD $0xAA1C03E0         // want `not an instruction that this check knows`
	WORD $0xD503201F         // want `not an instruction that this check knows`
	RET

TEXT ·state(SB), NOSPLIT, $0-8
	MOVD R0, FPCR            // want `uses FPCR`
	RET

TEXT ·bare(SB), NOSPLIT, $0  // want `without the size`
	RET

TEXT ·checked(SB), 0, $128-8 // want `no NOSPLIT`
	RET

TEXT ·calls(SB), NOSPLIT, $128-8
	BL ·frame(SB)            // want `CALL`
	RET
