package main

import (
	"flag"
	"fmt"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/train"
)

var evalCommand = command{
	name:  "eval",
	args:  "MODEL FILE | FOLDER",
	short: "say how well a neuron does on labelled rows or pictures",
	long: `Eval applies the neuron in MODEL to the rows of FILE ("-" is the standard
input) and compares its classes with the labels.

The features are found by name if the file has a header, otherwise by position.

A neuron that was trained on pictures is applied to a FOLDER of the same kind,
which holds a folder of pictures for each class.`,
	setup: func(flags *flag.FlagSet) runner {
		var a applied
		a.register(flags)
		flags.StringVar(&a.positive, "positive", "", "`classes` of the file that are the positive one of the model, separated by commas, with -negative (default as in training)")
		a.format.registerNegative(flags)
		return func(e *env, args []string) error {
			if err := a.check(args, 1); err != nil {
				return err
			}
			if a.positive != "" && a.negative == "" {
				return misuse("-positive says which classes are positive: say which are negative with -negative")
			}
			return a.with(
				func(m *model.Model[float32]) error { return eval(e, &a, m) },
				func(m *model.Model[float64]) error { return eval(e, &a, m) },
			)
		}
	},
}

type evalReport struct {
	Source    string    `json:"source"`
	Model     string    `json:"model"`
	Hash      string    `json:"hash"`
	Classes   [2]string `json:"classes"` // the second is the positive one
	Threshold float64   `json:"threshold"`
	LeftOut   int       `json:"left_out,omitempty"` // rows of other classes
	evaluationReport
}

func eval[T kernel.Float](e *env, a *applied, m *model.Model[T]) error {
	if r, ok, err := checkPictures(a, m); err != nil {
		return err
	} else if ok {
		return evalPictures(e, a, m, r)
	}
	t, file, err := open(e, a.file, forModel(a.format, m))
	if err != nil {
		return err
	}
	defer file.Close()
	label, err := evalLabel(t, a.label, m.Label)
	if err != nil {
		return err
	}
	l, err := modelLayout(t, m.Features, len(m.Weights), label)
	if err != nil {
		return err
	}
	c, err := modelClasses(a, m)
	if err != nil {
		return err
	}
	d, err := readLabelled[T](e.ctx, t, l, c)
	if err != nil {
		return err
	}
	v := train.Evaluate(m.Weights, m.Bias, d, m.Threshold)
	return printReport(e, a.json, &evalReport{t.Name, a.model, m.Hash(), m.Classes, m.Threshold, c.others, *evaluation(v)})
}

// evalLabel finds the label: where the user says, else as in training, else
// in the last column.
func evalLabel(t *dataset.Reader, wanted, trained string) (int, error) {
	if i, known, err := knownLabel(t, wanted); known {
		return i, err
	}
	if t.Format == dataset.IDX && wanted == "" {
		return 0, noLabels(t)
	}
	if wanted != "" {
		return column(t, wanted)
	}
	if trained == "" && t.Columns != nil {
		return 0, fmt.Errorf("%s: the model does not know which column is the label; say so with -label, as one of %s", t.Name, list(t.Columns))
	}
	if i, err := column(t, trained); err == nil || t.Columns != nil {
		return i, err
	}
	return t.Width - 1, nil
}

func (r *evalReport) print(w printer) {
	w.line("data       %s: %s", r.Source, dataset.Count(r.Rows, "row"))
	printLeftOut(w, r.LeftOut)
	class, part := r.mostFrequent(r.Classes)
	w.line("accuracy   %.4f (always saying %s: %.4f)", r.Accuracy, class, part)
	w.line("           of class %s: precision %.4f, recall %.4f, F1 %.4f", r.Classes[1], r.Precision, r.Recall, r.F1)
	w.line("cost       %s", r.cost(kernel.Quadratic.String()))
	w.line("           %s", r.cost(kernel.LogLoss.String()))
	w.line("weights    %s", r.Hash)
	w.line("")
	r.printConfusion(w, "actual", r.Classes)
}
