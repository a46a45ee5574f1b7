// Package freeorder computes the fused step with AVX-512 in whatever order is
// fastest, to measure what it costs the library to fix the order. It keeps the
// library's precision of σ, δ and cost, and computes the same sums; it has no
// groups, shards or trees, no lanes that must be the same everywhere, and one
// call takes the whole batch. It knows the shapes of the comparison only.
package freeorder

// Sums are what kernel.Sums are.
type Sums struct {
	Cost, Delta float64
	Correct     int
}

// Supports reports whether Step can be called for rows of so many columns.
func Supports(rows, cols int) bool {
	switch {
	case !Available || rows == 0:
		return false
	case 17 <= cols && cols <= 32:
		return rows%16 == 0
	case cols == 128:
		return rows%8 == 0
	}
	return cols >= 512 && cols%16 == 0 && rows%2 == 0
}

// Step stores the gradient over all rows of x in g. Supports must be true.
func Step(g, x, y, w []float32, b float32, stride int) Sums {
	var l lanes
	rows, cols := len(y), len(w)
	switch {
	case cols <= 32:
		step32AVX512(&g[0], &x[0], &w[0], &y[0], b, rows, cols, stride, &l)
	case cols == 128:
		step128AVX512(&g[0], &x[0], &w[0], &y[0], b, rows, stride, &l)
	default:
		clear(g)
		const ahead = 8 << 10 // bytes
		wideAVX512(&g[0], &x[0], &w[0], &y[0], b, rows, cols, stride, ahead, &l)
	}
	s := Sums{Correct: l.correct}
	for i := range l.cost {
		s.Cost += l.cost[i]
		s.Delta += l.delta[i]
	}
	return s
}
