package train

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

// kinds returns the kinds of findings, joined.
func kinds(f []Finding) string {
	var s []string
	for _, f := range f {
		s = append(s, string(f.Kind))
	}
	return strings.Join(s, ", ")
}

// scaled multiplies a feature.
func scaled(d Data[float64], column int, by float64) Data[float64] {
	for i := range d.X.Rows {
		d.X.Row(i)[column] *= by
	}
	return d
}

// Each case is what people run into, and must be told apart from the others.
func TestFindings(t *testing.T) {
	noisy := func() Data[float64] { return random[float64](300, 3, 4) }
	clean := func() Data[float64] { return random[float64](300, 3, 0) }
	one := noisy()
	for i := range one.Y {
		one.Y[i] = 1
	}
	for _, c := range []struct {
		name     string
		d        Data[float64]
		o        Options
		want     string
		text     []string // of the first finding
		low, top float64  // of its figure
	}{
		{"converged", noisy(), Options{Loss: kernel.LogLoss, Epochs: 300, Standardize: true, Tolerance: 1e-5}, "", nil, 0, 0},
		{"at rest", noisy(), Options{Loss: kernel.LogLoss, Epochs: 300, Standardize: true}, "", nil, 0, 0},
		{"at rest, batches", noisy(), Options{Loss: kernel.LogLoss, Epochs: 100, BatchSize: 64, Standardize: true}, "", nil, 0, 0},
		{"one class", one, Options{Rate: 1, Epochs: 100}, "one class",
			[]string{"all rows are of class 1", "another label"}, 1, 1},
		{"saturated", noisy(), Options{Rate: 1e6, Epochs: 50}, "saturated",
			[]string{"σ is flat", "¼ at most", "log loss", "which is what auto takes"}, 0, 0.01},
		{"saturated at a low cost", clean(), Options{Rate: 1e8, Epochs: 3}, "saturated",
			[]string{"σ is flat"}, 0, 1e-6},
		{"saturated by scale", scaled(noisy(), 1, 1e4), Options{Rate: 1, Epochs: 50}, "saturated, unscaled",
			[]string{"σ is flat"}, 0, 0.01},
		{"rising", noisy(), Options{Loss: kernel.LogLoss, Rate: 50, Epochs: 50}, "rising",
			[]string{"the cost rose from 0.6931 to ", "which is what auto takes"}, 1.1, 100},
		{"oscillating", noisy(), Options{Loss: kernel.LogLoss, Rate: 14, Epochs: 50}, "oscillating",
			[]string{"went up and down between", "in the last 6 epochs", "which is what auto takes"}, 0.001, 100},
		{"oscillating batches", noisy(), Options{Loss: kernel.LogLoss, Rate: 50, Epochs: 80, BatchSize: 50}, "oscillating",
			[]string{"went up and down", "larger batches"}, 0.03, 100},
		{"unfinished", noisy(), Options{Rate: 0.01, Epochs: 50}, "unfinished",
			[]string{"the cost falls so slowly, by 0.", "in the last 5 of 50 epochs", "which is what auto takes", "more than 50 epochs"}, 0, 0.01},
		{"unfinished at the right rate", noisy(), Options{Epochs: 6}, "unfinished",
			[]string{"in the last 4 of 6,", "try more than 6 epochs"}, 0.01, 1},
		{"tolerance not reached", noisy(), Options{Rate: 0.05, Epochs: 50, Tolerance: 1e-9}, "unfinished",
			[]string{"with a tolerance"}, 0.01, 1},
		{"separable", clean(), Options{Loss: kernel.LogLoss, Rate: 5, Epochs: 1000}, "separable",
			[]string{"right side of ½", "L2"}, 1, 1},
		{"separable, L2", clean(), Options{Loss: kernel.LogLoss, Epochs: 1000, L2: 1e-3}, "", nil, 0, 0},
		{"separable, converged", clean(), Options{Loss: kernel.LogLoss, Rate: 5, Epochs: 10000, Tolerance: 1e-3}, "", nil, 0, 0},
		{"unscaled", scaled(noisy(), 0, 1e-3), Options{Loss: kernel.LogLoss, Epochs: 50}, "unfinished, unscaled",
			[]string{"far from its minimum"}, 0, 0.01},
		{"one epoch", noisy(), Options{Rate: 0.01, Epochs: 1}, "", nil, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.Weights = nil
			r := fit(t, c.d, c.o)
			if got := kinds(r.Findings); got != c.want {
				t.Fatalf("%q, want %q: %v", got, c.want, r.Findings)
			}
			if c.want == "" {
				return
			}
			f := r.Findings[0]
			for _, want := range c.text {
				if !strings.Contains(f.String(), want) {
					t.Errorf("%v\ndoes not say %q", f, want)
				}
			}
			if !(f.Figure >= c.low && f.Figure <= c.top) {
				t.Errorf("figure %v, want %v to %v: %v", f.Figure, c.low, c.top, f)
			}
			if harmful := f.Kind.Harmful(); harmful != (len(r.Warnings) == 1 && r.Warnings[0] == f.String()) {
				t.Errorf("harmful %v, warnings %q", harmful, r.Warnings)
			}
			t.Log(r.Findings)
		})
	}
}

