package gonumadapter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/seed-b3c25b83/kernel"
)

// numbered returns a matrix whose element i, j is 100i + j.
func numbered(rows, cols int) *mat.Dense {
	m := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			m.Set(i, j, float64(100*i+j))
		}
	}
	return m
}

// isView checks that x and m are the same memory, from both sides.
func isView(t *testing.T, x kernel.Batch[float64], m *mat.Dense) {
	t.Helper()
	rows, cols := m.Dims()
	if x.Rows != rows || x.Cols != cols {
		t.Fatalf("batch of %d × %d, want %d × %d", x.Rows, x.Cols, rows, cols)
	}
	for i := range rows {
		for j := range cols {
			if got, want := x.Row(i)[j], m.At(i, j); got != want {
				t.Fatalf("element %d, %d is %v, want %v", i, j, got, want)
			}
			x.Row(i)[j] += 0.25
			if got, want := m.At(i, j), x.Row(i)[j]; got != want {
				t.Fatalf("element %d, %d: wrote %v, the matrix has %v", i, j, want, got)
			}
			m.Set(i, j, m.At(i, j)-0.25)
			if got, want := x.Row(i)[j], m.At(i, j); got != want {
				t.Fatalf("element %d, %d: set to %v, the batch has %v", i, j, want, got)
			}
		}
	}
}

func TestDense(t *testing.T) {
	m := numbered(7, 11)
	isView(t, Dense(m), m)
	for _, s := range [][4]int{{0, 7, 0, 11}, {1, 4, 2, 9}, {6, 7, 10, 11}, {3, 7, 5, 11}, {0, 7, 10, 11}} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			view := m.Slice(s[0], s[1], s[2], s[3]).(*mat.Dense)
			x := Dense(view)
			isView(t, x, view)
			if x.Stride != 11 {
				t.Errorf("stride %d, want 11", x.Stride)
			}
		})
	}
	if n := testing.AllocsPerRun(100, func() { Dense(m) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The kernels must compute on a view, whose data ends in the last row, what
// they compute on a copy.
func TestViewInKernels(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	m := mat.NewDense(300, 157, nil)
	for i := range 300 {
		for j := range 157 {
			m.Set(i, j, r.NormFloat64())
		}
	}
	for _, cols := range []int{1, 7, 30, 127, 129, 150} {
		view := m.Slice(3, 300, 157-cols, 157).(*mat.Dense)
		x := Dense(view)
		if len(x.Data) != 296*157+cols {
			t.Fatalf("%d columns: the view has %d elements", cols, len(x.Data))
		}
		copied := Dense(mat.DenseCopyOf(view))
		w, y := make([]float64, cols), make([]float64, x.Rows)
		for j := range w {
			w[j] = r.NormFloat64() / 8
		}
		for i := range y {
			y[i] = float64(r.IntN(2))
		}
		g, want := make([]float64, cols), make([]float64, cols)
		sums := kernel.Step(g, x, y, nil, w, 0.5, kernel.LogLoss)
		if wantSums := kernel.Step(want, copied, y, nil, w, 0.5, kernel.LogLoss); sums != wantSums {
			t.Errorf("%d columns: sums %+v of a view, %+v of a copy", cols, sums, wantSums)
		}
		for j := range g {
			if g[j] != want[j] {
				t.Errorf("%d columns: g[%d] = %v of a view, %v of a copy", cols, j, g[j], want[j])
			}
		}
	}
}

func TestGeneral(t *testing.T) {
	data64, data32 := make([]float64, 3*5+4), make([]float32, 3*5+4)
	x64 := General64(blas64.General{Rows: 4, Cols: 4, Stride: 5, Data: data64})
	x32 := General32(blas32.General{Rows: 4, Cols: 4, Stride: 5, Data: data32})
	x64.Row(3)[3], x32.Row(3)[3] = 1, 1
	if data64[18] != 1 || data32[18] != 1 || x64.Stride != 5 || x32.Stride != 5 || x64.Rows != 4 || x32.Cols != 4 {
		t.Errorf("%v of %+v, %v of %+v", data64, x64, data32, x32)
	}
}

func TestEmpty(t *testing.T) {
	for _, x := range []kernel.Batch[float64]{
		Dense(&mat.Dense{}),
		General64(blas64.General{}),
		General64(blas64.General{Rows: 0, Cols: 3, Stride: 3}),
		General64(blas64.General{Rows: 0, Cols: 3}),
		General64(blas64.General{Rows: 3, Cols: 0, Stride: 1}),
	} {
		z := []float64{math.NaN(), math.NaN(), math.NaN()}[:x.Rows]
		kernel.Forward(z, x, make([]float64, x.Cols), 7)
		for i, v := range z {
			if v != 7 {
				t.Errorf("%+v: z[%d] = %v, want the bias", x, i, v)
			}
		}
	}
	if x := General32(blas32.General{Rows: 3}); x.Rows != 3 || x.Cols != 0 {
		t.Errorf("%+v", x)
	}
}

func TestInconsistent(t *testing.T) {
	const huge = math.MaxInt / 2
	for _, test := range []struct {
		g    blas64.General
		want string
	}{
		{blas64.General{Rows: 2, Cols: 3, Stride: 2, Data: make([]float64, 6)}, "Stride = 2, Cols = 3: rows overlap"},
		{blas64.General{Rows: 2, Cols: 3, Data: make([]float64, 6)}, "Stride = 0, Cols = 3: rows overlap"},
		{blas64.General{Rows: 2, Cols: 3, Stride: 4, Data: make([]float64, 6)}, "len(Data) = 6 is too short for Rows = 2, Cols = 3, Stride = 4"},
		{blas64.General{Rows: 1, Cols: 3, Stride: 3}, "len(Data) = 0 is too short for Rows = 1, Cols = 3, Stride = 3"},
		{blas64.General{Rows: 4, Cols: 2, Stride: huge, Data: make([]float64, 6)}, fmt.Sprintf("len(Data) = 6 is too short for Rows = 4, Cols = 2, Stride = %d", huge)},
		{blas64.General{Rows: -1, Cols: 3, Stride: 3}, "Rows = -1, Cols = 3: negative"},
		{blas64.General{Rows: 1, Cols: -3, Stride: 3}, "Rows = 1, Cols = -3: negative"},
	} {
		if got := message(func() { General64(test.g) }); got != "gonumadapter.General64: "+test.want {
			t.Errorf("General64: %q, want %q", got, test.want)
		}
		g := blas32.General{Rows: test.g.Rows, Cols: test.g.Cols, Stride: test.g.Stride, Data: make([]float32, len(test.g.Data))}
		if got := message(func() { General32(g) }); got != "gonumadapter.General32: "+test.want {
			t.Errorf("General32: %q, want %q", got, test.want)
		}
	}
	m := &mat.Dense{}
	m.SetRawMatrix(blas64.General{Rows: 2, Cols: 2, Stride: 2, Data: make([]float64, 3)})
	if got := message(func() { Dense(m) }); !strings.HasPrefix(got, "gonumadapter.Dense: len(Data) = 3 is too short") {
		t.Errorf("Dense: %q", got)
	}
}

// message returns what f panics with, "" if it does not.
func message(f func()) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprint(r)
		}
	}()
	f()
	return ""
}
