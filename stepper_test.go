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

func TestStepper(t *testing.T) { eachType(t, testStepper[float32], testStepper[float64]) }

// testStepper compares a Stepper with naiveTree, for several numbers of
// workers, the rows given at once and in pieces.
func testStepper[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	shapes := []testCase{
		{rows: 0, cols: 3, stride: 3},
		{rows: 1, cols: 1, stride: 1, weighted: true},
		{rows: 7, cols: 0},
		{rows: 4096 * 5, cols: 3, stride: 3, loss: LogLoss},
		{rows: 4096*33 + 5, cols: 1, stride: 1},
		{rows: 2000, cols: 130, stride: 133, weighted: true},
		{rows: 64*37 + 1, cols: 520, stride: 528},
		{rows: 64 * 32, cols: 257, stride: 257, loss: LogLoss, weighted: true},
	}
	if brief() {
		shapes = []testCase{shapes[0], shapes[2], {rows: 3*64 + 5, cols: 260, stride: 261}, {rows: 64 * 9, cols: 257, stride: 257}}
	}
	for _, c := range shapes {
		x, w := newBatch[T](r, c), newVector[T](r, c.cols, c)
		y, weights := newLabels[T](r, c.rows, c), newWeights[T](r, c.rows, c)
		for j := range w {
			w[j] /= T(c.cols)
		}
		want, wantS := naiveTree(x, y, weights, w, 0.5, c.loss)
		for _, workers := range []int{1, 2, 3, 8, 64} {
			s := NewStepper[T](c.cols, workers)
			g := make([]T, c.cols)
			for range 1 + workers%2 {
				for j := range g {
					g[j] = 7 // Step overwrites it
				}
				sums := s.Step(g, x, y, weights, w, 0.5, c.loss)
				wantSums(t, sums, wantS, "Stepper, %d workers, %v", workers, c)
				wantSame(t, g, want, "Stepper, %d workers, %v", workers, c)
			}
			// In pieces: of one, two, three … shards; one shard and the rest;
			// one, two and the rest.
			for k, pieces := range []func(n int) int{
				func(n int) int { return n + 1 },
				func(int) int { return c.rows },
				func(n int) int { return 3 - n + n/2*c.rows },
			} {
				if k > 0 && (workers == 1 || workers > 3) {
					continue
				}
				s.Reset()
				for i, n := 0, 1; i < c.rows; i, n = i+n*s.shard, pieces(n) {
					j := min(i+n*s.shard, c.rows)
					s.Add(x.Slice(i, j), y[i:j], weightsOf(weights, i, j), w, 0.5, c.loss)
				}
				sums := s.Sum(g)
				wantSums(t, sums, wantS, "Stepper in pieces (%d), %d workers, %v", k, workers, c)
				wantSame(t, g, want, "Stepper in pieces (%d), %d workers, %v", k, workers, c)
			}
			s.Close()
		}
	}
}

// TestStepperOneShard tests that a Stepper gives what Step gives, for a batch
// of one shard.
func TestStepperOneShard(t *testing.T) {
	eachType(t, testStepperOneShard[float32], testStepperOneShard[float64])
}

func testStepperOneShard[T Float](t *testing.T) {
	for r, c := range cases[T](501, 1) {
		if c.rows > ShardRows[T](c.cols) || c.kind == anyBits {
			continue
		}
		x, w := newBatch[T](r, c), newVector[T](r, c.cols, c)
		y, weights := newLabels[T](r, c.rows, c), newWeights[T](r, c.rows, c)
		want, got := make([]T, c.cols), make([]T, c.cols)
		wantS := Step(want, x, y, weights, w, -1, c.loss)
		s := NewStepper[T](c.cols, 2)
		gotS := s.Step(got, x, y, weights, w, -1, c.loss)
		s.Close()
		wantSums(t, gotS, wantS, "Stepper, %v", c)
		wantSame(t, got, want, "Stepper, %v", c)
	}
}

// TestStepperParallel tests that several workers do take part where the rows
// are many, and that a call on few rows after one on many is right.
func TestStepperParallel(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	s := NewStepper[float32](64, 4)
	defer s.Close()
	g := make([]float32, 64)
	for _, rows := range []int{5000, 3, 20000, 512, 9999} {
		c := testCase{rows: rows, cols: 64, stride: 64}
		x, w, y := newBatch[float32](r, c), newVector[float32](r, 64, c), newLabels[float32](r, rows, c)
		want, wantS := naiveTree(x, y, nil, w, 0, Quadratic)
		wantSums(t, s.Step(g, x, y, nil, w, 0, Quadratic), wantS, "%d rows", rows)
		wantSame(t, g, want, "%d rows", rows)
		if parallel := rows*64*4 >= parallelBytes; parallel && s.n < 2 {
			t.Errorf("%d rows were cut into %d units", rows, s.n)
		}
	}
}

func TestShardRows(t *testing.T) {
	for _, c := range []struct{ cols, want32, want64 int }{
		{0, 4096, 4096}, {1, 4096, 4096}, {4, 4096, 4096}, {5, 4096, 2048}, {8, 4096, 2048}, {9, 2048, 1024},
		{30, 1024, 512}, {32, 1024, 512}, {33, 512, 256}, {128, 256, 128}, {256, 128, 64}, {257, 64, 64},
		{512, 64, 64}, {1 << 20, 64, 64},
	} {
		if got := ShardRows[float32](c.cols); got != c.want32 {
			t.Errorf("ShardRows[float32](%d) = %d, want %d", c.cols, got, c.want32)
		}
		if got := ShardRows[float64](c.cols); got != c.want64 {
			t.Errorf("ShardRows[float64](%d) = %d, want %d", c.cols, got, c.want64)
		}
	}
}
