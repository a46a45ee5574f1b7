package train

import (
	"context"
	"io"
	"math"
	"time"

	"github.com/seed-b3c25b83/kernel"
)

// Fit trains a neuron on [Data] or another [Source]. It refuses data that hold a
// NaN or an infinity, labels outside [0, 1] and options that make no sense; its
// errors count rows and columns from 1.
//
// If ctx ends before the training does, Fit returns ctx.Err() together with
// the result so far, that of the last completed step. If weights or cost
// overflow it returns a [*Divergence], which is [ErrDiverged].
func Fit[T kernel.Float](ctx context.Context, src Source[T], o Options) (*Result[T], error) {
	return FitFrom(ctx, src, o, nil, nil)
}

// FitFrom is Fit with checkpoints. It goes on from one, unless from is nil,
// and ends with the very bits of a training that was never interrupted. It
// refuses to, with an error that wraps [ErrMismatch] and says what differs, if
// the data or an option that matters are others; only Epochs, Workers and the
// functions may change.
//
// Unless save is nil, FitFrom calls it after every epoch, behind OnEpoch, with
// a checkpoint that is valid until save returns. An error of save ends the
// training; FitFrom returns it.
func FitFrom[T kernel.Float](ctx context.Context, src Source[T], o Options, from *Checkpoint[T], save func(*Checkpoint[T]) error) (*Result[T], error) {
	t, err := begin(src, o)
	if err != nil {
		return nil, err
	}
	defer t.close()
	if from != nil || save != nil {
		t.printer = newFingerprinter[T]()
	}
	err = t.prepare(ctx, src)
	if err == nil {
		err = t.resume(from, save)
	}
	if err == nil {
		err = t.run(ctx)
	}
	if err == nil {
		t.findings, err = t.diagnose(ctx)
	}
	if err != nil && err != ctx.Err() {
		return nil, err
	}
	r := t.result()
	if !finite(r.Weights) || !finite([]T{r.Bias}) {
		return nil, newDivergence(Divergence{Rate: t.Rate, Cost: t.cost, Standardized: t.Standardize})
	}
	return r, err
}

const (
	// pieceElements is how much of X is worked through between two looks at
	// the context: a few milliseconds, many shards.
	pieceElements = 4 << 20
	// calmEpochs is how many epochs in a row have to stay within Tolerance.
	calmEpochs = 3
)

// A trainer descends.
type trainer[T kernel.Float] struct {
	Options            // with rate and size of batches as they are
	asked    Options   // as they were given
	data     Data[T]   // what is trained on: standardised, class weights applied
	feed     *feed[T]  // that instead, if rows are read anew in every epoch
	closer   io.Closer // of what it reads; nil if that stays open
	scaling  *scaling  // nil unless standardised
	findings []Finding
	history  history

	stepper  *kernel.Stepper[T]
	gradient []T // of weights and bias
	piece    int // rows given to the stepper at a time, in whole shards
	order    order
	looked   *sample[T] // nil until sample is called
	gathered Data[T]    // a piece of its rows, if rows are shuffled

	done, told int // rows of the epoch, and of these when OnRows was called last

	cursor cursor // what the feed reads
	next   func() (i, j int, ok bool)

	printer *fingerprinter[T] // of the data as they were given; nil if nobody wants checkpoints
	save    func() error      // keeps a checkpoint; nil if nobody wants one

	state[T]
}

// state is all that changes from step to step and decides how the training
// goes on.
type state[T kernel.Float] struct {
	params    []T     // the weights and, last, the bias
	epochs    int     // completed
	steps     int     // completed of the next epoch
	sums      sums    // over the steps of that epoch
	cost      float64 // of the last completed epoch
	calm      int     // epochs in a row within Tolerance
	converged bool
}

// sums run over the steps of an epoch.
type sums struct {
	penalty float64 // of the weights with which the epoch began
	weight  float64
	cost    float64
	correct int
}

