//go:build !purego

package kernel

import (
	"testing"

	"github.com/klauspost/cpuid/v2"
	"golang.org/x/sys/cpu"
)

// TestGates goes through every combination of what the gates read: what
// cpuid finds on the machine, what package cpu lets be used (the operating
// system and GODEBUG may veto), and the operating system.
func TestGates(t *testing.T) {
	features := []struct {
		name   string
		id     cpuid.FeatureID
		allows *bool
		avx2   bool // needed by the AVX2 kernels
		avx512 bool // needed by the AVX-512 kernels
	}{
		{"AVX", cpuid.AVX, &cpu.X86.HasAVX, true, false}, // AVX2 implies it
		{"AVX2", cpuid.AVX2, &cpu.X86.HasAVX2, true, true},
		{"FMA", cpuid.FMA3, &cpu.X86.HasFMA, true, true},
		{"AVX512F", cpuid.AVX512F, &cpu.X86.HasAVX512F, false, true},
		{"AVX512DQ", cpuid.AVX512DQ, &cpu.X86.HasAVX512DQ, false, true},
		{"AVX512BW", cpuid.AVX512BW, &cpu.X86.HasAVX512BW, false, true},
		{"AVX512VL", cpuid.AVX512VL, &cpu.X86.HasAVX512VL, false, true},
	}
	machine, use512, use2 := cpuid.CPU, useAVX512, useAVX2
	allowed := make([]bool, len(features))
	for i, f := range features {
		allowed[i] = *f.allows
	}
	defer func() {
		cpuid.CPU, useAVX512, useAVX2 = machine, use512, use2
		for i, f := range features {
			*f.allows = allowed[i]
		}
	}()

	count := map[string]int{}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for has := range 1 << len(features) {
			for allows := range 1 << len(features) {
				want512, want2 := goos != "darwin", true
				for i, f := range features {
					present, allowed := has>>i&1 != 0, allows>>i&1 != 0
					if present {
						cpuid.CPU.Enable(f.id)
					} else {
						cpuid.CPU.Disable(f.id)
					}
					*f.allows = allowed
					want512 = want512 && (present && allowed || !f.avx512)
					want2 = want2 && (present && allowed || !f.avx2)
				}
				useAVX512, useAVX2 = hasAVX512(goos), hasAVX2()
				want := "generic"
				switch {
				case want512:
					want = "AVX-512"
				case want2:
					want = "AVX2"
				}
				if got := Implementation(); got != want || useAVX512 != want512 || useAVX2 != want2 {
					t.Fatalf("%s, cpuid %07b, allowed %07b (from AVX to AVX512VL, lowest first): chose %s, AVX-512 %t, AVX2 %t, want %s, %t, %t",
						goos, has, allows, got, useAVX512, useAVX2, want, want512, want2)
				}
				count[want]++
			}
		}
	}
	t.Logf("%d combinations: %v", 3<<(2*len(features)), count)
}
