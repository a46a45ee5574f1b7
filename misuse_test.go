package kernel

import (
	"fmt"
	"math"
	"testing"
)

// TestMisuse lists wrong calls and the text of the panic of each.
func TestMisuse(t *testing.T) {
	t.Run("float32", testMisuse[float32])
	t.Run("float64", testMisuse[float64])
}

func testMisuse[T Float](t *testing.T) {
	v := func(n int) []T { return make([]T, n) }
	b := func(rows, cols, stride, n int) Batch[T] {
		return Batch[T]{Data: v(n), Rows: rows, Cols: cols, Stride: stride}
	}
	ok := b(4, 3, 0, 12)
	buf := v(100)
	inBuf := Batch[T]{Data: buf[:12], Rows: 4, Cols: 3}
	st := NewStepper[T](3, 1)
	wide := b(ShardRows[T](3)+1, 3, 0, 3*ShardRows[T](3)+3)
	const big = math.MaxInt/2 + 1

	calls := []wrongCall{
		// Sigmoid
		{func() { Sigmoid(v(3), v(4)) }, "kernel.Sigmoid: len(dst) = 3, len(src) = 4"},
		{func() { Sigmoid(nil, v(1)) }, "kernel.Sigmoid: len(dst) = 0, len(src) = 1"},
		{func() { Sigmoid(v(1), nil) }, "kernel.Sigmoid: len(dst) = 1, len(src) = 0"},
		{func() { Sigmoid(buf[:5], buf[1:6]) }, "kernel.Sigmoid: dst (length 5) overlaps src (length 5) without being it"},
		{func() { Sigmoid(buf[4:9], buf[:5]) }, "kernel.Sigmoid: dst (length 5) overlaps src (length 5) without being it"},

		// Forward
		{func() { Forward(v(3), ok, v(3), 0) }, "kernel.Forward: len(z) = 3, x.Rows = 4"},
		{func() { Forward(v(5), ok, v(3), 0) }, "kernel.Forward: len(z) = 5, x.Rows = 4"},
		{func() { Forward(nil, ok, v(3), 0) }, "kernel.Forward: len(z) = 0, x.Rows = 4"},
		{func() { Forward(v(4), ok, v(2), 0) }, "kernel.Forward: len(w) = 2, x.Cols = 3"},
		{func() { Forward(v(4), ok, v(4), 0) }, "kernel.Forward: len(w) = 4, x.Cols = 3"},
		{func() { Forward(v(4), ok, nil, 0) }, "kernel.Forward: len(w) = 0, x.Cols = 3"},
		{func() { Forward(v(4), b(4, 3, 0, 11), v(3), 0) }, "kernel.Forward: len(x.Data) = 11 is too short for x.Rows = 4, x.Cols = 3, x.Stride = 0"},
		{func() { Forward(v(4), b(4, 3, 5, 17), v(3), 0) }, "kernel.Forward: len(x.Data) = 17 is too short for x.Rows = 4, x.Cols = 3, x.Stride = 5"},
		{func() { Forward(v(1), Batch[T]{Rows: 1, Cols: 1}, v(1), 0) }, "kernel.Forward: len(x.Data) = 0 is too short for x.Rows = 1, x.Cols = 1, x.Stride = 0"},
		{func() { Forward(v(4), b(4, 3, 2, 100), v(3), 0) }, "kernel.Forward: x.Stride = 2, x.Cols = 3: rows overlap"},
		{func() { Forward(v(4), b(4, 3, -3, 100), v(3), 0) }, "kernel.Forward: x.Stride = -3, x.Cols = 3: rows overlap"},
		{func() { Forward(v(4), b(4, 0, -1, 0), v(0), 0) }, "kernel.Forward: x.Stride = -1, x.Cols = 0: rows overlap"},
		{func() { Forward(nil, b(-1, 3, 0, 12), v(3), 0) }, "kernel.Forward: len(z) = 0, x.Rows = -1"},
		{func() { Forward(v(4), b(4, -3, 0, 12), v(3), 0) }, "kernel.Forward: x.Rows = 4, x.Cols = -3: negative"},
		{func() { Forward(v(4), b(4, 3, big, 12), v(3), 0) }, fmt.Sprintf("kernel.Forward: len(x.Data) = 12 is too short for x.Rows = 4, x.Cols = 3, x.Stride = %d", big)},
		{func() { Forward(v(5), b(5, 3, big, 12), v(3), 0) }, fmt.Sprintf("kernel.Forward: len(x.Data) = 12 is too short for x.Rows = 5, x.Cols = 3, x.Stride = %d", big)},
		{func() { Forward(v(3), b(3, 3, math.MaxInt, 12), v(3), 0) }, fmt.Sprintf("kernel.Forward: len(x.Data) = 12 is too short for x.Rows = 3, x.Cols = 3, x.Stride = %d", math.MaxInt)},
		{func() { Forward(buf[11:15], inBuf, v(3), 0) }, "kernel.Forward: z (length 4) overlaps x.Data (length 12)"},
		{func() { Forward(buf[20:24], ok, buf[23:26], 0) }, "kernel.Forward: z (length 4) overlaps w (length 3)"},
		{func() { Forward(buf[20:24], ok, buf[20:23], 0) }, "kernel.Forward: z (length 4) overlaps w (length 3)"},

		// Predict
		{func() { Predict(v(3), ok, v(3), 0) }, "kernel.Predict: len(yhat) = 3, x.Rows = 4"},
		{func() { Predict(v(4), ok, v(2), 0) }, "kernel.Predict: len(w) = 2, x.Cols = 3"},
		{func() { Predict(v(4), b(4, 3, 0, 11), v(3), 0) }, "kernel.Predict: len(x.Data) = 11 is too short for x.Rows = 4, x.Cols = 3, x.Stride = 0"},
		{func() { Predict(buf[:4], inBuf, v(3), 0) }, "kernel.Predict: yhat (length 4) overlaps x.Data (length 12)"},
		{func() { Predict(buf[20:24], ok, buf[18:21], 0) }, "kernel.Predict: yhat (length 4) overlaps w (length 3)"},

		// Delta
		{func() { Delta(v(3), v(4), v(4), nil, Quadratic) }, "kernel.Delta: len(delta) = 3, len(z) = 4"},
		{func() { Delta(v(4), v(3), v(4), nil, Quadratic) }, "kernel.Delta: len(delta) = 4, len(z) = 3"},
		{func() { Delta(v(4), v(4), v(3), nil, Quadratic) }, "kernel.Delta: len(y) = 3, rows = 4"},
		{func() { Delta(v(4), v(4), nil, nil, Quadratic) }, "kernel.Delta: len(y) = 0, rows = 4"},
		{func() { Delta(v(4), v(4), v(4), v(5), Quadratic) }, "kernel.Delta: len(weights) = 5, rows = 4"},
		{func() { Delta(v(4), v(4), v(4), v(0), Quadratic) }, "kernel.Delta: len(weights) = 0, rows = 4"},
		{func() { Delta(v(4), v(4), v(4), nil, 2) }, "kernel.Delta: unknown loss 2"},
		{func() { Delta[T](nil, nil, nil, nil, 255) }, "kernel.Delta: unknown loss 255"},
		{func() { Delta(buf[:4], buf[1:5], v(4), nil, LogLoss) }, "kernel.Delta: delta (length 4) overlaps z (length 4) without being it"},
		{func() { Delta(buf[:4], v(4), buf[3:7], nil, LogLoss) }, "kernel.Delta: delta (length 4) overlaps y (length 4)"},
		{func() { Delta(buf[:4], v(4), buf[:4], nil, LogLoss) }, "kernel.Delta: delta (length 4) overlaps y (length 4)"},
		{func() { Delta(buf[3:7], v(4), v(4), buf[:4], LogLoss) }, "kernel.Delta: delta (length 4) overlaps weights (length 4)"},

		// Gradient
		{func() { Gradient(v(3), ok, v(3)) }, "kernel.Gradient: len(delta) = 3, x.Rows = 4"},
		{func() { Gradient(v(3), ok, nil) }, "kernel.Gradient: len(delta) = 0, x.Rows = 4"},
		{func() { Gradient(v(2), ok, v(4)) }, "kernel.Gradient: len(g) = 2, x.Cols = 3"},
		{func() { Gradient(nil, ok, v(4)) }, "kernel.Gradient: len(g) = 0, x.Cols = 3"},
		{func() { Gradient(v(3), b(4, 3, 4, 14), v(4)) }, "kernel.Gradient: len(x.Data) = 14 is too short for x.Rows = 4, x.Cols = 3, x.Stride = 4"},
		{func() { Gradient(v(3), b(4, 3, 1, 14), v(4)) }, "kernel.Gradient: x.Stride = 1, x.Cols = 3: rows overlap"},
		{func() { Gradient(buf[10:13], inBuf, v(4)) }, "kernel.Gradient: g (length 3) overlaps x.Data (length 12)"},
		{func() { Gradient(buf[20:23], ok, buf[22:26]) }, "kernel.Gradient: g (length 3) overlaps delta (length 4)"},

		// Step
		{func() { Step(v(2), ok, v(4), nil, v(3), 0, Quadratic) }, "kernel.Step: len(g) = 2, x.Cols = 3"},
		{func() { Step(v(3), ok, v(4), nil, v(2), 0, Quadratic) }, "kernel.Step: len(w) = 2, x.Cols = 3"},
		{func() { Step(v(3), ok, v(5), nil, v(3), 0, Quadratic) }, "kernel.Step: len(y) = 5, rows = 4"},
		{func() { Step(v(3), ok, v(4), v(1), v(3), 0, Quadratic) }, "kernel.Step: len(weights) = 1, rows = 4"},
		{func() { Step(v(3), ok, v(4), nil, v(3), 0, 3) }, "kernel.Step: unknown loss 3"},
		{func() { Step(v(3), b(-4, 3, 0, 12), v(4), nil, v(3), 0, Quadratic) }, "kernel.Step: x.Rows = -4, x.Cols = 3: negative"},
		{func() { Step(v(3), b(4, 3, 0, 0), v(4), nil, v(3), 0, Quadratic) }, "kernel.Step: len(x.Data) = 0 is too short for x.Rows = 4, x.Cols = 3, x.Stride = 0"},
		{func() { Step(buf[11:14], inBuf, v(4), nil, v(3), 0, Quadratic) }, "kernel.Step: g (length 3) overlaps x.Data (length 12)"},
		{func() { Step(buf[20:23], ok, v(4), nil, buf[20:23], 0, Quadratic) }, "kernel.Step: g (length 3) overlaps w (length 3)"},
		{func() { Step(buf[20:23], ok, buf[19:23], nil, v(3), 0, Quadratic) }, "kernel.Step: g (length 3) overlaps y (length 4)"},
		{func() { Step(buf[20:23], ok, v(4), buf[22:26], v(3), 0, Quadratic) }, "kernel.Step: g (length 3) overlaps weights (length 4)"},

		// Stepper
		{func() { NewStepper[T](-1, 1) }, "kernel.NewStepper: cols = -1, workers = 1: negative"},
		{func() { NewStepper[T](3, -2) }, "kernel.NewStepper: cols = 3, workers = -2: negative"},
		{func() { st.Step(v(2), ok, v(4), nil, v(3), 0, Quadratic) }, "kernel.Stepper.Step: len(g) = 2, x.Cols = 3"},
		{func() { st.Step(v(3), ok, v(3), nil, v(3), 0, Quadratic) }, "kernel.Stepper.Step: len(y) = 3, rows = 4"},
		{func() { st.Step(v(3), ok, v(4), nil, v(3), 0, 9) }, "kernel.Stepper.Step: unknown loss 9"},
		{func() { st.Step(buf[11:14], inBuf, v(4), nil, v(3), 0, Quadratic) }, "kernel.Stepper.Step: g (length 3) overlaps x.Data (length 12)"},
		{func() { st.Step(v(2), b(4, 2, 0, 8), v(4), nil, v(2), 0, Quadratic) }, "kernel.Stepper.Step: x.Cols = 2, the Stepper has 3"},
		{func() { st.Add(ok, v(4), nil, v(4), 0, Quadratic) }, "kernel.Stepper.Add: len(w) = 4, x.Cols = 3"},
		{func() { st.Add(ok, v(3), nil, v(3), 0, Quadratic) }, "kernel.Stepper.Add: len(y) = 3, rows = 4"},
		{func() { st.Add(ok, v(4), v(3), v(3), 0, Quadratic) }, "kernel.Stepper.Add: len(weights) = 3, rows = 4"},
		{func() { st.Add(b(4, 3, 0, 11), v(4), nil, v(3), 0, Quadratic) }, "kernel.Stepper.Add: len(x.Data) = 11 is too short for x.Rows = 4, x.Cols = 3, x.Stride = 0"},
		{func() {
			st.Reset()
			st.Add(ok, v(4), nil, v(3), 0, Quadratic)
			st.Add(ok, v(4), nil, v(3), 0, Quadratic)
		}, fmt.Sprintf("kernel.Stepper.Add: 4 rows after a piece that was not a multiple of %d rows", ShardRows[T](3))},
		{func() {
			st.Reset()
			st.Add(wide, v(wide.Rows), nil, v(3), 0, Quadratic)
			st.Add(ok, v(4), nil, v(3), 0, Quadratic)
		}, fmt.Sprintf("kernel.Stepper.Add: 4 rows after a piece that was not a multiple of %d rows", ShardRows[T](3))},
		{func() { st.Sum(v(4)) }, "kernel.Stepper.Sum: len(g) = 4, columns = 3"},
		{func() { st.Sum(nil) }, "kernel.Stepper.Sum: len(g) = 0, columns = 3"},

		// Batch and the rest
		{func() { ok.Slice(-1, 2) }, "kernel.Batch.Slice: rows [-1:2] of 4"},
		{func() { ok.Slice(3, 2) }, "kernel.Batch.Slice: rows [3:2] of 4"},
		{func() { ok.Slice(0, 5) }, "kernel.Batch.Slice: rows [0:5] of 4"},
		{func() { ok.Row(-1) }, "kernel.Batch.Row: row -1 of 4"},
		{func() { ok.Row(4) }, "kernel.Batch.Row: row 4 of 4"},
		{func() { ok.Slice(5, 5) }, "kernel.Batch.Slice: rows [5:5] of 4"},
		{func() { ok.Slice(math.MinInt, 0) }, fmt.Sprintf("kernel.Batch.Slice: rows [%d:0] of 4", math.MinInt)},
		{func() { ok.Slice(0, math.MaxInt) }, fmt.Sprintf("kernel.Batch.Slice: rows [0:%d] of 4", math.MaxInt)},
		{func() { ok.Row(math.MinInt) }, fmt.Sprintf("kernel.Batch.Row: row %d of 4", math.MinInt)},
		{func() { ok.Row(math.MaxInt) }, fmt.Sprintf("kernel.Batch.Row: row %d of 4", math.MaxInt)},
		{func() { Batch[T]{}.Row(0) }, "kernel.Batch.Row: row 0 of 0"},
		{func() { b(4, 3, 0, 11).Row(3) }, "runtime error: slice bounds out of range [::12] with capacity 11"},
		{func() { b(4, 3, 0, 5).Slice(2, 4) }, "runtime error: slice bounds out of range [6:5]"},
		{func() { b(-4, 3, 0, 12).Row(0) }, "kernel.Batch.Row: row 0 of -4"},
		{func() { ShardRows[T](math.MinInt) }, fmt.Sprintf("kernel.ShardRows: cols = %d: negative", math.MinInt)},
		{func() { ShardRows[T](-1) }, "kernel.ShardRows: cols = -1: negative"},
		{func() { NewStepper[T](math.MinInt, 0) }, fmt.Sprintf("kernel.NewStepper: cols = %d, workers = 0: negative", math.MinInt)},
		{func() { NewStepper[T](0, math.MinInt) }, fmt.Sprintf("kernel.NewStepper: cols = 0, workers = %d: negative", math.MinInt)},
	}
	calls = append(calls, wrongBatches(st)...)
	wrong, right := overlaps(st)
	calls = append(calls, wrong...)
	if len(calls) < 200 {
		t.Errorf("%d wrong calls, want at least 200", len(calls))
	}
	t.Logf("%d wrong calls", len(calls))
	for _, c := range calls {
		if got := panicOf(c.call); got != c.want {
			t.Errorf("panic %v\n                 want %s", got, c.want)
		}
	}
	for i, call := range right {
		if got := panicOf(call); got != "" {
			t.Errorf("arguments that touch, call %d: panic %s", i, got)
		}
	}
	st.Reset()
}

