package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/impl"
	"github.com/seed-b3c25b83/kernel/train"
)

// Training begins the names of what package train does.
const Training = "train"

// One call of the Train op is fullEpochs epochs of full-batch descent, or one
// epoch of minibatches. It begins at w = 0, b = 0.
const (
	fullEpochs = 100
	trainRate  = 1.
)

// trainRunners are, for the full batch, everybody who can compute a step, and
// for minibatches the kernels; and package train, which does more: it checks
// the data and counts costs, and may shuffle.
func trainRunners[T float](c Case) []Runner {
	p := newProblem[T](c, 0)
	list := []Runner{yardstick(p, 1)}
	add := func(c contestant[T], run func()) {
		list = append(list, Runner{
			Name:  c.name,
			Run:   run,
			bytes: p.Bytes(),
			enter: c.enter,
			check: func() (float64, error) {
				p.spoil()
				run()
				return p.checkTrained(p.w)
			},
		})
	}
	if c.Batch > 0 {
		for _, k := range kernels[T]() {
			add(k, minibatches(p))
		}
		list = append(list,
			fitRunner(p, Training+"-in-order", train.NoShuffle),
			fitRunner(p, Training+"-batches", train.ShuffleBatches),
			fitRunner(p, Training+"-rows", train.ShuffleRows))
		return list
	}
	for _, c := range contestants[T]() {
		if c.step == nil || strings.HasSuffix(c.name, "-tiled") || c.name == FreeOrder {
			continue
		}
		run := c.step(p)
		add(c, func() {
			p.restart()
			for range fullEpochs {
				run()
				g := p.g
				if p.ownG != nil {
					g = p.ownG[:p.Cols]
				}
				p.descend(g, T(trainRate/float64(p.Rows)))
			}
		})
	}
	return append(list, fitRunner(p, Training, train.NoShuffle))
}

// restart begins a training.
func (p *problem[T]) restart() {
	clear(p.w)
	p.b = 0
}

// descend updates the neuron by the gradient.
func (p *problem[T]) descend(g []T, rate T) {
	for j := range p.w {
		p.w[j] -= rate * g[j]
	}
	p.b -= rate * T(p.gb)
}

// minibatches is an epoch on the kernels alone, batch by batch in order.
func minibatches[T float](p *problem[T]) func() {
	s := kernel.NewStepper[T](p.Cols, 1)
	x := p.batch()
	return func() {
		p.restart()
		for i := 0; i < p.Rows; i += p.Batch {
			j := min(i+p.Batch, p.Rows)
			rate := T(trainRate / float64(j-i))
			sums := s.Step(p.g, x.Slice(i, j), p.y[i:j], nil, p.w, p.b, kernel.Quadratic)
			train.Descend(p.w, p.g, rate)
			p.b -= rate * T(sums.Delta)
		}
	}
}

// fitRunner trains with package train: for the full batch the whole call
// counts, for minibatches the epochs behind the first, without what comes
// before them.
func fitRunner[T float](p *problem[T], name string, shuffle train.Shuffle) Runner {
	d := train.Data[T]{X: p.batch(), Y: p.y}
	o := train.Options{Loss: kernel.Quadratic, Rate: trainRate, BatchSize: p.Batch, Epochs: fullEpochs, Shuffle: shuffle, Workers: 1}
	var last time.Duration // of an epoch
	if p.Batch > 0 {
		o.Epochs = 3
		o.OnEpoch = func(e train.Epoch) {
			if e.Number > 1 {
				last += e.Elapsed / time.Duration(o.Epochs-1)
			}
		}
	}
	ours := Ours + impl.Current()
	r := Runner{
		Name:   name,
		bytes:  p.Bytes(),
		detail: ours,
		enter:  collecting,
	}
	var err error
	var result *train.Result[T]
	fit := func() { result, err = train.Fit(context.Background(), d, o) }
	r.Run = fit
	if p.Batch > 0 {
		r.clock = func() time.Duration {
			last = 0
			fit()
			return last
		}
	}
	r.check = func() (float64, error) {
		epochs := o.Epochs
		if p.Batch > 0 {
			o.Epochs = 1
		}
		fit()
		o.Epochs = epochs
		switch {
		case err != nil:
			return 0, err
		case shuffle == train.NoShuffle:
			return p.checkTrained(result.Weights)
		}
		// Another order leads to other weights, but no worse ones.
		got := train.Evaluate(result.Weights, result.Bias, d, .5).Accuracy
		copy(p.w, convert[T](p.ref.w))
		want := train.Evaluate(p.w, T(p.ref.b), d, .5).Accuracy
		if !(got > want-.02) {
			return 0, fmt.Errorf("accuracy %.3f, in order %.3f", got, want)
		}
		return 0, nil
	}
	return r
}

func convert[T float](v []float64) []T {
	out := make([]T, len(v))
	for i := range v {
		out[i] = T(v[i])
	}
	return out
}

// checkTrained compares weights with those of the reference, relative to the
// largest of them.
func (p *problem[T]) checkTrained(w []T) (float64, error) {
	var scale, worst float64
	for _, v := range p.ref.w {
		scale = max(scale, math.Abs(v))
	}
	for j, v := range p.ref.w {
		worst = max(worst, math.Abs(float64(w[j])-v)/scale)
	}
	limit := 1e-3
	if sizeof[T]() == 8 {
		limit = 1e-10
	}
	if !(worst <= limit) {
		return worst, errors.New("other weights than the reference's")
	}
	return worst, nil
}

// trainReference trains in float64. The labels of p are replaced by those of
// a hidden neuron, a tenth of them flipped.
func (p *problem[T]) trainReference() (ref reference) {
	for i := range p.Rows {
		z := 0.
		for j, x := range p.x[i*p.Stride:][:p.Cols] {
			z += float64(x) * float64(p.w[j])
		}
		p.y[i] = 0
		if (z > 0) != (i%10 == 0) {
			p.y[i] = 1
		}
	}
	batch, epochs := p.Batch, 1
	if batch == 0 {
		batch, epochs = p.Rows, fullEpochs
	}
	w, g, b := make([]float64, p.Cols), make([]float64, p.Cols), 0.
	for range epochs {
		for i := 0; i < p.Rows; i += batch {
			clear(g)
			gb, end := 0., min(i+batch, p.Rows)
			for k := i; k < end; k++ {
				row := p.x[k*p.Stride:][:p.Cols]
				z := b
				for j, x := range row {
					z += float64(x) * w[j]
				}
				a := sigmoid64(z)
				d := (a - float64(p.y[k])) * a * (1 - a)
				for j, x := range row {
					g[j] += d * float64(x)
				}
				gb += d
			}
			rate := trainRate / float64(end-i)
			for j := range w {
				w[j] -= rate * g[j]
			}
			b -= rate * gb
		}
	}
	ref.w, ref.b = w, b
	return ref
}
