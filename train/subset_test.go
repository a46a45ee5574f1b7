package train

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// rowSet returns the set of the given rows of n.
func rowSet(n int, rows []int) *RowSet {
	s := NewRowSet(n)
	for _, i := range rows {
		s.Add(i)
	}
	return s
}

func TestRowSet(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		s := NewRowSet(0)
		count := 0
		for i := range n {
			has := i*i%7 == 2
			s.Append(has)
			if has {
				count++
			}
		}
		c := s.Complement()
		if s.Rows() != n || c.Rows() != n || s.Count() != count || c.Count() != n-count {
			t.Fatalf("%d rows: %d, %d of them, complement %d, %d", n, s.Rows(), s.Count(), c.Rows(), c.Count())
		}
		for i := range n {
			if want := i*i%7 == 2; s.Has(i) != want || c.Has(i) == want {
				t.Fatalf("row %d of %d: %v, in the complement %v", i, n, s.Has(i), c.Has(i))
			}
		}
	}
	s := rowSet(200, []int{0, 5, 63, 64, 127, 128, 199})
	for i := range 200 {
		for j := i; j <= 200; j++ {
			labels := make([]float32, j-i)
			Labels(labels, s, i)
			for k, y := range labels {
				if (y == 1) != s.Has(i+k) || y*y != y {
					t.Fatalf("rows %d to %d: label %d is %v", i, j, i+k, y)
				}
			}
		}
	}
	for want, f := range map[string]func(){
		"train.Labels: rows 69 to 70 of 70":                        func() { Labels(make([]float64, 2), NewRowSet(70), 69) },
		"train.NewRowSet: -1 rows":                                 func() { NewRowSet(-1) },
		"train.RowSet.Has: row 70 of 70":                           func() { NewRowSet(70).Has(70) },
		"train.RowSet.Add: row -1 of 70":                           func() { NewRowSet(70).Add(-1) },
		"train.StratifiedSet: fraction 1.5 is not between 0 and 1": func() { StratifiedSet(ctx, NewRowSet(2), 1.5, 1) },
		"train.Subset: a source of 5 rows, a set of 6":             func() { Subset[float32](random[float32](5, 1, 1), NewRowSet(6)) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
}

// StratifiedSet deals out what StratifiedSplit does.
func TestStratifiedSet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 100, 5000} {
		for _, part := range []float64{0, 0.1, 0.9} {
			y := make([]float32, n)
			positive := NewRowSet(n)
			for i := range y {
				if r.Float64() < part {
					y[i] = 1
					positive.Add(i)
				}
			}
			for _, fraction := range []float64{0, 0.2, 0.77, 1} {
				train, test := StratifiedSplit(y, fraction, 9)
				got, err := StratifiedSet(ctx, positive, fraction, 9)
				if err != nil || !reflect.DeepEqual(got, rowSet(n, test)) || !reflect.DeepEqual(got.Complement(), rowSet(n, train)) {
					t.Errorf("%d rows, %v of class 1, fraction %v: %v", n, part, fraction, err)
				}
				if wide, err := stratifiedSet[int](ctx, positive, fraction, 9); err != nil || !reflect.DeepEqual(got, wide) {
					t.Errorf("%d rows, %v of class 1, fraction %v: not as with 64 bits, %v", n, part, fraction, err)
				}
			}
		}
	}
	for n := range 2 { // while rows are shuffled, and behind that
		if set, err := StratifiedSet(&countdown{ctx, n}, NewRowSet(5), 0.5, 1); err != context.Canceled || set != nil {
			t.Errorf("behind %d looks: %v, error %v", n, set, err)
		}
	}
}

// A neuron learns from a subset of a source what it learns from a copy of these
// rows.
func TestSubset(t *testing.T) {
	const rows = 20_000
	r := rand.New(rand.NewPCG(3, 4))
	for _, cols := range []int{700, 0, 1, 9} {
		if cols > 9 && testing.Short() {
			continue
		}
		d := random[float32](rows/(cols/100+1), max(cols, 1), 1)
		d.X.Cols = cols
		for _, weighted := range []bool{true, false} {
			if !weighted {
				d.Weights = nil
			}
			for _, part := range []float64{0.001, 0.2, 0.8, 1} {
				if cols == 700 && part != 0.8 {
					continue
				}
				var has []int
				for i := range d.X.Rows {
					// With gaps that are longer than an entry of the index.
					if r.Float64() < part && i/5000%3 != 1 {
						has = append(has, i)
					}
				}
				want := d.Select(has)
				set := rowSet(d.X.Rows, has)
				for _, src := range []Source[float32]{&stored[float32]{Data: d}, d} {
					s := Subset(src, set)
					if n, c := s.Shape(); n != len(has) || c != cols {
						t.Fatalf("shape %d × %d, want %d × %d", n, c, len(has), cols)
					}
					for range 10 {
						i := r.IntN(len(has))
						j := i + r.IntN(len(has)-i) + 1
						got, err := s.Read(ctx, i, j, newData[float32](j-i, cols, true))
						if err != nil || !reflect.DeepEqual(got.Select(Without(j-i, nil)), want.slice(i, j).Select(Without(j-i, nil))) {
							t.Fatalf("%d columns, part %v of %T: rows %d to %d differ, %v", cols, part, src, i, j, err)
						}
					}
				}
				src := &stored[float32]{Data: d}
				o := Options{Rate: 0.5, Epochs: 2, BatchSize: 1000, Shuffle: NoShuffle, Standardize: true}
				got, err := Fit(ctx, Subset(src, set), o)
				if err != nil || !reflect.DeepEqual(got, fit(t, want, o)) {
					t.Fatalf("%d columns, part %v: %+v, %v", cols, part, got, err)
				}
				if cols == 700 && part == 0.8 && src.reads > 200 {
					t.Errorf("%d reads", src.reads)
				}
			}
		}
	}
	broken := errors.New("broken")
	src := &stored[float32]{Data: random[float32](10, 1, 1), fail: func(read, i, j int) error {
		if read == 1 {
			return broken
		}
		return nil
	}}
	s := Subset(src, rowSet(10, []int{3, 4}))
	for _, want := range []error{broken, nil} { // what failed is read anew
		if _, err := s.Read(ctx, 0, 1, newData[float32](1, 1, true)); err != want {
			t.Errorf("error %v, want %v", err, want)
		}
	}
	if _, err := Fit(ctx, Subset(src, NewRowSet(10)), Options{Rate: 1, Epochs: 1}); err == nil || !strings.Contains(err.Error(), "no rows") {
		t.Errorf("no rows: error %v", err)
	}
}