// A wrongCall is a call and the text of its panic.
type wrongCall struct {
	call func()
	want string
}

// panicOf returns the text of the panic of f, "" if there is none.
func panicOf(f func()) (text string) {
	defer func() {
		if e := recover(); e != nil {
			text = fmt.Sprint(e)
		}
	}()
	f()
	return ""
}

// wrongBatches gives shapes that are wrong to every function that takes a
// batch; st is for 3 columns.
func wrongBatches[T Float](st *Stepper[T]) (calls []wrongCall) {
	const (
		wraps = int(^uint(0)/3) + 1 // 3·wraps is 2 in an int
		short = "len(x.Data) = %d is too short for x.Rows = %d, x.Cols = %d, x.Stride = %d"
	)
	v := func(n int) []T { return make([]T, min(max(n, 0), 8)) }
	for _, c := range []struct {
		data, rows, cols, stride int
		want                     string // of all functions, unless that below is not ""
		vector                   string // of the functions that look at a vector of Rows elements first
		gradient                 string // of those that look at g first
	}{
		{0, 4, 3, 0, short, "", ""},
		{0, 1, 3, 0, short, "", ""},
		{11, 4, 3, 0, short, "", ""},
		{11, 4, 3, 3, short, "", ""},
		{17, 4, 3, 5, short, "", ""},
		{12, 5, 3, 0, short, "", ""},
		{12, 4, 3, 4, short, "", ""},
		{12, 4, 3, 1 << 20, short, "", ""},
		{12, 4, 3, math.MaxInt, short, "", ""},
		{12, 4, 3, math.MaxInt - 1, short, "", ""},
		{12, 4, 3, math.MaxInt/3 + 1, short, "", ""},
		{12, 4, 3, math.MaxInt/2 + 1, short, "", ""},
		{12, 4, 3, wraps, short, "", ""},
		{100, 4, 3, 2, "x.Stride = 2, x.Cols = 3: rows overlap", "", ""},
		{100, 4, 3, 1, "x.Stride = 1, x.Cols = 3: rows overlap", "", ""},
		{100, 4, 3, -1, "x.Stride = -1, x.Cols = 3: rows overlap", "", ""},
		{100, 4, 3, -3, "x.Stride = -3, x.Cols = 3: rows overlap", "", ""},
		{100, 4, 3, math.MinInt, fmt.Sprintf("x.Stride = %d, x.Cols = 3: rows overlap", math.MinInt), "", ""},
		{100, 1, 3, -3, "x.Stride = -3, x.Cols = 3: rows overlap", "", ""},
		{100, 0, 3, 2, "x.Stride = 2, x.Cols = 3: rows overlap", "", ""},
		{100, 4, -3, 0, "x.Rows = 4, x.Cols = -3: negative", "", "len(g) = 0, x.Cols = -3"},
		{100, 4, math.MinInt, 0, fmt.Sprintf("x.Rows = 4, x.Cols = %d: negative", math.MinInt), "", fmt.Sprintf("len(g) = 0, x.Cols = %d", math.MinInt)},
		{100, -1, 3, 0, "x.Rows = -1, x.Cols = 3: negative", "%s = 0, x.Rows = -1", ""},
		{100, math.MinInt, 3, 0, fmt.Sprintf("x.Rows = %d, x.Cols = 3: negative", math.MinInt), fmt.Sprintf("%%s = 0, x.Rows = %d", math.MinInt), ""},
		{100, math.MaxInt, 3, 0, short, fmt.Sprintf("%%s = 8, x.Rows = %d", math.MaxInt), ""},
		{100, wraps, 3, 3, short, fmt.Sprintf("%%s = 8, x.Rows = %d", wraps), ""},
	} {
		x := Batch[T]{Data: make([]T, c.data), Rows: c.rows, Cols: c.cols, Stride: c.stride}
		if c.want == short {
			c.want = fmt.Sprintf(short, c.data, c.rows, c.cols, c.stride)
		}
		add := func(fn, instead string, call func()) {
			if instead == "" {
				instead = c.want
			}
			calls = append(calls, wrongCall{call, "kernel." + fn + ": " + instead})
		}
		named := func(name string) string {
			if c.vector == "" {
				return ""
			}
			return fmt.Sprintf(c.vector, name)
		}
		rows, cols := v(c.rows), v(c.cols)
		add("Forward", named("len(z)"), func() { Forward(rows, x, cols, 0) })
		add("Predict", named("len(yhat)"), func() { Predict(rows, x, cols, 0) })
		add("Gradient", named("len(delta)"), func() { Gradient(cols, x, rows) })
		add("Step", c.gradient, func() { Step(cols, x, rows, nil, v(c.cols), 0, Quadratic) })
		add("Stepper.Step", c.gradient, func() { st.Step(cols, x, rows, nil, v(c.cols), 0, Quadratic) })
		add("Stepper.Add", "", func() { st.Add(x, rows, nil, cols, 0, Quadratic) })
	}
	return calls
}

