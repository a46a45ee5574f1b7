package gonumadapter

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// random returns rows with labels between 0 and 1 and weights.
func random(rows, cols int) (x kernel.Batch[float64], y, weights []float64) {
	r := rand.New(rand.NewPCG(uint64(rows), uint64(cols)))
	m := mat.NewDense(rows, max(cols, 1), nil)
	y, weights = make([]float64, rows), make([]float64, rows)
	for i := range rows {
		for j := range cols {
			m.Set(i, j, r.NormFloat64())
		}
		y[i], weights[i] = r.Float64(), 2*r.Float64()
	}
	x = Dense(m)
	x.Cols = cols
	return x, y, weights
}

// naive is the function of Problem as its documentation has it.
func naive(x kernel.Batch[float64], y, weights []float64, loss kernel.Loss, l2 float64, p []float64) float64 {
	var cost, n, squares float64
	for i := range x.Rows {
		z := p[x.Cols]
		for j, v := range x.Row(i) {
			z += v * p[j]
		}
		s := 1.0
		if weights != nil {
			s = weights[i]
		}
		n += s
		if loss == kernel.LogLoss {
			cost += s * (math.Log1p(math.Exp(-math.Abs(z))) + math.Max(z, 0) - y[i]*z)
		} else {
			d := 1/(1+math.Exp(-z)) - y[i]
			cost += s * d * d / 2
		}
	}
	for _, w := range p[:x.Cols] {
		squares += w * w
	}
	return cost/n + l2/2*squares
}

// Func is the documented function, and Grad is its slope.
func TestGradient(t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {5, 3}, {300, 30}, {40, 130}, {7, 0}} {
		x, y, weights := random(shape[0], shape[1])
		for _, loss := range []kernel.Loss{kernel.Quadratic, kernel.LogLoss} {
			for _, weights := range [][]float64{nil, weights} {
				for _, l2 := range []float64{0, 0.3} {
					s := kernel.NewStepper[float64](x.Cols, 1)
					p := Problem(s, x, y, weights, loss, l2)
					at := make([]float64, x.Cols+1)
					for j := range at {
						at[j] = math.Sin(float64(j + 1))
					}
					got, want := p.Func(at), naive(x, y, weights, loss, l2, at)
					if !(math.Abs(got-want) <= 1e-13*want) {
						t.Errorf("%v, %v, weights %v, l2 %v: Func = %v, want %v", shape, loss, weights != nil, l2, got, want)
					}
					grad := make([]float64, len(at))
					p.Grad(grad, at)
					for j := range at {
						const h = 1e-5
						v := at[j]
						at[j] = v + h
						up := p.Func(at)
						at[j] = v - h
						down := p.Func(at)
						at[j] = v
						if slope := (up - down) / (2 * h); !(math.Abs(grad[j]-slope) <= 1e-9) {
							t.Errorf("%v, %v, weights %v, l2 %v: gradient %d is %v, the differences say %v",
								shape, loss, weights != nil, l2, j, grad[j], slope)
						}
					}
				}
			}
		}
	}
}

// One pass serves Func and Grad at a point, in either order: the second call
// does not look at the data.
func TestOnePass(t *testing.T) {
	x, y, _ := random(20, 4)
	p := Problem(kernel.NewStepper[float64](4, 1), x, y, nil, kernel.LogLoss, 0.1)
	a, b := []float64{1, 2, 3, 4, 5}, []float64{5, 4, 3, 2, 1}
	ga, gb, again := make([]float64, 5), make([]float64, 5), make([]float64, 5)
	p.Grad(ga, a)
	fa := p.Func(a)
	p.Grad(gb, b)
	fb := p.Func(b)
	kept := append([]float64(nil), x.Data...)

	for i := range x.Data {
		x.Data[i] = math.NaN()
	}
	if got := p.Func(b); got != fb {
		t.Errorf("Func read the rows again: %v, was %v", got, fb)
	}
	if p.Grad(again, b); !same(again, gb) {
		t.Errorf("Grad read the rows again: %v, was %v", again, gb)
	}
	if got := p.Func(a); got == got {
		t.Errorf("Func at another point did not read the rows: %v", got)
	}
	copy(x.Data, kept)
	b[0]++ // the caller's slice, not the point that is remembered
	p.Func(b)
	if got := p.Func(a); got != fa {
		t.Errorf("Func = %v, was %v", got, fa)
	}
	if p.Grad(again, a); !same(again, ga) {
		t.Errorf("Grad = %v, was %v", again, ga)
	}
	again[0] = 17 // the caller's, too
	if p.Grad(gb, a); !same(gb, ga) {
		t.Errorf("Grad = %v after the caller changed its result, was %v", gb, ga)
	}
}

