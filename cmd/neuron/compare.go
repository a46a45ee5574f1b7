package main

import (
	"flag"
	"fmt"
	"maps"
	"slices"

	"github.com/seed-b3c25b83/kernel/dataset"
)

var compareCommand = command{
	name:  "compare",
	args:  "A B",
	short: "say whether two models have the same bits",
	long: `Compare says whether the neurons in two model files have the same bits: element
type, weights and bias. If not, it prints the weights that differ, in order, and
how many floating-point numbers lie between the two (ULPs). Names, classes,
threshold and how the models were trained may differ; it says so if they do.

Exit codes as of cmp and diff: 0 the same bits, 1 others, 2 trouble. With -all
names and everything else count, too.

	neuron compare a.neuron b.neuron && echo reproduced`,
	setup: func(flags *flag.FlagSet) runner {
		top := flags.Int("top", 10, "`number` of differing weights to print; 0 means all")
		all := flags.Bool("all", false, "names, classes, threshold and settings must be the same, too")
		asJSON := flags.Bool("json", false, "print JSON")
		return func(e *env, args []string) error {
			switch {
			case len(args) != 2:
				return misuse("want two models, have %s", dataset.Count(len(args), "argument"))
			case *top < 0:
				return misuse("-top %d: must not be negative", *top)
			}
			a, err := describeModel(args[0])
			if err != nil {
				return statusError{exitTrouble, err}
			}
			b, err := describeModel(args[1])
			if err != nil {
				return statusError{exitTrouble, err}
			}
			r := newCompareReport(a, b, *top)
			if err := printReport(e, *asJSON, r); err != nil {
				return statusError{exitTrouble, err}
			}
			if !r.Same || *all && len(r.Others) > 0 {
				return statusError{exitDiffer, nil}
			}
			return nil
		}
	},
}

// The exit codes of compare.
const (
	exitDiffer  = 1
	exitTrouble = 2
)

// A compareReport says how two models differ.
type compareReport struct {
	Models      [2]string    `json:"models"`
	Same        bool         `json:"same"` // bits
	Hashes      [2]string    `json:"hashes"`
	Elements    [2]string    `json:"elements"`
	Features    [2]int       `json:"features"`
	Differing   int          `json:"differing"`   // weights, the bias included; 0 if they cannot be compared
	Differences []difference `json:"differences"` // the first of them
	Largest     *difference  `json:"largest,omitempty"`
	Others      []other      `json:"others"` // what differs beside the bits
}

// A difference is a weight that is not the same in two models.
type difference struct {
	Column  int    `json:"column"` // from 1; 0 is the bias
	Feature string `json:"feature,omitempty"`
	Values  [2]any `json:"values"`
	ULPs    uint64 `json:"ulps"` // 0 for +0 and −0
	NaN     bool   `json:"nan,omitempty"`

	name  string
	texts [2]string
}

// An other is something else that is not the same in two models.
type other struct {
	What   string    `json:"what"`
	Values [2]string `json:"values"`
}

func newCompareReport(a, b *description, top int) *compareReport {
	r := &compareReport{
		Models:      [2]string{a.path, b.path},
		Hashes:      [2]string{a.hash, b.hash},
		Elements:    [2]string{a.elementName(), b.elementName()},
		Features:    [2]int{len(a.Weights), len(b.Weights)},
		Differences: []difference{},
		Others:      others(a, b),
	}
	if !r.comparable() {
		return r
	}
	for i := range a.bits {
		if a.bits[i] == b.bits[i] {
			continue
		}
		d := newDifference(a, b, i)
		if r.Largest == nil || d.ULPs > r.Largest.ULPs {
			r.Largest = &d
		}
		if r.Differing++; top == 0 || r.Differing <= top {
			r.Differences = append(r.Differences, d)
		}
	}
	r.Same = r.Differing == 0
	return r
}

// comparable says whether the weights are of one kind.
func (r *compareReport) comparable() bool {
	return r.Elements[0] == r.Elements[1] && r.Features[0] == r.Features[1]
}

