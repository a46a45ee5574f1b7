package gonumadapter_test

import (
	"fmt"
	"log"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/gonumadapter"
)

// L-BFGS fits a neuron to rows that lie in a gonum matrix: hours of study, with
// the label in a column of its own that the view leaves out.
func Example() {
	table := mat.NewDense(8, 2, []float64{
		0.5, 0,
		1.0, 0,
		1.5, 0,
		2.0, 1,
		2.5, 0,
		3.0, 1,
		3.5, 1,
		4.0, 1,
	})
	x := gonumadapter.Dense(table.Slice(0, 8, 0, 1).(*mat.Dense)) // no copy
	y := mat.Col(nil, 1, table)

	s := kernel.NewStepper[float64](x.Cols, 0)
	defer s.Close()
	p := gonumadapter.Problem(s, x, y, nil, kernel.LogLoss, 0.01)
	r, err := optimize.Minimize(p, make([]float64, x.Cols+1), nil, &optimize.LBFGS{})
	if err != nil {
		log.Fatal(err)
	}
	w, b := r.X[:x.Cols], r.X[x.Cols]
	fmt.Printf("cost %.4f, w %.3f, b %.3f\n", r.F, w, b)

	yhat := make([]float64, x.Rows)
	kernel.Predict(yhat, x, w, b)
	fmt.Printf("%.2f\n", yhat)
	// Output:
	// cost 0.3402, w [2.151], b -4.839
	// [0.02 0.06 0.17 0.37 0.63 0.83 0.94 0.98]
}
