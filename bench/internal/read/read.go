// Package read reads memory as fast as one core can.
package read

// A Way is a way to read memory.
type Way struct {
	Name string
	xor  func(p *uint64, lines int) uint64
}

// ways holds the ways of this machine.
var ways = []Way{{"generic", xorGeneric}}

// Ways returns the ways of this machine. Which of them is fastest depends on
// where the memory is.
func Ways() []Way { return ways }

// XOR returns the exclusive or of all words of x, whose length is a multiple
// of 8.
func (w Way) XOR(x []uint64) uint64 {
	const words = 1 << 17 // what one call reads, 1 MiB
	var v uint64
	for len(x) > words {
		v ^= w.xor(&x[0], words/8)
		x = x[words:]
	}
	if len(x) > 0 {
		v ^= w.xor(&x[0], len(x)/8)
	}
	return v
}
