package train

import (
	"context"

	"github.com/seed-b3c25b83/kernel"
)

// An Evaluation says how well a neuron does on data. The costs are weighted
// means over the rows, N being the sum of their weights; the counts are not
// weighted.
type Evaluation struct {
	Rows      int
	Quadratic float64 // 1/2N Σ s(ŷ−y)²
	MSE       float64 // 1/N Σ s(ŷ−y)²
	LogLoss   float64 // 1/N Σ −s(y·log ŷ + (1−y)·log(1−ŷ))
	Accuracy  float64 // (TP+TN)/Rows

	// Rows of class 1 and, behind, of class 0 that were taken for class 1
	// (positive) and class 0 (negative).
	TP, FN int
	FP, TN int
}

// Precision is the part of the rows taken for class 1 that are: TP/(TP+FP),
// or 0 if there are none.
func (e Evaluation) Precision() float64 { return ratio(e.TP, e.TP+e.FP) }

// Recall is the part of the rows of class 1 that were found: TP/(TP+FN), or 0
// if there are none.
func (e Evaluation) Recall() float64 { return ratio(e.TP, e.TP+e.FN) }

// F1 is the harmonic mean of Precision and Recall.
func (e Evaluation) F1() float64 { return ratio(2*e.TP, 2*e.TP+e.FP+e.FN) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// Evaluate predicts all rows and compares with their labels. It takes a row
// for class 1 where ŷ ≥ threshold. It panics, as the kernels do, if the shapes
// of its arguments do not match.
func Evaluate[T kernel.Float](weights []T, bias T, d Data[T], threshold float64) Evaluation {
	e, _ := EvaluateSource(context.Background(), weights, bias, d, threshold)
	return e
}

// EvaluateSource is Evaluate for rows of any [Source], until ctx ends.
func EvaluateSource[T kernel.Float](ctx context.Context, weights []T, bias T, src Source[T], threshold float64) (Evaluation, error) {
	rows, cols := src.Shape()
	e := Evaluation{Rows: rows}
	n := min(rows, chunkRows(cols))
	roomZ, roomDelta := make([]T, n), make([]T, n)
	var weight, square, log float64
	err := scan(ctx, src, func(d Data[T], _ int) error {
		z, delta := roomZ[:d.X.Rows], roomDelta[:d.X.Rows]
		kernel.Forward(z, d.X, weights, bias)
		square += kernel.Delta(delta, z, d.Y, d.Weights, kernel.Quadratic).Cost
		log += kernel.Delta(delta, z, d.Y, d.Weights, kernel.LogLoss).Cost
		weight += d.weight()
		kernel.Sigmoid(z, z)
		for k, y := range d.Y {
			e.count(class(y), float64(z[k]) >= threshold)
		}
		return nil
	})
	if err != nil {
		return Evaluation{}, err
	}
	if weight > 0 {
		e.MSE = square / weight
		e.Quadratic = e.MSE / 2
		e.LogLoss = log / weight
	}
	e.Accuracy = ratio(e.TP+e.TN, e.Rows)
	return e, nil
}

func (e *Evaluation) count(class int, positive bool) {
	switch {
	case class == 1 && positive:
		e.TP++
	case class == 1:
		e.FN++
	case positive:
		e.FP++
	default:
		e.TN++
	}
}
