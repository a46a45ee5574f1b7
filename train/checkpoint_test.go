package train

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

// clone returns a copy of c that stays valid.
func clone[T kernel.Float](c *Checkpoint[T]) *Checkpoint[T] {
	copied := *c
	copied.Params = slices.Clone(c.Params)
	return &copied
}

// stopped trains until epoch n and returns the checkpoint behind it.
func stopped[T kernel.Float](t *testing.T, d Source[T], o Options, n int) (c *Checkpoint[T]) {
	t.Helper()
	stop := errors.New("stop")
	r, err := FitFrom(ctx, d, o, nil, func(now *Checkpoint[T]) error {
		if now.Epochs < n {
			return nil
		}
		c = clone(now)
		return stop
	})
	if r != nil || err != stop {
		t.Fatalf("%v, error %v, want %v", r, err, stop)
	}
	return c
}

func TestResume(t *testing.T) {
	t.Run("float32", testResume[float32])
	t.Run("float64", testResume[float64])
}

// A training that goes on from a checkpoint, whichever and as often as one
// likes, ends like one that was never interrupted.
func testResume[T kernel.Float](t *testing.T) {
	d := random[T](3000, 9, 1)
	calm := Options{Rate: 2, Epochs: 400, Tolerance: 1e-3, Standardize: true}
	for i, o := range append(slices.Clone(options), calm) {
		var costs []string
		o.OnEpoch = func(e Epoch) { costs = append(costs, fmt.Sprint(e.Number, e.Cost, e.MSE, e.Accuracy)) }
		want := fit(t, d, o)
		wantCosts := costs
		if o.Tolerance > 0 && !(want.Converged && want.Epochs > 6) {
			t.Fatalf("options %d: %+v", i, want)
		}
		for n := 1; n <= want.Epochs; n++ {
			costs = nil
			from := stopped(t, d, o, n)
			var last *Checkpoint[T]
			got, err := FitFrom(ctx, d, o, from, func(c *Checkpoint[T]) error {
				last = clone(c)
				return nil
			})
			if got != nil { // they concern the epochs that it saw
				got.Findings, got.Warnings = want.Findings, want.Warnings
			}
			if err != nil || !reflect.DeepEqual(got, want) || !slices.Equal(costs, wantCosts) {
				t.Errorf("options %d, resumed behind epoch %d: %+v, %v, want %+v", i, n, got, err, want)
			}
			if n < want.Epochs && (last.Epochs != want.Epochs || last.Converged != want.Converged) {
				t.Errorf("options %d: last checkpoint %+v", i, last)
			}
		}
	}

	// For longer, with other workers, and step by step.
	o := options[2]
	o.Epochs = 9
	want := hash(fit(t, d, o))
	var c *Checkpoint[T]
	for o.Epochs, o.Workers = 1, 1; o.Epochs <= 9; o.Epochs, o.Workers = o.Epochs+1, o.Workers+1 {
		r, err := FitFrom(ctx, d, o, c, func(now *Checkpoint[T]) error {
			c = clone(now)
			return nil
		})
		if err != nil || r.Epochs != o.Epochs {
			t.Fatalf("%+v, %v", r, err)
		}
		if o.Epochs == 9 && hash(r) != want {
			t.Errorf("step by step: %s, want %s", hash(r), want)
		}
	}
}

// Every option that is not known to leave the bits alone must be the same.
func TestMismatchedOptions(t *testing.T) {
	d := random[float32](500, 3, 1)
	o := Options{Rate: 0.5, Epochs: 5, BatchSize: 100}
	c := stopped(t, d, o, 2)
	fields := reflect.TypeOf(o)
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		other := o
		field := reflect.ValueOf(&other).Elem().Field(i)
		was := fmt.Sprint(field)
		switch field.Kind() {
		case reflect.Float64:
			field.SetFloat(field.Float() + 0.0625)
		case reflect.Bool:
			field.SetBool(!field.Bool())
		case reflect.Int:
			field.SetInt(field.Int() + 1)
		case reflect.Uint8, reflect.Uint64:
			field.SetUint(field.Uint() + 1)
		case reflect.Array:
			field.Index(1).SetFloat(3)
		case reflect.Func:
			continue
		default:
			t.Fatalf("%s is a %v: teach this test to change one", name, field.Kind())
		}
		_, err := FitFrom(ctx, d, other, c, nil)
		if name == "Epochs" || name == "Workers" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		want := fmt.Sprintf("train: the checkpoint belongs to another training: it was made with %s %s, not %v", name, was, field)
		if !errors.Is(err, ErrMismatch) || err.Error() != want {
			t.Errorf("%s: error %v\nwant %s", name, err, want)
		}
	}
}

