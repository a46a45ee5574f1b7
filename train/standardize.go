package train

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/seed-b3c25b83/kernel"
)

// scaling turns x into (x − mean)/deviation, column by column.
type scaling struct{ mean, deviation []float64 }

// standardize stores x standardised in dst, which may be x, on as many goroutines
// as newScaler says.
func standardize[T kernel.Float](ctx context.Context, dst, x kernel.Batch[T], workers int) (*scaling, error) {
	each := func(do func(x kernel.Batch[T], first int)) error {
		return eachChunk(ctx, x.Rows, x.Cols, func(i, j int) error {
			do(x.Slice(i, j), i)
			return nil
		})
	}
	s := newSurvey[T](x.Rows, x.Cols)
	if err := each(s.addMeans); err != nil {
		return nil, err
	}
	s.endMeans()
	if err := each(s.addDeviations); err != nil {
		return nil, err
	}
	if err := s.endDeviations(); err != nil {
		return nil, err
	}
	if min(x.Rows, chunkRows(x.Cols)) < 2*scalerElements/max(x.Cols, 1) {
		workers = 1 // no chunk is worth more
	}
	c := newScaler[T](&s.scaling, workers)
	defer c.close()
	err := each(func(x kernel.Batch[T], i int) { c.scale(dst.Slice(i, i+x.Rows), x) })
	return &s.scaling, err
}

// A survey computes a scaling in two passes over the rows.
type survey[T kernel.Float] struct {
	scaling
	n     float64 // rows
	first []T     // row
}

func newSurvey[T kernel.Float](rows, cols int) *survey[T] {
	return &survey[T]{scaling: scaling{make([]float64, cols), make([]float64, cols)}, n: float64(rows)}
}

// addMeans is given all rows, in order; i is the number of the first in x.
//
// Counting from the first row leaves constant columns with a deviation of
// exactly 0.
func (s *survey[T]) addMeans(x kernel.Batch[T], i int) {
	if i == 0 {
		s.first = slices.Clone(x.Row(0))
	}
	mean, first := s.mean, s.first
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			mean[j] += float64(v) - float64(first[j])
		}
	}
}

func (s *survey[T]) endMeans() {
	for j, sum := range s.mean {
		s.mean[j] = sum/s.n + float64(s.first[j])
	}
}

// addDeviations is then given the same.
func (s *survey[T]) addDeviations(x kernel.Batch[T], _ int) {
	mean, deviation := s.mean, s.deviation
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			d := float64(v) - mean[j]
			deviation[j] += float64(d * d)
		}
	}
}

func (s *survey[T]) endDeviations() error {
	for j, sum := range s.deviation {
		d := math.Sqrt(sum / s.n)
		if !(d <= math.MaxFloat64) {
			return fmt.Errorf("train: column %d: its numbers lie too far apart to standardise them", j+1)
		}
		if d == 0 {
			d = 1
		}
		s.deviation[j] = d
	}
	return nil
}

// scale stores x standardised in dst, which may be x.
func scale[T kernel.Float](s *scaling, dst, x kernel.Batch[T]) {
	mean, deviation := s.mean, s.deviation[:len(s.mean)]
	for i := range x.Rows {
		row := x.Row(i)[:len(mean)]
		standard := dst.Row(i)[:len(mean)]
		for j, m := range mean {
			standard[j] = T((float64(row[j]) - m) / deviation[j])
		}
	}
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
