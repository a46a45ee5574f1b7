package train_test

import (
	"context"
	"fmt"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// Down the curve y = x² − 4x + 6 from x = 8, a tenth of the slope at a time.
func ExampleDescentTable() {
	fmt.Println("step     x      y   dy/dx")
	for i, p := range train.DescentTable(train.Parabola, train.ParabolaSlope, 8, 0.1, 30) {
		if i <= 5 || i%10 == 0 {
			fmt.Printf("%4d  %.2f  %5.2f  %6.2f\n", i, p.X, p.Y, p.Slope)
		}
	}
	// Output:
	// step     x      y   dy/dx
	//    0  8.00  38.00   12.00
	//    1  6.80  25.04    9.60
	//    2  5.84  16.75    7.68
	//    3  5.07  11.44    6.14
	//    4  4.46   8.04    4.92
	//    5  3.97   5.87    3.93
	//   10  2.64   2.42    1.29
	//   20  2.07   2.00    0.14
	//   30  2.01   2.00    0.01
}

// Newton and Raphson reach the minimum of a parabola in one step.
func ExampleNewtonTable() {
	for _, p := range train.NewtonTable(train.Parabola, train.ParabolaSlope, train.ParabolaCurvature, 8, 2) {
		fmt.Println(p.X, p.Y, p.Slope)
	}
	// Output:
	// 8 38 12
	// 2 2 0
	// 2 2 0
}

func ExampleGridSearch() {
	fmt.Println(train.GridSearch(train.Parabola, -8, 8, 33))
	// Output: 2 2
}

// A neuron learns logical or.
func ExampleFit() {
	d := train.Data[float32]{
		X: kernel.Batch[float32]{Data: []float32{0, 0, 0, 1, 1, 0, 1, 1}, Rows: 4, Cols: 2},
		Y: []float32{0, 1, 1, 1},
	}
	r, err := train.Fit(context.Background(), d, train.Options{Rate: 5, Epochs: 200})
	if err != nil {
		fmt.Println(err)
		return
	}
	yhat := make([]float32, 4)
	kernel.Predict(yhat, d.X, r.Weights, r.Bias)
	fmt.Printf("%.1f\n", yhat)
	// Output: [0.1 0.9 0.9 1.0]
}
