package read

import "testing"

func TestXOR(t *testing.T) {
	words := make([]uint64, 3<<17+8*11)
	for i := range words {
		words[i] = uint64(i+1) * 0x9e3779b97f4a7c15
	}
	for _, w := range append(Ways(), Way{"generic", xorGeneric}) {
		for _, lines := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 100, 256, 300, 1024, len(words) / 8} {
			x := words[:lines*8]
			var want uint64
			for _, v := range x {
				want ^= v
			}
			if got := w.XOR(x); got != want {
				t.Errorf("%s: XOR of %d lines = %x, want %x", w.Name, lines, got, want)
			}
		}
	}
}
