package bench

import (
	"runtime"
	"runtime/debug"

	"github.com/nlpodyssey/spago/mat"
)

// spagoPeers compose everything of the methods of a dense matrix of
// github.com/nlpodyssey/spago/mat. It has no stride, as vek has none, and makes
// a new matrix for nearly every result: the collector runs while it does.
func spagoPeers[T float]() []contestant[T] {
	vector := func(v []T) *mat.Dense[T] { return mat.NewDense[T](mat.WithBacking(v)) }
	matrix := func(p *problem[T]) (x, w *mat.Dense[T]) {
		return mat.NewDense[T](mat.WithShape(p.Rows, p.Stride), mat.WithBacking(p.x)), vector(p.w[:p.Stride])
	}
	return []contestant[T]{
		{
			name:  "spago",
			enter: collecting,
			step: func(p *problem[T]) func() {
				x, w := matrix(p)
				y := vector(p.y)
				return func() {
					a := x.Mul(w).AddScalarInPlace(float64(p.b)).(*mat.Dense[T]).Sigmoid()
					d := a.Sub(y).ProdInPlace(a)
					d.ProdInPlace(a.ProdScalarInPlace(-1).AddScalarInPlace(1))
					p.ownG = mat.Data[T](x.MulT(d))
					p.gb = float64(mat.Data[T](d.Sum())[0])
				}
			},
			forward: func(p *problem[T]) func() {
				x, w := matrix(p)
				return func() {
					z := x.Mul(w).AddScalarInPlace(float64(p.b))
					p.ownYhat = mat.Data[T](z.Sigmoid())
				}
			},
			row: func(p *problem[T]) func() {
				x, w := vector(p.x), vector(p.w)
				return func() {
					z := x.DotUnitary(w).AddScalarInPlace(float64(p.b))
					p.ownYhat = mat.Data[T](z.Sigmoid())
				}
			},
			sigmoid: func(p *problem[T]) func() {
				x := vector(p.x)
				return func() { p.ownYhat = mat.Data[T](x.Sigmoid()) }
			},
		},
		{
			name:  "spago+math.Exp",
			enter: collecting,
			row: func(p *problem[T]) func() {
				x, w := vector(p.x), vector(p.w)
				return func() { p.yhat[0] = sigmoidGo(mat.Data[T](x.DotUnitary(w))[0] + p.b) }
			},
		},
	}
}

// collecting lets the collector run for a contestant that allocates, and takes
// what it has left at the end.
func collecting() (leave func()) {
	percent := debug.SetGCPercent(100)
	return func() {
		debug.SetGCPercent(percent)
		runtime.GC()
	}
}
