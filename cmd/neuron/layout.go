package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-b3c25b83/kernel/dataset"
)

// A layout says which columns of a file hold what.
type layout struct {
	features []int // in the order of the weights
	label    int   // -1 if there is none
}

// column finds the column that ref, a name or a number from 1, stands for.
func column(t *dataset.Reader, ref string) (int, error) {
	if i := slices.Index(t.Columns, ref); i >= 0 {
		return i, nil
	}
	n, err := strconv.Atoi(ref)
	switch {
	case err == nil && n >= 1 && n <= t.Width:
		return n - 1, nil
	case t.Columns != nil:
		return 0, fmt.Errorf("%s: no column %q; the columns are %s", t.Name, ref, list(t.Columns))
	case err == nil:
		return 0, fmt.Errorf("%s: no column %d; the file has %s", t.Name, n, dataset.Count(t.Width, "column"))
	}
	return 0, fmt.Errorf("%s: no column %q, because the file has no header; give its number, 1 to %d", t.Name, ref, t.Width)
}

// labelColumn is column for the label, which by default is the last.
func labelColumn(t *dataset.Reader, ref string) (int, error) {
	if i, known, err := knownLabel(t, ref); known {
		return i, err
	}
	if t.Format == dataset.IDX && ref == "" {
		return 0, noLabels(t)
	}
	if ref == "" {
		return t.Width - 1, nil
	}
	return column(t, ref)
}

// trainingLayout makes features of all columns but the label and ignored ones.
func trainingLayout(t *dataset.Reader, label string, ignore []string) (layout, error) {
	l := layout{}
	var err error
	if l.label, err = labelColumn(t, label); err != nil {
		return l, err
	}
	skip := []int{l.label}
	for _, ref := range ignore {
		i, err := column(t, ref)
		if err != nil {
			return l, err
		}
		skip = append(skip, i)
	}
	l.features = except(t.Width, skip...)
	if len(l.features) == 0 {
		return l, fmt.Errorf("%s: only %s, the label; there must be at least one feature%s", t.Name, t.Column(l.label), otherDelimiter(t))
	}
	return l, nil
}

// otherDelimiter is a hint for a file whose only column looks like several.
func otherDelimiter(t *dataset.Reader) string {
	if t.Format == dataset.CSV && len(t.Columns) == 1 {
		if i := strings.IndexAny(t.Columns[0], ";\t| "); i >= 0 {
			flag := strings.ReplaceAll(t.Columns[0][i:i+1], "\t", "tab")
			return fmt.Sprintf("; if fields are set apart by %s, say so with -delimiter %s", strings.ReplaceAll(flag, " ", "spaces"), quote(flag))
		}
	}
	return ""
}

// modelLayout finds the n features of a model in a file: by name if both have
// names, else by position. label is the label's column, or -1 if it is
// unknown.
func modelLayout(t *dataset.Reader, names []string, n, label int) (layout, error) {
	l := layout{label: label}
	if names != nil && t.Columns != nil {
		var missing []string
		for _, name := range names {
			i := slices.Index(t.Columns, name)
			if i < 0 {
				missing = append(missing, name)
			}
			l.features = append(l.features, i)
		}
		if missing != nil {
			return l, fmt.Errorf("%s: %s of the model missing: %s; the columns are %s",
				t.Name, dataset.Count(len(missing), "feature"), list(missing), list(t.Columns))
		}
		return l, nil
	}
	l.features = except(t.Width, label)
	if have := len(l.features); have != n {
		hint := ""
		if label < 0 && have == n+1 {
			hint = "; if one of them is the label, say which: -label NUMBER"
		}
		return l, fmt.Errorf("%s: %s, but the model has %d%s", t.Name, dataset.Count(have, "feature column"), n, hint)
	}
	return l, nil
}

// except returns the numbers from 0 to n-1 that are not in skip.
func except(n int, skip ...int) []int {
	var kept []int
	for i := range n {
		if !slices.Contains(skip, i) {
			kept = append(kept, i)
		}
	}
	return kept
}

// list quotes names for a message, the first few of them if they are many.
func list(names []string) string {
	const most = 12
	var quoted []string
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, strconv.Quote(name))
	}
	s := strings.Join(quoted, ", ")
	if len(names) > most {
		s += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return s
}

// noLabels is the error for a file whose format keeps the labels elsewhere.
func noLabels(t *dataset.Reader) error {
	return fmt.Errorf("%s: the labels of an IDX file are in another one; say which with -labels FILE", t.Name)
}
