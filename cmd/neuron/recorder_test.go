package main

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// The curve of a training that goes on is the rest of the curve of a whole one,
// also where a part of the cost is not of the rows.
func TestRecorderResumed(t *testing.T) {
	d := train.Data[float64]{X: kernel.Batch[float64]{Data: []float64{1, 2, 3, 5, 8, 9}, Rows: 6, Cols: 1}, Y: []float64{0, 0, 1, 0, 1, 1}}
	o := train.Options{Rate: 1, Epochs: 6, L2: 0.1, Standardize: true}
	record := func(from *train.Checkpoint[float64]) (r *recorder[float64], third *train.Checkpoint[float64]) {
		r = &recorder[float64]{l2: o.L2}
		r.start(from)
		o.OnEpoch = r.epoch
		_, err := train.FitFrom(context.Background(), d, o, from, func(c *train.Checkpoint[float64]) error {
			if c.Epochs == 3 {
				copied := *c
				copied.Params = slices.Clone(c.Params)
				third = &copied
			}
			return r.note(c)
		})
		if err != nil {
			t.Fatal(err)
		}
		return r, third
	}
	whole, third := record(nil)
	rest, _ := record(third)
	if want := whole.curve.Train[3:]; len(want) != 3 || !reflect.DeepEqual(rest.curve.Train, want) {
		t.Errorf("%+v, want %+v", rest.curve.Train, want)
	}
}
