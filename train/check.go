package train

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

func (o *Options) check() error {
	if o.Loss > kernel.LogLoss {
		return fmt.Errorf("train: unknown loss %d", o.Loss)
	}
	if !(o.Rate >= 0 && o.Rate <= math.MaxFloat64) {
		return fmt.Errorf("train: rate %g: must be positive, or AutoRate", o.Rate)
	}
	if o.Epochs < 1 {
		return fmt.Errorf("train: %d epochs: must be at least 1", o.Epochs)
	}
	if o.BatchSize < 0 && o.BatchSize != AutoBatch {
		return fmt.Errorf("train: batch size %d: must not be negative", o.BatchSize)
	}
	if o.Shuffle > NoShuffle {
		return fmt.Errorf("train: unknown shuffle %d", o.Shuffle)
	}
	if o.Workers < 0 {
		return fmt.Errorf("train: %d workers: must not be negative", o.Workers)
	}
	if o.Balanced && o.ClassWeights != [2]float64{} {
		return fmt.Errorf("train: class weights are given and to be balanced, too")
	}
	for _, v := range []struct {
		name  string
		value float64
	}{
		{"L2", o.L2},
		{"tolerance", o.Tolerance},
		{"weight of class 0", o.ClassWeights[0]},
		{"weight of class 1", o.ClassWeights[1]},
	} {
		if !(v.value >= 0 && v.value <= math.MaxFloat64) {
			return fmt.Errorf("train: %s %g: must be finite and not negative", v.name, v.value)
		}
	}
	return nil
}

// checkShape makes sure that the kernels will not panic.
func (d *Data[T]) checkShape() error {
	x := &d.X
	if x.Rows < 0 || x.Cols < 0 || x.Stride != 0 && x.Stride < x.Cols {
		return fmt.Errorf("train: no shape: %d rows, %d columns, stride %d", x.Rows, x.Cols, x.Stride)
	}
	if x.Rows == 0 {
		return fmt.Errorf("train: no rows")
	}
	if stride := max(x.Stride, x.Cols); x.Cols > 0 && (len(x.Data) < x.Cols || (len(x.Data)-x.Cols)/stride < x.Rows-1) {
		return fmt.Errorf("train: %d features are too few for %d rows, %d columns, stride %d", len(x.Data), x.Rows, x.Cols, stride)
	}
	if len(d.Y) != x.Rows {
		return fmt.Errorf("train: %d labels for %d rows", len(d.Y), x.Rows)
	}
	if d.Weights != nil && len(d.Weights) != x.Rows {
		return fmt.Errorf("train: %d weights for %d rows", len(d.Weights), x.Rows)
	}
	return nil
}

// checkValues looks for NaN, infinities and labels out of range.
func (d Data[T]) checkValues(ctx context.Context) error {
	return scan(ctx, d, newValues[T](d.X.Cols).check)
}

// values checks the values of rows as fast as the kernels read them: x·0 is 0
// just for the rows in which every feature is finite.
type values[T kernel.Float] struct{ zeros, z []T }

func newValues[T kernel.Float](cols int) *values[T] {
	return &values[T]{make([]T, cols), make([]T, chunkRows(cols))}
}

// check checks the rows of d, a chunk of all; first is the number of its first.
func (v *values[T]) check(d Data[T], first int) error {
	z := v.z[:d.X.Rows]
	kernel.Forward(z, d.X, v.zeros, 0)
	for k, z := range z {
		if z != 0 {
			return badFeature(d.X.Row(k), first+k)
		}
		if y := d.Y[k]; !(y >= 0 && y <= 1) {
			return fmt.Errorf("train: row %d: label %g is not between 0 and 1", first+k+1, y)
		}
		if d.Weights == nil {
			continue
		}
		if s := float64(d.Weights[k]); !(s >= 0 && s <= math.MaxFloat64) {
			return fmt.Errorf("train: row %d: weight %g is not finite and at least 0", first+k+1, s)
		}
	}
	return nil
}

func badFeature[T kernel.Float](row []T, i int) error {
	for j, v := range row {
		if v-v != 0 {
			return fmt.Errorf("train: row %d, column %d: %g is not a finite number", i+1, j+1, v)
		}
	}
	panic("unreachable: a row of finite numbers times zeros is zero")
}