// overlaps lays an output over an input in every way, and beside it, which is
// right.
func overlaps[T Float](st *Stepper[T]) (wrong []wrongCall, right []func()) {
	buf := make([]T, 100)
	v := func(n int) []T { return make([]T, n) }
	batch := func(data []T) Batch[T] { return Batch[T]{Data: data, Rows: 4, Cols: 3} }
	x := batch(v(12))
	step := func(g []T, x Batch[T], y, weights, w []T) { Step(g, x, y, weights, w, 0, LogLoss) }
	stepper := func(g []T, x Batch[T], y, weights, w []T) { st.Step(g, x, y, weights, w, 0, LogLoss) }
	for _, c := range []struct {
		fn, out string
		n       int
		in      string
		m       int
		how     string // " without being it" if out may be in
		call    func(out, in []T)
	}{
		{"Sigmoid", "dst", 7, "src", 7, " without being it", func(out, in []T) { Sigmoid(out, in) }},
		{"Forward", "z", 4, "x.Data", 12, "", func(out, in []T) { Forward(out, batch(in), v(3), 0) }},
		{"Forward", "z", 4, "w", 3, "", func(out, in []T) { Forward(out, x, in, 0) }},
		{"Predict", "yhat", 4, "x.Data", 12, "", func(out, in []T) { Predict(out, batch(in), v(3), 0) }},
		{"Predict", "yhat", 4, "w", 3, "", func(out, in []T) { Predict(out, x, in, 0) }},
		{"Delta", "delta", 4, "z", 4, " without being it", func(out, in []T) { Delta(out, in, v(4), nil, LogLoss) }},
		{"Delta", "delta", 4, "y", 4, "", func(out, in []T) { Delta(out, v(4), in, nil, LogLoss) }},
		{"Delta", "delta", 4, "weights", 4, "", func(out, in []T) { Delta(out, v(4), v(4), in, LogLoss) }},
		{"Gradient", "g", 3, "x.Data", 12, "", func(out, in []T) { Gradient(out, batch(in), v(4)) }},
		{"Gradient", "g", 3, "delta", 4, "", func(out, in []T) { Gradient(out, x, in) }},
		{"Step", "g", 3, "x.Data", 12, "", func(out, in []T) { step(out, batch(in), v(4), nil, v(3)) }},
		{"Step", "g", 3, "w", 3, "", func(out, in []T) { step(out, x, v(4), nil, in) }},
		{"Step", "g", 3, "y", 4, "", func(out, in []T) { step(out, x, in, nil, v(3)) }},
		{"Step", "g", 3, "weights", 4, "", func(out, in []T) { step(out, x, v(4), in, v(3)) }},
		{"Stepper.Step", "g", 3, "x.Data", 12, "", func(out, in []T) { stepper(out, batch(in), v(4), nil, v(3)) }},
		{"Stepper.Step", "g", 3, "w", 3, "", func(out, in []T) { stepper(out, x, v(4), nil, in) }},
		{"Stepper.Step", "g", 3, "y", 4, "", func(out, in []T) { stepper(out, x, in, nil, v(3)) }},
		{"Stepper.Step", "g", 3, "weights", 4, "", func(out, in []T) { stepper(out, x, v(4), in, v(3)) }},
	} {
		const at = 50
		out := buf[at : at+c.n]
		for _, d := range []int{-c.m, 1 - c.m, -1, 0, 1, c.n - 1, c.n} {
			in := buf[at+d : at+d+c.m]
			if touch := d == -c.m || d == c.n; touch || d == 0 && c.how != "" {
				right = append(right, func() { c.call(out, in) })
				continue
			}
			wrong = append(wrong, wrongCall{func() { c.call(out, in) },
				fmt.Sprintf("kernel.%s: %s (length %d) overlaps %s (length %d)%s", c.fn, c.out, c.n, c.in, c.m, c.how)})
		}
	}
	return wrong, right
}

