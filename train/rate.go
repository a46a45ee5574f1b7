package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/seed-b3c25b83/kernel"
)

const (
	// AutoRate as Options.Rate asks for the rate that [FindRate] returns.
	AutoRate = 0

	// AutoBatch as Options.BatchSize takes all rows in a step if they are at
	// most 4096, and batches of 512 of more. Many rows repeat each other: a
	// step that waits for all of them learns little more. Rows of a [Source]
	// that cannot be shuffled as Shuffle demands are all taken in a step.
	AutoBatch = -1

	manyRows  = 4096
	autoBatch = 512
)

// The greatest |∂²C/∂z²| of one row, over all z and labels from 0 to 1. With
// p = σ(z) it is p(1−p) for the log loss and, at the label 0, p²(1−p)(2−3p)
// for the quadratic cost, greatest at p = (15−√33)/24.
const (
	curvatureLog       = 0.25
	curvatureQuadratic = 0.07702928506067526
)

// FindRate returns the rate with which Fit trains on src if o.Rate is
// [AutoRate]: the greatest with which no step can overshoot, wherever the
// weights are. It does not look at o.Rate.
//
// Let x be the rows on which Fit trains, standardised if they are to be, with a
// 1 behind the features for the bias; s their weights; Λ the greatest
// eigenvalue of Σ s·x·xᵀ / Σ s, and c the greatest |∂²C/∂z²| of a row: ¼ for
// the log loss, 0.0770 for the quadratic cost. Along no direction does the
// slope of the cost change faster than c·Λ + L2, so a step of
//
//	Rate = 1/(c·Λ + L2)
//
// lowers the cost by at least half of what the slope promises. Twice the rate
// is where that promise ends.
//
// A batch of B of n rows sees another Λ in every step. Steps stay stable on
// average, in the mean square, if Λ is replaced by
//
//	Λ + (R − Λ)·(n − B)/(B·(n − 1)),  R = Σ s²·‖x‖⁴ / Σ s²·‖x‖²
//
// Λ and R come from up to 2²¹ numbers of X in rows evenly spaced, or from 64
// rows if those are more; Λ by power iteration. The result has the same bits on
// every CPU, for any number of workers, for rows in memory and others.
//
// FindRate refuses what Fit refuses, and features so large that there is no
// rate for them.
func FindRate[T kernel.Float](ctx context.Context, src Source[T], o Options) (float64, error) {
	o.Rate, o.OnEpoch = AutoRate, nil
	t, err := begin(src, o)
	if err != nil {
		return 0, err
	}
	defer t.close()
	if err := t.prepare(ctx, src); err != nil {
		return 0, err
	}
	return t.Rate, nil
}

// chooseBatch settles AutoBatch for rows that can be shuffled, or cannot.
func (o *Options) chooseBatch(rows int, can bool) {
	if o.BatchSize != AutoBatch {
		return
	}
	o.BatchSize = 0
	if rows > manyRows && can {
		o.BatchSize = autoBatch
	}
}

// findRate returns the rate for t, whose data are prepared.
func (t *trainer[T]) findRate(ctx context.Context) (float64, error) {
	s, err := t.sample(ctx)
	if err != nil {
		return 0, err
	}
	eigenvalue, spread, err := s.curvature(ctx)
	if err != nil {
		return 0, err
	}
	if n, b := float64(t.order.rows), float64(t.order.batch); b < n {
		eigenvalue += max(0, spread-eigenvalue) * (n - b) / float64(b*(n-1))
	}
	rate := 1 / (float64(t.curvature()*eigenvalue) + t.L2)
	if t.L2 > 0 && !(T(1/t.L2) > 0) {
		return 0, fmt.Errorf("train: an L2 of %g is too strong for any rate", t.L2)
	}
	if !(T(rate) > 0) || math.IsInf(rate, 0) {
		return 0, fmt.Errorf("train: the features are too large for any rate; standardise them")
	}
	return rate, nil
}

// curvature returns the greatest second derivative of the cost of a row.
func (o *Options) curvature() float64 {
	if o.Loss == kernel.LogLoss {
		return curvatureLog
	}
	return curvatureQuadratic
}

// A sample is a part of the rows on which a trainer trains, in memory.
type sample[T kernel.Float] struct{ Data[T] }

const (
	sampleElements = 2 << 20 // of X, about
	sampleRows     = 64      // at least
	sampleRun      = 16      // rows that stay together
)

