package bench

import (
	"errors"
	"math"
	"time"
	"unsafe"

	"github.com/seed-b3c25b83/kernel/bench/internal/read"
)

// yardstick reads X once, whole cache lines in order, in the fastest way that
// package read knows for this X, and does nothing else with it. On two cores,
// each reads a half.
func yardstick[T float](p *problem[T], cores int) Runner {
	size := len(p.x) * sizeof[T]()
	words := unsafe.Slice((*uint64)(unsafe.Pointer(&p.x[0])), (size+63)/64*8)
	way := fastest(words)
	var got uint64
	run := func() { got = way.XOR(words) }
	var enter func() (leave func())
	if cores > 1 {
		two := &pair{way: way}
		run = func() { got = two.read(words) }
		enter = two.enter
	}
	return Runner{
		Name:   Yardstick,
		Run:    run,
		bytes:  p.Bytes(),
		enter:  enter,
		detail: way.Name,
		check: func() (float64, error) {
			var want uint64
			for _, v := range words {
				want ^= v
			}
			run()
			if got != want {
				return 1, errors.New("not everything was read")
			}
			return 0, nil
		},
	}
}

// fastest returns the way to read x that took the least time in a few rounds.
func fastest(x []uint64) read.Way {
	const rounds, bytes = 7, 1 << 20
	ways := read.Ways()
	least := make([]time.Duration, len(ways))
	for round := range rounds {
		for i, way := range ways {
			start := time.Now()
			for n := 0; n < bytes; n += 8*len(x) + 64 {
				way.XOR(x)
			}
			if d := time.Since(start); round == 0 || d < least[i] {
				least[i] = d
			}
		}
	}
	best, d := 0, time.Duration(math.MaxInt64)
	for i := range ways {
		if least[i] < d {
			best, d = i, least[i]
		}
	}
	return ways[best]
}
