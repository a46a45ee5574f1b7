package upper

import "golang.org/x/sys/cpu"

// known: XGETBV with ECX = 1 is there, the operating system uses XSAVE, and
// Spoil has what it needs.
func known() bool {
	if !cpu.X86.HasAVX2 {
		return false
	}
	if _, _, c, _ := cpuid(1, 0); c&(1<<27) == 0 {
		return false
	}
	if a, _, _, _ := cpuid(0, 0); a < 13 {
		return false
	}
	a, _, _, _ := cpuid(13, 1)
	return a&(1<<2) != 0
}

func cpuid(leaf, sub uint32) (a, b, c, d uint32)

// inUse returns the state components in use, XINUSE.
func inUse() uint32

// Spoil brings the upper halves in use, to test Dirty; Clean ends that.
func Spoil()
func Clean()