// sample returns rows of all parts of the data, for a look. No rows may be on
// order from t.feed.
func (t *trainer[T]) sample(ctx context.Context) (*sample[T], error) {
	if t.looked != nil {
		return t.looked, nil
	}
	rows, cols := t.order.rows, len(t.params)-1
	n := min(rows, max(sampleRows, sampleElements/max(cols, 16)))
	runs, run := 1, n
	if n < rows {
		runs, run = n/sampleRun, sampleRun
	}
	s := &sample[T]{newData[T](runs*run, cols, true)}
	for k := range runs {
		i := 0
		if k > 0 {
			i = int(int64(rows-run) * int64(k) / int64(runs-1))
		}
		if err := t.look(ctx, s.slice(k*run, (k+1)*run), i); err != nil {
			return nil, err
		}
	}
	t.looked = s
	return s, nil
}

// look copies rows from i on to dst, with weights.
func (t *trainer[T]) look(ctx context.Context, dst Data[T], i int) error {
	return eachChunk(ctx, dst.X.Rows, dst.X.Cols, func(first, behind int) error {
		dst := dst.slice(first, behind)
		d := t.data
		if t.feed == nil {
			d = d.slice(i+first, i+behind)
		} else {
			var err error
			if d, err = t.feed.read(ctx, portion[T]{i: i + first, j: i + behind, room: dst}); err != nil {
				return err
			}
			if t.scaling != nil {
				scale(t.scaling, dst.X, d.X)
				d.X = dst.X
			}
		}
		for k := range d.X.Rows {
			copy(dst.X.Row(k), d.X.Row(k))
			if d.Weights == nil {
				dst.Weights[k] = 1
			}
		}
		copy(dst.Y, d.Y)
		copy(dst.Weights, d.Weights)
		return nil
	})
}

// curvature returns what FindRate calls Λ and R.
func (s *sample[T]) curvature(ctx context.Context) (eigenvalue, spread float64, err error) {
	const (
		most = 100  // iterations
		few  = 8    // at least
		calm = 1e-3 // a change so small ends them
	)
	var x, weight, square, fourth float64
	for i := range s.X.Rows {
		x = 1
		for _, v := range s.X.Row(i) {
			x += float64(float64(v) * float64(v))
		}
		a := float64(s.Weights[i])
		weight += a
		square += float64(a * x)
		fourth += float64(float64(a*x) * float64(a*x))
	}
	if !(weight > 0) { // all rows that weigh anything were left out
		clear(s.Weights)
		for i := range s.Weights {
			s.Weights[i] = 1
		}
		return s.curvature(ctx)
	}
	spread = fourth / square * (float64(s.X.Rows) / weight)

	// A random direction is hardly at right angles to the one that is looked
	// for, as one that is as simple as that might be.
	r := rand.New(rand.NewPCG(1, 1))
	v := make([]T, s.X.Cols+1)
	for j := range v {
		v[j] = T(r.Float64() - 0.5)
	}
	divide(v, norm(v))
	z, g := make([]T, s.X.Rows), make([]T, len(v))
	cols := s.X.Cols
	for k := range most {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		kernel.Forward(z, s.X, v[:cols], v[cols])
		var top float64
		for i, a := range s.Weights {
			z[i] *= a
			top = max(top, math.Abs(float64(z[i])))
		}
		if top == 0 {
			break
		}
		divide(z, top) // whose squares may be too large for a T
		clear(g)
		g[cols] = T(kernel.Gradient(g[:cols], s.X, z))
		length := norm(g)
		before := eigenvalue
		eigenvalue = float64(top*length) / weight
		if !(eigenvalue <= math.MaxFloat64) || k >= few && math.Abs(eigenvalue-before) <= float64(calm*eigenvalue) {
			break
		}
		v, g = g, v
		divide(v, length)
	}
	return eigenvalue, spread, nil
}

// norm returns the length of v.
func norm[T kernel.Float](v []T) float64 {
	var top, sum float64
	for _, x := range v {
		top = max(top, math.Abs(float64(x)))
	}
	if top == 0 {
		return 0
	}
	for _, x := range v {
		x := float64(x) / top
		sum += float64(x * x)
	}
	return float64(top * math.Sqrt(sum))
}

func divide[T kernel.Float](v []T, by float64) {
	for i := range v {
		v[i] = T(float64(v[i]) / by)
	}
}
