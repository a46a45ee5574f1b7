package main

import (
	"cmp"
	"flag"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel/dataset"
)

var showCommand = command{
	name:  "show",
	args:  "MODEL",
	short: "print what a model holds: weights by name, and where they come from",
	long: `Show prints what is in MODEL: classes, threshold, the command that trained it, a
hash of the rows it was trained on, and the weights with the names of their
features, those of the greatest magnitude first. A weight says by how much the
log odds of the positive class grow when its feature grows by 1, so it depends
on the unit of the feature.

Numbers have the fewest digits that give their bits back.

With -picture FILE.png the weights of a neuron that was trained on pictures are
drawn: in red and blue the pixels, or the edges, that speak for each class.

	neuron show model.neuron
	neuron show model.neuron -sort=order -json`,
	setup: func(flags *flag.FlagSet) runner {
		order := flags.String("sort", "magnitude", "`order` of the weights: magnitude, greatest first, or order, as in the data")
		top := flags.Int("top", 0, "`number` of weights to print; 0 means all")
		asJSON := flags.Bool("json", false, "print JSON")
		picture := flags.String("picture", "", "`file` to draw the weights of a neuron for pictures in, as a PNG")
		return func(e *env, args []string) error {
			switch {
			case len(args) != 1:
				return misuse("want one model, have %s", dataset.Count(len(args), "argument"))
			case *order != "magnitude" && *order != "order":
				return misuse("-sort %q: must be magnitude or order", *order)
			case *top < 0:
				return misuse("-top %d: must not be negative", *top)
			}
			d, err := describeModel(args[0])
			if err != nil {
				return err
			}
			if *picture != "" {
				if err := drawWeights(*picture, d); err != nil {
					return err
				}
			}
			return printReport(e, *asJSON, newShowReport(d, *order == "magnitude", *top))
		}
	},
}

// A showReport is what a model holds.
type showReport struct {
	Model     string            `json:"model"`
	Element   string            `json:"element"` // float32 or float64
	Features  int               `json:"features"`
	Classes   [2]string         `json:"classes"` // the second is the positive one
	Label     string            `json:"label"`
	Threshold float64           `json:"threshold"`
	Hash      string            `json:"hash"`
	Meta      map[string]string `json:"meta"`
	Bias      any               `json:"bias"`
	Weights   []weightReport    `json:"weights"`

	description *description
}

type weightReport struct {
	Column  int    `json:"column"`            // from 1, of the features
	Feature string `json:"feature,omitempty"` // if it has a name
	Weight  any    `json:"weight"`            // a number; infinities and NaN are strings
}

func newShowReport(d *description, byMagnitude bool, top int) *showReport {
	r := &showReport{
		d.path, d.elementName(), len(d.Weights), d.Classes, d.Label, d.Threshold, d.hash, d.Meta,
		d.number(d.Bias), []weightReport{}, d,
	}
	order := make([]int, len(d.Weights))
	for i := range order {
		order[i] = i
	}
	if byMagnitude {
		slices.SortStableFunc(order, func(i, j int) int {
			return cmp.Compare(math.Abs(d.Weights[j]), math.Abs(d.Weights[i]))
		})
	}
	if top > 0 {
		order = order[:min(top, len(order))]
	}
	for _, i := range order {
		w := weightReport{Column: i + 1, Weight: d.number(d.Weights[i])}
		if d.Features != nil {
			w.Feature = d.Features[i]
		}
		r.Weights = append(r.Weights, w)
	}
	return r
}

func (r *showReport) print(w printer) {
	d := r.description
	w.line("model      %s: %s, %s", r.Model, dataset.Count(r.Features, "feature"), r.Element)
	if r.Classes != [2]string{} {
		w.line("classes    %s from probability %v, below it %s", plain(r.Classes[1]), r.Threshold, plain(r.Classes[0]))
	} else {
		w.line("threshold  %v", r.Threshold)
	}
	if r.Label != "" {
		w.line("label      %s", plain(r.Label))
	}
	w.line("weights    %s, the same bits on every CPU", r.Hash)
	meta := maps.Clone(r.Meta)
	for _, key := range []string{"command", "source", "rows", "data"} {
		if v, ok := meta[key]; ok {
			w.line("%-9s  %s", key, plain(v))
			delete(meta, key)
		}
	}
	title, settings := "settings", []string(nil)
	for _, key := range slices.Sorted(maps.Keys(meta)) {
		if utf8.RuneCountInString(meta[key]) > 40 {
			w.line("%-9s  %s", plain(key), plain(meta[key]))
			continue
		}
		settings = append(settings, plain(key)+" "+plain(meta[key]))
	}
	for line := range slices.Chunk(settings, 5) {
		w.line("%-9s  %s", title, strings.Join(line, ", "))
		title = ""
	}
	w.line("")
	left := len("bias")
	for _, v := range r.Weights {
		left = max(left, utf8.RuneCountInString(d.feature(v.Column-1)))
	}
	for _, v := range r.Weights {
		w.line("%-*s  %s", left, d.feature(v.Column-1), signed(d.text(d.Weights[v.Column-1])))
	}
	if more := len(d.Weights) - len(r.Weights); more > 0 {
		w.line("and %d more", more)
	}
	w.line("%-*s  %s", left, "bias", signed(d.text(d.Bias)))
}

// signed puts a space where a sign would be.
func signed(s string) string {
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		return s
	}
	return " " + s
}
