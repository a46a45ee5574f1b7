package main

import (
	"context"
	"errors"

	"github.com/seed-b3c25b83/kernel"
	reports "github.com/seed-b3c25b83/kernel/report"
	"github.com/seed-b3c25b83/kernel/train"
)

// A recorder notes how a training goes, for its learning curve. A nil one notes
// nothing.
type recorder[T kernel.Float] struct {
	loss  kernel.Loss
	l2    float64
	held  train.Source[T] // nil if no rows are held out
	curve reports.Curve

	begun   int            // the epoch behind which the training began
	noted   int            // the epoch that was noted last
	latest  reports.Moment // of the epoch that was completed last
	epochs  int            // its number
	penalty float64        // part of the cost of the next epoch that is not of its rows
}

// newRecorder returns a recorder if the user wants to see a curve.
func newRecorder[T kernel.Float](e *env, o *trainOptions, held train.Source[T]) *recorder[T] {
	if o.page == "" && o.curve == "" {
		return nil
	}
	r := &recorder[T]{loss: o.Loss, l2: o.L2, held: held}
	r.curve.Cost = "quadratic cost"
	if o.Loss == kernel.LogLoss {
		r.curve.Cost = "log loss"
	}
	return r
}

// start begins with a training, or goes on with one.
func (r *recorder[T]) start(from *train.Checkpoint[T]) {
	if r != nil && from != nil {
		r.begun, r.noted, r.epochs = from.Epochs, from.Epochs, from.Epochs
		r.penalty = penalty(r.l2, from.Params)
	}
}

// epoch notes the figures of an epoch on the rows trained on.
func (r *recorder[T]) epoch(e train.Epoch) {
	if r != nil {
		r.epochs = e.Number
		r.latest = reports.Moment{Epoch: float64(e.Number), Cost: e.Cost - r.penalty, Accuracy: e.Accuracy}
	}
}

// note notes those of the rows held out, behind it. Of a long training it takes
// a part of the epochs: curves show no more, and it takes time.
func (r *recorder[T]) note(c *train.Checkpoint[T]) error {
	if r == nil {
		return nil
	}
	const points = 200 // until the length of the training doubles
	r.penalty = penalty(r.l2, c.Params)
	if r.epochs-r.noted < max(1, (r.noted-r.begun)/points) {
		return nil
	}
	return r.take(c.Neuron())
}

// penalty is what L2 adds to the cost of an epoch that begins with params, the
// last of which is the bias.
func penalty[T kernel.Float](l2 float64, params []T) float64 {
	if l2 == 0 {
		return 0
	}
	var sum float64
	for _, w := range params[:len(params)-1] {
		sum += float64(float64(w) * float64(w))
	}
	return float64(l2 / 2 * sum)
}

// take notes the epoch that was completed last, with the neuron behind it.
func (r *recorder[T]) take(weights []T, bias T) error {
	r.noted = r.epochs
	r.curve.Train = append(r.curve.Train, r.latest)
	if r.held == nil {
		return nil
	}
	const half = 0.5 // the threshold of the accuracy of an epoch, too
	v, err := train.EvaluateSource(context.Background(), weights, bias, r.held, half)
	if err != nil {
		return err
	}
	m := reports.Moment{Epoch: r.latest.Epoch, Cost: v.Quadratic, Accuracy: v.Accuracy}
	if r.loss == kernel.LogLoss {
		m.Cost = v.LogLoss
	}
	r.curve.Held = append(r.curve.Held, m)
	return nil
}

// finish notes the last epoch, if it is not noted yet, and that epochs were
// measured before each of their steps, which took so many rows.
func (r *recorder[T]) finish(weights []T, bias T, batch int) (err error) {
	if r.epochs > r.noted {
		err = r.take(weights, bias)
	}
	early := 0.5
	if batch == 0 {
		early = 1
	}
	for i := range r.curve.Train {
		r.curve.Train[i].Epoch -= early
	}
	return err
}

// scores returns the labels of rows and what a neuron predicts for them. Like
// evaluate, it does not end with the context.
func scores[T kernel.Float](weights []T, bias T, src train.Source[T]) (labels []bool, probabilities []float64, err error) {
	const elements = 1 << 20 // of X at a time
	rows, cols := src.Shape()
	n := min(rows, max(1, elements/max(cols, 1)))
	x := newBatch[T](cols)
	x.Rows, x.Data = n, make([]T, n*x.Stride)
	room := train.Data[T]{X: x, Y: make([]T, n), Weights: make([]T, n)}
	yhat := make([]T, n)
	labels, probabilities = make([]bool, 0, rows), make([]float64, 0, rows)
	for i := 0; i < rows; i += n {
		j := min(i+n, rows)
		part := room
		part.X.Rows, part.Y, part.Weights = j-i, room.Y[:j-i], room.Weights[:j-i]
		d, err := src.Read(context.Background(), i, j, part)
		if err != nil {
			return nil, nil, err
		}
		kernel.Predict(yhat[:j-i], d.X, weights, bias)
		for k, y := range d.Y {
			labels = append(labels, y >= 0.5)
			probabilities = append(probabilities, float64(yhat[k]))
		}
	}
	return labels, probabilities, nil
}

// writeFailure shows how a training went that came to nothing, if that can be
// seen.
func (r *recorder[T]) writeFailure(o *trainOptions, d *labelled[T], err error) error {
	if r == nil || !errors.Is(err, train.ErrDiverged) {
		return nil
	}
	r.held = nil // there is no neuron
	if err := r.finish(nil, 0, max(0, o.BatchSize)); err != nil {
		return err
	}
	p := newPage(o, d)
	p.Notes, p.Curve = []string{upper(err.Error()) + "."}, &r.curve
	return writePictures(o, p)
}