// begin returns a trainer for src, if it and o make sense; prepare comes
// next.
func begin[T kernel.Float](src Source[T], o Options) (*trainer[T], error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := checkSource(src); err != nil {
		return nil, err
	}
	rows, cols := src.Shape()
	asked := o
	can := canShuffle(src, o.Shuffle)
	if o.BatchSize == AutoBatch && !can && rows > manyRows {
		asked.BatchSize = 0 // in a checkpoint auto stands for what it does in memory
	}
	o.chooseBatch(rows, can)
	if err := o.checkShuffle(rows, can); err != nil {
		return nil, err
	}
	t := newTrainer[T](rows, cols, o)
	t.asked = asked
	return t, nil
}

func newTrainer[T kernel.Float](rows, cols int, o Options) *trainer[T] {
	t := &trainer[T]{Options: o}
	shard := kernel.ShardRows[T](cols)
	t.piece = max(1, pieceElements/shard/max(cols, 16)) * shard // σ costs as much as some columns
	t.order = newOrder(rows, rowLines[T](cols)*lineBytes, o.BatchSize, o.Shuffle)
	if t.order.shuffle == ShuffleRows {
		t.gathered = newData[T](min(t.order.batch, t.piece), cols, true)
	}
	t.stepper = kernel.NewStepper[T](cols, o.Workers)
	t.gradient = make([]T, cols+1)
	t.params = make([]T, cols+1)
	return t
}

func (t *trainer[T]) close() {
	if t.feed != nil {
		t.feed.close()
	}
	if t.closer != nil {
		t.closer.Close()
	}
	t.stepper.Close()
}

// prepare checks the data, makes of them what is trained on, and finds a rate
// unless one is given.
func (t *trainer[T]) prepare(ctx context.Context, src Source[T]) (err error) {
	if err = t.load(ctx, src); err == nil && t.Rate == AutoRate {
		t.Rate, err = t.findRate(ctx)
	}
	return err
}

// load checks the data and makes of them what is trained on.
func (t *trainer[T]) load(ctx context.Context, src Source[T]) (err error) {
	d, ok := src.(Data[T])
	if !ok {
		return t.stream(ctx, src)
	}
	if err = d.checkValues(ctx); err != nil {
		return err
	}
	if t.printer != nil {
		if err = scan(ctx, src, t.printer.add); err != nil {
			return err
		}
	}
	if d.Weights, err = t.rowWeights(ctx, d); err != nil {
		return err
	}
	x := d.X
	if t.order.shuffle == ShuffleBatches {
		if d, err = t.deal(ctx, d); err != nil {
			return err
		}
		x = d.X
	} else if t.Standardize {
		d.X = newBatch[T](x.Rows, x.Cols)
	}
	if t.Standardize {
		if t.scaling, err = standardize(ctx, d.X, x, t.Workers); err != nil {
			return err
		}
	}
	t.data = d
	return nil
}

// deal returns a copy of d in the order in which rows are cut into batches.
func (t *trainer[T]) deal(ctx context.Context, d Data[T]) (Data[T], error) {
	order := make([]int, d.X.Rows)
	if err := shuffle(ctx, order, t.Seed, dealing); err != nil {
		return d, err
	}
	return d.pick(ctx, order)
}

func (t *trainer[T]) run(ctx context.Context) error {
	for t.epochs < t.Epochs && !t.converged {
		start := time.Now()
		e, err := t.epoch(ctx)
		if err != nil {
			return err
		}
		if t.OnEpoch != nil {
			e.Elapsed = time.Since(start)
			t.OnEpoch(e)
		}
		if t.save != nil {
			if err := t.save(); err != nil {
				return err
			}
		}
	}
	return nil
}

