package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
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

// The kinds of data for sums: how much of Σ|x·w| is left in |Σ x·w|.
const (
	wellConditioned = iota // all
	ordinarySums           // some
	illConditioned         // next to nothing: products cancel, but for a last place
	adversarial            // all, and every rounding goes the same way
	sumKinds
)

var sumKindNames = [...]string{"well-conditioned", "ordinary", "ill-conditioned", "adversarial"}

// sumData returns vectors of n elements whose dot product is of a kind. lane
// is the distance of elements that are summed one after the other.
func sumData[T Float](r *rand.Rand, n, lane, kind int) (a, b []T) {
	a, b = make([]T, n), make([]T, n)
	for i := range a {
		a[i] = T(r.NormFloat64() * math.Ldexp(1, r.IntN(12)))
		b[i] = T(r.NormFloat64())
	}
	switch kind {
	case wellConditioned:
		for i := range a {
			a[i], b[i] = T(math.Abs(float64(a[i]))), T(math.Abs(float64(b[i])))
		}
	case illConditioned:
		perm := r.Perm(n)
		for k := 0; k+1 < n; k += 2 {
			i, j := perm[k], perm[k+1]
			a[j], b[j] = -a[i], b[i]
			if r.IntN(4) == 0 { // a last place off
				a[j] = fromBits[T](bitsOf(a[j]) ^ 1)
			}
		}
	case adversarial:
		// 1, and then what is just lost: half the last place of 1, even.
		for i := range a {
			a[i], b[i] = 1, T(unitRoundoff[T]())
			if i < lane {
				b[i] = 1
			}
		}
	}
	return a, b
}

// boundOf returns γ_k = k·u/(1−k·u), the bound of the relative error of a
// product of k factors 1+e with |e| ≤ u.
func boundOf[T Float](k float64) float64 {
	u := unitRoundoff[T]()
	return k * u / (1 - k*u)
}

// TestSumErrors compares Forward and Gradient with exact sums, under the
// bounds that docs/numerics.md derives, which are a little below those at the
// functions.
func TestSumErrors(t *testing.T) { eachType(t, testSumErrors[float32], testSumErrors[float64]) }

func testSumErrors[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1001, 1))
	widths := []int{1, 2, 3, 15, 16, 30, 64, 100, 127, 128, 255, 256, 300, 784, 1024, 4097}
	if brief() {
		widths = []int{3, 30, 127, 256}
	}
	for kind := range sumKinds {
		var worstF, worstG, worstS, condition float64
		for _, cols := range widths {
			rows := 1 + r.IntN(max(2, min(300, 8000/cols)))
			lanes := lanesOf[T](cols)
			k := float64((cols+lanes-1)/lanes) + math.Log2(float64(lanes)) + 1
			for _, lane := range []int{lanes, 1, lanes, 1} { // 1: what one chain would lose
				xs, w := sumData[T](r, cols, lane, kind)
				b := T(r.NormFloat64() / 1024)
				z := make([]T, 1)
				Forward(z, Batch[T]{Data: xs, Rows: 1, Cols: cols}, w, b)
				e := newExact()
				for j, xj := range xs {
					e.add(float64(xj), float64(w[j]))
				}
				e.add(float64(b), 1)
				ratio := e.err(float64(z[0])) / (boundOf[T](k) * e.abs)
				worstF, condition = max(worstF, ratio), max(condition, e.condition())
				if !(ratio <= 1) {
					t.Fatalf("Forward, %s, %d columns: z = %v is off by %.3g times the bound", sumKindNames[kind], cols, z[0], ratio)
				}
			}

			// Columns of X, one beside the other.
			x := Batch[T]{Data: make([]T, rows*cols), Rows: rows, Cols: cols}
			delta, g := make([]T, rows), make([]T, cols)
			for j := range cols {
				var c []T
				if j == 0 {
					c, delta = sumData[T](r, rows, 1, kind)
				} else { // the same, as often as it takes to fill X
					c = make([]T, rows)
					for i := range c {
						c[i] = x.Data[i*cols] * T(math.Ldexp(1, j%5))
					}
				}
				for i, v := range c {
					x.Data[i*cols+j] = v
				}
			}
			if kind != adversarial {
				for j := range g {
					g[j] = T(r.NormFloat64() / 1024)
				}
			}
			start := slices.Clone(g)
			sum := Gradient(g, x, delta)
			kg := float64(rows)
			if isNarrow[T](cols) {
				kg = float64(min(rows, groupRows) + (rows+groupRows-1)/groupRows)
			}
			for j := 0; j < cols; j += 1 + cols/8 {
				e := newExact()
				e.add(float64(start[j]), 1)
				for i, d := range delta {
					e.add(float64(d), float64(x.Row(i)[j]))
				}
				ratio := e.err(float64(g[j])) / (boundOf[T](kg) * e.abs)
				worstG = max(worstG, ratio)
				if !(ratio <= 1) {
					t.Fatalf("Gradient, %s, %d×%d: g[%d] = %v is off by %.3g times the bound", sumKindNames[kind], rows, cols, j, g[j], ratio)
				}
			}
			e := newExact()
			for _, d := range delta {
				e.add(float64(d), 1)
			}
			ratio := e.err(sum) / (boundOf[float64](float64((rows+7)/8)+3) * e.abs)
			worstS = max(worstS, ratio)
			if !(ratio <= 1) {
				t.Fatalf("Gradient, %s, %d×%d: Σδ = %v is off by %.3g times the bound", sumKindNames[kind], rows, cols, sum, ratio)
			}
		}
		t.Logf("%s (condition up to %.1g): max error in parts of the bound: Forward %.3f, Gradient %.3f, Σδ %.3f",
			sumKindNames[kind], condition, worstF, worstG, worstS)
		if kind == adversarial && !brief() && !(worstF > 0.9 && worstG > 0.9) {
			t.Errorf("the bounds are not sharp: Forward reaches %.3f of it, Gradient %.3f", worstF, worstG)
		}
		if kind == illConditioned && !(condition > 1e6) {
			t.Errorf("the ill-conditioned data have a condition of %.1g", condition)
		}
	}
}

