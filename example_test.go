package kernel_test

import (
	"fmt"

	"github.com/seed-b3c25b83/kernel"
)

// A neuron that learns the logical or, and is then asked.
func Example() {
	x := kernel.Batch[float32]{
		Data: []float32{0, 0, 0, 1, 1, 0, 1, 1},
		Rows: 4, Cols: 2,
	}
	y := []float32{0, 1, 1, 1}

	w, b := make([]float32, 2), float32(0)
	g := make([]float32, 2)
	s := kernel.NewStepper[float32](2, 1)
	defer s.Close()
	for range 1000 {
		sums := s.Step(g, x, y, nil, w, b, kernel.LogLoss)
		for j := range w {
			w[j] -= g[j] / 4
		}
		b -= float32(sums.Delta) / 4
	}

	yhat := make([]float32, 4)
	kernel.Predict(yhat, x, w, b)
	fmt.Printf("%.2f\n", yhat)
	// Output: [0.02 0.99 0.99 1.00]
}
