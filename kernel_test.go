package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// each runs f with every implementation of this machine, and says which it
// could not run.
func each(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	for _, im := range impl.All() {
		t.Run(im.Name, func(t *testing.T) {
			if !im.Available {
				t.Skipf("this machine cannot run %s", im.Name)
			}
			defer impl.Select(im.Name)()
			f(t)
		})
	}
}

// same reports whether a and b are the same bits, or both NaN.
func same[T Float](a, b T) bool {
	if a != a || b != b {
		return a != a && b != b
	}
	if is32[T]() {
		return math.Float32bits(float32(a)) == math.Float32bits(float32(b))
	}
	return math.Float64bits(float64(a)) == math.Float64bits(float64(b))
}

// wantSame fails t at the first element in which got differs from want.
func wantSame[T Float](t *testing.T, got, want []T, format string, args ...any) {
	t.Helper()
	for i := range want {
		if !same(got[i], want[i]) {
			t.Fatalf("%s: element %d of %d: got %x, want %x", fmt.Sprintf(format, args...), i, len(want), got[i], want[i])
		}
	}
}

// values fills s with numbers of a kind: 0 ordinary, 1 of widely different
// sizes, 2 with zeros, infinities, NaN and subnormals among them.
func values[T Float](r *rand.Rand, s []T, kind int) {
	specials := []float64{0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(), 1e-40, -1e-42, 5e-324, 1e38, -3e38, 0.5}
	for i := range s {
		v := r.NormFloat64()
		switch kind {
		case 1:
			v *= math.Exp(20 * r.NormFloat64())
		case 2:
			if r.IntN(4) == 0 {
				v = specials[r.IntN(len(specials))]
			}
		case 3:
			v *= 1e-22
		}
		s[i] = T(v)
	}
}

func TestMain(m *testing.M) { os.Exit(m.Run()) }

func TestForwardBits(t *testing.T) {
	each(t, func(t *testing.T) { testForward[float32](t); testForward[float64](t) })
}

func testForward[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, cols := range testCols() {
		for kind := range 4 {
			rows := r.IntN(40) + 1
			stride := cols + []int{0, 1, 7, 16}[r.IntN(4)]
			off := r.IntN(16)
			x := make([]T, rows*stride+off)[off:]
			w := make([]T, cols+off)[off:]
			values(r, x, kind)
			values(r, w, kind)
			b := T(r.NormFloat64())
			got, want := make([]T, rows+1), make([]T, rows)
			forward(got[:rows], x, w, b, stride)
			forwardGeneric(want, x, w, b, stride, lanesOf[T](cols))
			wantSame(t, got, want, "forward %T cols %d rows %d stride %d kind %d", b, cols, rows, stride, kind)
			if got[rows] != 0 {
				t.Fatal("wrote behind z")
			}
			var a1, a2 [maxLanes]T
			values(r, a1[:], 0)
			a2 = a1
			dot(&a1, x, w)
			dotGeneric(a2[:wideLaneBytes/elemSize[T]()], x, w)
			wantSame(t, a1[:], a2[:], "dot %T cols %d kind %d", b, cols, kind)
		}
	}
}

func TestGradientBits(t *testing.T) {
	each(t, func(t *testing.T) { testGradient[float32](t); testGradient[float64](t) })
}

func testGradient[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, cols := range testCols() {
		for kind := range 8 {
			rows := r.IntN(40) + 1
			stride := cols + []int{0, 1, 7, 16}[r.IntN(4)]
			off := r.IntN(16)
			x := make([]T, rows*stride+off)[off:]
			delta := make([]T, rows)
			got := make([]T, cols+off+1)[off:]
			values(r, x, kind&3)
			values(r, delta, kind&3)
			values(r, got[:cols], 0)
			want := append([]T(nil), got...)
			gradient(got[:cols], x, delta, stride, kind < 4, nil)
			gradientGeneric(want[:cols], x, delta, stride, kind < 4)
			wantSame(t, got, want, "gradient %T cols %d rows %d stride %d kind %d", delta[0], cols, rows, stride, kind)
			var l1, l2 [sumLanes]float64
			values(r, l1[:], 0)
			l2 = l1
			sum(&l1, delta)
			sumGeneric(&l2, delta)
			wantSame(t, l1[:], l2[:], "sum %T rows %d", delta[0], rows)
		}
	}
}

func TestSigmoidBits(t *testing.T) {
	each(t, func(t *testing.T) { testSigmoid[float32](t); testSigmoid[float64](t) })
}

func testSigmoid[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := 1; n < 200; n++ {
		for kind := range 4 {
			z, y, w := make([]T, n), make([]T, n), make([]T, n)
			values(r, z, kind&2)
			for i := range z {
				z[i] *= T(math.Exp(10 * r.Float64()))
				y[i] = T([]float64{0, 1, r.Float64(), 1, 0}[r.IntN(5)])
				if kind == 1 {
					z[i] = T(math.Exp(-30 * r.Float64()))
				}
			}
			values(r, w, kind&1)
			got, want := make([]T, n+1), make([]T, n+1)
			sigmoid(got[:n], z)
			sigmoidGeneric(want[:n], z)
			wantSame(t, got, want, "sigmoid %T n %d kind %d", z[0], n, kind)
			for _, loss := range []Loss{Quadratic, LogLoss} {
				for _, weights := range [][]T{nil, w} {
					var s1, s2 partials
					values(r, s1.cost[:], 0)
					s2 = s1
					deltaBlock(got[:n], &s1, z, y, weights, loss)
					deltaGeneric(want[:n], &s2, z, y, weights, loss)
					wantSame(t, got, want, "delta %T n %d kind %d loss %v weights %v z %v y %v", z[0], n, kind, loss, weights != nil, z, y)
					wantSame(t, s1.cost[:], s2.cost[:], "cost %T n %d kind %d loss %v weights %v", z[0], n, kind, loss, weights != nil)
					wantSame(t, s1.correct[:], s2.correct[:], "correct %T n %d kind %d loss %v", z[0], n, kind, loss)
				}
			}
		}
	}
}

func testCols() []int {
	var c []int
	for d := 1; d <= 140; d++ {
		c = append(c, d)
	}
	return append(c, 159, 160, 161, 191, 192, 223, 255, 256, 257, 287, 300, 320, 511, 512, 513, 784, 1000, 1023, 1024, 1025, 2048, 4096, 4099)
}