func TestAllocations(t *testing.T) {
	x, y, weights := random(3000, 40)
	for _, workers := range []int{1, 2} {
		s := kernel.NewStepper[float64](40, workers)
		defer s.Close()
		p := Problem(s, x, y, weights, kernel.LogLoss, 0.1)
		at, grad := make([]float64, 41), make([]float64, 41)
		n := testing.AllocsPerRun(20, func() {
			at[0]++
			p.Func(at)
			p.Grad(grad, at)
		})
		if n != 0 {
			t.Errorf("%d workers: %v allocations", workers, n)
		}
	}
}

// Any number of workers, and several goroutines that ask at a time, get the
// same bits.
func TestWorkers(t *testing.T) {
	x, y, _ := random(20000, 30)
	var want [10]float64
	for _, workers := range []int{1, 3} {
		s := kernel.NewStepper[float64](30, workers)
		defer s.Close()
		p := Problem(s, x, y, nil, kernel.Quadratic, 0.1)
		var got [10]float64
		var wg sync.WaitGroup
		for k := range got {
			wg.Go(func() {
				at, grad := make([]float64, 31), make([]float64, 31)
				at[3] = float64(k)
				p.Grad(grad, at)
				got[k] = p.Func(at) + grad[7]
			})
		}
		wg.Wait()
		if workers == 1 {
			want = got
		} else if got != want {
			t.Errorf("%d workers: %v, one: %v", workers, got, want)
		}
	}
}

func TestMisuse(t *testing.T) {
	x, y, weights := random(4, 3)
	s := kernel.NewStepper[float64](3, 1)
	problem := func(x kernel.Batch[float64], y, weights []float64, l2 float64) func() {
		return func() { Problem(s, x, y, weights, kernel.LogLoss, l2) }
	}
	p := Problem(s, x, y, nil, kernel.LogLoss, 0)
	four := make([]float64, 4)
	for _, test := range []struct {
		f    func()
		want string
	}{
		{problem(x.Slice(0, 0), nil, nil, 0), "gonumadapter.Problem: x.Rows = 0: want at least 1"},
		{problem(x, y[:3], nil, 0), "gonumadapter.Problem: len(y) = 3, x.Rows = 4"},
		{problem(x, y, weights[:2], 0), "gonumadapter.Problem: len(weights) = 2, x.Rows = 4"},
		{problem(x, y, make([]float64, 4), 0), "gonumadapter.Problem: the 4 weights of rows sum to 0"},
		{problem(x, y, []float64{1, math.NaN(), 1, 1}, 0), "gonumadapter.Problem: the 4 weights of rows sum to NaN"},
		{problem(x, y, nil, -1), "gonumadapter.Problem: l2 = -1: want at least 0 and finite"},
		{problem(x, y, nil, math.NaN()), "gonumadapter.Problem: l2 = NaN: want at least 0 and finite"},
		{problem(kernel.Batch[float64]{Data: x.Data, Rows: 4, Cols: 2, Stride: 3}, y, nil, 0), "kernel.Stepper.Step: x.Cols = 2, the Stepper has 3"},
		{problem(kernel.Batch[float64]{Data: x.Data[:11], Rows: 4, Cols: 3}, y, nil, 0), "kernel.Stepper.Step: len(x.Data) = 11 is too short for x.Rows = 4, x.Cols = 3, x.Stride = 0"},
		{func() { Problem(s, x, y, nil, kernel.Loss(7), 0) }, "kernel.Stepper.Step: unknown loss 7"},
		{func() { p.Func(four[:3]) }, "gonumadapter: Func: len(x) = 3, weights and bias are 4"},
		{func() { p.Grad(four, four[:3]) }, "gonumadapter: Grad: len(x) = 3, weights and bias are 4"},
		{func() { p.Grad(four[:3], four) }, "gonumadapter: Grad: len(grad) = 3, weights and bias are 4"},
	} {
		if got := message(test.f); got != test.want {
			t.Errorf("panic %q, want %q", got, test.want)
		}
	}
}

