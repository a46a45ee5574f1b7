package train

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// scaling turns x into (x − mean)/deviation, column by column.
type scaling struct{ mean, deviation []float64 }

// standardize stores x standardised in dst, which may be x.
func standardize[T kernel.Float](ctx context.Context, dst, x kernel.Batch[T]) (*scaling, error) {
	mean, deviation := make([]float64, x.Cols), make([]float64, x.Cols)
	n := float64(x.Rows)
	each := func(do func(i int, row []T)) error {
		return eachChunk(ctx, x.Rows, x.Cols, func(i, j int) error {
			for ; i < j; i++ {
				do(i, x.Row(i))
			}
			return nil
		})
	}

	// Counting from the first row leaves constant columns with a deviation
	// of exactly 0.
	first := x.Row(0)
	err := each(func(_ int, row []T) {
		for j, v := range row {
			mean[j] += float64(v) - float64(first[j])
		}
	})
	if err != nil {
		return nil, err
	}
	for j := range mean {
		mean[j] = mean[j]/n + float64(first[j])
	}

	err = each(func(_ int, row []T) {
		for j, v := range row {
			d := float64(v) - mean[j]
			deviation[j] += float64(d * d)
		}
	})
	if err != nil {
		return nil, err
	}
	for j, sum := range deviation {
		d := math.Sqrt(sum / n)
		if !(d <= math.MaxFloat64) {
			return nil, fmt.Errorf("train: column %d: its numbers lie too far apart to standardise them", j+1)
		}
		if d == 0 {
			d = 1
		}
		deviation[j] = d
	}

	err = each(func(i int, row []T) {
		standard := dst.Row(i)
		for j, v := range row {
			standard[j] = T((float64(v) - mean[j]) / deviation[j])
		}
	})
	return &scaling{mean, deviation}, err
}

// fold turns weights and bias for standardised features into those for raw
// ones, w in place.
func fold[T kernel.Float](s *scaling, w []T, b T) T {
	// With the rounded weights, the bias makes up for what rounding them does
	// at the mean.
	bias := float64(b)
	for j := range w {
		w[j] = T(float64(w[j]) / s.deviation[j])
		bias -= float64(float64(w[j]) * s.mean[j])
	}
	return T(bias)
}
