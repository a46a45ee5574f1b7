package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
	reports "github.com/seed-b3c25b83/kernel/report"
	"github.com/seed-b3c25b83/kernel/train"
)

// curveWriter returns what draws a learning curve into a file of that name, or
// nil.
func curveWriter(name string) func(*reports.Curve, io.Writer) error {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png":
		return (*reports.Curve).WritePNG
	case ".svg":
		return (*reports.Curve).WriteSVG
	}
	return nil
}

// newPage returns the page on a training, with what is known without its result.
func newPage[T kernel.Float](o *trainOptions, d *labelled[T]) *reports.Page {
	version, info := newVersionReport(), newInfoReport()
	return &reports.Page{
		Title: "Training on " + filepath.Base(d.source),
		Summary: []reports.Fact{
			{Name: "Data", Value: fmt.Sprintf("%s: %s of %s", d.source, dataset.Count(d.X.Rows, "row"), dataset.Count(d.X.Cols, "feature"))},
			{Name: "Classes", Value: fmt.Sprintf("%s (%s), %s (%s)", d.classes[1], dataset.Count(d.counts[1], "row"), d.classes[0], dataset.Count(d.counts[0], "row"))},
		},
		Classes: d.classes,
		Limit:   o.threshold,
		Machine: []reports.Fact{
			{Name: "Version", Value: version.Version},
			{Name: "Go", Value: version.Go},
			{Name: "Platform", Value: info.Platform},
			{Name: "CPU", Value: fmt.Sprintf("%s, %d of its cores in use", info.CPU, info.Cores)},
			{Name: "Kernels", Value: info.Implementation},
			{Name: "Written", Value: time.Now().Format("2006-01-02 15:04:05 -0700")},
		},
		Command: o.commandLine(o.Epochs, false),
	}
}

// write writes what the user wants to see of a training that came to an end, or
// was interrupted. Measures are those of the rows src, which are described.
func (r *recorder[T]) write(o *trainOptions, d *labelled[T], m *model.Model[T], f *fitted[T], t *trainReport, src train.Source[T], which string) error {
	if r == nil {
		return nil
	}
	if err := r.finish(f.Weights, f.Bias, f.BatchSize); err != nil {
		return err
	}
	p := newPage(o, d)
	p.Curve = &r.curve
	p.Command = o.commandLine(f.Epochs, f.interrupted)
	if f.interrupted {
		p.Notes = append(p.Notes, fmt.Sprintf("The training was interrupted after %s.", dataset.Count(f.Epochs, "epoch")))
	}
	if f.resumed > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("The training was resumed after %s; the learning curve begins there.", dataset.Count(f.resumed, "epoch")))
	}
	for _, f := range f.Findings {
		p.Notes = append(p.Notes, upper(f.String())+".")
	}
	fact := func(name, format string, args ...any) {
		p.Summary = append(p.Summary, reports.Fact{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	ended := ""
	if f.Converged {
		ended = ", converged"
	}
	fact("Training", "%s on %s%s", dataset.Count(f.Epochs, "epoch"), dataset.Count(t.Train.Rows, "row"), ended)
	fact("Cost", "%s", t.Train.cost(t.Loss))
	fact("Accuracy", "%.4f on these rows", t.Train.Accuracy)
	if t.Test != nil {
		class, part := t.Test.mostFrequent(d.classes)
		fact("", "%.4f on %s held out (always saying %s: %.4f)", t.Test.Accuracy, dataset.Count(t.Test.Rows, "row"), class, part)
	}
	fact("Time", "%v, %s rows per second", t.Speed.elapsed(), thousands(t.Speed.RowsPerSecond))
	fact("Weights", "%s, the same bits on every CPU", t.Hash)

	if o.page != "" {
		var err error
		if p.Labels, p.Scores, err = scores(m.Weights, m.Bias, src); err != nil {
			return err
		}
		p.Rows = fmt.Sprintf("%d %s", len(p.Labels), which)
		p.Standard, p.Bias = o.Standardize, float64(m.Bias)
		for i, w := range m.Weights {
			x := reports.Weight{Name: fmt.Sprintf("feature %d", i+1), Weight: float64(w)}
			if d.features != nil {
				x.Name = d.features[i]
			}
			if p.Standard {
				x.Standard = float64(f.params[i])
			}
			p.Weights = append(p.Weights, x)
		}
	}
	return writePictures(o, p)
}

// writePictures writes the files that the user names.
func writePictures(o *trainOptions, p *reports.Page) error {
	if o.curve != "" {
		draw := curveWriter(o.curve)
		if err := writeFile(o.curve, func(w io.Writer) error { return draw(p.Curve, w) }); err != nil {
			return err
		}
	}
	if o.page != "" {
		return writeFile(o.page, p.WriteHTML)
	}
	return nil
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// upper makes a sentence of a message.
func upper(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}
