package gather

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/guard"
)

// TestRows copies rows of every length from and to places that end or begin at
// a page that cannot be touched, and compares with plain copying.
func TestRows(t *testing.T) {
	t.Run("float32", testRows[float32])
	t.Run("float64", testRows[float64])
}

func testRows[T float32 | float64](t *testing.T) {
	r := rand.New(rand.NewPCG(91, 1))
	in, out := guard.New(1<<16), guard.New(1<<16)
	defer in.Free()
	defer out.Free()
	place := func(m *guard.Region, n int, end bool) []T {
		if end {
			return guard.End[T](m, n)
		}
		return guard.Start[T](m, n)
	}
	for cols := 1; cols <= 150; cols++ {
		for k, n := range []int{1, 2, fetchRows - 1, fetchRows, fetchRows + 1, 2*fetchRows + 3} {
			srcStride, dstStride := cols+k%4, cols+cols%3
			src := place(in, 19*srcStride+cols, k%2 == 0)
			for i := range src {
				src[i] = T(i + 1)
			}
			rows := make([]int, n)
			for i := range rows {
				rows[i] = r.IntN(20)
			}
			rows[0] = 19 * (k & 1) // the last, too
			dst, want := place(out, (n-1)*dstStride+cols, k%3 == 0), make([]T, (n-1)*dstStride+cols)
			for i := range dst {
				dst[i], want[i] = -1, -1
			}
			copyGeneric(want, src, rows, n, cols, dstStride, srcStride)
			if err := guard.Fault(func() { Rows(dst, src, rows, cols, dstStride, srcStride) }); err != nil {
				t.Fatalf("%d rows of %d columns, strides %d and %d: %v", n, cols, dstStride, srcStride, err)
			}
			for i := range dst {
				if dst[i] != want[i] {
					t.Fatalf("%d rows of %d columns, strides %d and %d: element %d is %v, want %v", n, cols, dstStride, srcStride, i, dst[i], want[i])
				}
			}
		}
	}
	// More than one call, in which the last rows of one fetch those of the next.
	const rows, cols = 300, 500
	src, dst, order := make([]T, rows*cols), make([]T, rows*cols), r.Perm(rows)
	for i := range src {
		src[i] = T(i)
	}
	Rows(dst, src, order, cols, cols, cols)
	for i, k := range order {
		for j := range cols {
			if got, want := dst[i*cols+j], T(k*cols+j); got != want {
				t.Fatalf("row %d, column %d: %v, want %v", i, j, got, want)
			}
		}
	}
	Rows[T](nil, nil, nil, 3, 3, 3)
	Rows[T](nil, nil, []int{5}, 0, 0, 0)
}

// TestRowsPanics gives rows and shapes that do not fit.
func TestRowsPanics(t *testing.T) {
	v := func(n int) []float64 { return make([]float64, n) }
	for _, c := range []struct {
		want string
		call func()
	}{
		{"row 2 of 2", func() { Rows(v(9), v(6), []int{0, 2, 1}, 3, 3, 3) }},
		{"row -1 of 2", func() { Rows(v(9), v(6), []int{0, -1, 1}, 3, 3, 3) }},
		{"row 1 of 1", func() { Rows(v(9), v(5), []int{1}, 3, 3, 3) }},
		{"row 0 of 0", func() { Rows(v(9), v(2), []int{0}, 3, 3, 3) }},
		{"len(dst) = 5", func() { Rows(v(5), v(6), []int{0, 1}, 3, 3, 3) }},
		{"len(dst) = 6", func() { Rows(v(6), v(6), []int{0, 1}, 3, 2, 3) }},
		{"srcStride = 2", func() { Rows(v(6), v(6), []int{0, 1}, 3, 3, 2) }},
		{"-1 columns", func() { Rows(v(6), v(6), []int{0, 1}, -1, 3, 3) }},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("panic %q, want one with %q", got, c.want)
				}
			}()
			c.call()
		}()
	}
}
