package kernel

import "testing"

func TestStep(t *testing.T) { eachType(t, testStep[float32], testStep[float64]) }

// testStep compares Step with the generic kernels, each called once for all
// rows, and with Forward, Delta and Gradient.
func testStep[T Float](t *testing.T) {
	for r, c := range cases[T](401, 2) {
		x, w, b := newBatch[T](r, c), newVector[T](r, c.cols, c), newVector[T](r, 1, c)[0]
		if c.kind == ordinary { // keep z where σ is neither 0 nor 1
			for j := range w {
				w[j] /= T(c.cols)
			}
		}
		y, weights := newLabels[T](r, c.rows, c), newWeights[T](r, c.rows, c)
		start := newVector[T](r, c.cols, testCase{off: c.off})

		want := append([]T(nil), start...)
		delta := make([]T, c.rows)
		var acc accumulator
		forwardGeneric(delta, x.Data, w, b, c.stride, lanesOf[T](c.cols))
		deltaGeneric(delta, &acc.partials, delta, y, weights, c.loss)
		sumGeneric(&acc.delta, delta)
		gradientGeneric(want, x.Data, delta, c.stride, isNarrow[T](c.cols))
		wantS := acc.sums()

		g := newField[T](c.cols, (c.off+7)&15)
		copy(g.s, start)
		sums := Step(g.s, x, y, weights, w, b, c.loss)
		wantSums(t, sums, wantS, "Step, %v", c)
		wantSame(t, g.s, want, "Step, %v", c)
		g.check(t, "Step, %v", c)

		copy(g.s, start)
		Forward(delta, x, w, b)
		sums = Delta(delta, delta, y, weights, c.loss)
		wantSums(t, sums, wantS, "Forward, Delta, Gradient, %v", c)
		if d := Gradient(g.s, x, delta); !same(d, wantS.Delta) {
			t.Fatalf("Gradient, %v: Σδ = %x, want %x", c, d, wantS.Delta)
		}
		wantSame(t, g.s, want, "Forward, Delta, Gradient, %v", c)
	}
}
