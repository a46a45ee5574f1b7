package gonumadapter

import (
	"fmt"
	"math"
	"sync"

	"gonum.org/v1/gonum/optimize"

	"github.com/seed-b3c25b83/kernel"
)

// Problem returns the training of a neuron on the rows of x, with labels y
// between 0 and 1, as a problem for gonum's optimizers. The parameters are the
// x.Cols weights, then the bias; the function is
//
//	1/N Σ s·C(ŷ, y) + l2/2·Σw²
//
// where C is loss, ½(ŷ−y)² or the cross-entropy, s are the weights of the rows
// (nil means 1) and N is the sum of s. The bias is not pulled towards 0. So
// scikit-learn's C is 1/(N·l2), and train.Options.L2 is l2.
//
// Func and Grad take one pass over x together when they are called at the same
// point, one after the other, as optimize.Minimize does. They do not
// allocate, their results have the same bits for any number of workers of s,
// and they may be called by several goroutines. A point where a weight is so
// large that a sum overflows gives what IEEE 754 makes of it.
//
// The problem uses s until the optimizer is done; s must not be used for
// anything else meanwhile. x, y and weights must not change.
//
// Problem panics if lengths do not fit, if there are no rows, if the weights do
// not sum to a positive finite number, or if l2 is negative or not finite.
func Problem(s *kernel.Stepper[float64], x kernel.Batch[float64], y, weights []float64, loss kernel.Loss, l2 float64) optimize.Problem {
	if x.Rows < 1 {
		panic(fmt.Sprintf("gonumadapter.Problem: x.Rows = %d: want at least 1", x.Rows))
	}
	if len(y) != x.Rows {
		panic(fmt.Sprintf("gonumadapter.Problem: len(y) = %d, x.Rows = %d", len(y), x.Rows))
	}
	if weights != nil && len(weights) != x.Rows {
		panic(fmt.Sprintf("gonumadapter.Problem: len(weights) = %d, x.Rows = %d", len(weights), x.Rows))
	}
	if !(l2 >= 0 && l2 <= math.MaxFloat64) {
		panic(fmt.Sprintf("gonumadapter.Problem: l2 = %v: want at least 0 and finite", l2))
	}
	n := float64(x.Rows)
	if weights != nil {
		// The gradient of no columns is Σδ, in an order that is fixed.
		n = kernel.Gradient(nil, kernel.Batch[float64]{Rows: x.Rows}, weights)
	}
	if !(n > 0 && n <= math.MaxFloat64) {
		panic(fmt.Sprintf("gonumadapter.Problem: the %d weights of rows sum to %v", len(weights), n))
	}
	e := &evaluator{
		stepper: s, x: x, y: y, weights: weights, loss: loss, l2: l2, n: n,
		point: make([]float64, x.Cols+1), grad: make([]float64, x.Cols+1),
	}
	e.at(e.point) // panics now rather than inside the optimizer if s or x do not fit
	return optimize.Problem{Func: e.cost, Grad: e.gradient}
}

// An evaluator remembers the last point, and cost and gradient there.
type evaluator struct {
	stepper    *kernel.Stepper[float64]
	x          kernel.Batch[float64]
	y, weights []float64
	loss       kernel.Loss
	l2, n      float64

	mu    sync.Mutex
	known bool // what follows belongs together
	point []float64
	value float64
	grad  []float64
}

func (e *evaluator) cost(p []float64) float64 {
	e.checkLen("Func: len(x)", p)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at(p)
	return e.value
}

func (e *evaluator) gradient(grad, p []float64) {
	e.checkLen("Grad: len(x)", p)
	e.checkLen("Grad: len(grad)", grad)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at(p)
	copy(grad, e.grad)
}

func (e *evaluator) checkLen(what string, p []float64) {
	if len(p) != len(e.point) {
		panic(fmt.Sprintf("gonumadapter: %s = %d, weights and bias are %d", what, len(p), len(e.point)))
	}
}

// at makes value and grad those of the point p.
func (e *evaluator) at(p []float64) {
	if e.known && same(e.point, p) {
		return
	}
	e.known = false
	copy(e.point, p)
	w, b := e.point[:e.x.Cols], e.point[e.x.Cols]
	g := e.grad[:e.x.Cols]
	sums := e.stepper.Step(g, e.x, e.y, e.weights, w, b, e.loss)

	e.value = sums.Cost / e.n
	if e.loss == kernel.Quadratic {
		e.value /= 2
	}
	squares := 0.0
	for j, v := range w {
		squares += float64(v * v)
		g[j] = g[j]/e.n + float64(e.l2*v)
	}
	e.value += float64(e.l2 / 2 * squares)
	e.grad[e.x.Cols] = sums.Delta / e.n
	e.known = true
}

// same reports whether a and b have the same bits.
func same(a, b []float64) bool {
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return false
		}
	}
	return true
}
