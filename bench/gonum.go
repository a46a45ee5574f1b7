package bench

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// gonumPeers multiply with the BLAS of gonum, what Gemv and, for a single row,
// Dot of blas32 and blas64 call, and take the exponential from the standard library, or
// from math32.
func gonumPeers[T float]() []contestant[T] {
	return pick[T](
		[]contestant[float32]{
			gonumPeer("gonum", gonum.Implementation{}.Sgemv, gonum.Implementation{}.Sdot, sigmoidGo[float32]),
			gonumPeer("gonum+math32", gonum.Implementation{}.Sgemv, gonum.Implementation{}.Sdot, sigmoid32),
		},
		[]contestant[float64]{
			gonumPeer("gonum", gonum.Implementation{}.Dgemv, gonum.Implementation{}.Ddot, sigmoidGo[float64]),
		},
	)
}

// gemv is y = alpha·A·x + beta·y, or with the transpose of A.
type gemv[T float] func(t blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int)

// dot is Σ x·y.
type dot[T float] func(n int, x []T, incX int, y []T, incY int) T

func gonumPeer[T float](name string, gemv gemv[T], dot dot[T], sigmoid func(T) T) contestant[T] {
	return contestant[T]{
		name: name,
		step: func(p *problem[T]) func() {
			return func() {
				gemv(blas.NoTrans, p.Rows, p.Cols, 1, p.x, p.Stride, p.w, 1, 0, p.d, 1)
				var gb T
				for i, z := range p.d {
					a := sigmoid(z + p.b)
					d := (a - p.y[i]) * a * (1 - a)
					p.d[i] = d
					gb += d
				}
				gemv(blas.Trans, p.Rows, p.Cols, 1, p.x, p.Stride, p.d, 1, 0, p.g, 1)
				p.gb = float64(gb)
			}
		},
		forward: func(p *problem[T]) func() {
			return func() {
				gemv(blas.NoTrans, p.Rows, p.Cols, 1, p.x, p.Stride, p.w, 1, 0, p.yhat, 1)
				for i, z := range p.yhat {
					p.yhat[i] = sigmoid(z + p.b)
				}
			}
		},
		row: func(p *problem[T]) func() {
			return func() { p.yhat[0] = sigmoid(dot(p.Cols, p.x, 1, p.w, 1) + p.b) }
		},
	}
}