// condition returns Σ|xy|/|Σxy|, 0 if the sum is 0.
func (e *exact) condition() float64 {
	f, _ := e.sum.Float64()
	if f == 0 {
		return 0
	}
	return e.abs / math.Abs(f)
}

// TestTenMillionRows sums a gradient of float32 over ten million rows: a
// Stepper keeps it, a plain sum in float32 loses it, and so does Step, whose
// rows are one chain. go test -v shows all three.
func TestTenMillionRows(t *testing.T) {
	if brief() || slow() {
		t.Skip("takes too long")
	}
	const (
		total = 10_000_000
		cols  = 3 // shards of 4096 rows, the longest there are
		piece = 64 * 4096
	)
	r := rand.New(rand.NewPCG(1003, 1))
	w, b := []float32{0.5, -0.25, 0.125}, float32(0.0625)
	s := NewStepper[float32](cols, 1)
	defer s.Close()
	s.Reset()
	chain := make([]float32, cols)
	naive := make([]float32, cols)
	naiveDelta := float32(0)
	var exact [cols + 1]compensated
	x := Batch[float32]{Data: make([]float32, piece*cols), Rows: piece, Cols: cols}
	y, delta := make([]float32, piece), make([]float32, piece)
	var chainDelta float64
	for done := 0; done < total; done += piece {
		n := min(piece, total-done)
		for i := range x.Data[:n*cols] {
			x.Data[i] = float32(r.Uint32()>>8) * 0x1p-24
		}
		part := x.Slice(0, n)
		s.Add(part, y[:n], nil, w, b, LogLoss)
		chainDelta += Step(chain, part, y[:n], nil, w, b, LogLoss).Delta
		Forward(delta[:n], part, w, b)
		Delta(delta[:n], delta[:n], y[:n], nil, LogLoss)
		for i, d := range delta[:n] {
			naiveDelta += d
			exact[cols].add(float64(d))
			for j, v := range x.Data[i*cols:][:cols] {
				naive[j] += float32(d * v)
				exact[j].add(float64(d) * float64(v)) // exact
			}
		}
	}
	g := make([]float32, cols)
	sums := s.Sum(g)
	worst := map[string]float64{}
	for j := range g {
		for name, v := range map[string]float32{"Stepper": g[j], "plain sum": naive[j], "Step": chain[j]} {
			worst[name] = max(worst[name], exact[j].rel(float64(v)))
		}
	}
	t.Logf("gradient over %d rows of float32, relative error: Stepper %.2g, Step (one chain) %.2g, plain float32 sum %.2g",
		total, worst["Stepper"], worst["Step"], worst["plain sum"])
	t.Logf("Σδ: Stepper %.2g, plain float32 sum %.2g", exact[cols].rel(sums.Delta), exact[cols].rel(float64(naiveDelta)))
	if !(worst["Stepper"] < 1e-5) {
		t.Errorf("the Stepper's gradient has a relative error of %g", worst["Stepper"])
	}
	if !(exact[cols].rel(sums.Delta) < 1e-14) || !(exact[cols].rel(chainDelta) < 1e-14) {
		t.Errorf("Σδ has a relative error of %g, in one chain %g", exact[cols].rel(sums.Delta), exact[cols].rel(chainDelta))
	}
	if !(worst["plain sum"] > 1e-4) {
		t.Errorf("the plain sum has a relative error of %g only: these data prove nothing", worst["plain sum"])
	}
}

// A compensated is a sum of float64 with the rounding errors of all additions
// beside it; as good as exact for ten million numbers of the same sign.
type compensated struct{ s, c float64 }

func (k *compensated) add(x float64) {
	s := k.s + x
	b := s - k.s
	k.c += (k.s - (s - b)) + (x - b)
	k.s = s
}

func (k *compensated) rel(got float64) float64 { return math.Abs((got-k.s)-k.c) / math.Abs(k.s+k.c) }

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
