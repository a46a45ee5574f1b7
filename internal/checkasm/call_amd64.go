package checkasm

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/seed-b3c25b83/kernel/internal/upper"
)

// Supported says whether this architecture can check calls.
const Supported = true

var keptRegisters = []string{"BP"}

// tellsUpper is 1 if the machine tells which upper halves are in use, hasMasks
// if it has AVX-512.
var (
	tellsUpper = number(upper.Known())
	hasMasks   = number(cpu.X86.HasAVX512BW)
)

func number(yes bool) uint64 {
	if yes {
		return 1
	}
	return 0
}

// frameSize returns the size of the frame of a function, the return address
// included, from the instructions at its entry:
//
//	PUSHQ BP; MOVQ SP, BP; SUBQ $n, SP    (or ADDQ $-128, SP)
func frameSize(entry uintptr) uintptr {
	code := unsafe.Slice(*(**byte)(unsafe.Pointer(&entry)), 16)
	size := uintptr(8)
	if string(code[:4]) != "\x55\x48\x89\xe5" {
		return size
	}
	size += 8
	switch code = code[4:]; string(code[:3]) {
	case "\x48\x81\xec":
		size += uintptr(binary.LittleEndian.Uint32(code[3:]))
	case "\x48\x83\xec":
		size += uintptr(code[3])
	case "\x48\x83\xc4":
		size += uintptr(-int(int8(code[3])))
	}
	return size
}
