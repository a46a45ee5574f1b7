package bench

import "github.com/seed-b3c25b83/kernel/bench/internal/freeorder"

// FreeOrder is the name of the contestant that shows what the kernels pay for
// the fixed order of their operations. It is no peer: it is our own, and not
// in the library.
const FreeOrder = "freeorder"

func freeOrders[T float]() []contestant[T] {
	return pick[T]([]contestant[float32]{{
		name: FreeOrder,
		step: func(p *problem[float32]) func() {
			if !freeorder.Supports(p.Rows, p.Cols) {
				return nil
			}
			return func() { p.gb = freeorder.Step(p.g, p.x, p.y, p.w, p.b, p.Stride).Delta }
		},
	}}, nil)
}
