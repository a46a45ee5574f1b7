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
	s := newData[T](len(rows), d.X.Cols, d.Weights != nil)
	s.gather(d, rows)
	return s
}

// gather copies the given rows of src into d, which has as many.
func (d Data[T]) gather(src Data[T], rows []int) {
	cols, stride := src.X.Cols, max(src.X.Stride, src.X.Cols)
	for i, k := range rows {
		copy(d.X.Data[i*d.X.Stride:], src.X.Data[k*stride:][:cols])
	}
	for i, k := range rows {
		d.Y[i] = src.Y[k]
	}
	if src.Weights != nil {
		for i, k := range rows {
			d.Weights[i] = src.Weights[k]
		}
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