// TestEmpty tests calls without rows, without columns, and without both.
func TestEmpty(t *testing.T) { eachType(t, testEmpty[float32], testEmpty[float64]) }

func testEmpty[T Float](t *testing.T) {
	Sigmoid[T](nil, nil)
	Sigmoid([]T{}, nil)
	if s := Delta[T](nil, nil, nil, nil, Quadratic); s != (Sums{}) {
		t.Errorf("Delta of nothing: %v", s)
	}
	for _, loss := range []Loss{Quadratic, LogLoss} {
		for _, x := range []Batch[T]{
			{},
			{Cols: 3},
			{Cols: 3, Stride: 8, Data: make([]T, 1)},
			{Rows: 5},
			{Rows: 5, Stride: 7},
			{Rows: 5, Stride: 7, Data: make([]T, 9)},
			{Rows: 3000, Stride: 1 << 20},
			{Rows: 3000, Stride: math.MaxInt/8 + 1},
			{Cols: 300},
		} {
			func() {
				defer func() {
					if e := recover(); e != nil {
						t.Errorf("rows %d, cols %d, stride %d: panic: %v", x.Rows, x.Cols, x.Stride, e)
					}
				}()
				z, y := make([]T, x.Rows), make([]T, x.Rows)
				w, g := make([]T, x.Cols), make([]T, x.Cols)
				for i := range y {
					y[i], z[i] = 1, 9
				}
				for j := range g {
					g[j] = 3
				}
				Forward(z, x, w, 2)
				for _, zi := range z {
					if zi != 2 {
						t.Fatalf("Forward without columns: %v, want b", zi)
					}
				}
				Predict(z, x, w, 0)
				for _, yhat := range z {
					if yhat != 0.5 {
						t.Fatalf("Predict without columns: %v, want σ(b)", yhat)
					}
				}
				if d := Gradient(g, x, y); d != float64(x.Rows) {
					t.Errorf("Gradient: Σδ = %v, want %d", d, x.Rows)
				}
				want := Delta(make([]T, x.Rows), make([]T, x.Rows), y, nil, loss)
				if s := Step(g, x, y, nil, w, 0, loss); s != want || s.Correct != x.Rows {
					t.Errorf("Step: %v, want %v", s, want)
				}
				for _, gj := range g {
					if gj != 3 {
						t.Fatal("g has changed")
					}
				}
				s := NewStepper[T](x.Cols, 2)
				defer s.Close()
				if got := s.Step(g, x, y, nil, w, 0, loss); got != want {
					t.Errorf("Stepper.Step: %v, want %v", got, want)
				}
				for _, gj := range g {
					if gj != 0 {
						t.Fatal("Stepper.Step: g is not zero")
					}
				}
				if x.Rows > 0 {
					x.Slice(1, 3)
					x.Slice(x.Rows, x.Rows)
					if row := x.Row(2); len(row) != 0 {
						t.Errorf("Row(2) has %d elements", len(row))
					}
				}
			}()
		}
	}
}

