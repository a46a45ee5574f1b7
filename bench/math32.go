package bench

import "github.com/chewxy/math32"

// math32Peers is σ by the float32 exponential of github.com/chewxy/math32.
func math32Peers[T float]() []contestant[T] {
	return pick[T]([]contestant[float32]{{
		name: "math32",
		sigmoid: func(p *problem[float32]) func() {
			return func() {
				for i, x := range p.x {
					p.yhat[i] = sigmoid32(x)
				}
			}
		},
	}}, nil)
}

func sigmoid32(z float32) float32 { return 1 / (1 + math32.Exp(-z)) }
