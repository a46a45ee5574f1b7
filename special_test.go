package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// This file tests what bad input does: NaN and infinities go through as IEEE
// 754 says, and never come out as a finite number that is wrong. The classes
// of the results (NaN, +∞, −∞, finite) follow from those of the operands in
// any order of summation, as long as nothing overflows; so a float64 sum in
// the plainest order tells them.

func class[T Float](x T) int {
	switch f := float64(x); {
	case f != f:
		return 0
	case math.IsInf(f, 1):
		return 1
	case math.IsInf(f, -1):
		return 2
	}
	return 3
}

var classNames = [...]string{"NaN", "+∞", "−∞", "finite"}

func wantClass[A, B Float](t *testing.T, got A, want B, what string, i int) {
	t.Helper()
	if class(got) != class(want) {
		t.Fatalf("%s %d = %v, want %s", what, i, got, classNames[class(want)])
	}
}

// spoilt returns n numbers of the order of 1, a few of them NaN or infinite:
// one in rarity on average.
func spoilt[T Float](r *rand.Rand, n, rarity int) []T {
	s := make([]T, n)
	for i := range s {
		s[i] = T(r.IntN(9) - 4)
		if r.IntN(rarity) == 0 {
			s[i] = T([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[r.IntN(3)])
		}
	}
	return s
}

func TestBadInput(t *testing.T) { eachType(t, testBadInput[float32], testBadInput[float64]) }

func testBadInput[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1101, 1))
	for _, cols := range []int{1, 3, 8, 16, 17, 30, 64, 127, 128, 255, 256, 300, 1029} {
		for range size(2, 8, 50) {
			rows := 1 + r.IntN(40)
			x := Batch[T]{Data: spoilt[T](r, rows*cols, 6*cols), Rows: rows, Cols: cols}
			w, delta, g := spoilt[T](r, cols, 16*cols), spoilt[T](r, rows, 8*rows), spoilt[T](r, cols, 16*cols)
			b := spoilt[T](r, 1, 16)[0]

			z, yhat := make([]T, rows), make([]T, rows)
			Forward(z, x, w, b)
			Predict(yhat, x, w, b)
			for i := range z {
				sum := 0.0
				for j, v := range x.Row(i) {
					sum += float64(float64(v) * float64(w[j]))
				}
				wantClass(t, z[i], sum+float64(b), "z", i)
				switch class(z[i]) {
				case 0:
					wantClass(t, yhat[i], math.NaN(), "ŷ", i)
				case 1, 2:
					want := T(1)
					if z[i] < 0 {
						want = 0
					}
					if yhat[i] != want {
						t.Fatalf("σ(%v) = %v", z[i], yhat[i])
					}
				default:
					if !(yhat[i] >= 0 && yhat[i] <= 1) {
						t.Fatalf("σ(%v) = %v", z[i], yhat[i])
					}
				}
			}

			want, sumDelta := make([]float64, cols), 0.0
			for j := range want {
				want[j] = float64(g[j])
			}
			for i, d := range delta {
				sumDelta += float64(d)
				for j, v := range x.Row(i) {
					want[j] += float64(float64(d) * float64(v))
				}
			}
			wantClass(t, Gradient(g, x, delta), sumDelta, "Σδ, of columns", cols)
			for j := range g {
				wantClass(t, g[j], want[j], "g", j)
			}

			// The fused step, by δ as Delta gives it.
			y := make([]T, rows)
			for i := range y {
				y[i] = T(r.IntN(3)) / 2
				if r.IntN(8*rows) == 0 {
					y[i] = T(math.NaN())
				}
			}
			for _, loss := range []Loss{Quadratic, LogLoss} {
				sums := Delta(delta, z, y, nil, loss)
				clear(want)
				cost := 0.0
				for i, d := range delta {
					e, c := badDelta(float64(z[i]), float64(y[i]), loss)
					wantClass(t, d, e, "δ", i)
					cost += c
					for j, v := range x.Row(i) {
						want[j] += float64(float64(d) * float64(v))
					}
				}
				wantClass(t, sums.Cost, cost, "cost, of rows", rows)
				g := make([]T, cols)
				wantSums(t, Step(g, x, y, nil, w, b, loss), sums, "Step, %d rows, %d columns", rows, cols)
				for j := range g {
					wantClass(t, g[j], want[j], "g of Step", j)
				}
			}
		}
	}
}

// badDelta returns numbers with the classes of δ and cost of a row.
func badDelta(z, y float64, loss Loss) (delta, cost float64) {
	switch {
	case z != z || y != y:
		return math.NaN(), math.NaN()
	case loss == LogLoss && (z > math.MaxFloat64 && y != 1 || z < -math.MaxFloat64 && y != 0):
		return 0, math.Inf(1) // certain, and wrong
	}
	return 0, 0
}

// TestInfinity tests δ and cost at z = ±∞, where ŷ is 1 or 0.
func TestInfinity(t *testing.T) { eachType(t, testInfinity[float32], testInfinity[float64]) }

func testInfinity[T Float](t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		z, y                 float64
		quadratic, log, cost float64 // δ, δ, cost of the log loss
	}{
		{inf, 1, 0, 0, 0}, {inf, 0, 0, 1, inf}, {inf, 0.5, 0, 0.5, inf},
		{-inf, 0, 0, 0, 0}, {-inf, 1, 0, -1, inf}, {-inf, 0.5, 0, -0.5, inf},
	} {
		for n := 1; n <= 17; n++ { // in every lane
			z, y, delta := make([]T, n), make([]T, n), make([]T, n)
			for i := range z {
				z[i], y[i] = T(c.z), T(c.y)
			}
			// A sum of n costs, all of them the same.
			s := Delta(delta, z, y, nil, Quadratic)
			miss := (1 - c.y) * (1 - c.y)
			if c.z < 0 {
				miss = c.y * c.y
			}
			if float64(delta[n-1]) != c.quadratic || s.Cost != float64(n)*miss {
				t.Errorf("z = %v, y = %v: quadratic: δ = %v, cost %v, want %v, %v", c.z, c.y, delta[n-1], s.Cost, c.quadratic, float64(n)*miss)
			}
			s = Delta(delta, z, y, nil, LogLoss)
			if float64(delta[n-1]) != c.log || s.Cost != c.cost {
				t.Errorf("z = %v, y = %v: log loss: δ = %v, cost %v, want %v, %v", c.z, c.y, delta[n-1], s.Cost, c.log, c.cost)
			}
		}
	}
}
