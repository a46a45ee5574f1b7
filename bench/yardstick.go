package bench

import (
	"errors"
	"unsafe"

	"github.com/seed-b3c25b83/kernel/internal/read"
)

// yardstick reads X once, whole cache lines in order, in the fastest way that
// package read knows for this X, and does nothing else with it. On two cores,
// each reads a half.
func yardstick[T float](p *problem[T], cores int) Runner {
	size := len(p.x) * sizeof[T]()
	words := unsafe.Slice((*uint64)(unsafe.Pointer(&p.x[0])), (size+63)/64*8)
	way := read.Fastest(words)
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
