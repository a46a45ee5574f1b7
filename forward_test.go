package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestForward(t *testing.T) { eachType(t, testForward[float32], testForward[float64]) }

// testForward compares the forward kernel, Forward and Predict with
// forwardGeneric and sigmoidGeneric.
func testForward[T Float](t *testing.T) {
	for r, c := range cases[T](101, 4) {
		x, w := newBatch[T](r, c), newVector[T](r, c.cols, c)
		b := newVector[T](r, 1, c)[0]
		want := make([]T, c.rows)
		forwardGeneric(want, x.Data, w, b, c.stride, lanesOf[T](c.cols))

		z := newField[T](c.rows, (c.off+5)&15)
		if c.rows > 0 && c.cols > 0 {
			forward(z.s, x.Data, w, b, c.stride, nil)
			wantSame(t, z.s, want, "forward, %v", c)
			z.check(t, "forward, %v", c)
			clear(z.s)
		}
		Forward(z.s, x, w, b)
		wantSame(t, z.s, want, "Forward, %v", c)
		z.check(t, "Forward, %v", c)

		sigmoidGeneric(want, want)
		Predict(z.s, x, w, b)
		wantSame(t, z.s, want, "Predict, %v", c)
		z.check(t, "Predict, %v", c)
	}
}

func TestDot(t *testing.T) { eachType(t, testDot[float32], testDot[float64]) }

// testDot compares the dot kernel with dotGeneric, for lanes that hold
// something already.
func testDot[T Float](t *testing.T) {
	lanes := wideLaneBytes / elemSize[T]()
	for r, c := range cases[T](102, 2) {
		if c.cols == 0 {
			continue
		}
		x, w := newVector[T](r, c.cols, c), newVector[T](r, c.cols, c)
		var got, want [maxLanes]T
		values(r, want[:], c.kind)
		got = want
		dot(&got, x, w)
		dotGeneric(want[:lanes], x, w)
		wantSame(t, got[:], want[:], "dot, %v", c)
	}
}

// TestForwardRows tests that a row's z depends on that row alone.
func TestForwardRows(t *testing.T) { eachType(t, testForwardRows[float32], testForwardRows[float64]) }

func testForwardRows[T Float](t *testing.T) {
	for r, c := range cases[T](103, 1) {
		x, w := newBatch[T](r, c), newVector[T](r, c.cols, c)
		z := make([]T, c.rows)
		Forward(z, x, w, 0.5)
		for i := range z {
			var one [1]T
			Forward(one[:], x.Slice(i, i+1), w, 0.5)
			wantSame(t, one[:], z[i:i+1], "row %d alone, %v", i, c)
			if c.cols > 200 && i > 20 {
				break
			}
		}
	}
}

// TestForwardZeros tests the sign of a zero: products that round to −0 leave
// −0 in their lanes, which only the zeros of a partial group turn into +0.
func TestForwardZeros(t *testing.T) {
	eachType(t, testForwardZeros[float32], testForwardZeros[float64])
}

func testForwardZeros[T Float](t *testing.T) {
	for _, cols := range testCols() {
		if cols == 0 || cols > 300 || brief() && cols%4 != 1 {
			continue
		}
		const rows = 21
		x, w := make([]T, rows*cols), make([]T, cols)
		for i := range x {
			x[i] = fromBits[T](1)
		}
		for j := range w {
			w[j] = -0.25
		}
		b := T(math.Copysign(0, -1))
		got, want := make([]T, rows), make([]T, rows)
		for n := 1; n <= rows; n += 4 {
			Forward(got[:n], Batch[T]{Data: x, Rows: n, Cols: cols}, w, b)
			forwardGeneric(want[:n], x, w, b, cols, lanesOf[T](cols))
			wantSame(t, got[:n], want[:n], "Forward, %d rows of %d columns", n, cols)
		}
		partial := cols%lanesOf[T](cols) != 0
		if math.Signbit(float64(want[0])) == partial {
			t.Fatalf("%d columns: z = %v", cols, want[0])
		}
	}
}

// TestForwardLarge tests batches whose data is so large that it comes from
// memory.
func TestForwardLarge(t *testing.T) {
	eachType(t, testForwardLarge[float32], testForwardLarge[float64])
}

func testForwardLarge[T Float](t *testing.T) {
	data := make([]T, 20<<20/elemSize[T]())
	for _, c := range []testCase{{rows: 37, cols: 300, stride: 301}, {rows: 300, cols: 30, stride: 32}, {rows: 2, cols: 17000, stride: 17000}} {
		r := rand.New(rand.NewPCG(104, 1))
		small := newBatch[T](r, c)
		w := newVector[T](r, c.cols, c)
		copy(data, small.Data)
		got, want := make([]T, c.rows), make([]T, c.rows)
		x := small
		x.Data = data
		Forward(got, x, w, 1)
		forwardGeneric(want, small.Data, w, 1, c.stride, lanesOf[T](c.cols))
		wantSame(t, got, want, "Forward, %v", c)
		Predict(got, x, w, 1)
		sigmoidGeneric(want, want)
		wantSame(t, got, want, "Predict, %v", c)
	}
}
