package main

import (
	"cmp"
	"flag"
	"io"
	"math"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
)

var predictCommand = command{
	name:  "predict",
	args:  "MODEL FILE | PICTURE ...",
	short: "apply a neuron to rows or pictures",
	long: `Predict applies the neuron in MODEL to the rows of FILE ("-" is the standard
input). For every row it prints the probability of the positive class, and the
class, as CSV with a header or, with -json, as one JSON object per line. It
needs little memory, however many rows there are, and prints what it knows
before it waits for more input:

	tail -f measured.csv | neuron predict model.neuron -

The features are found by name if the file has a header: their order does not
matter, and other columns are left alone. Otherwise they are found by position.

A neuron that was trained on pictures labels pictures, PNG or JPEG, given by path,
or all that are in a folder. The model knows how they are to be resized.`,
	setup: func(flags *flag.FlagSet) runner {
		var a applied
		a.register(flags)
		return func(e *env, args []string) error {
			if err := a.check(args, math.MaxInt-1); err != nil {
				return err
			}
			return a.with(
				func(m *model.Model[float32]) error { return predict(e, &a, m) },
				func(m *model.Model[float64]) error { return predict(e, &a, m) },
			)
		}
	},
}

func predict[T kernel.Float](e *env, a *applied, m *model.Model[T]) error {
	if r, ok, err := checkPictures(a, m); err != nil {
		return err
	} else if ok {
		return predictPictures(e, a, m, r)
	}
	t, file, err := open(e, a.file, forModel(a.format, m))
	if err != nil {
		return err
	}
	defer file.Close()
	label, err := predictLabel(t, a.label, m.Label, len(m.Weights))
	if err != nil {
		return err
	}
	l, err := modelLayout(t, m.Features, len(m.Weights), label)
	if err != nil {
		return err
	}
	p := newPredictor(m, e.stdout, a.json)
	e.idle = p.flush
	for err == nil {
		if err = t.Next(); err == nil {
			err = cmp.Or(e.ctx.Err(), p.add(t, l.features))
		}
	}
	if failed := p.flush(); failed != nil { // which t.Next may have met
		return failed
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// predictLabel finds the label, which is no feature: where the user says, else
// as in training if the file has a column too many, else nowhere.
func predictLabel(t *dataset.Reader, wanted, trained string, features int) (int, error) {
	if i, known, err := knownLabel(t, wanted); known {
		return i, err
	}
	if wanted != "" {
		return column(t, wanted)
	}
	if i, err := column(t, trained); err == nil && t.Width == features+1 {
		return i, nil
	}
	return -1, nil
}
