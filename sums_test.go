package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/oracle"
)

// An exact is a sum of products of T, exact as long as these lie between
// 2^-500 and 2^500, with the sum of their absolute values beside it.
type exact struct {
	sum big.Float
	abs float64
}

func newExact() *exact {
	e := new(exact)
	e.sum.SetPrec(1200)
	return e
}

func (e *exact) add(x, y float64) {
	var a, b big.Float
	a.SetPrec(53).SetFloat64(x)
	b.SetPrec(53).SetFloat64(y)
	p := new(big.Float).SetPrec(106).Mul(&a, &b)
	e.sum.Add(&e.sum, p)
	e.abs += math.Abs(x * y)
}

// err returns |got − sum|.
func (e *exact) err(got float64) float64 {
	d := new(big.Float).SetPrec(1200).SetFloat64(got)
	f, _ := d.Sub(d, &e.sum).Float64()
	return math.Abs(f)
}

func unitRoundoff[T Float]() float64 {
	if is32[T]() {
		return 0x1p-24
	}
	return 0x1p-53
}

// TestSumErrors compares Forward and Gradient with exact sums, under the
// bounds that stand at the functions.
func TestSumErrors(t *testing.T) { eachType(t, testSumErrors[float32], testSumErrors[float64]) }

func testSumErrors[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1001, 1))
	u := unitRoundoff[T]()
	widths := []int{1, 2, 3, 15, 16, 30, 64, 100, 127, 128, 255, 256, 300, 784, 1024, 4097}
	if brief() {
		widths = []int{3, 30, 127, 256}
	}
	var worstF, worstG, worstS float64
	for _, cols := range widths {
		c := testCase{rows: 1 + r.IntN(max(2, min(300, 8000/cols))), cols: cols, stride: cols + r.IntN(3)}
		x, w := newBatch[T](r, c), newVector[T](r, cols, c)
		b := newVector[T](r, 1, c)[0]
		for j := range w { // different sizes
			w[j] *= T(math.Ldexp(1, r.IntN(12)))
		}
		z := make([]T, c.rows)
		Forward(z, x, w, b)
		lanes := lanesOf[T](cols)
		k := float64(cols)/float64(lanes) + math.Log2(float64(lanes)) + 2
		for i := range z {
			e := newExact()
			for j, xj := range x.Row(i) {
				e.add(float64(xj), float64(w[j]))
			}
			e.add(float64(b), 1)
			ratio := e.err(float64(z[i])) / (k * u * e.abs)
			worstF = max(worstF, ratio)
			if !(ratio <= 1) {
				t.Fatalf("Forward, %v: z[%d] = %v is off by %.3g times the bound", c, i, z[i], ratio)
			}
			if i > 20 {
				break
			}
		}

		delta, g := newVector[T](r, c.rows, c), newVector[T](r, cols, c)
		start := append([]T(nil), g...)
		sum := Gradient(g, x, delta)
		for j := 0; j < cols; j += 1 + cols/40 {
			e := newExact()
			e.add(float64(start[j]), 1)
			for i, d := range delta {
				e.add(float64(d), float64(x.Row(i)[j]))
			}
			ratio := e.err(float64(g[j])) / (float64(c.rows+2) * u * e.abs)
			worstG = max(worstG, ratio)
			if !(ratio <= 1) {
				t.Fatalf("Gradient, %v: g[%d] = %v is off by %.3g times the bound", c, j, g[j], ratio)
			}
		}
		e := newExact()
		for _, d := range delta {
			e.add(float64(d), 1)
		}
		ratio := e.err(sum) / (float64(float64(c.rows)/8+4) * 0x1p-53 * e.abs)
		worstS = max(worstS, ratio)
		if !(ratio <= 1) {
			t.Fatalf("Gradient, %v: Σδ = %v is off by %.3g times the bound", c, sum, ratio)
		}
	}
	t.Logf("max error in parts of the bound: Forward %.3f, Gradient %.3f, Σδ %.3f", worstF, worstG, worstS)
}

// TestStepIsGradient compares the gradient of Step with differences of the
// cost, which math/big computes: (C(w+h) − C(w−h))/2h with h = 2^-60, at
// 320 bits.
func TestStepIsGradient(t *testing.T) {
	eachType(t, testStepIsGradient[float32], testStepIsGradient[float64])
}

func testStepIsGradient[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1002, 1))
	const rows, cols = 5, 4
	num := func(x float64) *big.Float { return new(big.Float).SetPrec(oracle.Prec).SetFloat64(x) }
	for _, loss := range []Loss{Quadratic, LogLoss} {
		c := testCase{rows: rows, cols: cols, stride: cols, loss: loss}
		x, w, b := newBatch[T](r, c), newVector[T](r, cols, c), T(0.25)
		y, s := newLabels[T](r, rows, c), newVector[T](r, rows, c)
		for i := range s {
			s[i] = T(math.Abs(float64(s[i])))
		}

		// cost is Σ s·½(ŷ−y)² or Σ s·−(y·log ŷ + (1−y)·log(1−ŷ)), with h
		// added to w[k] (k = cols: to b).
		cost := func(k int, h float64) *big.Float {
			total := num(0)
			for i := range rows {
				z := num(float64(b))
				if k == cols {
					z.Add(z, num(h))
				}
				for j, xj := range x.Row(i) {
					wj := num(float64(w[j]))
					if j == k {
						wj.Add(wj, num(h))
					}
					z.Add(z, wj.Mul(wj, num(float64(xj))))
				}
				one := num(1)
				e := oracle.Exp(num(0).Neg(z))
				one.Quo(one, e.Add(e, num(1))) // ŷ
				var ci *big.Float
				if loss == Quadratic {
					ci = one.Sub(one, num(float64(y[i])))
					ci.Mul(ci, ci).Quo(ci, num(2))
				} else {
					// log(1+exp(−|z|)) + |z|·m
					m := num(float64(y[i]))
					if z.Sign() >= 0 {
						m.Sub(num(1), m)
					}
					z.Abs(z)
					ci = oracle.Log1p(oracle.Exp(num(0).Neg(z)))
					ci.Add(ci, m.Mul(m, z))
				}
				total.Add(total, ci.Mul(ci, num(float64(s[i]))))
			}
			return total
		}

		g := make([]T, cols)
		sums := Step(g, x, y, s, w, b, loss)
		scale := 0.0
		for i := range s {
			for _, v := range x.Row(i) {
				scale = max(scale, math.Abs(float64(v))*float64(s[i]))
			}
		}
		const h = 0x1p-60
		for k := range cols + 1 {
			d := cost(k, h)
			d.Sub(d, cost(k, -h))
			want, _ := d.Quo(d, num(2*h)).Float64()
			got, name := sums.Delta, "Σδ"
			if k < cols {
				got, name = float64(g[k]), "g"
			}
			if !(math.Abs(got-want) <= 16*unitRoundoff[T]()*rows*max(scale, 1)) {
				t.Errorf("%v: %s[%d] = %v, but the cost changes by %v", loss, name, k, got, want)
			}
		}
		want, _ := cost(-1, 0).Float64()
		got := sums.Cost
		if loss == Quadratic {
			got /= 2
		}
		if !(math.Abs(got-want) <= 64*unitRoundoff[T]()*want) {
			t.Errorf("%v: cost %v, want %v", loss, got, want)
		}
	}
}