func newDifference(a, b *description, i int) difference {
	x, y, d := a.Bias, b.Bias, difference{name: "bias"}
	if i < len(a.Weights) {
		x, y = a.Weights[i], b.Weights[i]
		d.Column, d.name = i+1, a.feature(i)
		if a.Features != nil {
			d.Feature = a.Features[i]
		}
	}
	d.Values = [2]any{a.number(x), b.number(y)}
	d.texts = [2]string{a.text(x), b.text(y)}
	if d.NaN = x != x || y != y; !d.NaN {
		d.ULPs = ulps(a.bits[i], b.bits[i], a.element)
	}
	return d
}

// ulps returns the distance of two numbers, given by their bits, among all
// floating-point numbers.
func ulps(a, b uint64, element int) uint64 {
	x, y := ordered(a, element), ordered(b, element)
	if x < y {
		x, y = y, x
	}
	return uint64(x) - uint64(y)
}

// ordered returns an integer that grows by 1 from each number to the next.
func ordered(bits uint64, element int) int64 {
	sign := uint64(1) << (element - 1)
	if bits&sign != 0 {
		return -int64(bits &^ sign)
	}
	return int64(bits)
}

// others lists what differs beside the bits.
func others(a, b *description) []other {
	list := []other{}
	add := func(what, x, y string) {
		if x != y {
			list = append(list, other{what, [2]string{x, y}})
		}
	}
	if !slices.Equal(a.Features, b.Features) {
		switch i := firstOther(a.Features, b.Features); {
		case a.Features == nil || b.Features == nil || i == min(len(a.Features), len(b.Features)):
			add("features", dataset.Count(len(a.Features), "name"), dataset.Count(len(b.Features), "name"))
		default:
			add(fmt.Sprintf("feature %d", i+1), a.Features[i], b.Features[i])
		}
	}
	add("class 0", a.Classes[0], b.Classes[0])
	add("class 1", a.Classes[1], b.Classes[1])
	add("label", a.Label, b.Label)
	add("threshold", fmt.Sprint(a.Threshold), fmt.Sprint(b.Threshold))
	keys := maps.Clone(a.Meta)
	if keys == nil {
		keys = map[string]string{}
	}
	maps.Copy(keys, b.Meta)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		add(key, a.Meta[key], b.Meta[key])
	}
	return list
}

// firstOther returns the first index at which two lists are not the same.
func firstOther(a, b []string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func (r *compareReport) print(w printer) {
	switch {
	case r.Same:
		w.line("the same bits: %s and bias of %s, %s", dataset.Count(r.Features[0], "weight"), r.Elements[0], r.Hashes[0])
	case !r.comparable():
		w.line("not of one kind:")
		for i, path := range r.Models {
			w.line("%s: %s of %s, %s", path, dataset.Count(r.Features[i], "weight"), r.Elements[i], r.Hashes[i])
		}
	default:
		w.line("%d of %d differ: %s, %s", r.Differing, r.Features[0]+1, r.Hashes[0], r.Hashes[1])
		w.line("")
		rows := [][]string{{"", r.Models[0], r.Models[1], ""}}
		for i := range r.Differences {
			rows = append(rows, r.Differences[i].row())
		}
		if r.Differing > len(r.Differences) {
			rows = append(rows, []string{fmt.Sprintf("and %d more, the largest:", r.Differing-len(r.Differences))}, r.Largest.row())
		}
		printColumns(w, rows)
	}
	for i, o := range r.Others {
		if i == 0 {
			w.line("")
		}
		w.line("%s: %q, %q", o.What, o.Values[0], o.Values[1])
	}
}

func (d *difference) row() []string {
	distance := dataset.Count(int(min(d.ULPs, 1<<62)), "ULP")
	switch {
	case d.NaN:
		distance = "NaN"
	case d.ULPs == 0:
		distance = "another sign of 0"
	case d.ULPs > 1e15:
		distance = fmt.Sprintf("%.1e ULPs", float64(d.ULPs))
	}
	return []string{d.name, signed(d.texts[0]), signed(d.texts[1]), distance}
}