func TestMismatchedData(t *testing.T) {
	d := random[float64](500, 3, 1)
	o := Options{Rate: 0.5, Epochs: 5}
	c := stopped(t, d, o, 2)
	changed := func(change func(d *Data[float64])) Data[float64] {
		all := make([]int, d.X.Rows)
		for i := range all {
			all[i] = i
		}
		d := d.Select(all)
		change(&d)
		return d
	}
	swapped := d.Select([]int{0, 1})
	for _, test := range []struct {
		want string
		Data[float64]
	}{
		{"", d},
		{"", changed(func(d *Data[float64]) { // another stride
			x := kernel.Batch[float64]{Data: make([]float64, 500*5), Rows: 500, Cols: 3, Stride: 5}
			for i := range x.Rows {
				copy(x.Row(i), d.X.Row(i))
			}
			d.X = x
		})},
		{"on 500 rows of 3 features, not 2 of 3", swapped},
		{"on 500 rows of 3 features, not 500 of 2", changed(func(d *Data[float64]) { d.X.Cols = 2 })},
		{"on other features", changed(func(d *Data[float64]) { d.X.Row(499)[2] += 1 })},
		{"on other labels", changed(func(d *Data[float64]) { d.Y[499] = 1 - d.Y[499] })},
		{"with other sample weights", changed(func(d *Data[float64]) { d.Weights[499] += 1 })},
		{"with other sample weights", changed(func(d *Data[float64]) { d.Weights = nil })},
	} {
		_, err := FitFrom(ctx, test.Data, o, c, nil)
		if test.want == "" && err != nil ||
			test.want != "" && (!errors.Is(err, ErrMismatch) || err.Error() != ErrMismatch.Error()+": it was made "+test.want) {
			t.Errorf("error %v, want %q", err, test.want)
		}
	}
}

func TestBadCheckpoints(t *testing.T) {
	d := random[float32](50, 3, 1)
	o := Options{Rate: 0.5, Epochs: 5}
	good := stopped(t, d, o, 3)
	inf := good.Params[0] / 0x1p-149 / 0x1p-149
	for _, test := range []struct {
		want   string
		change func(c *Checkpoint[float32])
	}{
		{"it was made with order of operations 9, not 1", func(c *Checkpoint[float32]) { c.Order = 9 }},
		{"it was made after epoch 6, beyond the 5 that are wanted", func(c *Checkpoint[float32]) { c.Epochs = 6 }},
		{"it was made by a version of this program with other options", func(c *Checkpoint[float32]) { c.Options = c.Options[1:] }},
		{"it was made by a version of this program with other options", func(c *Checkpoint[float32]) {
			c.Options = slices.Clone(c.Options)
			c.Options[0].Name = "Bliss"
		}},
		{"makes no sense: epoch 0,", func(c *Checkpoint[float32]) { c.Epochs = 0 }},
		{"makes no sense: epoch 3,", func(c *Checkpoint[float32]) { c.Calm = -1 }},
		{"makes no sense: epoch 3,", func(c *Checkpoint[float32]) { c.Calm = 4 }},
		{"makes no sense: epoch 3,", func(c *Checkpoint[float32]) { c.Cost = float64(inf) }},
		{"makes no sense: epoch 3,", func(c *Checkpoint[float32]) { c.Params[3] = inf }},
		{"3 parameters for 3 features", func(c *Checkpoint[float32]) { c.Params = c.Params[1:] }},
	} {
		c := clone(good)
		test.change(c)
		r, err := FitFrom(ctx, d, o, c, nil)
		if r != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
	if _, err := FitFrom(ctx, d, o, good, nil); err != nil {
		t.Error(err)
	}
}

// On the way, a checkpoint says what Fit would return if the training ended
// there.
func TestNeuron(t *testing.T) {
	d := random[float32](100, 5, 0.1)
	for _, standardize := range []bool{true, false} {
		o := Options{Loss: kernel.LogLoss, Rate: 0.5, Epochs: 4, Standardize: standardize}
		_, err := FitFrom(ctx, d, o, nil, func(c *Checkpoint[float32]) error {
			short := o
			short.Epochs = c.Epochs
			want, err := Fit(ctx, d, short)
			w, b := c.Neuron()
			if err != nil || !slices.Equal(w, want.Weights) || b != want.Bias {
				t.Errorf("epoch %d: %v %v, want %v %v, %v", c.Epochs, w, b, want.Weights, want.Bias, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	(&Checkpoint[float32]{Params: []float32{1, 2}}).Neuron()
}