func TestBatch(t *testing.T) {
	x := Batch[float32]{Data: []float32{0, 1, 2, 3, 4, 5, 6, 7}, Rows: 3, Cols: 2, Stride: 3}
	for i := range 3 {
		row := x.Row(i)
		if len(row) != 2 || cap(row) != 2 || row[0] != float32(3*i) || row[1] != float32(3*i+1) {
			t.Errorf("Row(%d) = %v, capacity %d", i, row, cap(row))
		}
	}
	y := x.Slice(1, 3)
	if y.Rows != 2 || y.Cols != 2 || y.Stride != 3 || y.Data[0] != 3 || y.Row(1)[1] != 7 {
		t.Errorf("Slice(1, 3) = %+v", y)
	}
	x.Stride = 0
	if y := x.Slice(1, 3); y.Stride != 2 || y.Data[0] != 2 || y.Row(1)[0] != 4 {
		t.Errorf("Slice(1, 3) = %+v", y)
	}
	if y := x.Slice(3, 3); y.Rows != 0 {
		t.Errorf("Slice(3, 3) = %+v", y)
	}
}

func TestPaddedStride(t *testing.T) {
	for _, c := range [][3]int{{0, 0, 0}, {1, 16, 8}, {8, 16, 8}, {9, 16, 16}, {16, 16, 16}, {17, 32, 24}, {1000, 1008, 1000}} {
		if got := PaddedStride[float32](c[0]); got != c[1] {
			t.Errorf("PaddedStride[float32](%d) = %d, want %d", c[0], got, c[1])
		}
		if got := PaddedStride[float64](c[0]); got != c[2] {
			t.Errorf("PaddedStride[float64](%d) = %d, want %d", c[0], got, c[2])
		}
	}
}

