package bench

import (
	"math"

	"github.com/viterin/vek"
	"github.com/viterin/vek/vek32"
)

// vekPeers compose everything of the functions of github.com/viterin/vek. Its
// matrices have no stride: padded rows are taken as rows of zeros at the end.
// vek-tiled takes the rows through both products in tiles, which keeps them
// in cache. A single row is a dot product, and its σ vek's or math.Exp's. There is no exponential for float64 in vek: that is math.Exp.
func vekPeers[T float]() []contestant[T] {
	return pick[T](
		vekPeer(vekFuncs[float32]{
			matMul:    vek32.MatMul_Into,
			add:       vek32.Add_Inplace,
			addNumber: vek32.AddNumber_Inplace,
			sub:       vek32.Sub_Into,
			mul:       vek32.Mul_Inplace,
			neg:       vek32.Neg_Inplace,
			negInto:   vek32.Neg_Into,
			exp:       vek32.Exp_Inplace,
			inv:       vek32.Inv_Inplace,
			sum:       vek32.Sum,
			dot:       vek32.Dot,
		}),
		vekPeer(vekFuncs[float64]{
			matMul:    vek.MatMul_Into,
			add:       vek.Add_Inplace,
			addNumber: vek.AddNumber_Inplace,
			sub:       vek.Sub_Into,
			mul:       vek.Mul_Inplace,
			neg:       vek.Neg_Inplace,
			negInto:   vek.Neg_Into,
			exp:       expGo,
			inv:       vek.Inv_Inplace,
			sum:       vek.Sum,
			dot:       vek.Dot,
		}),
	)
}

type vekFuncs[T float] struct {
	matMul    func(dst, x, y []T, n int) []T
	add       func(x, y []T)
	addNumber func(x []T, a T)
	sub       func(dst, x, y []T) []T
	mul       func(x, y []T)
	neg       func(x []T)
	negInto   func(dst, x []T) []T
	exp       func(x []T)
	inv       func(x []T)
	sum       func(x []T) T
	dot       func(x, y []T) T
}

func vekPeer[T float](f vekFuncs[T]) []contestant[T] {
	// gradient stores Σ d·x of some rows in g and returns Σd.
	gradient := func(g, x, w []T, b T, y, a, d []T) T {
		f.matMul(a, x, w, len(w))
		f.addNumber(a, b)
		f.neg(a)
		f.finish(a)
		f.sub(d, a, y)
		f.mul(d, a)
		f.neg(a)
		f.addNumber(a, 1)
		f.mul(d, a)
		f.matMul(g, d, x, len(d))
		return f.sum(d)
	}
	return []contestant[T]{
		{
			name: "vek",
			step: func(p *problem[T]) func() {
				g, w := p.g[:p.Stride], p.w[:p.Stride]
				return func() { p.gb = float64(gradient(g, p.x, w, p.b, p.y, p.t, p.d)) }
			},
			forward: func(p *problem[T]) func() {
				w := p.w[:p.Stride]
				return func() {
					f.matMul(p.yhat, p.x, w, len(w))
					f.addNumber(p.yhat, p.b)
					f.neg(p.yhat)
					f.finish(p.yhat)
				}
			},
			row: func(p *problem[T]) func() {
				return func() {
					p.yhat[0] = -(f.dot(p.x, p.w) + p.b)
					f.finish(p.yhat)
				}
			},
			sigmoid: func(p *problem[T]) func() {
				return func() {
					f.negInto(p.yhat, p.x)
					f.finish(p.yhat)
				}
			},
		},
		{
			name: "vek+math.Exp",
			row: func(p *problem[T]) func() {
				return func() { p.yhat[0] = sigmoidGo(f.dot(p.x, p.w) + p.b) }
			},
		},
		{
			name: "vek-tiled",
			step: func(p *problem[T]) func() {
				g, s, w := p.g[:p.Stride], p.s[:p.Stride], p.w[:p.Stride]
				return func() {
					clear(g)
					var gb T
					for i := 0; i < p.Rows; i += tile {
						j := min(i+tile, p.Rows)
						gb += gradient(s, p.x[i*p.Stride:j*p.Stride], w, p.b, p.y[i:j], p.t[i:j], p.d[i:j])
						f.add(g, s)
					}
					p.gb = float64(gb)
				}
			},
		},
	}
}

// tile is the number of rows of the peers that work on tiles.
const tile = 32

// finish turns −z into σ(z).
func (f *vekFuncs[T]) finish(z []T) {
	f.exp(z)
	f.addNumber(z, 1)
	f.inv(z)
}

func expGo(x []float64) {
	for i, v := range x {
		x[i] = math.Exp(v)
	}
}
