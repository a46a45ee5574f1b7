package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestPairs takes rows that are worked in pairs: tails of every length,
// numbers of rows around those of a call, and the zeros in which an unused
// lane would show.
func TestPairs(t *testing.T) { eachType(t, testPairs[float32], testPairs[float64]) }

func testPairs[T Float](t *testing.T) {
	least, most := pairBytes()
	if most < least {
		return // this implementation has no such rows
	}
	least /= elemSize[T]()
	r := rand.New(rand.NewPCG(83, 1))
	lanes := wideLaneBytes / elemSize[T]()
	if lanesOf[T](least) != lanes {
		t.Fatal("narrow rows are worked in pairs")
	}
	for tail := range lanes {
		for k, rows := range []int{8, 9, 16, 24, 31} {
			c := testCase{rows: rows, cols: least + tail, off: (3*tail + k) & 15, kind: (tail + k) % kinds,
				weighted: (tail>>1+k)&1 == 1, loss: Loss(tail+k) & 1}
			c.stride = c.cols + (tail+k)%4
			x, w, b := newBatch[T](r, c), newVector[T](r, c.cols, c), newVector[T](r, 1, c)[0]
			if c.kind == ordinary {
				for j := range w {
					w[j] /= T(c.cols)
				}
			}
			y := newLabels[T](r, rows, c)
			if k == 0 {
				b = minusZeros(x, w, y)
			}
			testFused(t, x, y, newWeights[T](r, rows, c), w, b, c, rows, false)
			if rows > 16 {
				testFused(t, x, newLabels[T](r, 16, c), newWeights[T](r, rows, c), w, b, c, 16, true)
			}
		}
	}
	// More than one call, and more to fetch behind the last.
	c := testCase{cols: least + lanes - 3, stride: least + lanes}
	c.rows = 2*fusedCallBytes/elemSize[T]()/c.stride + 40
	x, w := newBatch[T](r, c), newVector[T](r, c.cols, c)
	testFused(t, x, newLabels[T](r, c.rows, c), nil, w, 0, c, c.rows-11, true)
}

// TestFusedNarrow takes narrow rows, as if they came from a cache and from
// memory: every width, numbers of rows around those of a group, with others
// behind them to fetch.
func TestFusedNarrow(t *testing.T) { eachType(t, testFusedNarrow[float32], testFusedNarrow[float64]) }

func testFusedNarrow[T Float](t *testing.T) {
	if !canStepNarrow() {
		return // this implementation has no such rows
	}
	r := rand.New(rand.NewPCG(84, 1))
	for cols := 1; isNarrow[T](cols); cols++ {
		if brief() && cols > 40 && (cols+1)%16 > 2 {
			continue
		}
		for k, rows := range []int{7, 8, 15, 16, 24, 33, 47} {
			c := testCase{rows: rows, cols: cols, off: (3*cols + k) & 15, kind: (cols + k) % kinds,
				weighted: (cols>>1+k)&1 == 1, loss: Loss(cols+k) & 1}
			c.stride = c.cols + (cols+k)%4
			fetch := k%2 == 0
			if k >= 4 {
				c.rows += 2 * fusedAhead[T](cols, true)
			}
			x, w, b := newBatch[T](r, c), newVector[T](r, cols, c), newVector[T](r, 1, c)[0]
			if c.kind == ordinary {
				for j := range w {
					w[j] /= T(cols)
				}
			}
			y := newLabels[T](r, c.rows, c)
			if k == 1 || k == 2 {
				b = minusZeros(x, w, y)
			}
			testFused(t, x, y, newWeights[T](r, c.rows, c), w, b, c, rows, fetch)
		}
	}
	// More than one call.
	for _, c := range []testCase{{rows: 3000, cols: 30, stride: 32}, {rows: 800, cols: 200, stride: 203}} {
		x, w := newBatch[T](r, c), newVector[T](r, c.cols, c)
		testFused(t, x, newLabels[T](r, c.rows, c), nil, w, 0, c, c.rows-11, true)
	}
}

// TestFusedThin takes narrow rows that lie in a cache: see stepThin.
func TestFusedThin(t *testing.T) { eachType(t, testFusedThin[float32], testFusedThin[float64]) }

func testFusedThin[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(85, 1))
	for cols := 15; cols < 35; cols++ {
		for k, rows := range []int{15, 16, 17, 32, 48, 79} {
			for kind := range kinds {
				c := testCase{rows: rows, cols: cols, off: (3*cols + k) & 15, kind: kind, weighted: k == 3, loss: Loss(cols+k+kind) & 1}
				c.stride = c.cols + (cols+k)%4
				x, w, b := newBatch[T](r, c), newVector[T](r, cols, c), newVector[T](r, 1, c)[0]
				if c.kind == ordinary {
					for j := range w {
						w[j] /= T(cols)
					}
				}
				y := newLabels[T](r, c.rows, c)
				if k == 1 && kind&1 == 0 {
					b = minusZeros(x, w, y)
				}
				testFused(t, x, y, newWeights[T](r, c.rows, c), w, b, c, rows, false)
			}
		}
	}
}

// minusZeros changes x and w so that every lane of a dot product is −0, and
// returns b = −0: z is −0, but +0 where a lane is unused. The labels y then tell
// the two apart in the last place of a cost.
func minusZeros[T Float](x Batch[T], w, y []T) T {
	for i := range x.Rows {
		for j := range w {
			x.Row(i)[j] = fromBits[T](1)
		}
	}
	for j := range w {
		w[j] = -fromBits[T](1)
	}
	for i := range y {
		y[i] = 1.25 * 0x1p-54
	}
	return T(math.Copysign(0, -1))
}

// testFused compares stepBatch with the generic kernels over so many rows of x.
func testFused[T Float](t *testing.T, x Batch[T], y, weights, w []T, b T, c testCase, rows int, fetch bool) {
	t.Helper()
	y = y[:rows]
	if weights != nil {
		weights = weights[:rows]
	}
	want, delta := make([]T, c.cols), make([]T, rows)
	var wantAcc, acc accumulator
	forwardGeneric(delta, x.Data, w, b, c.stride, lanesOf[T](c.cols))
	z := append([]T(nil), delta...)
	deltaGeneric(delta, &wantAcc.partials, delta, y, weights, c.loss)
	sumGeneric(&wantAcc.delta, delta)
	gradientGeneric(want, x.Data, delta, c.stride, isNarrow[T](c.cols))

	g := newField[T](c.cols, c.off)
	clear(g.s)
	stepBatch(&acc, g.s, x.Data, y, weights, w, b, c.stride, c.loss, fetch)
	wantSums(t, acc.sums(), wantAcc.sums(), "%v, first %d rows, fetch %t", c, rows, fetch)
	wantSame(t, g.s, want, "%v, first %d rows, fetch %t, z = %v", c, rows, fetch, z)
	g.check(t, "%v", c)
}
