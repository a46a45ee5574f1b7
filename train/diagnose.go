package train

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// A history is what is kept of the costs of the epochs, those of a run.
type history struct {
	epochs      int // that ended in this run
	first, last float64

	// Of the last epochs, a tenth of all, and the one before them.
	window    int
	marked    bool    // all of these were seen
	mark      float64 // the cost of the latter
	low, high float64
	rise      float64 // the greatest from an epoch to the next
	turns     int     // how often the cost began to rise or to fall
	rose      bool
}

// add adds the cost of an epoch; more are those that may follow.
func (h *history) add(cost float64, number, more int) {
	if h.epochs == 0 {
		h.first = cost
	}
	h.epochs++
	total := number + more
	h.window = min(max(total/10, 4), total-1)
	switch {
	case more > h.window, h.window == 0:
	case more == h.window:
		h.marked, h.mark, h.low, h.high = true, cost, cost, cost
	case cost != h.last:
		if rose := cost > h.last; rose != h.rose && more < h.window-1 {
			h.turns++
		}
		h.rose = cost > h.last
		h.rise = max(h.rise, cost-h.last)
		h.low, h.high = min(h.low, cost), max(h.high, cost)
	}
	h.last = cost
}

// swings says whether the cost goes up and down, and up by more than the given
// part of itself.
func (h *history) swings(part float64) bool {
	return h.marked && h.window >= 3 && 2*h.turns >= h.window-1 && h.rise > part*h.last
}

const (
	// flat is a mean slope of σ, of ¼ at most, at which a neuron worse than a
	// constant is stuck; stuck is one at which any is that errs. Descent at a
	// rate that suits does not get so far in any number of epochs.
	flat  = 0.01
	stuck = 1e-6
	errs  = 1e-3 // the cost of a neuron that does
	// unscaled is how much greater a feature is than another that is too much.
	unscaled = 100
	// falling is by how much of itself the cost falls in the last tenth of the
	// epochs if there is more to come.
	falling = 0.05
	// steep is by how much of itself one step can lower the cost if the
	// training was too slow.
	steep = 0.1
	// Costs of full batches do not rise, but for rounding; those of minibatches
	// depend on the order, too.
	noiseFull, noiseBatch = 1e-3, 0.05
)

// diagnose says what is to be known of a training that is over.
func (t *trainer[T]) diagnose(ctx context.Context) ([]Finding, error) {
	h := &t.history
	if len(t.findings) > 0 || h.epochs == 0 { // one class
		return t.findings, nil
	}
	s, err := t.sample(ctx)
	if err != nil {
		return nil, err
	}
	noise := noiseFull
	if t.order.batches > 1 {
		noise = noiseBatch
	}
	look := t.inspect(s)

	var found []Finding
	add := func(k Kind, figure float64, what string, try ...string) {
		found = append(found, Finding{k, what, either(try), figure})
	}
	lower := func() string {
		if better := t.better(ctx); better > 0 && better < t.Rate {
			return autoRate(better)
		}
		return fmt.Sprintf("a rate below %.3g", t.Rate)
	}
	more := func() []string {
		try := []string{fmt.Sprintf("more than %d epochs, with a tolerance to end them", t.Epochs)}
		if better := t.better(ctx); better > 2*t.Rate {
			try = append([]string{autoRate(better)}, try...)
		}
		return try
	}
	fall := (h.mark - h.last) / h.mark
	switch {
	case t.Loss == kernel.Quadratic && (look.slope < flat && look.cost >= 0.9*look.constant || look.slope < stuck && look.cost > errs):
		add(Saturated, look.slope,
			fmt.Sprintf("σ is flat at the rows (its slope there is %.2g on average, and ¼ at most), so the gradient has vanished, although the cost is %.3g and that of always saying the same %.3g",
				look.slope, look.cost, look.constant),
			lower(), "the log loss, whose gradient does not vanish")
	case h.swings(noise):
		try := []string{lower()}
		if t.order.batches > 1 {
			try = append(try, "larger batches")
		}
		add(Oscillating, (h.high-h.low)/h.last,
			fmt.Sprintf("the cost went up and down between %.4g and %.4g in the last %d epochs instead of falling", h.low, h.high, h.window+1), try...)
	case h.last > h.first*(1+noise):
		add(Rising, h.last/h.first, fmt.Sprintf("the cost rose from %.4g to %.4g", h.first, h.last), lower())
	case h.marked && h.last > h.mark*(1+noise):
		add(Rising, h.last/h.mark, fmt.Sprintf("the cost rose from %.4g to %.4g in the last %d epochs", h.mark, h.last, h.window), lower())
	case t.converged:
	case t.sums.correct == t.order.rows && look.hard && t.L2 == 0:
		add(Separable, 1,
			"all rows are on the right side of ½: a line tells the classes apart, so the cost falls, and the weights grow, for as long as the training lasts",
			"L2 or a tolerance for weights that come to rest; the classes are right as they are")
	case h.marked && fall > falling:
		add(Unfinished, fall,
			fmt.Sprintf("the epochs are used up and the cost still falls: by %.2g %% in the last %d of %d, from %.4g to %.4g", 100*fall, h.window, t.Epochs, h.mark, h.last),
			more()...)
	case h.marked && look.potential > steep:
		add(Unfinished, fall,
			fmt.Sprintf("the cost falls so slowly, by %.2g %% in the last %d of %d epochs, that it is far from its minimum: one step of the right length would lower it by %.2g %%", 100*fall, h.window, t.Epochs, 100*look.potential),
			more()...)
	}
	if len(found) > 0 && !t.Standardize && look.ratio > unscaled {
		add(Unscaled, look.ratio,
			fmt.Sprintf("feature %d is %.0f times as large as feature %d: one rate does not suit both", look.most+1, look.ratio, look.least+1),
			"to standardise the features")
	}
	return found, nil
}

