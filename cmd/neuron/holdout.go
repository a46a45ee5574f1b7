package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/train"
)

// holdOut trains on a part of the rows, and tests on the others.
func holdOut[T kernel.Float](e *env, o *trainOptions, d *labelled[T], p *progress) error {
	if o.test == 0 {
		return trainOn(e, o, d, d.Data, nil, p)
	}
	trainRows, testRows := train.StratifiedSplit(d.Y, o.test, o.Seed)
	if len(trainRows) == 0 || len(testRows) == 0 {
		return d.tooFew(o)
	}
	return trainOn(e, o, d, d.Select(trainRows), d.Select(testRows), p)
}

func (d *labelled[T]) tooFew(o *trainOptions) error {
	return fmt.Errorf("%s: %s are too few to hold out %v of them; use -test-fraction 0", d.source, dataset.Count(d.X.Rows, "row"), o.test)
}

// trainOn trains on the rows seen, and tests on those unseen unless they are
// nil.
func trainOn[T kernel.Float](e *env, o *trainOptions, d *labelled[T], seen, unseen train.Source[T], p *progress) error {
	rec := newRecorder(e, o, unseen)
	f, err := fit(e, o, seen, p, rec)
	if f == nil {
		return errors.Join(explain(e, o, err), rec.writeFailure(o, d, err))
	}
	m := newModel(o, d, f)
	if o.out != "" {
		if failed := model.Save(o.out, m); failed != nil {
			return errors.Join(failed, err) // which says how to go on
		}
	}
	r := newTrainReport(o, d, f)
	r.Hash = m.Hash()
	var failed error
	if r.Train, failed = evaluate(m.Weights, m.Bias, seen, m.Threshold); failed == nil && unseen != nil {
		r.Test, failed = evaluate(m.Weights, m.Bias, unseen, m.Threshold)
	}
	if failed != nil {
		return errors.Join(failed, err)
	}
	rows, which := seen, "rows trained on"
	if unseen != nil {
		rows, which = unseen, "rows held out"
	}
	failed = rec.write(o, d, m, f, r, rows, which)
	return cmp.Or(printReport(e, o.json, r), errors.Join(failed, err))
}

// A trainReport says what a training came to.
type trainReport struct {
	Dataset     datasetReport     `json:"dataset"`
	Loss        string            `json:"loss"`
	Rate        float64           `json:"rate"`
	Batch       int               `json:"batch"` // rows of a step; 0 means all
	Train       *evaluationReport `json:"train"`
	Test        *evaluationReport `json:"test"` // null if no rows were held out
	Epochs      int               `json:"epochs"`
	Resumed     int               `json:"resumed_after_epoch,omitempty"`
	Converged   bool              `json:"converged"`
	Interrupted bool              `json:"interrupted"`
	Findings    []findingReport   `json:"findings"`
	Warnings    []string          `json:"warnings"` // those of them that are harmful
	Hash        string            `json:"hash"`
	Model       string            `json:"model,omitempty"` // the file it was saved in
	Page        string            `json:"report,omitempty"`
	Curve       string            `json:"curve,omitempty"`
	Speed       speedReport       `json:"speed"`
}

func newTrainReport[T kernel.Float](o *trainOptions, d *labelled[T], f *fitted[T]) *trainReport {
	r := &trainReport{
		Dataset:     d.report(),
		Loss:        o.Loss.String(),
		Rate:        f.Rate,
		Batch:       f.BatchSize,
		Epochs:      f.Epochs,
		Resumed:     f.resumed,
		Converged:   f.Converged,
		Interrupted: f.interrupted,
		Findings:    findingReports(f.Findings),
		Warnings:    append([]string{}, f.Warnings...),
		Model:       o.out,
		Page:        o.page,
		Curve:       o.curve,
	}
	r.Speed.add(int64(f.rows)*int64(f.Epochs-f.resumed), f.elapsed)
	return r
}

func (r *trainReport) print(w printer) {
	r.Dataset.print(w)
	note := fmt.Sprintf(", rate %.3g", r.Rate)
	if r.Batch > 0 {
		note += fmt.Sprintf(", batches of %s", dataset.Count(r.Batch, "row"))
	}
	if r.Resumed > 0 {
		note += fmt.Sprintf(", resumed after epoch %d", r.Resumed)
	}
	switch {
	case r.Converged:
		note += ", converged"
	case r.Interrupted:
		note += ", interrupted"
	}
	w.line("training   %s on %s%s", dataset.Count(r.Epochs, "epoch"), dataset.Count(r.Train.Rows, "row"), note)
	w.line("cost       %s", r.Train.cost(r.Loss))
	w.line("accuracy   %.4f on these rows", r.Train.Accuracy)
	if r.Test != nil {
		class, part := r.Test.mostFrequent(r.Dataset.Classes)
		w.line("           %.4f on %s held out (always saying %s: %.4f)",
			r.Test.Accuracy, dataset.Count(r.Test.Rows, "row"), class, part)
	}
	printFindings(w, r.Findings)
	r.Speed.print(w)
	w.line("weights    %s, the same bits on every CPU", r.Hash)
	if r.Model != "" {
		w.line("saved      %s", r.Model)
	}
	if r.Page != "" {
		w.line("report     %s", r.Page)
	}
	if r.Curve != "" {
		w.line("curve      %s", r.Curve)
	}
	w.line("")
	if r.Test != nil {
		r.Test.printConfusion(w, "held out", r.Dataset.Classes)
	} else {
		r.Train.printConfusion(w, "trained on", r.Dataset.Classes)
	}
}
