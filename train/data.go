package train

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// chunkElements is how much data is prepared between two looks at the
// context.
const chunkElements = 1 << 20

// eachChunk calls do for rows [0, n), [n, 2n) … until ctx ends; n is a number
// of rows that holds about chunkElements, at most 4096.
func eachChunk(ctx context.Context, rows, cols int, do func(i, j int) error) error {
	n := max(1, min(4096, chunkElements/max(cols, 1)))
	for i := 0; i < rows; i += n {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := do(i, min(i+n, rows)); err != nil {
			return err
		}
	}
	return nil
}

// newData returns zeros with padded rows.
func newData[T kernel.Float](rows, cols int, weights bool) Data[T] {
	d := Data[T]{X: newBatch[T](rows, cols), Y: make([]T, rows)}
	if weights {
		d.Weights = make([]T, rows)
	}
	return d
}

func newBatch[T kernel.Float](rows, cols int) kernel.Batch[T] {
	stride := kernel.PaddedStride[T](cols)
	return kernel.Batch[T]{Data: make([]T, rows*stride), Rows: rows, Cols: cols, Stride: stride}
}

// Select returns a copy of the given rows in the given order, padded for
// speed. It panics if d has no such row.
func (d Data[T]) Select(rows []int) Data[T] {
	s, _ := d.pick(context.Background(), rows)
	return s
}

// pick is Select, until ctx ends.
func (d Data[T]) pick(ctx context.Context, rows []int) (Data[T], error) {
	s := newData[T](len(rows), d.X.Cols, d.Weights != nil)
	return s, s.gather(ctx, d, rows)
}

// gather copies the given rows of src into d, which has as many, until ctx
// ends.
func (d Data[T]) gather(ctx context.Context, src Data[T], rows []int) error {
	return eachChunk(ctx, len(rows), src.X.Cols, func(i, j int) error {
		gatherRows(d.X.Slice(i, j), src.X, rows[i:j])
		gatherValues(d.Y[i:j], src.Y, rows[i:j])
		if src.Weights != nil {
			gatherValues(d.Weights[i:j], src.Weights, rows[i:j])
		}
		return nil
	})
}

func gatherValues[T kernel.Float](dst, src []T, rows []int) {
	for i, k := range rows {
		dst[i] = src[k]
	}
}

const (
	lineBytes = 64 // of a line of the cache
	// memoryBytes is the size from which X is taken to lie in memory, not in a
	// cache.
	memoryBytes = 16 << 20
	// fetchBytes is how much of X is fetched at a time.
	fetchBytes = 32 << 10
	// fetchedRow is the most bytes of a row that is worth fetching. The CPU
	// reads ahead on its own in longer ones.
	fetchedRow = 2 << 10
)

// rowLines returns the lines that a padded row takes.
func rowLines[T kernel.Float](cols int) int {
	return kernel.PaddedStride[T](cols) / kernel.PaddedStride[T](1)
}

// gatherRows copies the given rows of src to dst. A CPU that copies looks only
// a few rows ahead and waits for memory at nearly every short row; so these are
// fetched many at a time before they are copied.
func gatherRows[T kernel.Float](dst, src kernel.Batch[T], rows []int) {
	stride, block := max(src.Stride, src.Cols), len(rows)
	rowBytes := rowLines[T](src.Cols) * lineBytes
	fetch := len(src.Data)/kernel.PaddedStride[T](1) >= memoryBytes/lineBytes && rowBytes <= fetchedRow
	if fetch {
		block = fetchBytes / max(rowBytes, 1)
	}
	for len(rows) > 0 {
		n := min(block, len(rows))
		if fetch {
			touch(src.Data, rows[:n], stride, src.Cols)
		}
		for i, k := range rows[:n] {
			copy(dst.Data[i*dst.Stride:], src.Data[k*stride:][:src.Cols])
		}
		dst, rows = dst.Slice(n, dst.Rows), rows[n:]
	}
}

// touch reads an element of every cache line of the given rows. The sum that
// it returns is there to keep the compiler from dropping the reads.
//
//go:noinline
func touch[T kernel.Float](data []T, rows []int, stride, cols int) (sum T) {
	line := kernel.PaddedStride[T](1)
	for _, k := range rows {
		row := data[k*stride:][:cols]
		for j := 0; j < len(row); j += line {
			sum += row[j]
		}
	}
	return sum
}

// slice returns rows i to j-1, sharing their data.
func (d Data[T]) slice(i, j int) Data[T] {
	s := Data[T]{X: d.X.Slice(i, j), Y: d.Y[i:j]}
	if d.Weights != nil {
		s.Weights = d.Weights[i:j]
	}
	return s
}

// weight returns the sum of the weights of all rows.
func (d Data[T]) weight() float64 {
	if d.Weights == nil {
		return float64(len(d.Y))
	}
	// The gradient of no columns is Σδ.
	return kernel.Gradient(nil, kernel.Batch[T]{Rows: len(d.Weights)}, d.Weights)
}

// class returns the class of a label.
func class[T kernel.Float](y T) int {
	if y >= 0.5 {
		return 1
	}
	return 0
}

// rowWeights returns the weights of the rows of d times those of their
// classes, nil if all are 1.
func (t *trainer[T]) rowWeights(ctx context.Context, d Data[T]) ([]T, error) {
	var sums [2]float64
	err := eachChunk(ctx, len(d.Y), 1, func(i, j int) error {
		for k, y := range d.Y[i:j] {
			if d.Weights == nil {
				sums[class(y)]++
			} else {
				sums[class(y)] += float64(d.Weights[i+k])
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for c, sum := range sums {
		if sum == 0 && sums[1-c] > 0 {
			t.warnings = append(t.warnings, fmt.Sprintf("all rows are of class %d: there is nothing to tell apart", 1-c))
		}
	}

	factors := t.ClassWeights
	switch {
	case t.Balanced && sums[0] > 0 && sums[1] > 0:
		n := sums[0] + sums[1]
		factors = [2]float64{n / (2 * sums[0]), n / (2 * sums[1])}
	case t.Balanced, factors == [2]float64{}:
		factors = [2]float64{1, 1}
	}
	weights := d.Weights
	if factors != [2]float64{1, 1} {
		weights = make([]T, len(d.Y))
		err = eachChunk(ctx, len(d.Y), 1, func(i, j int) error {
			for k := i; k < j; k++ {
				s := 1.0
				if d.Weights != nil {
					s = float64(d.Weights[k])
				}
				weights[k] = T(s * factors[class(d.Y[k])])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	d.Weights = weights
	if n := d.weight(); !(n > 0 && n <= math.MaxFloat64) {
		return nil, fmt.Errorf("train: the weights of all rows sum to %g", n)
	}
	return weights, nil
}