// cancer returns the breast cancer data, standardised; the label 1 is
// malignant.
func cancer(t *testing.T) (x kernel.Batch[float64], y []float64) {
	t.Helper()
	f, err := os.Open("../cmd/neuron/data/breast_cancer.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records = records[1:]
	cols := len(records[0]) - 1
	m := mat.NewDense(len(records), cols, nil)
	for i, r := range records {
		y = append(y, map[string]float64{"malignant": 1, "benign": 0}[r[cols]])
		for j, s := range r[:cols] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			m.Set(i, j, v)
		}
	}
	n := float64(len(y))
	for j := range cols {
		var sum, squares float64
		for i := range y {
			sum += m.At(i, j)
		}
		for i := range y {
			squares += (m.At(i, j) - sum/n) * (m.At(i, j) - sum/n)
		}
		for i := range y {
			m.Set(i, j, (m.At(i, j)-sum/n)/math.Sqrt(squares/n))
		}
	}
	return Dense(m), y
}

// newton minimises the log loss in plain Go and returns the parameters.
func newton(t *testing.T, x kernel.Batch[float64], y []float64, l2 float64) []float64 {
	t.Helper()
	d := x.Cols + 1
	p := make([]float64, d)
	for range 30 {
		grad, hess := make([]float64, d), make([][]float64, d)
		for j := range hess {
			hess[j] = make([]float64, d)
			if j < x.Cols {
				grad[j], hess[j][j] = l2*p[j], l2
			}
		}
		for i := range x.Rows {
			row := append(append([]float64(nil), x.Row(i)...), 1)
			z := 0.0
			for j, v := range row {
				z += v * p[j]
			}
			a := 1 / (1 + math.Exp(-z))
			for j, v := range row {
				grad[j] += (a - y[i]) * v / float64(x.Rows)
				for k, u := range row {
					hess[j][k] += a * (1 - a) * v * u / float64(x.Rows)
				}
			}
		}
		step := solve(hess, grad)
		size := 0.0
		for j := range p {
			p[j] -= step[j]
			size += math.Abs(step[j])
		}
		if size < 1e-12 {
			return p
		}
	}
	t.Fatal("Newton's method does not converge")
	return nil
}

// solve solves a·x = b by Gaussian elimination with pivots; it spoils both.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for k := range n {
		for i := k + 1; i < n; i++ {
			if math.Abs(a[i][k]) > math.Abs(a[k][k]) {
				a[i], a[k], b[i], b[k] = a[k], a[i], b[k], b[i]
			}
		}
		for i := k + 1; i < n; i++ {
			f := a[i][k] / a[k][k]
			for j := k; j < n; j++ {
				a[i][j] -= f * a[k][j]
			}
			b[i] -= f * b[k]
		}
	}
	for k := n - 1; k >= 0; k-- {
		for j := k + 1; j < n; j++ {
			b[k] -= a[k][j] * b[j]
		}
		b[k] /= a[k][k]
	}
	return b
}

