package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/seed-b3c25b83/kernel/internal/guard"
)

// A pen is a set of regions, one for each argument of a kernel.
type pen struct {
	regions []*guard.Region
	size    int
	used    int
	end     bool // slices lie at the ends of their regions, else at the starts
}

func newPen(t *testing.T, regions, size int) *pen {
	p := &pen{size: size}
	for range regions {
		r := guard.New(size)
		p.regions = append(p.regions, r)
		t.Cleanup(r.Free)
	}
	return p
}

// reset makes all regions writable and free again.
func (p *pen) reset(end bool) {
	for _, r := range p.regions[:p.used] {
		r.ReadOnly(false)
	}
	p.used, p.end = 0, end
}

// take returns a slice of n elements flush against a guard. If s is not nil,
// it is copied to the slice, which becomes read-only.
func take[T Float](p *pen, n int, s []T) []T {
	r := p.regions[p.used]
	p.used++
	var out []T
	if p.end {
		out = guard.End[T](r, n)
	} else {
		out = guard.Start[T](r, n)
	}
	if s != nil {
		copy(out, s)
		r.ReadOnly(true)
	}
	return out
}

// within fails t if f touches a guard.
func within(t *testing.T, kernel string, c fmt.Stringer, end bool, f func()) {
	t.Helper()
	if err := guard.Fault(f); err != nil {
		at := "start"
		if end {
			at = "end"
		}
		t.Errorf("%s: touched memory beyond its arguments, or wrote to an input (all flush at the %s; %v): %v", kernel, at, c, err)
	}
}

// TestGuard runs every kernel on arguments that lie between pages that must
// not be touched; inputs are read-only.
func TestGuard(t *testing.T) {
	if !guard.Enabled {
		t.Skip("this system guards no memory")
	}
	eachType(t, testGuard[float32], testGuard[float64])
}

func testGuard[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(601, 1))
	p := newPen(t, 8, 512<<10)
	rows, pads := deck{r: r, n: 36}, deck{r: r, n: 4}
	for _, cols := range testCols() {
		if cols == 0 || cols > 1100 || brief() && cols > 9 && (cols%16 > 1 || cols > 260) {
			continue
		}
		c := testCase{rows: rows.deal(), cols: cols}
		c.stride = cols + []int{0, 0, PaddedStride[T](cols) - cols, 5}[pads.deal()]
		if c.rows == 0 {
			c.rows = 70
		}
		x, w := newBatch[T](r, c), newVector[T](r, cols, c)
		y, weights := newLabels[T](r, c.rows, c), newVector[T](r, c.rows, c)
		z := newVector[T](r, c.rows, c)
		for _, end := range []bool{true, false} {
			run := func(name string, f func()) {
				t.Helper()
				within(t, name, c, end, f)
				p.reset(end)
			}
			p.reset(end)

			out, px, pw := take[T](p, c.rows, nil), take(p, len(x.Data), x.Data), take(p, cols, w)
			run("forward", func() { forward(out, px, pw, 1, c.stride, nil) })

			acc, px, pw := take[T](p, maxLanes, nil), take(p, cols, w), take(p, cols, w)
			run("dot", func() { dot((*[maxLanes]T)(acc), px, pw) })

			for _, class := range gradientClasses {
				g, px, pd := take[T](p, cols, nil), take(p, len(x.Data), x.Data), take(p, c.rows, z)
				run("gradient, "+class, func() { runGradient(g, px, pd, c.stride, class) })
			}

			pl, pd := take[float64](p, sumLanes, nil), take(p, c.rows, z)
			run("sum", func() { sum((*[sumLanes]float64)(pl), pd) })

			out, pz := take[T](p, c.rows, nil), take(p, c.rows, z)
			run("sigmoid", func() { sigmoid(out, pz) })
			out = take[T](p, cols, nil)
			run("sigmoid in place", func() { sigmoid(out, out) })

			for k := range 4 {
				loss := Loss(k & 1)
				out, pz, py := take[T](p, c.rows, nil), take(p, c.rows, z), take(p, c.rows, y)
				var ps []T
				if k&2 != 0 {
					ps = take(p, c.rows, weights)
				}
				sums := (*partials)(unsafe.Pointer(unsafe.SliceData(take[float64](p, 2*sumLanes, nil))))
				run(fmt.Sprintf("delta, %v, weighted %t", loss, ps != nil), func() { deltaBlock(out, sums, pz, py, ps, loss) })
			}

			g, px, py, pw := take[T](p, cols, nil), take(p, len(x.Data), x.Data), take(p, c.rows, y), take(p, cols, w)
			ps := take(p, c.rows, weights)
			bx := Batch[T]{Data: px, Rows: c.rows, Cols: cols, Stride: c.stride}
			run("Step", func() { Step(g, bx, py, ps, pw, 1, Quadratic) })
			if t.Failed() {
				return
			}
		}
	}
}

// TestGuardEmpty calls the functions without rows or without columns, on empty
// slices that point right at a guard.
func TestGuardEmpty(t *testing.T) {
	if !guard.Enabled {
		t.Skip("this system guards no memory")
	}
	eachType(t, testGuardEmpty[float32], testGuardEmpty[float64])
}

func testGuardEmpty[T Float](t *testing.T) {
	p := newPen(t, 8, 4<<10)
	const n = 5
	for _, end := range []bool{true, false} {
		for _, rows := range []int{0, n} {
			for _, cols := range []int{0, n} {
				if rows*cols != 0 {
					continue
				}
				for _, loss := range []Loss{Quadratic, LogLoss} {
					p.reset(end)
					z, g, yhat := take[T](p, rows, nil), take[T](p, cols, nil), take[T](p, rows, nil)
					data, w := take(p, 0, []T{}), take(p, cols, make([]T, cols))
					y, weights := take(p, rows, make([]T, rows)), take(p, rows, make([]T, rows))
					x := Batch[T]{Data: data, Rows: rows, Cols: cols}
					const b = 2
					within(t, "all", testCase{rows: rows, cols: cols, loss: loss}, end, func() {
						Forward(z, x, w, b)
						Predict(yhat, x, w, b)
						Sigmoid(z, z)
						wantSame(t, z, yhat, "Sigmoid")
						for i := range z {
							if want := T(1 / (1 + math.Exp(-b))); math.Abs(float64(z[i]-want)) > 1e-6 {
								t.Errorf("σ(b) = %v, want %v", z[i], want)
							}
						}
						Delta(z, z, y, weights, loss)
						Gradient(g, x, z)
						Step(g, x, y, weights, w, b, loss)
					})
				}
			}
		}
	}
}
