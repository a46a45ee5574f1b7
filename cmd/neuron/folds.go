package main

import (
	"cmp"
	"fmt"
	"math"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/train"
)

// A foldsReport says how well training does, whichever rows are held out.
type foldsReport struct {
	Dataset     datasetReport `json:"dataset"`
	Loss        string        `json:"loss"`
	Folds       []foldReport  `json:"folds"`
	Mean        float64       `json:"mean_test_accuracy"`
	Deviation   float64       `json:"deviation_test_accuracy"`
	Interrupted bool          `json:"interrupted"`
	Speed       speedReport   `json:"speed"`
}

type foldReport struct {
	Epochs   int               `json:"epochs"`
	Rate     float64           `json:"rate"`
	Findings []findingReport   `json:"findings"`
	Hash     string            `json:"hash"`
	Train    *evaluationReport `json:"train"`
	Test     *evaluationReport `json:"test"`
}

// crossValidate holds out each fold in turn. If it is interrupted it reports
// the folds that were completed.
func crossValidate[T kernel.Float](e *env, o *trainOptions, d *labelled[T], p *progress) error {
	for k, class := range d.classes {
		if d.counts[k] < o.folds {
			return fmt.Errorf("%s: %s of class %q cannot be cut into %d folds",
				d.source, dataset.Count(d.counts[k], "row"), class, o.folds)
		}
	}
	r := &foldsReport{Dataset: d.report(), Loss: o.Loss.String()}
	var err error
	for k, fold := range train.Folds(d.Y, o.folds, o.Seed) {
		p.name(fmt.Sprintf("fold %d/%d ", k+1, o.folds))
		rest := d.Select(train.Without(len(d.Y), fold))
		var f *fitted[T]
		if f, err = fit(e, o, rest, p, nil); err != nil {
			break
		}
		m := newModel(o, d, f)
		r.Folds = append(r.Folds, foldReport{
			Epochs:   f.Epochs,
			Rate:     f.Rate,
			Findings: findingReports(f.Findings),
			Hash:     m.Hash(),
			Train:    evaluation(train.Evaluate(m.Weights, m.Bias, rest, m.Threshold)),
			Test:     evaluation(train.Evaluate(m.Weights, m.Bias, d.Select(fold), m.Threshold)),
		})
		r.Speed.add(int64(f.rows)*int64(f.Epochs), f.elapsed)
	}
	if r.Interrupted = err != nil && e.ctx.Err() != nil; err != nil && !r.Interrupted || len(r.Folds) == 0 {
		return explain(e, o, err)
	}
	r.summarize()
	return cmp.Or(printReport(e, o.json, r), err)
}

// summarize computes mean and standard deviation of the held-out accuracy.
func (r *foldsReport) summarize() {
	n := float64(len(r.Folds))
	for _, f := range r.Folds {
		r.Mean += f.Test.Accuracy / n
	}
	for _, f := range r.Folds {
		d := f.Test.Accuracy - r.Mean
		r.Deviation += d * d / n
	}
	r.Deviation = math.Sqrt(r.Deviation)
}

func (r *foldsReport) print(w printer) {
	r.Dataset.print(w)
	w.line("")
	for k, f := range r.Folds {
		w.line("fold %-4d  accuracy %.4f on %d rows held out, %.4f on the others; weights %s",
			k+1, f.Test.Accuracy, f.Test.Rows, f.Train.Accuracy, f.Hash)
	}
	note := ""
	if r.Interrupted {
		note = " (interrupted)"
	}
	w.line("mean       accuracy %.4f held out, standard deviation %.4f%s", r.Mean, r.Deviation, note)
	r.Speed.print(w)
}
