package kernel

import (
	"math/rand/v2"
	"testing"
)

// naiveTree is the contract's sum over shards, written recursively.
func naiveTree[T Float](x Batch[T], y, weights, w []T, b T, loss Loss) ([]T, Sums) {
	rows := ShardRows[T](x.Cols)
	shards := max(1, (x.Rows+rows-1)/rows)
	var sum func(lo, hi int) ([]T, Sums)
	sum = func(lo, hi int) ([]T, Sums) {
		if hi-lo == 1 {
			i, j := lo*rows, min(hi*rows, x.Rows)
			g := make([]T, x.Cols)
			return g, Step(g, x.Slice(i, j), y[i:j], weightsOf(weights, i, j), w, b, loss)
		}
		half := 1
		for half*2 < hi-lo {
			half *= 2
		}
		g, s := sum(lo, lo+half)
		h, t := sum(lo+half, hi)
		for j := range g {
			g[j] += h[j]
		}
		return g, Sums{Cost: s.Cost + t.Cost, Delta: s.Delta + t.Delta, Correct: s.Correct + t.Correct}
	}
	return sum(0, shards)
}

func TestStepperBits(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, shape := range [][2]int{{0, 3}, {1, 1}, {4096 * 5, 3}, {4096*37 + 5, 2}, {2000, 300}, {64*77 + 1, 520}, {64 * 32, 1024}, {64 * 33, 1024}} {
		rows, cols := shape[0], shape[1]
		x := Batch[float32]{Data: make([]float32, rows*cols), Rows: rows, Cols: cols}
		y, w, weights := make([]float32, rows), make([]float32, cols), make([]float32, rows)
		values(r, x.Data, 0)
		values(r, w, 0)
		values(r, weights, 0)
		for i := range y {
			y[i] = float32(r.IntN(2))
		}
		want, wantSums := naiveTree(x, y, weights, w, 0.5, Quadratic)
		for _, workers := range []int{1, 2, 3, 8, 64} {
			s := NewStepper[float32](cols, workers)
			g := make([]float32, cols)
			for range 3 {
				if sums := s.Step(g, x, y, weights, w, 0.5, Quadratic); sums != wantSums {
					t.Fatalf("%v workers %d: sums %v, want %v", shape, workers, sums, wantSums)
				}
				wantSame(t, g, want, "%v workers %d", shape, workers)
			}
			// In pieces of one, two, three … shards.
			s.Reset()
			for i, n := 0, s.shard; i < rows; i, n = i+n, n+s.shard {
				j := min(i+n, rows)
				s.Add(x.Slice(i, j), y[i:j], weights[i:j], w, 0.5, Quadratic)
			}
			if sums := s.Sum(g); sums != wantSums {
				t.Fatalf("%v workers %d, in pieces: sums %v, want %v", shape, workers, sums, wantSums)
			}
			wantSame(t, g, want, "%v workers %d, in pieces", shape, workers)
			s.Close()
		}
	}
}
