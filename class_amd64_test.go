//go:build !purego

package kernel

import (
	"fmt"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// BenchmarkClass times the kernels of both classes of rows at widths on both
// sides of the boundary: it is the measurement behind narrowBytes.
func BenchmarkClass(b *testing.B) {
	for _, rows := range []int{1, 16} {
		for _, cols := range []int{32, 64, 128, 192, 256, 384, 512, 784, 1024} {
			x, _, w := problem[float32](rows, cols, cols)
			z, g := make([]float32, rows), make([]float32, cols)
			forwards := classForwards()
			for _, class := range []string{"narrow", "wide"} {
				eachBench[float32](b, fmt.Sprintf("op=forward/class=%s/shape=%dx%d", class, rows, cols), func(b *testing.B) {
					f := forwards[class]
					for b.Loop() {
						f(z, x.Data, w, 0.1, cols)
					}
				})
				if rows < groupRows {
					continue
				}
				eachBench[float32](b, fmt.Sprintf("op=gradient/class=%s/shape=%dx%d", class, rows, cols), func(b *testing.B) {
					for b.Loop() {
						gradient(g, x.Data, z, cols, class == "narrow", nil)
					}
				})
			}
		}
	}
}

// classForwards returns the forward kernel of each class, for any width.
func classForwards() map[string]func(z, x, w []float32, b float32, stride int) {
	type kernel func(z, x, w *float32, b float32, rows, cols, stride int)
	call := func(avx512, avx2 kernel, lanes int) func(z, x, w []float32, b float32, stride int) {
		return func(z, x, w []float32, b float32, stride int) {
			switch impl.Current() {
			case "AVX-512":
				avx512(&z[0], &x[0], &w[0], b, len(z), len(w), stride)
			case "AVX2":
				avx2(&z[0], &x[0], &w[0], b, len(z), len(w), stride)
			default:
				forwardGeneric(z, x, w, b, stride, lanes)
			}
		}
	}
	alone := func(f func(z, x, w *float32, b float32, rows, cols, stride int, ahead *float32)) kernel {
		return func(z, x, w *float32, b float32, rows, cols, stride int) { f(z, x, w, b, rows, cols, stride, nil) }
	}
	return map[string]func(z, x, w []float32, b float32, stride int){
		"narrow": call(forwardNarrow32AVX512, forwardNarrow32AVX2, 16),
		"wide":   call(alone(forwardWide32AVX512), alone(forwardWide32AVX2), 32),
	}
}
