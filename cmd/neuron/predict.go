package main

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"strconv"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
)

var predictCommand = command{
	name:  "predict",
	args:  "MODEL FILE.csv | PICTURE ...",
	short: "apply a neuron to rows or pictures",
	long: `Predict applies the neuron in MODEL to the rows of FILE.csv ("-" is the standard
input). For every row it prints the probability of the positive class, and the
class, as CSV with a header or, with -json, as one JSON object per line. It
needs little memory, however many rows there are.

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
	t, file, err := open(e, a.file, a.format)
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
	w := newPredictions(e.stdout, a.json, m)
	const block = 1024 // rows
	x := newBatch[T](len(m.Weights))
	yhat := make([]T, block)
	for {
		err := t.Next()
		if err == nil {
			err = e.ctx.Err()
		}
		if err == nil {
			err = appendRow(&x, t, l.features)
		}
		if err == nil && x.Rows < block {
			continue
		}
		m.Predict(yhat[:x.Rows], x)
		if err := w.write(yhat[:x.Rows]); err != nil {
			return err
		}
		x.Rows, x.Data = 0, x.Data[:0]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// predictLabel finds the label, which is no feature: where the user says, else
// as in training if the file has a column too many, else nowhere.
func predictLabel(t *dataset.Reader, wanted, trained string, features int) (int, error) {
	if wanted != "" {
		return column(t, wanted)
	}
	if i, err := column(t, trained); err == nil && t.Width == features+1 {
		return i, nil
	}
	return -1, nil
}

// predictions writes the probability and class of each row.
type predictions[T kernel.Float] struct {
	model *model.Model[T]
	csv   *csv.Writer   // or
	json  *json.Encoder // the other is nil
	row   int
}

func newPredictions[T kernel.Float](w io.Writer, asJSON bool, m *model.Model[T]) *predictions[T] {
	p := &predictions[T]{model: m}
	if asJSON {
		p.json = json.NewEncoder(w)
		p.json.SetEscapeHTML(false)
		return p
	}
	p.csv = csv.NewWriter(w)
	p.csv.Write([]string{"probability", "class"}) // an error shows when the writer is flushed
	return p
}

func (p *predictions[T]) write(yhat []T) error {
	for _, y := range yhat {
		p.row++
		class := p.model.Classes[0]
		if float64(y) >= p.model.Threshold {
			class = p.model.Classes[1]
		}
		probability := strconv.FormatFloat(float64(y), 'g', -1, 8*int(unsafe.Sizeof(y)))
		var err error
		if p.json != nil {
			err = p.json.Encode(struct {
				Row         int         `json:"row"`
				Probability json.Number `json:"probability"`
				Class       string      `json:"class"`
			}{p.row, json.Number(probability), class})
		} else {
			err = p.csv.Write([]string{probability, class})
		}
		if err != nil {
			return fmt.Errorf("writing the output: %w", err)
		}
	}
	if p.csv != nil {
		p.csv.Flush()
		return p.csv.Error()
	}
	return nil
}
