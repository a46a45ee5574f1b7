package freeorder

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

// TestStep compares with the library.
func TestStep(t *testing.T) {
	if !Available {
		t.Skip("no AVX-512")
	}
	for _, s := range [][3]int{
		{16, 17, 17}, {16, 30, 30}, {256, 30, 30}, {256, 30, 32}, {48, 32, 40}, {8, 128, 128}, {64, 128, 131},
		{2, 512, 512}, {6, 528, 528}, {8, 784, 784}, {12, 784, 800}, {256, 784, 784}, {64, 1024, 1024},
	} {
		rows, cols, stride := s[0], s[1], s[2]
		if !Supports(rows, cols) {
			t.Fatalf("%v is not supported", s)
		}
		r := rand.New(rand.NewPCG(uint64(rows), uint64(cols)))
		random := func(n int) []float32 {
			v := make([]float32, n)
			for i := range v {
				v[i] = float32(r.NormFloat64())
			}
			return v
		}
		x, w, y := random(rows*stride), random(cols), make([]float32, rows)
		for i := range y {
			y[i] = float32(r.IntN(2))
		}
		for i := range w {
			w[i] /= float32(math.Sqrt(float64(cols)))
		}
		for i := range x {
			if i%stride >= cols {
				x[i] = float32(math.NaN())
			}
		}
		g, want := random(cols), make([]float32, cols)
		sums := Step(g, x, y, w, 0.1, stride)
		k := kernel.Step(want, kernel.Batch[float32]{Data: x, Rows: rows, Cols: cols, Stride: stride}, y, nil, w, 0.1, kernel.Quadratic)
		for j := range g {
			if d := math.Abs(float64(g[j] - want[j])); !(d < 1e-5*math.Sqrt(float64(rows))) {
				t.Fatalf("%v: g[%d] = %v, want %v", s, j, g[j], want[j])
			}
		}
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-5*float64(rows) }
		if !near(sums.Cost, k.Cost) || !near(sums.Delta, k.Delta) || sums.Correct != k.Correct {
			t.Errorf("%v: sums %+v, want %+v", s, sums, k)
		}
	}
}
