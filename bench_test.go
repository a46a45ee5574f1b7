package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

var benchShapes = [][2]int{{256, 30}, {64, 128}, {256, 784}, {2048, 1024}, {65536, 1024}}

// eachBench runs f with every implementation of this machine.
func eachBench[T Float](b *testing.B, shape string, f func(b *testing.B)) {
	for _, im := range impl.All() {
		if !im.Available {
			b.Logf("this machine cannot run %s", im.Name)
			continue
		}
		b.Run(fmt.Sprintf("type=%T/%s/impl=%s", *new(T), shape, im.Name), func(b *testing.B) {
			defer impl.Select(im.Name)()
			f(b)
		})
	}
}

func problem[T Float](rows, cols, stride int) (x Batch[T], y, w []T) {
	r := rand.New(rand.NewPCG(11, 12))
	x = Batch[T]{Data: make([]T, rows*stride), Rows: rows, Cols: cols, Stride: stride}
	y, w = make([]T, rows), make([]T, cols)
	for i := range x.Data {
		x.Data[i] = T(r.Float32() - 0.5)
	}
	values(r, w, 0)
	for i := range y {
		y[i] = T(r.IntN(2))
	}
	return x, y, w
}

func BenchmarkStep(b *testing.B)    { benchStep[float32](b); benchStep[float64](b) }
func BenchmarkForward(b *testing.B) { benchForward[float32](b); benchForward[float64](b) }
func BenchmarkSigmoid(b *testing.B) { benchSigmoid[float32](b); benchSigmoid[float64](b) }

func benchStep[T Float](b *testing.B) {
	for _, s := range benchShapes {
		var x Batch[T]
		var y, w []T
		eachBench[T](b, fmt.Sprintf("shape=%dx%d", s[0], s[1]), func(b *testing.B) {
			if x.Rows == 0 {
				x, y, w = problem[T](s[0], s[1], s[1])
			}
			st := NewStepper[T](s[1], 1)
			defer st.Close()
			g := make([]T, s[1])
			b.SetBytes(int64(s[0] * s[1] * elemSize[T]()))
			b.ReportAllocs()
			for b.Loop() {
				st.Step(g, x, y, nil, w, 0.1, Quadratic)
			}
		})
	}
}

func benchForward[T Float](b *testing.B) {
	for _, s := range append([][2]int{{1, 30}, {1, 128}, {1, 784}, {1, 1024}, {1, 4096}}, benchShapes...) {
		var x Batch[T]
		var w []T
		eachBench[T](b, fmt.Sprintf("shape=%dx%d", s[0], s[1]), func(b *testing.B) {
			if x.Rows == 0 {
				x, _, w = problem[T](s[0], s[1], s[1])
			}
			yhat := make([]T, s[0])
			b.SetBytes(int64(s[0] * s[1] * elemSize[T]()))
			b.ReportAllocs()
			for b.Loop() {
				Predict(yhat, x, w, 0.1)
			}
		})
	}
}

func benchSigmoid[T Float](b *testing.B) {
	const n = 1 << 12
	z, dst := make([]T, n), make([]T, n)
	r := rand.New(rand.NewPCG(13, 14))
	for i := range z {
		z[i] = T(8 * r.NormFloat64())
	}
	eachBench[T](b, fmt.Sprintf("shape=%d", n), func(b *testing.B) {
		b.SetBytes(int64(n * elemSize[T]()))
		for b.Loop() {
			Sigmoid(dst, z)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/elem")
	})
}

// BenchmarkPhase times the kernels that a fused step calls on one block.
func BenchmarkPhase(b *testing.B) {
	for _, s := range [][2]int{{128, 30}, {64, 128}, {8, 784}, {4, 1024}} {
		x, y, w := problem[float32](s[0], s[1], s[1])
		z, delta, g := make([]float32, s[0]), make([]float32, s[0]), make([]float32, s[1])
		var p partials
		var l [sumLanes]float64
		phases := map[string]func(){
			"forward":  func() { forward(z, x.Data, w, 0.1, s[1], nil) },
			"delta":    func() { deltaBlock(delta, &p, z, y, nil, Quadratic) },
			"log":      func() { deltaBlock(delta, &p, z, y, nil, LogLoss) },
			"sum":      func() { sum(&l, delta) },
			"gradient": func() { gradient(g, x.Data, delta, s[1], isNarrow[float32](s[1]), nil) },
		}
		for _, name := range []string{"forward", "delta", "log", "sum", "gradient"} {
			eachBench[float32](b, fmt.Sprintf("op=%s/shape=%dx%d", name, s[0], s[1]), func(b *testing.B) {
				for b.Loop() {
					phases[name]()
				}
			})
		}
	}
}
