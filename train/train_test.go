package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

var ctx = context.Background()

// random returns data with weights whose labels follow the first feature, but
// for some noise.
func random[T kernel.Float](rows, cols int, noise float64) Data[T] {
	r := rand.New(rand.NewPCG(uint64(rows), uint64(cols)))
	d := newData[T](rows, cols, true)
	for i := range rows {
		row := d.X.Row(i)
		for j := range row {
			row[j] = T(r.IntN(2049)-1024) / 512
		}
		if float64(row[0])+noise*(r.Float64()-0.5) > 0 {
			d.Y[i] = 1
		}
		d.Weights[i] = T(r.IntN(9)) / 4
	}
	return d
}

func fit[T kernel.Float](t *testing.T, d Data[T], o Options) *Result[T] {
	t.Helper()
	r, err := Fit(ctx, d, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func hash[T kernel.Float](r *Result[T]) string {
	m := model.Model[T]{Weights: r.Weights, Bias: r.Bias}
	return m.Hash()
}

// The step is taken against the slope of the cost, which central differences
// measure.
func TestGradient(t *testing.T) {
	const rows, cols, h = 300, 7, 1e-5
	d := random[float64](rows, cols, 1)
	d.Y[0], d.Y[1] = 0.25, 0.75
	r := rand.New(rand.NewPCG(1, 2))
	for _, loss := range []kernel.Loss{kernel.Quadratic, kernel.LogLoss} {
		for _, l2 := range []float64{0, 0.5} {
			for _, weighted := range []bool{false, true} {
				d := d
				if !weighted {
					d.Weights = nil
				}
				cost := func(params []float64) float64 {
					w := params[:cols]
					c := kernel.Step(make([]float64, cols), d.X, d.Y, d.Weights, w, params[cols], loss).Cost / d.weight()
					if loss == kernel.Quadratic {
						c /= 2
					}
					for _, v := range w {
						c += l2 / 2 * v * v
					}
					return c
				}
				tr := newTrainer[float64](rows, cols, Options{Loss: loss, Rate: 0.25, L2: l2, Workers: 1})
				tr.data = d
				for j := range tr.params {
					tr.params[j] = r.NormFloat64()
				}
				before := slices.Clone(tr.params)
				if err := tr.step(ctx, 0, rows); err != nil {
					t.Fatal(err)
				}
				for j := range before {
					p := slices.Clone(before)
					p[j] = before[j] + h
					up := cost(p)
					p[j] = before[j] - h
					want := (up - cost(p)) / (2 * h)
					if got := (before[j] - tr.params[j]) / 0.25; math.Abs(got-want) > 1e-9 {
						t.Errorf("%v, λ = %v, weighted %v: ∂C/∂%d is %v, want %v", loss, l2, weighted, j, got, want)
					}
				}
			}
		}
	}
}

// options are ways to train that differ in what they exercise.
var options = []Options{
	{Rate: 0.5, Epochs: 4},
	{Rate: 0.5, Epochs: 3, BatchSize: 5001, L2: 0.01, Loss: kernel.LogLoss, Balanced: true, Seed: 3},
	{Rate: 0.5, Epochs: 2, BatchSize: 64, Standardize: true, ClassWeights: [2]float64{1, 3}, Seed: 4},
	{Rate: 0.5, Epochs: 3, BatchSize: 50, Standardize: true, Shuffle: ShuffleBatches, L2: 0.01, Seed: 5},
	{Rate: 0.5, Epochs: 3, BatchSize: 5001, Shuffle: ShuffleBatches, Seed: 6},
	{Rate: 0.5, Epochs: 2, BatchSize: 77, Shuffle: NoShuffle, Loss: kernel.LogLoss, Balanced: true},
}

func TestWorkers(t *testing.T) {
	t.Run("float32", testWorkers[float32])
	t.Run("float64", testWorkers[float64])
}

func testWorkers[T kernel.Float](t *testing.T) {
	d := random[T](12000, 33, 1)
	for i, o := range options {
		var want string
		for _, o.Workers = range []int{1, 2, 3, 7, 64} {
			costs := ""
			o.OnEpoch = func(e Epoch) { costs += fmt.Sprint(" ", e.Cost, e.MSE, e.Accuracy) }
			got := hash(fit(t, d, o)) + costs
			if want == "" {
				want = got
			} else if got != want {
				t.Errorf("options %d: %d workers: %s, want %s", i, o.Workers, got, want)
			}
		}
	}
}

// The hashes are the same on every CPU. They change with the order of
// operations of the kernels, and only with it.
func TestGolden(t *testing.T) {
	want := [][2]string{
		{"f7c24b310f16", "4f7ea6d21bcc"},
		{"fc00ce5b50ff", "15da783140b9"},
		{"f054c8307bbc", "03e44a30313a"},
		{"9c735396cc15", "31779264b26e"},
		{"732e57d4ae09", "05b0ed0eb0e4"},
		{"c5aaf25909c6", "e58dd9da5d62"},
	}
	for i, o := range options {
		got32, got64 := hash(fit(t, random[float32](10000, 9, 1), o)), hash(fit(t, random[float64](10000, 9, 1), o))
		if got32 != want[i][0] || got64 != want[i][1] {
			t.Errorf("options %d: float32 %s, float64 %s", i, got32, got64)
		}
	}
}

// What lies between rows, and the stride, change nothing.
func TestStride(t *testing.T) {
	d := random[float32](5000, 9, 1)
	loose := d
	loose.X = kernel.Batch[float32]{Data: make([]float32, 5000*11), Rows: 5000, Cols: 9, Stride: 11}
	for i := range loose.X.Data {
		loose.X.Data[i] = float32(math.NaN())
	}
	for i := range d.X.Rows {
		copy(loose.X.Row(i), d.X.Row(i))
	}
	for i, o := range options {
		if got, want := hash(fit(t, loose, o)), hash(fit(t, d, o)); got != want {
			t.Errorf("options %d: %s, want %s", i, got, want)
		}
	}
}

// countdown ends when its Err has been called n times.
type countdown struct {
	context.Context
	n int
}

func (c *countdown) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

// A run that is interrupted anywhere and goes on from its state ends with the
// same bits.
func TestInterrupt(t *testing.T) {
	d := random[float32](12000, 33, 1)
	for i, o := range options {
		want := fit(t, d, o)
		tr := newTrainer[float32](d.X.Rows, d.X.Cols, o)
		if err := tr.prepare(ctx, d); err != nil {
			t.Fatal(err)
		}
		var stops int
		for n := 1; tr.run(&countdown{ctx, n}) != nil; n += 11 {
			saved := tr.state
			saved.params = slices.Clone(saved.params)
			tr.stepper.Close()
			tr = newTrainer[float32](d.X.Rows, d.X.Cols, o)
			if err := tr.prepare(ctx, d); err != nil {
				t.Fatal(err)
			}
			tr.state = saved
			stops++
		}
		if got := tr.result(); hash(got) != hash(want) || got.Cost != want.Cost || stops == 0 {
			t.Errorf("options %d: %v after %d interruptions, want %v", i, got, stops, want)
		}
		tr.stepper.Close()
	}
}

// Fit returns the result so far.
func TestCancel(t *testing.T) {
	d := random[float64](1000, 5, 1)
	for _, o := range []Options{{Rate: 1, Epochs: 9}, {Rate: 1, Epochs: 9, BatchSize: 100, Standardize: true}} {
		want := o
		want.Epochs = 5
		ctx, cancel := context.WithCancel(ctx)
		o.OnEpoch = func(e Epoch) {
			if e.Number == 5 {
				cancel()
			}
		}
		r, err := Fit(ctx, d, o)
		if err != context.Canceled || r == nil {
			t.Fatalf("result %v, error %v", r, err)
		}
		if w := fit(t, d, want); hash(r) != hash(w) || r.Epochs != 5 || r.Cost != w.Cost {
			t.Errorf("after 5 epochs: %v, want %v", r, w)
		}
	}
	// Before there is anything.
	done, cancel := context.WithCancel(ctx)
	cancel()
	if r, err := Fit(done, d, Options{Rate: 1, Epochs: 1}); err != context.Canceled || r == nil || r.Epochs != 0 || len(r.Weights) != 5 {
		t.Errorf("result %v, error %v", r, err)
	}
}

// watcher notes the longest time between two looks at it.
type watcher struct {
	context.Context
	last    time.Time
	longest time.Duration
	looks   int
}

func (w *watcher) Err() error {
	now := time.Now()
	w.longest = max(w.longest, now.Sub(w.last))
	w.last = now
	w.looks++
	return nil
}

// Whenever the context ends, Fit notices within 50 ms. A full batch is looked
// at piece by piece.
func TestCancelLatency(t *testing.T) {
	testCancelLatency(t, 1<<19, 16)
	testCancelLatency(t, 1<<20, 1)
}

func testCancelLatency(t *testing.T, rows, cols int) {
	x := kernel.Batch[float32]{Data: make([]float32, rows*cols), Rows: rows, Cols: cols}
	d := Data[float32]{X: x, Y: make([]float32, rows)}

	n := pieceElements / 16
	start := time.Now()
	kernel.Step(make([]float32, cols), x.Slice(0, n), d.Y[:n], nil, make([]float32, cols), 0, kernel.Quadratic)
	slow := time.Since(start) > 20*time.Millisecond // or busy, or emulated

	chunks, pieces, blocks := rows/4096, rows/n, rows>>16
	for i, c := range []struct {
		Options
		looks int
	}{
		{Options{}, 2*chunks + pieces},
		{Options{Standardize: true, BatchSize: rows - 1}, 6*chunks + blocks + pieces},
	} {
		c.Rate, c.Epochs = 0.1, 1
		w := &watcher{Context: ctx, last: time.Now()}
		if _, err := Fit(w, d, c.Options); err != nil {
			t.Fatal(err)
		}
		if w.longest > 50*time.Millisecond && !slow {
			t.Errorf("%d columns, options %d: does not look at the context for %v", cols, i, w.longest)
		}
		if w.looks < c.looks {
			t.Errorf("%d columns, options %d: looks %d times at the context, want %d", cols, i, w.looks, c.looks)
		}
	}
}

func TestAllocations(t *testing.T) {
	t.Run("float32", testAllocations[float32])
	t.Run("float64", testAllocations[float64])
}

func testAllocations[T kernel.Float](t *testing.T) {
	d := random[T](6000, 33, 1)
	for i, o := range options {
		o.OnEpoch = func(Epoch) {}
		tr := newTrainer[T](d.X.Rows, d.X.Cols, o)
		defer tr.stepper.Close()
		if err := tr.prepare(ctx, d); err != nil {
			t.Fatal(err)
		}
		epoch := func() {
			tr.Epochs = tr.epochs + 1
			if err := tr.run(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(3, epoch); n != 0 {
			t.Errorf("options %d: %v allocations an epoch", i, n)
		}
	}
}

func TestLearning(t *testing.T) {
	for _, loss := range []kernel.Loss{kernel.Quadratic, kernel.LogLoss} {
		for _, batch := range []int{0, 50} {
			o := Options{Loss: loss, Rate: 2, Epochs: 300, BatchSize: batch}
			d := random[float32](1000, 8, 0)
			d.Weights = nil
			r := fit(t, d, o)
			if e := Evaluate(r.Weights, r.Bias, d, 0.5); e.Accuracy < 0.985 {
				t.Errorf("%v, batch %d: accuracy %v on separable data", loss, batch, e.Accuracy)
			}
			// Labels that have nothing to do with the features.
			d = random[float32](1000, 8, 1e9)
			d.Weights = nil
			o.Rate = 0.1
			r = fit(t, d, o)
			if e := Evaluate(r.Weights, r.Bias, d, 0.5); e.Accuracy > 0.62 || e.LogLoss > 0.70 || e.LogLoss < 0.66 {
				t.Errorf("%v, batch %d: accuracy %v, log loss %v on noise", loss, batch, e.Accuracy, e.LogLoss)
			}
		}
	}
}

// A row of weight 2 counts as two rows; Balanced is what it says.
func TestWeights(t *testing.T) {
	d := random[float64](200, 4, 1)
	var twice []int
	var sums [2]float64
	for i := range d.Y {
		d.Weights[i] = float64(1 + i%3)
		for range 1 + i%3 {
			twice = append(twice, i)
		}
		sums[class(d.Y[i])] += d.Weights[i]
	}
	many := d.Select(twice)
	many.Weights = nil
	for _, o := range []Options{
		{Rate: 1, Epochs: 20, L2: 0.1},
		{Rate: 1, Epochs: 20, ClassWeights: [2]float64{2, 0.5}},
		{Rate: 1, Epochs: 20, Balanced: true, Loss: kernel.LogLoss},
	} {
		got, want := fit(t, d, o), fit(t, many, o)
		wantClose(t, got, want, 1e-12)
		if o.Balanced {
			n := sums[0] + sums[1]
			o.Balanced, o.ClassWeights = false, [2]float64{n / (2 * sums[0]), n / (2 * sums[1])}
			if w := fit(t, d, o); hash(got) != hash(w) {
				t.Errorf("balanced %v, want %v", got, w)
			}
		}
	}
	// Rows of weight 0 might as well not be there, and a batch of them is no
	// step.
	var of1 []int
	for i, y := range d.Y {
		if class(y) == 1 {
			of1 = append(of1, i)
		}
	}
	o := Options{Rate: 1, Epochs: 5, ClassWeights: [2]float64{0, 1}}
	wantClose(t, fit(t, d, o), fit(t, d.Select(of1), o), 1e-12)
	o.BatchSize = 1
	fit(t, d, o)
}

func wantClose(t *testing.T, got, want *Result[float64], tolerance float64) {
	t.Helper()
	for j := range want.Weights {
		if !(math.Abs(got.Weights[j]-want.Weights[j]) <= tolerance) {
			t.Errorf("weight %d is %v, want %v", j, got.Weights[j], want.Weights[j])
		}
	}
	if !(math.Abs(got.Bias-want.Bias) <= tolerance) {
		t.Errorf("bias is %v, want %v", got.Bias, want.Bias)
	}
}

// Standardised or not, a model takes raw features; shifted and stretched
// columns make no difference, constant ones get no weight.
func TestStandardize(t *testing.T) {
	d := random[float64](500, 4, 1)
	moved := d.Select(Without(500, nil))
	for i := range d.X.Rows {
		a, b := d.X.Row(i), moved.X.Row(i)
		for j := range a {
			b[j] = a[j]*float64(int(1)<<(9*j)) + 1000*float64(j)
		}
		a[2], b[2] = 0.1, 123.1 // neither mean of 500 is exact
	}
	o := Options{Rate: 1, Epochs: 50, Standardize: true}
	r, s := fit(t, d, o), fit(t, moved, o)
	if r.Weights[2] != 0 || s.Weights[2] != 0 {
		t.Errorf("constant column has weights %v, %v", r.Weights[2], s.Weights[2])
	}
	p, q := make([]float64, 500), make([]float64, 500)
	kernel.Predict(p, d.X, r.Weights, r.Bias)
	kernel.Predict(q, moved.X, s.Weights, s.Bias)
	for i := range p {
		if math.Abs(p[i]-q[i]) > 1e-11 {
			t.Fatalf("row %d: %v, %v when moved", i, p[i], q[i])
		}
	}
	if e := Evaluate(r.Weights, r.Bias, d, 0.5); e.Accuracy < 0.85 {
		t.Errorf("accuracy %v", e.Accuracy)
	}
}

func TestTolerance(t *testing.T) {
	d := random[float64](300, 3, 1)
	var costs []float64
	o := Options{Rate: 1, Epochs: 10000, BatchSize: 30, Tolerance: 1e-3, OnEpoch: func(e Epoch) { costs = append(costs, e.Cost) }}
	r := fit(t, d, o)
	calm, relapses, want := 0, 0, 0
	for i := 1; i < len(costs) && want == 0; i++ {
		if math.Abs(costs[i]-costs[i-1]) <= 1e-3*costs[i-1] {
			calm++
		} else if calm > 0 {
			calm = 0
			relapses++
		}
		if calm == 3 {
			want = i + 1
		}
	}
	if !r.Converged || r.Epochs != want || len(costs) != want || relapses == 0 {
		t.Errorf("converged %v after %d epochs, want %d, %d relapses", r.Converged, r.Epochs, want, relapses)
	}
	o.Epochs, o.Tolerance = want+10, 0
	if r := fit(t, d, o); r.Converged || r.Epochs != want+10 {
		t.Errorf("without tolerance: converged %v after %d epochs", r.Converged, r.Epochs)
	}
}

func TestDiverged(t *testing.T) {
	d := random[float32](100, 3, 1)
	for i := range d.X.Data {
		d.X.Data[i] *= 1e30
	}
	r, err := Fit(ctx, d, Options{Rate: 1e30, Epochs: 10})
	if r != nil || !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), "epoch 1") || !strings.Contains(err.Error(), "standardise") {
		t.Errorf("result %v, error %v", r, err)
	}
	// Cost, not weights.
	_, err = Fit(ctx, d, Options{Rate: 1e6, Epochs: 10, Loss: kernel.LogLoss})
	if !errors.Is(err, ErrDiverged) {
		t.Errorf("error %v", err)
	}
}

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want   string
		change func(d *Data[float64], o *Options)
	}{
		{"row 3, column 7: NaN", func(d *Data[float64], o *Options) { d.X.Row(2)[6] = nan; d.X.Row(5)[1] = nan }},
		{"row 9000, column 9: -Inf", func(d *Data[float64], o *Options) { d.X.Row(8999)[8] = -inf }},
		{"row 4: label NaN", func(d *Data[float64], o *Options) { d.Y[3] = nan }},
		{"row 4: label +Inf", func(d *Data[float64], o *Options) { d.Y[3] = inf }},
		{"row 4: label 2", func(d *Data[float64], o *Options) { d.Y[3] = 2 }},
		{"row 4: label -0.5", func(d *Data[float64], o *Options) { d.Y[3] = -0.5 }},
		{"row 4: weight -1", func(d *Data[float64], o *Options) { d.Weights[3] = -1 }},
		{"row 4: weight NaN", func(d *Data[float64], o *Options) { d.Weights[3] = nan }},
		{"row 4: weight +Inf", func(d *Data[float64], o *Options) { d.Weights[3] = inf }},
		{"sum to 0", func(d *Data[float64], o *Options) { clear(d.Weights) }},
		{"sum to +Inf", func(d *Data[float64], o *Options) { d.Weights[1], d.Weights[2] = 1e308, 1e308 }},
		{"no rows", func(d *Data[float64], o *Options) { *d = Data[float64]{} }},
		{"too few", func(d *Data[float64], o *Options) { d.X.Data = d.X.Data[:len(d.X.Data)-d.X.Stride+8] }},
		{"too few", func(d *Data[float64], o *Options) { d.X.Rows, d.X.Cols, d.X.Stride = math.MaxInt, 1, 4 }},
		{"too few", func(d *Data[float64], o *Options) { d.X.Data = nil }},
		{"no shape", func(d *Data[float64], o *Options) { d.X.Stride = 8 }},
		{"no shape", func(d *Data[float64], o *Options) { d.X.Cols = -1 }},
		{"no shape", func(d *Data[float64], o *Options) { d.X.Rows = -1 }},
		{"8999 labels for 9000 rows", func(d *Data[float64], o *Options) { d.Y = d.Y[1:] }},
		{"8999 weights for 9000 rows", func(d *Data[float64], o *Options) { d.Weights = d.Weights[1:] }},
		{"unknown loss 7", func(d *Data[float64], o *Options) { o.Loss = 7 }},
		{"rate -1", func(d *Data[float64], o *Options) { o.Rate = -1 }},
		{"rate NaN", func(d *Data[float64], o *Options) { o.Rate = nan }},
		{"rate +Inf", func(d *Data[float64], o *Options) { o.Rate = inf }},
		{"0 epochs", func(d *Data[float64], o *Options) { o.Epochs = 0 }},
		{"batch size -2", func(d *Data[float64], o *Options) { o.BatchSize = -2 }},
		{"unknown shuffle 3", func(d *Data[float64], o *Options) { o.Shuffle = 3 }},
		{"-1 workers", func(d *Data[float64], o *Options) { o.Workers = -1 }},
		{"L2 -1", func(d *Data[float64], o *Options) { o.L2 = -1 }},
		{"tolerance NaN", func(d *Data[float64], o *Options) { o.Tolerance = nan }},
		{"weight of class 1 -1", func(d *Data[float64], o *Options) { o.ClassWeights[1] = -1 }},
		{"balanced", func(d *Data[float64], o *Options) { o.Balanced, o.ClassWeights[1] = true, 1 }},
		{"column 2: ", func(d *Data[float64], o *Options) { o.Standardize = true; d.X.Row(7)[1] = 1e300 }},
	} {
		d, o := random[float64](9000, 9, 1), Options{Rate: 1, Epochs: 1}
		c.change(&d, &o)
		r, err := Fit(ctx, d, o)
		if r != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

func TestOneClass(t *testing.T) {
	d := random[float32](10, 2, 1)
	for c := range 2 {
		for i := range d.Y {
			d.Y[i] = float32(c)
		}
		r := fit(t, d, Options{Rate: 1, Epochs: 2, Balanced: true})
		if want := fmt.Sprintf("class %d", c); len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], want) {
			t.Errorf("warnings %q, want one of %q", r.Warnings, want)
		}
	}
	d.Y[0] = 0
	if r := fit(t, d, Options{Rate: 1, Epochs: 2}); len(r.Warnings) != 0 {
		t.Errorf("warnings %q", r.Warnings)
	}
}

