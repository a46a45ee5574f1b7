package main

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel/train"
)

// A findingReport is what is good to know about a training.
type findingReport struct {
	Kind    string   `json:"kind"`
	Harmful bool     `json:"harmful"` // the weights are of little use
	What    string   `json:"what"`
	Figure  *float64 `json:"figure"` // that shows it; null if it is not a number
	Try     string   `json:"try"`
}

func newFindingReport(f train.Finding) findingReport {
	r := findingReport{Kind: string(f.Kind), Harmful: f.Kind.Harmful(), What: f.What, Try: f.Try}
	if finite(f.Figure) {
		r.Figure = &f.Figure
	}
	return r
}

func findingReports(findings []train.Finding) []findingReport {
	reports := []findingReport{}
	for _, f := range findings {
		reports = append(reports, newFindingReport(f))
	}
	return reports
}

// printFindings prints what is not told as a warning.
func printFindings(w printer, findings []findingReport) {
	for _, f := range findings {
		if !f.Harmful {
			w.wrapped("note", f.What)
			w.wrapped("", "try "+f.Try)
		}
	}
}

// wrapped prints a title and, in the column of what reports say, text in lines
// of up to 80 characters.
func (p printer) wrapped(title, text string) {
	const indent, width = 11, 80
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && indent+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			p.line("%-*s%s", indent, title, line)
			title, line = "", ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	p.line("%-*s%s", indent, title, line)
}

// A failureReport stands in for the report of a training that came to nothing.
type failureReport struct {
	Findings []findingReport `json:"findings"`
}

func (r *failureReport) print(printer) {} // the error says it all

// explain reports why a training came to nothing, if err is about that. It
// returns err.
func explain(e *env, o *trainOptions, err error) error {
	var d *train.Divergence
	if errors.As(err, &d) && o.json {
		printReport(e, true, &failureReport{[]findingReport{newFindingReport(d.Finding)}})
	}
	return err
}
