package checkasm

import "unsafe"

// Supported says whether this architecture can check calls.
const Supported = true

var keptRegisters = []string{"R28 (g)", "R29 (FP)", "R18"}

const tellsUpper, hasMasks = 0, 0

// frameSize returns the size of the frame of a function, with the word for
// the frame pointer below it, from the instruction at its entry:
//
//	MOVD.W R30, -n(RSP)    or    SUB $n, RSP, R20
func frameSize(entry uintptr) uintptr {
	code := **(**uint32)(unsafe.Pointer(&entry))
	switch {
	case code&0xffe0_0fff == 0xf800_0ffe:
		return uintptr(512-code>>12&0x1ff) + 8
	case code&0xffc0_03ff == 0xd100_03f4:
		return uintptr(code>>10&0xfff) + 8
	}
	return 0
}