// better returns the rate of FindRate if it was not taken, or 0.
func (t *trainer[T]) better(ctx context.Context) float64 {
	if t.asked.Rate == AutoRate {
		return 0
	}
	rate, err := t.findRate(ctx)
	if err != nil {
		return 0
	}
	return rate
}

// An inspection says what the neuron makes of a sample.
type inspection struct {
	slope    float64 // of σ at the rows, their mean
	cost     float64 // quadratic
	constant float64 // the least cost if ŷ is the same for all rows
	hard     bool    // all labels are 0 or 1

	// potential is by what part one step of the best length against the slope
	// lowers the cost, at least.
	potential float64

	ratio       float64 // of the root mean squares of the features most and least, which are not 0
	most, least int
}

func (t *trainer[T]) inspect(s *sample[T]) inspection {
	cols := s.X.Cols
	w, b := t.params[:cols], t.params[cols]
	z, yhat, delta := make([]T, s.X.Rows), make([]T, s.X.Rows), make([]T, s.X.Rows)
	kernel.Forward(z, s.X, w, b)
	kernel.Sigmoid(yhat, z)
	v := inspection{hard: true}
	var weight, mean, squares float64
	for i, p := range yhat {
		p, y, a := float64(p), float64(s.Y[i]), float64(s.Weights[i])
		weight += a
		mean += float64(a * y)
		squares += float64(a * float64(y*y))
		v.slope += float64(a * float64(p*(1-p)))
		v.cost += float64(a*float64((p-y)*(p-y))) / 2
		v.hard = v.hard && (y == 0 || y == 1)
	}
	v.slope /= weight
	v.cost /= weight
	mean /= weight
	v.constant = (squares/weight - float64(mean*mean)) / 2

	// Along the gradient g the cost falls by at least |g|²·|g|²/2gᵀHg, where H
	// bounds its second derivatives.
	g := make([]T, cols+1)
	cost := kernel.Delta(delta, z, s.Y, s.Weights, t.Loss).Cost / weight
	if t.Loss == kernel.Quadratic {
		cost /= 2
	}
	g[cols] = T(kernel.Gradient(g[:cols], s.X, delta))
	divide(g, weight)
	addScaled(g[:cols], w, T(t.L2))
	kernel.Forward(z, s.X, g[:cols], g[cols])
	square := norm(g)
	square *= square
	bend := float64(t.L2 * square)
	for i, z := range z {
		bend += float64(t.curvature()*float64(float64(s.Weights[i])*float64(float64(z)*float64(z)))) / weight
	}
	if p := square * (square / bend) / 2 / (cost + t.penalty()); p <= 1 {
		v.potential = p
	}

	least, most := math.Inf(1), 0.
	for j, x := range s.columnNorms() {
		if x > 0 && x < least {
			least, v.least = x, j
		}
		if x > most {
			most, v.most = x, j
		}
	}
	if most > 0 {
		v.ratio = most / least
	}
	return v
}

// columnNorms returns the length of each column.
func (s *sample[T]) columnNorms() []float64 {
	top := make([]float64, s.X.Cols)
	sum := make([]float64, s.X.Cols)
	for i := range s.X.Rows {
		for j, x := range s.X.Row(i) {
			top[j] = max(top[j], math.Abs(float64(x)))
		}
	}
	for i := range s.X.Rows {
		for j, x := range s.X.Row(i) {
			if top[j] > 0 {
				x := float64(x) / top[j]
				sum[j] += float64(x * x)
			}
		}
	}
	for j := range sum {
		sum[j] = float64(top[j] * math.Sqrt(sum[j]))
	}
	return sum
}