func TestEpoch(t *testing.T) {
	d := random[float64](100, 2, 1)
	var first Epoch
	fit(t, d, Options{Rate: 1, Epochs: 2, L2: 1, OnEpoch: func(e Epoch) {
		if e.Number == 1 {
			first = e
		}
	}})
	var ones int
	for _, y := range d.Y {
		ones += class(y)
	}
	// w = 0, b = 0 says ½ of everything.
	if first.Cost != 0.125 || first.MSE != 0.25 || first.Rows != 100 || first.Accuracy != float64(ones)/100 || first.Elapsed <= 0 {
		t.Errorf("%+v", first)
	}
}

func TestEvaluate(t *testing.T) {
	// ŷ = σ(x): ½, σ(1), σ(−1), σ(2).
	d := Data[float64]{
		X: kernel.Batch[float64]{Data: []float64{0, 1, -1, 2}, Rows: 4, Cols: 1},
		Y: []float64{1, 0, 0, 1}, Weights: []float64{1, 2, 0, 1},
	}
	sigma := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	e := Evaluate([]float64{1}, 0, d, 0.5)
	mse := (0.25 + 2*sigma(1)*sigma(1) + sigma(-2)*sigma(-2)) / 4
	log := -(math.Log(0.5) + 2*math.Log(sigma(-1)) + math.Log(sigma(2))) / 4
	if math.Abs(e.MSE-mse) > 1e-15 || e.Quadratic != e.MSE/2 || math.Abs(e.LogLoss-log) > 1e-15 {
		t.Errorf("%+v, want MSE %v, log loss %v", e, mse, log)
	}
	if e.Rows != 4 || e.TP != 2 || e.FP != 1 || e.TN != 1 || e.FN != 0 || e.Accuracy != 0.75 {
		t.Errorf("%+v", e)
	}
	if e.Precision() != 2./3 || e.Recall() != 1 || e.F1() != 0.8 {
		t.Errorf("precision %v, recall %v, F1 %v", e.Precision(), e.Recall(), e.F1())
	}
	if e := Evaluate([]float64{1}, 0, d, 0.6); e.TP != 1 || e.FN != 1 || e.FP != 1 || e.TN != 1 {
		t.Errorf("threshold 0.6: %+v", e)
	}
	if e := Evaluate(nil, 0, Data[float32]{}, 0.5); e != (Evaluation{}) || e.F1() != 0 {
		t.Errorf("nothing: %+v", e)
	}
	// Many chunks are as one.
	big := random[float32](20000, 3, 1)
	r := fit(t, big, Options{Rate: 1, Epochs: 3, Loss: kernel.LogLoss})
	e = Evaluate(r.Weights, r.Bias, big, 0.5)
	s := kernel.Step(make([]float32, 3), big.X, big.Y, big.Weights, r.Weights, r.Bias, kernel.LogLoss)
	if got := s.Cost / big.weight(); math.Abs(e.LogLoss-got) > 1e-12 || e.TP+e.TN != s.Correct || e.Rows != 20000 {
		t.Errorf("%+v, want log loss %v, %d correct", e, got, s.Correct)
	}
}

