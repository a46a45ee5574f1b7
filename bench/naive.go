package bench

import "math"

// naive is the loop over rows that one writes first.
func naive[T float]() contestant[T] {
	return contestant[T]{
		name: "naive",
		step: func(p *problem[T]) func() {
			return func() {
				clear(p.g)
				var gb T
				for i := range p.Rows {
					row := p.x[i*p.Stride:][:p.Cols]
					z := p.b
					for j, x := range row {
						z += x * p.w[j]
					}
					a := sigmoidGo(z)
					d := (a - p.y[i]) * a * (1 - a)
					for j, x := range row {
						p.g[j] += d * x
					}
					gb += d
				}
				p.gb = float64(gb)
			}
		},
		forward: func(p *problem[T]) func() {
			return func() {
				for i := range p.Rows {
					row := p.x[i*p.Stride:][:p.Cols]
					z := p.b
					for j, x := range row {
						z += x * p.w[j]
					}
					p.yhat[i] = sigmoidGo(z)
				}
			}
		},
	}
}

// goExp is σ by math.Exp.
func goExp[T float]() contestant[T] {
	return contestant[T]{
		name: "math.Exp",
		sigmoid: func(p *problem[T]) func() {
			return func() {
				for i, x := range p.x {
					p.yhat[i] = sigmoidGo(x)
				}
			}
		},
	}
}

func sigmoidGo[T float](z T) T { return T(1 / (1 + math.Exp(-float64(z)))) }