// epoch takes steps until all rows have been seen.
func (t *trainer[T]) epoch(ctx context.Context) (e Epoch, err error) {
	if t.steps == 0 {
		t.sums = sums{penalty: t.penalty()}
		t.done, t.told = 0, 0
	}
	if err := t.order.begin(ctx, t.Seed, uint64(t.epochs)); err != nil {
		return e, err
	}
	if t.feed != nil {
		t.cursor.begin(t.steps)
		t.feed.begin(t.next)
	}
	for ; t.steps < t.order.batches; t.steps++ {
		i, j := t.order.at(t.steps)
		if err := t.step(ctx, i, j); err != nil {
			return e, err
		}
	}

	mean := t.sums.cost / t.sums.weight
	e = Epoch{Number: t.epochs + 1, Cost: mean, Rows: t.order.rows}
	e.Accuracy = float64(t.sums.correct) / float64(e.Rows)
	if t.Loss == kernel.Quadratic {
		e.MSE, e.Cost = mean, mean/2
	}
	e.Cost += t.sums.penalty
	if math.IsInf(e.Cost, 0) || math.IsNaN(e.Cost) || !finite(t.params) {
		return e, newDivergence(Divergence{Epoch: e.Number, Cost: e.Cost, Rate: t.Rate, Better: t.better(ctx), Standardized: t.Standardize})
	}
	t.settle(e.Cost)
	t.history.add(e.Cost, e.Number, t.Epochs-e.Number)
	t.epochs, t.steps = e.Number, 0
	return e, nil
}

// settle notes the cost of an epoch and whether it has come to rest.
func (t *trainer[T]) settle(cost float64) {
	if t.Tolerance > 0 && t.epochs > 0 && math.Abs(cost-t.cost) <= t.Tolerance*t.cost {
		t.calm++
	} else {
		t.calm = 0
	}
	t.cost, t.converged = cost, t.calm == calmEpochs
}

// step takes one step down the gradient over rows i to j-1, in the order of
// the epoch. It takes it whole or not at all.
func (t *trainer[T]) step(ctx context.Context, i, j int) error {
	cols := len(t.params) - 1
	w, b := t.params[:cols], t.params[cols]
	var weight float64
	t.stepper.Reset()
	for ; i < j; i += t.piece {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := t.rows(ctx, i, min(i+t.piece, j))
		if err != nil {
			return err
		}
		t.stepper.Add(d.X, d.Y, d.Weights, w, b, t.Loss)
		weight += d.weight()
		t.count(d.X.Rows)
	}
	s := t.stepper.Sum(t.gradient[:cols])
	t.gradient[cols] = T(s.Delta)
	t.sums.cost += s.Cost
	t.sums.correct += s.Correct
	t.sums.weight += weight
	if weight == 0 {
		return nil
	}
	if t.L2 > 0 {
		addScaled(t.gradient[:cols], w, T(t.L2*weight))
	}
	Descend(t.params, t.gradient, T(t.Rate/weight))
	return nil
}

// count notes that rows of the epoch are done, and tells OnRows once they make a
// piece.
func (t *trainer[T]) count(rows int) {
	t.done += rows
	if t.OnRows != nil && t.done-t.told >= t.piece {
		t.told = t.done
		t.OnRows(t.epochs+1, t.done)
	}
}

// rows returns rows i to j-1 in the order of the epoch.
func (t *trainer[T]) rows(ctx context.Context, i, j int) (Data[T], error) {
	if t.feed != nil {
		return t.feed.rows(i, j)
	}
	if t.order.shuffle != ShuffleRows {
		return t.data.slice(i, j), nil
	}
	d := t.gathered.slice(0, j-i)
	if t.data.Weights == nil {
		d.Weights = nil
	}
	return d, d.gather(ctx, t.data, t.order.perm[i:j])
}

// penalty returns the part of the cost that L2 adds.
func (t *trainer[T]) penalty() float64 {
	var sum float64
	for _, w := range t.params[:len(t.params)-1] {
		sum += float64(float64(w) * float64(w))
	}
	return float64(t.L2 / 2 * sum)
}

func (t *trainer[T]) result() *Result[T] {
	c := Checkpoint[T]{Params: t.params, running: true, scaling: t.scaling}
	r := &Result[T]{
		Epochs: t.epochs, Converged: t.converged, Cost: t.cost,
		Rate: t.Rate, BatchSize: t.BatchSize, Findings: t.findings,
	}
	for _, f := range t.findings {
		if f.Kind.Harmful() {
			r.Warnings = append(r.Warnings, f.String())
		}
	}
	r.Weights, r.Bias = c.Neuron()
	return r
}

func finite[T kernel.Float](v []T) bool {
	for _, x := range v {
		if x-x != 0 {
			return false
		}
	}
	return true
}