func TestSplit(t *testing.T) {
	y := make([]float32, 1003)
	for i := range y {
		if i%10 < 3 {
			y[i] = 1
		}
	}
	train, test := StratifiedSplit(y, 0.25, 9)
	if n := ones(y, test); len(test) != 251 || n != 76 {
		t.Errorf("%d rows, %d of class 1 to test", len(test), n)
	}
	wantPartition(t, len(y), train, test)
	if a, b := StratifiedSplit(y, 0.25, 10); slices.Equal(b, test) {
		t.Errorf("another seed, the same split %v", a)
	}

	train, test = Split(10, 0.3, 1)
	wantPartition(t, 10, train, test)
	if want := []int{3, 8, 9}; !slices.Equal(test, want) {
		t.Errorf("test %v, want %v", test, want)
	}

	for _, k := range []int{1, 4, 5} {
		folds := Folds(y, k, 1)
		wantPartition(t, len(y), folds...)
		for _, f := range folds {
			if n := ones(y, f); len(f) < 1003/k || len(f) > 1003/k+1 || n < 303/k || n > 303/k+1 {
				t.Errorf("%d folds: one of %d rows, %d of class 1", k, len(f), n)
			}
			wantPartition(t, len(y), f, Without(len(y), f))
		}
	}
	for _, f := range []func(){func() { Split(5, 1.5, 0) }, func() { Split(5, math.NaN(), 0) }, func() { Folds(y, 0, 0) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}

func ones(y []float32, rows []int) (n int) {
	for _, i := range rows {
		n += class(y[i])
	}
	return n
}

// wantPartition makes sure that every row below n is in one part, and that
// parts are ascending.
func wantPartition(t *testing.T, n int, parts ...[]int) {
	t.Helper()
	var all []int
	for _, p := range parts {
		if !slices.IsSorted(p) {
			t.Errorf("%v is not ascending", p)
		}
		all = append(all, p...)
	}
	slices.Sort(all)
	for i := range n {
		if len(all) != n || all[i] != i {
			t.Fatalf("not every row once: %v", all)
		}
	}
}

func TestSelect(t *testing.T) {
	d := random[float64](10, 3, 1)
	s := d.Select([]int{7, 7, 2})
	if s.X.Rows != 3 || s.X.Stride != 8 || !slices.Equal(s.X.Row(1), d.X.Row(7)) || !slices.Equal(s.X.Row(2), d.X.Row(2)) ||
		s.Y[2] != d.Y[2] || s.Weights[0] != d.Weights[7] {
		t.Errorf("%v", s)
	}
	s.X.Row(1)[0] = 99
	if d.X.Row(7)[0] == 99 {
		t.Error("Select shares data")
	}
	d.Weights = nil
	if d.Select([]int{1}).Weights != nil {
		t.Error("weights from nowhere")
	}
}

// OnRows tells of every piece of a long epoch, and nothing of short ones.
func TestOnRows(t *testing.T) {
	const cols = 4096
	piece := pieceElements / cols
	d := Data[float32]{X: newBatch[float32](piece+5, cols), Y: make([]float32, piece+5)}
	for _, test := range []struct{ rows, batch, want int }{{piece + 5, 0, piece}, {piece - 1, 0, 0}, {piece + 5, 100, piece + 5}} {
		epoch, got := 0, 0
		o := Options{Rate: 1, Epochs: 2, BatchSize: test.batch, Shuffle: NoShuffle, OnRows: func(e, n int) {
			if epoch++; e != epoch {
				t.Errorf("epoch %d, want %d", e, epoch)
			}
			got = n
		}}
		if _, err := Fit(context.Background(), d.slice(0, test.rows), o); err != nil {
			t.Fatal(err)
		}
		if got != test.want || test.want > 0 && epoch != 2 {
			t.Errorf("%+v: %d rows of epoch %d", test, got, epoch)
		}
	}
}
