package train

import (
	"context"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/gather"
)

// chunkElements is how much data is prepared between two looks at the
// context.
const chunkElements = 1 << 20

// chunkRows is the number of rows that holds about chunkElements, at most 4096.
func chunkRows(cols int) int { return max(1, min(4096, chunkElements/max(cols, 1))) }

// eachChunk calls do for rows [0, n), [n, 2n) … until ctx ends; n is
// chunkRows.
func eachChunk(ctx context.Context, rows, cols int, do func(i, j int) error) error {
	n := chunkRows(cols)
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

const lineBytes = 64 // of a line of the cache

// rowLines returns the lines that a padded row takes.
func rowLines[T kernel.Float](cols int) int {
	return kernel.PaddedStride[T](cols) / kernel.PaddedStride[T](1)
}

func gatherRows[T kernel.Float](dst, src kernel.Batch[T], rows []int) {
	gather.Rows(dst.Data, src.Data, rows, src.Cols, max(dst.Stride, dst.Cols), max(src.Stride, src.Cols))
}

func gatherValues[T kernel.Float](dst, src []T, rows []int) {
	for i, k := range rows {
		dst[i] = src[k]
	}
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
