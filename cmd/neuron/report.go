package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/train"
)

// A report is printed for people, or as JSON with stable names.
type report interface{ print(printer) }

type printer struct{ io.Writer }

func (p printer) line(format string, args ...any) {
	fmt.Fprintln(p, visible(fmt.Sprintf(format, args...)))
}

func printReport(e *env, asJSON bool, r report) error {
	if !asJSON {
		r.print(printer{e.stdout})
		return nil
	}
	encoder := json.NewEncoder(e.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// A datasetReport describes a file to train on.
type datasetReport struct {
	Source   string    `json:"source"`
	Rows     int       `json:"rows"`
	Features int       `json:"features"`
	Classes  [2]string `json:"classes"` // the second is the positive one
	Counts   [2]int    `json:"counts"`
	LeftOut  int       `json:"left_out,omitempty"` // rows of other classes
}

func (d *labelled[T]) report() datasetReport {
	return datasetReport{d.source, d.X.Rows, d.X.Cols, d.classes, d.counts, d.leftOut}
}

func (d datasetReport) print(w printer) {
	w.line("data       %s: %s of %s", d.Source, dataset.Count(d.Rows, "row"), dataset.Count(d.Features, "feature"))
	w.line("classes    %s (%s), %s (%s)",
		d.Classes[1], dataset.Count(d.Counts[1], "row"), d.Classes[0], dataset.Count(d.Counts[0], "row"))
	printLeftOut(w, d.LeftOut)
}

// printLeftOut says how many rows were not of the classes that were chosen.
func printLeftOut(w printer, rows int) {
	if rows > 0 {
		w.line("           %s of other classes left out", dataset.Count(rows, "row"))
	}
}

// An evaluationReport says how well a neuron does on some rows.
type evaluationReport struct {
	Rows      int             `json:"rows"`
	Quadratic float64         `json:"quadratic_cost"`
	MSE       float64         `json:"mean_squared_error"`
	LogLoss   float64         `json:"log_loss"`
	Accuracy  float64         `json:"accuracy"`
	Precision float64         `json:"precision"`
	Recall    float64         `json:"recall"`
	F1        float64         `json:"f1"`
	Confusion confusionReport `json:"confusion"`
}

// cost returns the cost in words.
func (v *evaluationReport) cost(loss string) string {
	if loss == kernel.LogLoss.String() {
		return fmt.Sprintf("%.6f log", v.LogLoss)
	}
	return fmt.Sprintf("%.6f quadratic (mean squared error %.6f)", v.Quadratic, v.MSE)
}

type confusionReport struct {
	TruePositive  int `json:"true_positive"`
	FalsePositive int `json:"false_positive"`
	TrueNegative  int `json:"true_negative"`
	FalseNegative int `json:"false_negative"`
}

func evaluation(v train.Evaluation) *evaluationReport {
	return &evaluationReport{
		v.Rows, v.Quadratic, v.MSE, v.LogLoss, v.Accuracy, v.Precision(), v.Recall(), v.F1(),
		confusionReport{v.TP, v.FP, v.TN, v.FN},
	}
}

// printConfusion prints the confusion matrix, the positive class first.
func (v *evaluationReport) printConfusion(w printer, title string, classes [2]string) {
	negative, positive := classes[0], classes[1]
	left := max(utf8.RuneCountInString(title), utf8.RuneCountInString(negative), utf8.RuneCountInString(positive))
	row := func(name, a, b any) {
		w.line("%-*v  %*v  %*v", left, name,
			utf8.RuneCountInString("predicted "+positive), a, utf8.RuneCountInString("predicted "+negative), b)
	}
	row(title, "predicted "+positive, "predicted "+negative)
	row(positive, v.Confusion.TruePositive, v.Confusion.FalseNegative)
	row(negative, v.Confusion.FalsePositive, v.Confusion.TrueNegative)
}

// mostFrequent returns the class that most rows have, and their part.
func (v *evaluationReport) mostFrequent(classes [2]string) (string, float64) {
	positive := v.Confusion.TruePositive + v.Confusion.FalseNegative
	if 2*positive > v.Rows {
		return classes[1], float64(positive) / float64(v.Rows)
	}
	return classes[0], float64(v.Rows-positive) / float64(v.Rows)
}

// A speedReport says how long training took.
type speedReport struct {
	Seconds        float64 `json:"seconds"`
	RowsPerSecond  float64 `json:"rows_per_second"`
	Implementation string  `json:"implementation"`

	rows int64 // counted once for every epoch
}

func (s *speedReport) add(rows int64, elapsed time.Duration) {
	s.rows += rows
	s.Seconds += elapsed.Seconds()
	if s.Seconds > 0 {
		s.RowsPerSecond = float64(s.rows) / s.Seconds
	}
	s.Implementation = kernel.Implementation()
}

func (s *speedReport) elapsed() time.Duration {
	elapsed := time.Duration(s.Seconds * float64(time.Second))
	return elapsed.Round(max(elapsed/1000, 1))
}

func (s *speedReport) print(w printer) {
	if s.rows == 0 { // resumed at the end
		w.line("time       nothing was left to train (%s)", s.Implementation)
		return
	}
	w.line("time       %v, %s rows per second (%s)", s.elapsed(), thousands(s.RowsPerSecond), s.Implementation)
}

// thousands formats x with three digits and a word for the rest.
func thousands(x float64) string {
	for _, unit := range []string{"", " thousand", " million"} {
		if x < 999.5 {
			return fmt.Sprintf("%.3g%s", x, unit)
		}
		x /= 1000
	}
	return fmt.Sprintf("%.3g billion", x)
}

// printColumns prints rows of text in columns of equal width.
func printColumns(w printer, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, s := range row[:len(row)-1] { // the last one may be as wide as it wants
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(s))
		}
	}
	for _, row := range rows {
		line := ""
		for i, s := range row {
			if i == len(row)-1 {
				line += s
			} else {
				line += fmt.Sprintf("%-*s  ", widths[i], s)
			}
		}
		w.line("%s", strings.TrimRight(line, " "))
	}
}
