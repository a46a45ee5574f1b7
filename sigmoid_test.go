package kernel

import (
	"math/rand/v2"
	"testing"
)

// newZ returns arguments for σ: of the kind of c, and between them numbers
// over the range where σ is neither 0 nor 1, and all the places where it is
// hard.
func newZ[T Float](r *rand.Rand, n int, c testCase) []T {
	s := newVector[T](r, n, c)
	for i := range s {
		switch r.IntN(4) {
		case 0:
			s[i] = T(1600*r.Float64() - 800)
		case 1:
			s[i] = T(160*r.Float64() - 110)
		case 2:
			s[i] = T(r.IntN(1<<13)-1<<12) * 0x1p-24
		}
	}
	return s
}

func TestSigmoid(t *testing.T) { eachType(t, testSigmoid[float32], testSigmoid[float64]) }

// testSigmoid compares the σ kernel and Sigmoid with sigmoidGeneric.
func testSigmoid[T Float](t *testing.T) {
	for r, c := range cases[T](301, 2) {
		n := c.cols
		z := newZ[T](r, n, c)
		want := make([]T, n)
		sigmoidGeneric(want, z)
		dst := newField[T](n, (c.off+9)&15)
		if n > 0 {
			sigmoid(dst.s, z)
			wantSame(t, dst.s, want, "sigmoid of %d, %v", n, c)
			dst.check(t, "sigmoid of %d, %v", n, c)
			clear(dst.s)
		}
		Sigmoid(dst.s, z)
		wantSame(t, dst.s, want, "Sigmoid of %d, %v", n, c)
		dst.check(t, "Sigmoid of %d, %v", n, c)

		copy(dst.s, z)
		Sigmoid(dst.s, dst.s)
		wantSame(t, dst.s, want, "Sigmoid of %d in place, %v", n, c)
		dst.check(t, "Sigmoid of %d in place, %v", n, c)
	}
}

// TestSigmoidMany compares the σ and δ kernels with the generic ones on so many
// arguments that even small changes of a coefficient show.
func TestSigmoidMany(t *testing.T) {
	eachType(t, testSigmoidMany[float32], testSigmoidMany[float64])
}

func testSigmoidMany[T Float](t *testing.T) {
	s := source(303)
	const n = 1 << 12
	z, y, got, want := make([]T, n), make([]T, n), make([]T, n), make([]T, n)
	for range size(8, 256, 1<<16) {
		for i := range z {
			z[i] = T(s.fixed(60)) * (0x1p-57 + 0x1p-58) // |z| < 12
			y[i] = T(i & 1)
		}
		sigmoid(got, z)
		sigmoidGeneric(want, z)
		wantSame(t, got, want, "sigmoid of %x", z[0])
	}
	for range size(2, 16, 1<<14) {
		for i := range z {
			z[i] = T(s.fixed(60)) * (0x1p-57 + 0x1p-58)
		}
		for _, loss := range []Loss{Quadratic, LogLoss} {
			var sums, wantP partials
			deltaBlock(got, &sums, z, y, nil, loss)
			deltaGeneric(want, &wantP, z, y, nil, loss)
			wantSame(t, got, want, "delta of %x, %v", z[0], loss)
			wantSame(t, sums.cost[:], wantP.cost[:], "cost of %x, %v", z[0], loss)
		}
	}
}

func TestDelta(t *testing.T) { eachType(t, testDelta[float32], testDelta[float64]) }

// testDelta compares the δ kernel and Delta with deltaGeneric.
func testDelta[T Float](t *testing.T) {
	for r, c := range cases[T](302, 1) {
		n := c.cols
		if brief() && n > 1100 {
			continue
		}
		z, y := newZ[T](r, n, c), newLabels[T](r, n, c)
		for k := range 4 {
			c.loss, c.weighted = Loss(k&1), k&2 != 0
			weights := newWeights[T](r, n, c)
			want := make([]T, n)
			var start, sums, wantP partials
			values(r, start.cost[:], ordinary)
			for i := range start.correct {
				start.correct[i] = float64(r.IntN(100))
			}
			delta := newField[T](n, (c.off+11)&15)
			if n > 0 {
				wantP, sums = start, start
				deltaGeneric(want, &wantP, z, y, weights, c.loss)
				deltaBlock(delta.s, &sums, z, y, weights, c.loss)
				wantSame(t, delta.s, want, "delta of %d, %v", n, c)
				wantSame(t, sums.cost[:], wantP.cost[:], "cost of delta of %d, %v", n, c)
				wantSame(t, sums.correct[:], wantP.correct[:], "correct of delta of %d, %v", n, c)
				delta.check(t, "delta of %d, %v", n, c)
				clear(delta.s)
			}

			var acc accumulator
			deltaGeneric(want, &acc.partials, z, y, weights, c.loss)
			sumGeneric(&acc.delta, want)
			got := Delta(delta.s, z, y, weights, c.loss)
			wantSums(t, got, acc.sums(), "Delta of %d, %v", n, c)
			wantSame(t, delta.s, want, "Delta of %d, %v", n, c)
			delta.check(t, "Delta of %d, %v", n, c)

			copy(delta.s, z)
			got = Delta(delta.s, delta.s, y, weights, c.loss)
			wantSums(t, got, acc.sums(), "Delta of %d in place, %v", n, c)
			wantSame(t, delta.s, want, "Delta of %d in place, %v", n, c)
			delta.check(t, "Delta of %d in place, %v", n, c)
		}
	}
}
