//go:build !purego

package kernel

import (
	"testing"

	"golang.org/x/sys/cpu"
)

// TestGates goes through every combination of what the gate reads.
func TestGates(t *testing.T) {
	defer func(has, use bool) { cpu.ARM64.HasASIMD, useNEON = has, use }(cpu.ARM64.HasASIMD, useNEON)
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, has := range []bool{false, true} {
			cpu.ARM64.HasASIMD = has
			useNEON = hasNEON(goos)
			want := "generic"
			if has || goos == "darwin" {
				want = "NEON"
			}
			if got := Implementation(); got != want {
				t.Errorf("%s, Advanced SIMD %t: chose %s, want %s", goos, has, got, want)
			}
		}
	}
}