// Costs that no simple data give: of what they look like in the last epochs, the
// tenth of all or four, something else is said.
func TestHistory(t *testing.T) {
	d := random[float64](300, 3, 4)
	const start = 0.6
	for _, c := range []struct {
		name  string
		batch int
		last  []float64
		want  string
		text  string
	}{
		{"rising at the end", 0, []float64{.3, .301, .302, .303, .304}, "rising", "rose from 0.3 to 0.304 in the last 4 epochs"},
		{"rising at the end, noise", 50, []float64{.3, .301, .302, .303, .304}, "", ""},
		{"swinging", 0, []float64{.3, .31, .3, .31, .3}, "oscillating", "between 0.3 and 0.31 in the last 5 epochs"},
		{"swinging, noise", 50, []float64{.3, .31, .3, .31, .3}, "", ""},
		{"swinging, rounding", 0, []float64{.3, .30001, .3, .30001, .3}, "", ""},
		{"swinging down", 0, []float64{.5, .45, .46, .39, .4}, "oscillating", "between 0.39 and 0.5"},
		{"falling over a bump", 50, []float64{.5, .48, .49, .46, .44}, "unfinished", "by 12 % in the last 4 of 30, from 0.5 to 0.44"},
	} {
		tr, err := begin[float64](d, Options{Loss: kernel.LogLoss, Rate: 4, Epochs: 30, BatchSize: c.batch})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.close()
		if err := tr.prepare(ctx, d); err != nil {
			t.Fatal(err)
		}
		size := tr.order.batch
		tr.order.shuffle = NoShuffle
		for i := range 600 { // to where it has converged
			if err := tr.step(ctx, i*size%300, i*size%300+size); err != nil {
				t.Fatal(err)
			}
		}
		for n := 1; n <= 30; n++ {
			cost := start
			if k := n - 26; k >= 0 {
				cost = c.last[k]
			}
			tr.history.add(cost, n, 30-n)
		}
		f, err := tr.diagnose(ctx)
		if err != nil || kinds(f) != c.want || len(f) > 0 && !strings.Contains(f[0].What, c.text) {
			t.Errorf("%s: %v, error %v, want %s: %s", c.name, f, err, c.want, c.text)
		}
	}
}

func TestDivergence(t *testing.T) {
	d := random[float32](100, 3, 1)
	for i := range d.X.Data {
		d.X.Data[i] *= 1e15
	}
	for _, c := range []struct {
		o    Options
		want []string
		not  string
	}{
		{Options{Rate: 1e30, Epochs: 10}, []string{"training diverged in epoch 1 at a rate of 1e+30", "which is what auto takes", "standardise"}, "below"},
		{Options{Rate: 1e40, Epochs: 10, Loss: kernel.LogLoss, Standardize: true}, []string{"at a rate of 1e+40", "which is what auto takes"}, "standardise"},
		{Options{Rate: 1e-10, Epochs: 1000, L2: 1e15}, []string{"at a rate of 1e-10"}, "below"},
	} {
		r, err := Fit(ctx, d, c.o)
		var v *Divergence
		if r != nil || !errors.Is(err, ErrDiverged) || !errors.As(err, &v) {
			t.Fatalf("%+v: result %v, error %v", c.o, r, err)
		}
		o := c.o
		better, err := FindRate(ctx, d, o)
		if v.Kind != Diverged || v.Epoch < 1 || v.Rate != c.o.Rate || v.Better != better || err != nil || fmt.Sprint(v.Figure) != fmt.Sprint(v.Cost) {
			t.Errorf("%+v, better rate %v, error %v", v, better, err)
		}
		for _, want := range c.want {
			if !strings.Contains(v.Error(), want) {
				t.Errorf("%v\ndoes not say %q", v, want)
			}
		}
		if strings.Contains(v.Error(), c.not) {
			t.Errorf("%v\nsays %q", v, c.not)
		}
		o.Rate = v.Better
		if _, err := Fit(ctx, d, o); err != nil {
			t.Errorf("with the rate that is advised: %v", err)
		}
	}
}
