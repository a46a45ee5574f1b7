package train

import "github.com/seed-b3c25b83/kernel"

// Descend takes one step of gradient descent: x ← x − rate·gradient. It is
// what moves the weights of a neuron, and what moves a ball down a curve. It
// panics if the lengths differ.
func Descend[T kernel.Float](x, gradient []T, rate T) { addScaled(x, gradient, -rate) }

// addScaled computes x += a·v. That is what the kernel for gradients adds for
// a single row v with δ = a.
func addScaled[T kernel.Float](x, v []T, a T) {
	delta := [1]T{a}
	kernel.Gradient(x, kernel.Batch[T]{Data: v, Rows: 1, Cols: len(v)}, delta[:])
}

// A Point is a point on a curve with the slope that the curve has there.
type Point struct{ X, Y, Slope float64 }

// Parabola is the curve of the worked example, y = x² − 4x + 6. Its minimum
// is y = 2 at x = 2.
func Parabola(x float64) float64 { return float64(x*x) - float64(4*x) + 6 }

// ParabolaSlope is the derivative of Parabola, dy/dx = 2x − 4.
func ParabolaSlope(x float64) float64 { return float64(2*x) - 4 }

// ParabolaCurvature is the second derivative of Parabola, 2 everywhere.
func ParabolaCurvature(float64) float64 { return 2 }

// DescentTable descends the curve f with derivative df from x0. It returns
// the start and the point behind each step.
func DescentTable(f, df func(float64) float64, x0, rate float64, steps int) []Point {
	x := []float64{x0}
	table := []Point{{x0, f(x0), df(x0)}}
	for range steps {
		Descend(x, []float64{df(x[0])}, rate)
		table = append(table, Point{x[0], f(x[0]), df(x[0])})
	}
	return table
}

// NewtonTable is DescentTable with the steps of Newton and Raphson, who
// divide the slope by the curvature ddf instead of multiplying it by a rate:
// x ← x − f′(x)/f″(x). On a parabola the first step arrives.
func NewtonTable(f, df, ddf func(float64) float64, x0 float64, steps int) []Point {
	x := x0
	table := []Point{{x, f(x), df(x)}}
	for range steps {
		x -= float64(df(x) / ddf(x))
		table = append(table, Point{x, f(x), df(x)})
	}
	return table
}

// GridSearch evaluates f at n ≥ 2 evenly spaced points from lo to hi, both
// included, and returns the first of the lowest. It needs no slope, but its
// work grows with the power of the number of dimensions.
func GridSearch(f func(float64) float64, lo, hi float64, n int) (x, y float64) {
	for i := range n {
		xi := lo + float64((hi-lo)*float64(i)/float64(n-1))
		if yi := f(xi); i == 0 || yi < y {
			x, y = xi, yi
		}
	}
	return x, y
}
