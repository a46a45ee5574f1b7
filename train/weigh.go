package train

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// A census weighs the rows of each class.
type census[T kernel.Float] struct {
	sum      [2]float64 // of the weights of the rows
	most     [2]T       // the greatest of them
	weighted bool       // rows have weights of their own
}

func (c *census[T]) add(d Data[T], _ int) error {
	c.weighted = d.Weights != nil
	for k, y := range d.Y {
		weight := T(1)
		if d.Weights != nil {
			weight = d.Weights[k]
		}
		class := class(y)
		c.sum[class] += float64(weight)
		c.most[class] = max(c.most[class], weight)
	}
	return nil
}

// factors returns the factors of the weights of rows, by class.
func (t *trainer[T]) factors(c *census[T]) ([2]float64, error) {
	for k, sum := range c.sum {
		if sum == 0 && c.sum[1-k] > 0 {
			t.findings = append(t.findings, Finding{OneClass,
				fmt.Sprintf("all rows are of class %d: there is nothing to tell apart", 1-k),
				"rows of the other class, or another label", float64(1 - k)})
		}
	}
	factors := t.ClassWeights
	switch {
	case t.Balanced && c.sum[0] > 0 && c.sum[1] > 0:
		n := c.sum[0] + c.sum[1]
		factors = [2]float64{n / (2 * c.sum[0]), n / (2 * c.sum[1])}
	case t.Balanced, factors == [2]float64{}:
		factors = [2]float64{1, 1}
	}
	var n float64
	for k, f := range factors {
		switch most := float64(T(float64(c.most[k]) * f)); {
		case most > math.MaxFloat64: // as a T
			n = most
		case most > 0:
			n += float64(c.sum[k] * f)
		}
	}
	if !(n > 0 && n <= math.MaxFloat64) {
		return factors, fmt.Errorf("train: the weights of all rows sum to %g", n)
	}
	return factors, nil
}

// rowWeights returns the weights of the rows of d times those of their
// classes, nil if all are 1.
func (t *trainer[T]) rowWeights(ctx context.Context, d Data[T]) ([]T, error) {
	var c census[T]
	err := eachChunk(ctx, len(d.Y), 1, func(i, j int) error { return c.add(d.slice(i, j), i) })
	if err != nil {
		return nil, err
	}
	factors, err := t.factors(&c)
	if err != nil || factors == [2]float64{1, 1} {
		return d.Weights, err
	}
	weights := make([]T, len(d.Y))
	err = eachChunk(ctx, len(d.Y), 1, func(i, j int) error {
		weigh(weights[i:j], d.slice(i, j), factors)
		return nil
	})
	return weights, err
}

// weigh stores the weights of the rows of d times those of their classes in
// dst, which may be d.Weights.
func weigh[T kernel.Float](dst []T, d Data[T], factors [2]float64) {
	for k, y := range d.Y {
		s := 1.0
		if d.Weights != nil {
			s = float64(d.Weights[k])
		}
		dst[k] = T(s * factors[class(y)])
	}
}
