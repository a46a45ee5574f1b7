package train

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
)

// Shuffle says in which order minibatches take the rows. It does not matter
// if a step takes all rows. Whatever is random comes from Options.Seed alone.
type Shuffle uint8

const (
	// ShuffleRows deals the rows to batches anew in every epoch. The rows of
	// each batch have to be gathered from all over memory, which takes longer
	// than the step itself if X is larger than the caches. They must be in memory.
	ShuffleRows Shuffle = iota
	// ShuffleBatches deals the rows to batches once, before the first epoch;
	// every epoch takes these batches in a new order. An epoch reads memory as
	// NoShuffle does, and the neuron hardly differs from that of ShuffleRows.
	// It takes memory for a copy of X, which Standardize shares; rows that are not
	// in memory have to come from a [Dealer].
	ShuffleBatches
	// NoShuffle takes the rows as they lie, in every epoch. That is for rows
	// whose order is random already, or has a meaning.
	NoShuffle
)

// String returns "rows", "batches" or "none".
func (s Shuffle) String() string {
	switch s {
	case ShuffleRows:
		return "rows"
	case ShuffleBatches:
		return "batches"
	case NoShuffle:
		return "none"
	}
	return fmt.Sprintf("Shuffle(%d)", uint8(s))
}

// dealing is the stream of random numbers that deals rows to batches before
// the first epoch. Epochs, counted from 0, have the streams of their numbers.
const dealing = math.MaxUint64

// blockBytes is how much of X memory should deliver in one go: after a jump it
// takes a while to get up to speed. minBlocks keeps small data from becoming a
// few blocks.
const (
	blockBytes = 512 << 10
	minBlocks  = 64
)

// An order says which rows each batch of an epoch takes.
type order struct {
	shuffle Shuffle
	batch   int // rows of a batch, but for the last, which may have fewer
	rows    int
	batches int
	block   int   // batches that stay together when batches are shuffled
	blocks  []int // shuffled
	perm    []int // what is due when: rows or batches, as shuffle says
}

// newOrder returns an order of rows that take rowBytes each. A batch of 0
// rows means one of all.
func newOrder(rows, rowBytes, batch int, s Shuffle) order {
	if batch == 0 || batch >= rows {
		batch, s = rows, NoShuffle
	}
	o := order{shuffle: s, batch: batch, rows: rows, batches: (rows-1)/batch + 1}
	switch s {
	case ShuffleRows:
		o.perm = make([]int, rows)
	case ShuffleBatches:
		o.block = max(1, min(blockBytes/max(rowBytes, 1), rows/minBlocks)/batch)
		o.blocks = make([]int, (o.batches-1)/o.block+1)
		o.perm = make([]int, 0, o.batches)
	}
	return o
}

// begin shuffles what an epoch shuffles.
func (o *order) begin(ctx context.Context, seed, epoch uint64) error {
	switch o.shuffle {
	case ShuffleRows:
		return shuffle(ctx, o.perm, seed, epoch)
	case ShuffleBatches:
		if err := shuffle(ctx, o.blocks, seed, epoch); err != nil {
			return err
		}
		o.perm = o.perm[:0]
		for _, b := range o.blocks {
			first := b * o.block
			for k := first; k < min(first+o.block, o.batches); k++ {
				o.perm = append(o.perm, k)
			}
		}
	}
	return nil
}

// at returns the rows of the k-th batch, i to j-1: of the data, or, if rows
// are shuffled, of perm.
func (o *order) at(k int) (i, j int) {
	if o.shuffle == ShuffleBatches {
		k = o.perm[k]
	}
	return k * o.batch, min((k+1)*o.batch, o.rows)
}

// shuffle fills order with a permutation of 0 … len(order)-1 that depends on
// its length, seed and stream alone (Fisher and Yates).
func shuffle[I int | uint32](ctx context.Context, order []I, seed, stream uint64) error {
	var r rand.PCG
	r.Seed(seed, stream)
	for i := range order {
		if i%(1<<16) == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		j := draw(&r, uint64(i)+1)
		order[i] = order[j]
		order[j] = I(i)
	}
	return nil
}

// draw returns a number below n, each with the same probability. (Lemire, Fast
// random integer generation in an interval, ACM TOMACS 29, 2019.)
func draw(r *rand.PCG, n uint64) uint64 {
	hi, lo := bits.Mul64(r.Uint64(), n)
	if lo < n {
		for reject := -n % n; lo < reject; {
			hi, lo = bits.Mul64(r.Uint64(), n)
		}
	}
	return hi
}
