package kernel

import (
	"math"
	"testing"
)

func TestGradient(t *testing.T) { eachType(t, testGradient[float32], testGradient[float64]) }

// testGradient compares the gradient kernel in both classes with
// gradientGeneric, and Gradient with that and sumGeneric.
func testGradient[T Float](t *testing.T) {
	for r, c := range cases[T](201, 3) {
		x, delta := newBatch[T](r, c), newVector[T](r, c.rows, c)
		start := newVector[T](r, c.cols, c)
		g := newField[T](c.cols, (c.off*3+5)&15)
		want := make([]T, c.cols)
		for _, class := range gradientClasses {
			if c.rows == 0 || c.cols == 0 {
				continue
			}
			copy(g.s, start)
			copy(want, start)
			runGradient(g.s, x.Data, delta, c.stride, class)
			gradientGeneric(want, x.Data, delta, c.stride, class == "narrow")
			wantSame(t, g.s, want, "gradient, %s, %v", class, c)
			g.check(t, "gradient, %s, %v", class, c)
		}

		copy(g.s, start)
		copy(want, start)
		sum := Gradient(g.s, x, delta)
		gradientGeneric(want, x.Data, delta, c.stride, isNarrow[T](c.cols))
		wantSame(t, g.s, want, "Gradient, %v", c)
		g.check(t, "Gradient, %v", c)
		var lanes [sumLanes]float64
		sumGeneric(&lanes, delta)
		if want := halve(lanes); !same(sum, want) {
			t.Fatalf("Gradient, %v: Σδ = %x, want %x", c, sum, want)
		}
	}
}

func TestSum(t *testing.T) { eachType(t, testSum[float32], testSum[float64]) }

func testSum[T Float](t *testing.T) {
	for r, c := range cases[T](202, 2) {
		if c.cols == 0 {
			continue
		}
		delta := newVector[T](r, c.cols, c)
		var got, want [sumLanes]float64
		values(r, want[:], c.kind)
		got = want
		sum(&got, delta)
		sumGeneric(&want, delta)
		wantSame(t, got[:], want[:], "sum of %d, %v", c.cols, c)
	}
	for n := 1; n < 2*sumLanes; n++ { // lanes without a row keep their −0
		var lanes [sumLanes]float64
		for i := range lanes {
			lanes[i] = math.Copysign(0, -1)
		}
		want := lanes
		sum(&lanes, make([]T, n))
		sumGeneric(&want, make([]T, n))
		wantSame(t, lanes[:], want[:], "sum of %d zeros", n)
	}
}
