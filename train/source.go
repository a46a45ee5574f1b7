package train

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// A Source holds rows that may be more than memory does. [Data] are the Source
// of those that are not.
//
// Rows of any other Source are read anew in every epoch, ahead of the steps, by
// one goroutine at a time, and give the bits that they would give in memory.
type Source[T kernel.Float] interface {
	// Shape returns the number of rows and of features. It is always the same.
	Shape() (rows, cols int)

	// Read returns rows i to j-1, with weights either always or never. It may
	// store them in room, which has padded rows, labels and weights for so many,
	// or return what it has in memory, which must stay as it is. The same rows
	// have the same bits in every call: a Source that cannot be sure of that
	// looks, and returns an error.
	Read(ctx context.Context, i, j int, room Data[T]) (Data[T], error)
}

// A Dealer is a Source that can put its rows in another order. [ShuffleBatches]
// needs one.
type Dealer[T kernel.Float] interface {
	Source[T]

	// Deal returns the same rows in another order: row i is row place(i) there.
	// If it returns an [io.Closer], that is closed when nobody reads it any more.
	// place may be called for any row, as often as need be, until Deal returns.
	Deal(ctx context.Context, place func(i int) int) (Source[T], error)
}

// Shape returns the number of rows and of features.
func (d Data[T]) Shape() (rows, cols int) { return d.X.Rows, d.X.Cols }

// Read returns rows i to j-1 without copying them. It panics if d has no such
// rows.
func (d Data[T]) Read(_ context.Context, i, j int, _ Data[T]) (Data[T], error) {
	return d.slice(i, j), nil
}

// checkSource makes sure that src has rows, and rows in memory their shape.
func checkSource[T kernel.Float](src Source[T]) error {
	if d, ok := src.(Data[T]); ok {
		return d.checkShape()
	}
	rows, cols := src.Shape()
	switch {
	case rows < 0 || cols < 0:
		return fmt.Errorf("train: no shape: %d rows, %d columns", rows, cols)
	case rows == 0:
		return fmt.Errorf("train: no rows")
	}
	return nil
}

// canShuffle reports whether the rows of src can be shuffled.
func canShuffle[T kernel.Float](src Source[T], s Shuffle) bool {
	switch src.(type) {
	case Data[T]:
		return true
	case Dealer[T]:
		return s != ShuffleRows
	}
	return s == NoShuffle
}

// deal has src put its rows in the order in which they are cut into batches.
func deal[T kernel.Float](ctx context.Context, src Dealer[T], seed uint64) (Source[T], error) {
	rows, _ := src.Shape()
	if uint64(rows) > math.MaxUint32 {
		return dealAs[int](ctx, src, rows, seed)
	}
	return dealAs[uint32](ctx, src, rows, seed)
}

func dealAs[I int | uint32, T kernel.Float](ctx context.Context, src Dealer[T], rows int, seed uint64) (Source[T], error) {
	order := make([]I, rows)
	if err := shuffle(ctx, order, seed, dealing); err != nil {
		return nil, err
	}
	place := make([]I, rows)
	err := eachChunk(ctx, rows, 1, func(first, behind int) error {
		for k := first; k < behind; k++ {
			place[order[k]] = I(k)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	order = nil // while src is at work
	return src.Deal(ctx, func(i int) int { return int(place[i]) })
}

// scan calls each of do for all rows of src, in order, in the chunks of
// eachChunk; first is the number of the first row of d.
func scan[T kernel.Float](ctx context.Context, src Source[T], do ...func(d Data[T], first int) error) error {
	rows, cols := src.Shape()
	take := func(i, j int) (Data[T], error) { return src.Read(ctx, i, j, Data[T]{}) }
	if _, ok := src.(Data[T]); !ok {
		n := min(chunkRows(cols), rows)
		f := newFeed(ctx, src, n)
		defer f.close()
		next := 0
		f.begin(func() (i, j int, ok bool) {
			i = next
			next = min(i+n, rows)
			return i, next, i < rows
		})
		take = f.rows
	}
	return eachChunk(ctx, rows, cols, func(i, j int) error {
		d, err := take(i, j)
		for k := 0; k < len(do) && err == nil; k++ {
			err = do[k](d, i)
		}
		return err
	})
}