func TestLoss(t *testing.T) {
	for l, want := range map[Loss]string{Quadratic: "quadratic", LogLoss: "log", 2: "Loss(2)"} {
		if got := l.String(); got != want {
			t.Errorf("Loss(%d).String() = %q, want %q", uint8(l), got, want)
		}
	}
}

// TestAllocs tests that nothing allocates, and that no argument escapes: they
// are arrays on the stack.
func TestAllocs(t *testing.T) { eachType(t, testAllocs[float32], testAllocs[float64]) }

func testAllocs[T Float](t *testing.T) {
	const rows, cols = 9, 5
	zero := func(name string, f func()) {
		t.Helper()
		if n := testing.AllocsPerRun(10, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	zero("Sigmoid", func() {
		var dst, src [rows]T
		Sigmoid(dst[:], src[:])
	})
	zero("Forward", func() {
		var z [rows]T
		var x [rows * cols]T
		var w [cols]T
		Forward(z[:], Batch[T]{Data: x[:], Rows: rows, Cols: cols}, w[:], 1)
	})
	zero("Predict", func() {
		var z [rows]T
		var x [rows * cols]T
		var w [cols]T
		Predict(z[:], Batch[T]{Data: x[:], Rows: rows, Cols: cols}, w[:], 1)
	})
	zero("Delta", func() {
		var delta, z, y, weights [rows]T
		Delta(delta[:], z[:], y[:], weights[:], Quadratic)
		Delta(delta[:], z[:], y[:], nil, LogLoss)
	})
	zero("Gradient", func() {
		var delta [rows]T
		var x [rows * cols]T
		var g [cols]T
		Gradient(g[:], Batch[T]{Data: x[:], Rows: rows, Cols: cols}, delta[:])
	})
	zero("Step", func() {
		var y, weights [rows]T
		var x [rows * cols]T
		var g, w [cols]T
		Step(g[:], Batch[T]{Data: x[:], Rows: rows, Cols: cols}, y[:], weights[:], w[:], 1, LogLoss)
	})
	zero("Batch", func() {
		var x [rows * cols]T
		b := Batch[T]{Data: x[:], Rows: rows, Cols: cols}.Slice(2, 4)
		_ = b.Row(1)
		_, _, _ = PaddedStride[T](3), ShardRows[T](3), Implementation()
	})
	long := make([]T, 20000)
	zero("Forward of a long row", func() {
		var z [1]T
		Forward(z[:], Batch[T]{Data: long, Rows: 1, Cols: len(long)}, long, 1)
	})

	if brief() {
		return
	}

	// A Stepper may allocate in its first call on a size. A call that is
	// large enough goes to all workers.
	const many, width = 2300, 64
	shard := ShardRows[T](width)
	x, y := Batch[T]{Data: make([]T, many*width), Rows: many, Cols: width}, make([]T, many)
	g, w := make([]T, width), make([]T, width)
	for _, workers := range []int{1, 4} {
		s := NewStepper[T](width, workers)
		step := func() { s.Step(g, x, y, y, w, 0, Quadratic) }
		for range 5 { // each worker's tree grows when it first needs to
			step()
		}
		zero(fmt.Sprintf("Stepper.Step, %d workers", workers), step)
		zero(fmt.Sprintf("Stepper.Add and Sum, %d workers", workers), func() {
			s.Reset()
			s.Add(x.Slice(0, shard), y[:shard], nil, w, 0, LogLoss)
			s.Add(x.Slice(shard, many), y[shard:], nil, w, 0, LogLoss)
			s.Sum(g)
		})
		s.Close()
	}
}

// TestOneRowAnyStride takes one row, whose stride does not matter, from data
// so large that a step fetches ahead.
func TestOneRowAnyStride(t *testing.T) {
	const cols = 256
	data := make([]float32, memoryBytes/4)
	data[0] = 2
	w, g := make([]float32, cols), make([]float32, cols)
	w[0] = 3
	for _, stride := range []int{cols, 1 << 30, math.MaxInt/8 + 1, math.MaxInt/4 + 1, math.MaxInt - 1, math.MaxInt} {
		x := Batch[float32]{Data: data, Rows: 1, Cols: cols, Stride: stride}
		each(t, func(t *testing.T) {
			z, y := make([]float32, 1), []float32{1}
			if Forward(z, x, w, 1); z[0] != 7 {
				t.Errorf("stride %d: z = %v, want 7", stride, z[0])
			}
			Predict(z, x, w, 1)
			clear(g)
			if s := Step(g, x, y, nil, w, -7, LogLoss); g[0] != 2*float32(s.Delta) || s.Delta > -0.7 {
				t.Errorf("stride %d: g = %v, Σδ = %v", stride, g[0], s.Delta)
			}
			clear(g)
			Gradient(g, x, z)
		})
	}
}
