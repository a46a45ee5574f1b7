package kernel

import (
	"fmt"
	"math/bits"
	"runtime"
	"sync/atomic"
)

// A Stepper computes fused steps over batches of any number of rows, shard by
// shard, on a fixed number of goroutines. Its results have the same bits for
// any number of workers, and for rows that are given at once or in pieces:
//
//	sums := s.Step(g, x, y, nil, w, b, kernel.Quadratic)
//
// is the same as
//
//	s.Reset()
//	for each piece of the rows, in order {
//		s.Add(piece of x, of y, nil, w, b, kernel.Quadratic)
//	}
//	sums := s.Sum(g)
//
// where every piece but the last has a multiple of ShardRows rows. A batch of
// at most ShardRows rows gives what [Step] gives for a zero g.
//
// A Stepper allocates when it meets a larger problem than before, and never
// again. It must not be used by two goroutines at a time.
type Stepper[T Float] struct {
	cols    int
	shard   int // rows of a shard
	next    int // index of the next shard
	partial bool
	total   tree[T]

	// The work of one Add. Workers take units by number until none is left.
	call  call[T]
	units []unit[T] // units[:n] are in use
	n     int
	taken atomic.Int64

	trees []tree[T] // one for each worker
	team  *team     // the goroutines beside the caller's; nil if there are none
}

// call holds the arguments of one Add.
type call[T Float] struct {
	x, y, weights, w []T
	b                T
	stride           int
	loss             Loss
}

// A unit is a piece of work: the subtree over 2^level shards.
type unit[T Float] struct {
	shard int // the first, counted from the start of the call
	node  node[T]
}

const (
	// maxUnits is about how many units a call is cut into.
	maxUnits = 32
	// parallelBytes is the least X for which waking other goroutines pays.
	parallelBytes = 512 << 10
)

// NewStepper returns a Stepper for rows of cols columns that works on the
// given number of goroutines, the caller's being one of them; 0 means
// runtime.GOMAXPROCS. With more than one worker, Close releases the others.
func NewStepper[T Float](cols, workers int) *Stepper[T] {
	if cols < 0 || workers < 0 {
		panic(fmt.Sprintf("kernel.NewStepper: cols = %d, workers = %d: negative", cols, workers))
	}
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	s := &Stepper[T]{cols: cols, shard: ShardRows[T](cols), total: tree[T]{cols: cols}}
	s.trees = make([]tree[T], workers)
	for i := range s.trees {
		s.trees[i].cols = cols
	}
	if workers > 1 {
		s.team = newTeam(workers-1, func(i int) { s.work(&s.trees[i+1]) })
	}
	return s
}

// Close ends the goroutines of s, which must not be used any more.
func (s *Stepper[T]) Close() {
	if s.team != nil {
		s.team.close()
		s.team = nil
	}
}

// Step stores in g the gradient of the cost over all rows of x, Xᵀδ, and
// returns the sums. It panics as the function Step does.
func (s *Stepper[T]) Step(g []T, x Batch[T], y, weights, w []T, b T, loss Loss) Sums {
	stride := checkStep("Stepper.Step", g, &x, y, weights, w, loss)
	s.checkCols("Stepper.Step", x.Cols)
	s.Reset()
	if x.Rows <= s.shard { // a single leaf
		clear(g)
		return stepChain(g, x.Data, y, weights, w, b, stride, loss)
	}
	s.Add(x, y, weights, w, b, loss)
	return s.Sum(g)
}

// Reset forgets all rows added so far.
func (s *Stepper[T]) Reset() { s.total.depth, s.next, s.partial = 0, 0, false }

// Add adds rows to the sums. Only the last Add before Sum may be given a
// number of rows that is not a multiple of ShardRows; Add panics if it was
// not the last. It panics as the function Step does, too.
func (s *Stepper[T]) Add(x Batch[T], y, weights, w []T, b T, loss Loss) {
	const fn = "Stepper.Add"
	stride := checkBatch(fn, &x, "w", len(w))
	s.checkCols(fn, x.Cols)
	checkLabels(fn, y, weights, x.Rows, loss)
	if x.Rows == 0 {
		return
	}
	if s.partial {
		panic(fmt.Sprintf("kernel.Stepper.Add: %d rows after a piece that was not a multiple of %d rows", x.Rows, s.shard))
	}
	s.partial = x.Rows%s.shard != 0
	shards := (x.Rows-1)/s.shard + 1
	s.call = call[T]{x.Data, y, weights, w, b, stride, loss}
	if s.team == nil || shards == 1 || x.Rows*s.cols*elemSize[T]() < parallelBytes {
		s.call.run(&s.total, s.shard, 0, shards)
	} else {
		s.parallel(shards)
	}
	s.call = call[T]{}
	s.next += shards
}

func (s *Stepper[T]) checkCols(fn string, cols int) {
	if cols != s.cols {
		panic(fmt.Sprintf("kernel.%s: x.Cols = %d, the Stepper has %d", fn, cols, s.cols))
	}
}

// Sum stores the gradient over all rows added since the last Reset in g and
// returns the sums. It resets s.
func (s *Stepper[T]) Sum(g []T) Sums {
	checkLen("Stepper.Sum: len(g)", len(g), "columns", s.cols)
	root := s.total.root()
	s.Reset()
	if root == nil {
		clear(g)
		return Sums{}
	}
	copy(g, root.g)
	return root.sums
}

// run pushes shards first to first+n-1 of the call to t.
func (c *call[T]) run(t *tree[T], shardRows, first, n int) {
	for k := first; k < first+n; k++ {
		i := k * shardRows
		j := min(i+shardRows, len(c.y))
		leaf := t.leaf()
		var acc accumulator
		stepBatch(&acc, leaf.g, rest(c.x, i*c.stride), c.y[i:j], weightsOf(c.weights, i, j), c.w, c.b, c.stride, c.loss, isFar(c.x, len(c.w)))
		leaf.sums = acc.sums()
		t.push()
	}
}

// parallel cuts the shards of the call into units, lets all workers take
// them, and pushes their sums to the tree in order.
func (s *Stepper[T]) parallel(shards int) {
	s.cut(shards)
	s.taken.Store(0)
	s.team.start()
	s.work(&s.trees[0])
	s.team.wait()
	for i := range s.units[:s.n] {
		leaf := s.total.leaf()
		unit := &s.units[i].node
		leaf.g, unit.g = unit.g, leaf.g
		leaf.level, leaf.sums = unit.level, unit.sums
		s.total.push()
	}
}

// cut fills units with the subtrees that cover the shards of the call. A unit
// over 2^k shards starts at a multiple of 2^k, counted from Reset, as the tree
// asks.
func (s *Stepper[T]) cut(shards int) {
	top := bits.Len(uint(shards / maxUnits))
	s.n = 0
	for first := 0; first < shards; s.n++ {
		level := min(top, bits.Len(uint(shards-first))-1, bits.TrailingZeros(uint(s.next+first)))
		if s.n == len(s.units) {
			s.units = append(s.units, unit[T]{node: node[T]{g: make([]T, s.cols)}})
		}
		s.units[s.n].shard, s.units[s.n].node.level = first, level
		first += 1 << level
	}
}

// work computes units until none is left.
func (s *Stepper[T]) work(t *tree[T]) {
	for {
		i := int(s.taken.Add(1)) - 1
		if i >= s.n {
			return
		}
		u := &s.units[i].node
		s.call.run(t, s.shard, s.units[i].shard, 1<<u.level)
		root := t.root()
		root.g, u.g = u.g, root.g
		u.sums = root.sums
	}
}
