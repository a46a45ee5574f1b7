package train

import (
	"slices"
	"testing"
)

// However many goroutines take part, every number is standardised, once, before
// scale returns.
func TestScaler(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {3, scalerElements}, {2000, 40}, {5, 30_000}} {
		rows, cols := shape[0], shape[1]
		x := random[float32](rows, cols, 1).X
		s := &scaling{make([]float64, cols), make([]float64, cols)}
		for j := range cols {
			s.mean[j], s.deviation[j] = float64(j%7)/4, 1+float64(j%5)/3
		}
		want := newBatch[float32](rows, cols)
		scale(s, want, x)
		for _, workers := range []int{0, 1, 2, 3, 8} {
			c := newScaler[float32](s, workers)
			apart := newBatch[float32](rows, cols)
			in := newBatch[float32](rows, cols)
			copy(in.Data, x.Data)
			c.scale(apart, x)
			c.scale(in, in)
			if !slices.Equal(apart.Data, want.Data) || !slices.Equal(in.Data, want.Data) {
				t.Errorf("%v, %d workers: not as one after the other", shape, workers)
			}
			c.close()
		}
	}
}