// sklearnCost is what testdata/scikit-learn.py printed for scikit-learn 1.2.1 with
// tol 1e-12.
const sklearnCost = 0.066360186379762182

// gonum's L-BFGS on the kernels reaches the least cost there is, which is what
// scikit-learn's lbfgs reaches with its default C = 1.
func TestBreastCancer(t *testing.T) {
	x, y := cancer(t)
	l2 := 1 / float64(x.Rows)
	best := newton(t, x, y, l2)
	want := naive(x, y, nil, kernel.LogLoss, l2, best)

	s := kernel.NewStepper[float64](x.Cols, 0)
	defer s.Close()
	r, err := optimize.Minimize(Problem(s, x, y, nil, kernel.LogLoss, l2), make([]float64, x.Cols+1),
		&optimize.Settings{GradientThreshold: 1e-9}, &optimize.LBFGS{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("cost %.17g after %d iterations, %v; Newton %.17g", r.F, r.MajorIterations, r.Status, want)
	if !(math.Abs(r.F-want) <= 1e-8*want) {
		t.Errorf("L-BFGS reaches the cost %.12g, Newton's method %.12g", r.F, want)
	}
	if !(math.Abs(want-sklearnCost) <= 1e-8*want) {
		t.Errorf("Newton's method reaches the cost %.12g, scikit-learn %.12g", want, sklearnCost)
	}
	for j := range best {
		if !(math.Abs(r.X[j]-best[j]) <= 1e-5) {
			t.Errorf("parameter %d is %v, Newton's method has %v", j, r.X[j], best[j])
		}
	}
}

// The cost is that of package train for the same options.
func TestTrainAgrees(t *testing.T) {
	x, y := cancer(t)
	weights := make([]float64, len(y))
	for i := range weights {
		weights[i] = 1 + float64(i%3)
	}
	for _, loss := range []kernel.Loss{kernel.Quadratic, kernel.LogLoss} {
		opt := train.Options{Loss: loss, Rate: 0.1, Epochs: 2, L2: 0.05, Workers: 1}
		var first, costs []float64
		opt.OnEpoch = func(e train.Epoch) { costs = append(costs, e.Cost) }
		opt.Epochs = 1
		r, err := train.Fit(t.Context(), train.Data[float64]{X: x, Y: y, Weights: weights}, opt)
		if err != nil {
			t.Fatal(err)
		}
		first = append(append(first, r.Weights...), r.Bias)
		opt.Epochs = 2
		if _, err := train.Fit(t.Context(), train.Data[float64]{X: x, Y: y, Weights: weights}, opt); err != nil {
			t.Fatal(err)
		}
		p := Problem(kernel.NewStepper[float64](x.Cols, 1), x, y, weights, loss, opt.L2)
		got, want := p.Func(first), costs[len(costs)-1]
		if !(math.Abs(got-want) <= 1e-13*want) {
			t.Errorf("%v: Func = %.17g, train reports the cost %.17g", loss, got, want)
		}
	}
}

// An optimizer that only compares values trains, too.
func TestNelderMead(t *testing.T) {
	x := kernel.Batch[float64]{Data: []float64{-2, -1, 1, 2}, Rows: 4, Cols: 1}
	y := []float64{0, 1, 0, 1}
	p := Problem(kernel.NewStepper[float64](1, 1), x, y, nil, kernel.LogLoss, 0)
	p.Grad = nil
	r, err := optimize.Minimize(p, []float64{0, 0}, nil, &optimize.NelderMead{})
	if err != nil {
		t.Fatal(err)
	}
	best := newton(t, x, y, 0)
	if want := naive(x, y, nil, kernel.LogLoss, 0, best); !(math.Abs(r.F-want) <= 1e-6) || strings.Contains(r.Status.String(), "Fail") {
		t.Errorf("Nelder-Mead: %v with %v, Newton %v", r.Status, r.F, want)
	}
}
