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
	// than the step itself if X is larger than the caches.
	ShuffleRows Shuffle = iota
	// ShuffleBatches deals the rows to batches once, before the first epoch;
	// every epoch takes these batches in a new order. An epoch reads memory as
	// NoShuffle does, and the neuron hardly differs from that of ShuffleRows.
	// It takes memory for a copy of X, which Standardize shares.
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

// shuffle fills order with a permutation of 0 … len(order)-1 that depends on
// its length, seed and stream alone (Fisher and Yates).
func shuffle(ctx context.Context, order []int, seed, stream uint64) error {
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
		order[j] = i
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
