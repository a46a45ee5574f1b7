package gonumadapter

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/seed-b3c25b83/kernel"
)

// Dense returns the rows of m as a batch that shares m's data: what is written
// to one is seen in the other. m may be a view of a larger matrix, as m.Slice
// returns it, or empty.
func Dense(m *mat.Dense) kernel.Batch[float64] {
	g := m.RawMatrix()
	return batch("Dense", g.Data, g.Rows, g.Cols, g.Stride)
}

// General64 returns the rows of g as a batch that shares g.Data. It panics if
// g.Rows or g.Cols is negative, if g.Stride is less than g.Cols, or if g.Data
// is too short for them.
func General64(g blas64.General) kernel.Batch[float64] {
	return batch("General64", g.Data, g.Rows, g.Cols, g.Stride)
}

// General32 is General64 for float32.
func General32(g blas32.General) kernel.Batch[float32] {
	return batch("General32", g.Data, g.Rows, g.Cols, g.Stride)
}

func batch[T kernel.Float](fn string, data []T, rows, cols, stride int) kernel.Batch[T] {
	switch {
	case rows < 0 || cols < 0:
		panic(fmt.Sprintf("gonumadapter.%s: Rows = %d, Cols = %d: negative", fn, rows, cols))
	case rows == 0 || cols == 0:
		// A matrix without elements may come with any stride, 0 among them.
		return kernel.Batch[T]{Rows: rows, Cols: cols}
	case stride < cols:
		// A stride of 0 means Cols in a Batch, but nothing in gonum.
		panic(fmt.Sprintf("gonumadapter.%s: Stride = %d, Cols = %d: rows overlap", fn, stride, cols))
	case len(data) < cols || (len(data)-cols)/stride < rows-1: // without overflow
		panic(fmt.Sprintf("gonumadapter.%s: len(Data) = %d is too short for Rows = %d, Cols = %d, Stride = %d",
			fn, len(data), rows, cols, stride))
	}
	return kernel.Batch[T]{Data: data, Rows: rows, Cols: cols, Stride: stride}
}
