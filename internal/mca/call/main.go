// Command call calls one function of the library once, for mca to trace:
//
//	call forward|gradient|sigmoid|step 32|64 rows columns
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/seed-b3c25b83/kernel"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: call forward|gradient|sigmoid|step 32|64 rows columns")
		os.Exit(2)
	}
	rows, err := strconv.Atoi(os.Args[3])
	check(err)
	cols, err := strconv.Atoi(os.Args[4])
	check(err)
	if os.Args[2] == "32" {
		call[float32](os.Args[1], rows, cols)
	} else {
		call[float64](os.Args[1], rows, cols)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "call:", err)
		os.Exit(2)
	}
}

func call[T kernel.Float](function string, rows, cols int) {
	x := kernel.Batch[T]{Data: make([]T, rows*cols), Rows: rows, Cols: cols}
	for i := range x.Data {
		x.Data[i] = T(i%7) - 3
	}
	w, g, z := make([]T, cols), make([]T, cols), make([]T, rows)
	if function == "sigmoid" {
		for i := range z {
			z[i] = T(i%13) - 6.5 // none is tiny, which is rare and goes another way
		}
	}
	for j := range w {
		w[j] = T(j%5) - 2
	}
	switch function {
	case "forward":
		kernel.Forward(z, x, w, 0.5)
	case "gradient":
		kernel.Gradient(g, x, z)
	case "sigmoid":
		kernel.Sigmoid(z, z)
	case "step":
		kernel.Step(g, x, z, nil, w, 0.5, kernel.Quadratic)
	default:
		check(fmt.Errorf("no function %q", function))
	}
}
