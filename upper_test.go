package kernel

import (
	"fmt"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/upper"
)

// TestVZeroUpper tests that every kernel leaves the upper halves of the
// vector registers unused, for numbers of rows and columns that take every
// path to its end.
func TestVZeroUpper(t *testing.T) {
	if !upper.Known() {
		t.Skip("this machine cannot tell")
	}
	if Implementation() == "generic" {
		t.Skip("no assembly")
	}
	eachType(t, testVZeroUpper[float32], testVZeroUpper[float64])
}

func testVZeroUpper[T Float](t *testing.T) {
	clean := func(name string, f func()) {
		t.Helper()
		for range 20 { // once is enough: only an interruption makes f look bad
			upper.Clean()
			f()
			if !upper.Dirty() {
				return
			}
		}
		t.Fatalf("%s %T: leaves the upper halves of the vector registers in use", name, T(0))
	}
	for _, cols := range []int{1, 7, 16, 30, 64, 100, 128, 256, 300} {
		for _, rows := range []int{1, 3, 4, 7, 8, 9, 16, 23} {
			x, w, g := make([]T, rows*cols), make([]T, cols), make([]T, cols)
			z, y := make([]T, rows), make([]T, rows)
			var acc [maxLanes]T
			var lanes [sumLanes]float64
			var p partials
			at := fmt.Sprintf(", %d rows, %d columns,", rows, cols)
			clean("forward"+at, func() { forward(z, x, w, 1, cols, nil) })
			clean("dot"+at, func() { dot(&acc, x[:cols], w) })
			for _, class := range gradientClasses {
				clean("gradient, "+class+at, func() { runGradient(g, x, z, cols, class) })
			}
			clean("sum"+at, func() { sum(&lanes, z) })
			clean("sigmoid"+at, func() { sigmoid(z, z) })
			clean("delta, quadratic"+at, func() { deltaBlock(z, &p, z, y, nil, Quadratic) })
			clean("delta, log"+at, func() { deltaBlock(z, &p, z, y, y, LogLoss) })
		}
	}
}
