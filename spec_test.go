package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// This file restates the order of operations of doc.go independently of
// kernel_generic.go, as slow and as literal as possible.

// specFMA returns x*y + z with one rounding, by math/big.
func specFMA[T Float](x, y, z T) T {
	if !is32[T]() {
		return T(math.FMA(float64(x), float64(y), float64(z)))
	}
	return T(bigFMA32(float32(x), float32(y), float32(z)))
}

// bigFMA32 returns x*y + z rounded once to float32.
func bigFMA32(x, y, z float32) float32 {
	p := float64(x) * float64(y) // exact
	s := p + float64(z)
	if math.IsNaN(s) || math.IsInf(s, 0) || s == 0 {
		return float32(s) // a sum of float64 is 0 only if it is exactly that
	}
	// 2^-298 to 2^257, exactly.
	var a, b big.Float
	a.SetPrec(600).SetFloat64(p)
	b.SetPrec(600).SetFloat64(float64(z))
	f, _ := a.Add(&a, &b).Float32()
	return f
}

// specReduce adds lanes i and i+h for h = half, quarter, …
func specReduce[T Float](lanes []T) T {
	if len(lanes) == 1 {
		return lanes[0]
	}
	h := len(lanes) / 2
	half := make([]T, h)
	for i := range half {
		half[i] = lanes[i] + lanes[i+h]
	}
	return specReduce(half)
}

func specForward[T Float](x, w []T, b T) T {
	bytes := 128
	if len(w)*elemSize[T]() < 1024 {
		bytes = 64
	}
	lanes := make([]T, bytes/elemSize[T]())
	for l := range lanes {
		for j := l; j < (len(w)+len(lanes)-1)/len(lanes)*len(lanes); j += len(lanes) {
			var xj, wj T
			if j < len(w) {
				xj, wj = x[j], w[j]
			}
			lanes[l] = specFMA(xj, wj, lanes[l])
		}
	}
	return specReduce(lanes) + b
}

func specGradient[T Float](g []T, x Batch[T], delta []T) {
	for j := range g {
		if x.Cols*elemSize[T]() >= 1024 {
			for i, d := range delta {
				g[j] = specFMA(d, x.Row(i)[j], g[j])
			}
			continue
		}
		for i := 0; i < len(delta); i += 8 {
			t := T(delta[i] * x.Row(i)[j])
			for k := i + 1; k < min(i+8, len(delta)); k++ {
				t = specFMA(delta[k], x.Row(k)[j], t)
			}
			g[j] += t
		}
	}
}

func specSum[T Float](s []T) float64 {
	var lanes [8]float64
	for i, v := range s {
		lanes[i%8] += float64(v)
	}
	return specReduce(lanes[:])
}

func TestSpec(t *testing.T) { eachType(t, testSpec[float32], testSpec[float64]) }

func testSpec[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(801, 1))
	widths := []int{1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 40, 127, 128, 129, 255, 256, 257, 300}
	if brief() {
		widths = []int{9, 17, 127, 128, 129, 255, 256, 257}
	}
	for i, cols := range widths {
		for kind := range kinds {
			if brief() && kind != i%kinds {
				continue
			}
			c := testCase{rows: r.IntN(20), cols: cols, stride: cols + r.IntN(2), kind: kind}
			x, w, b := newBatch[T](r, c), newVector[T](r, cols, c), newVector[T](r, 1, c)[0]
			z, want := make([]T, c.rows), make([]T, c.rows)
			Forward(z, x, w, b)
			for i := range want {
				want[i] = specForward(x.Row(i), w, b)
			}
			wantSame(t, z, want, "Forward, %v", c)

			delta, g := newVector[T](r, c.rows, c), newVector[T](r, cols, c)
			wantG := append([]T(nil), g...)
			sum := Gradient(g, x, delta)
			specGradient(wantG, x, delta)
			wantSame(t, g, wantG, "Gradient, %v", c)
			if want := specSum(delta); !same(sum, want) {
				t.Fatalf("Gradient, %v: Σδ = %x, want %x", c, sum, want)
			}

			// Of Delta, what follows from σ and the order of the sums.
			y := newLabels[T](r, c.rows, c)
			yhat := make([]T, c.rows)
			Sigmoid(yhat, z)
			for _, loss := range []Loss{Quadratic, LogLoss} {
				sums := Delta(delta, z, y, nil, loss)
				correct := 0
				costs := make([]float64, c.rows)
				for i := range z {
					if yhat[i] == yhat[i] && (z[i] >= 0) == (y[i] >= 0.5) {
						correct++
					}
					costs[i] = Delta(make([]T, 1), z[i:i+1], y[i:i+1], nil, loss).Cost
				}
				if sums.Correct != correct {
					t.Fatalf("Delta, %v, %v: %d correct, want %d", loss, c, sums.Correct, correct)
				}
				if want := specSum(delta); !same(sums.Delta, want) {
					t.Fatalf("Delta, %v, %v: Σδ = %x, want %x", loss, c, sums.Delta, want)
				}
				if want := specSum(costs); !same(sums.Cost, want) {
					t.Fatalf("Delta, %v, %v: cost %x, want %x", loss, c, sums.Cost, want)
				}

				// Weights of 1 are no weights; a weight of 2 doubles.
				for _, s := range []T{1, 2} {
					weights, d2 := make([]T, c.rows), make([]T, c.rows)
					for i := range weights {
						weights[i] = s
					}
					got := Delta(d2, z, y, weights, loss)
					if want := float64(s) * sums.Cost; !same(got.Cost, want) && math.Abs(want) < 1e300 {
						t.Fatalf("Delta, %v, weights %v, %v: cost %x, want %x", loss, s, c, got.Cost, want)
					}
					for i := range d2 {
						want := s * delta[i]
						if math.Abs(float64(want)) < 1e-30 && s != 1 {
							continue // might be subnormal
						}
						if !same(d2[i], want) {
							t.Fatalf("Delta, %v, weights %v, %v: δ = %x, want %x", loss, s, c, d2[i], want)
						}
					}
				}
			}
		}
	}
}
