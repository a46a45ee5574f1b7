package report

import (
	"bufio"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// A Fact is a line of a table.
type Fact struct{ Name, Value string }

// A Weight belongs to a feature.
type Weight struct {
	Name   string
	Weight float64 // of the feature as it is
	// Standard is the weight of the feature divided by its standard deviation:
	// how much one deviation moves z. Only such weights can be compared.
	Standard float64
}

// A Page is the report on a training.
type Page struct {
	Title    string
	Notes    []string // what the reader should know first: warnings, an interruption
	Summary  []Fact
	Curve    *Curve    // nil for none
	Rows     string    // which rows the following are: "113 rows held out"
	Classes  [2]string // the second is the positive one
	Labels   []bool
	Scores   []float64 // predicted probabilities of the positive class
	Limit    float64   // the probability from which a row counts as positive
	Weights  []Weight
	Standard bool // Weights have Standard
	Bias     float64
	Machine  []Fact
	Command  string
}

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"number":  number,
	"percent": func(x float64) string { return strconv.FormatFloat(100*x, 'f', 1, 64) + " %" },
	"count":   count,
}).Parse(pageText))

// most is how many weights a page shows, and how many moments of a curve and
// points of a chart as numbers.
const (
	mostWeights = 30
	mostMoments = 12
	bins        = 10
)

// WriteHTML writes the page: one file that fetches nothing, for screens light and
// dark, wide and narrow, paper, and readers who listen. It panics if Labels and
// Scores differ in length.
func (p *Page) WriteHTML(w io.Writer) error {
	v := view{Page: p}
	for _, step := range []func() error{v.addCurve, v.addScores, v.addWeights} {
		if err := step(); err != nil {
			return err
		}
	}
	b := bufio.NewWriter(w)
	if err := pageTemplate.Execute(b, &v); err != nil {
		return err
	}
	return b.Flush()
}

// A view is a Page with what has to be computed of it.
type view struct {
	*Page
	Moments []momentRow
	Charts  []figure // of the learning curve
	Missing string   // why there are no measures

	Confusion *Confusion
	Measures  []Fact
	Curves    []figure
	Bins      []Bin

	Largest []bar
	Others  int
	Unit    string // of bars
}

type figure struct {
	Name, Caption string
	SVG           template.HTML
	Legend        []key
}

// A key says which line of a figure is which.
type key struct{ Class, Name string }

type momentRow struct {
	Epoch       float64
	Train, Held *Moment
}

type bar struct {
	Weight
	Width float64 // percent of the longest
	Sign  string
}

func (v *view) addCurve() error {
	c := v.Curve
	if c == nil || len(c.Train)+len(c.Held) == 0 {
		return nil
	}
	var legend []key
	for _, l := range []struct {
		key
		moments []Moment
	}{{key{"one", "trained on"}, c.Train}, {key{"two", "held out"}, c.Held}} {
		if len(l.moments) > 0 {
			legend = append(legend, l.key)
		}
	}
	both := c.canvas(330, 240, false)
	for i, name := range []string{"Cost", "Accuracy"} {
		ch := both.charts[i]
		ch.x = both.charts[1].x
		svg, err := (&canvas{charts: []*chart{ch}, width: both.width}).svg(name+". "+c.title(), false)
		if err != nil {
			return err
		}
		v.Charts = append(v.Charts, figure{Name: name, SVG: svg, Legend: legend})
	}
	rows := map[float64]*momentRow{}
	at := func(epoch float64) *momentRow {
		if rows[epoch] == nil {
			rows[epoch] = &momentRow{Epoch: epoch}
		}
		return rows[epoch]
	}
	for _, m := range few(c.Train, mostMoments) {
		at(m.Epoch).Train = &m
	}
	for _, m := range few(c.Held, mostMoments) {
		at(m.Epoch).Held = &m
	}
	for _, r := range rows {
		v.Moments = append(v.Moments, *r)
	}
	slices.SortFunc(v.Moments, func(a, b momentRow) int { return cmp.Compare(a.Epoch, b.Epoch) })
	return nil
}

func (v *view) addScores() error {
	if len(v.Labels) != len(v.Scores) {
		panic(fmt.Sprintf("report.Page.WriteHTML: len(Labels) = %d, len(Scores) = %d", len(v.Labels), len(v.Scores)))
	}
	if len(v.Labels) == 0 {
		return nil
	}
	bad := 0
	for _, s := range v.Scores {
		if !(s >= 0 && s <= 1) {
			bad++
		}
	}
	if bad > 0 {
		v.Missing = fmt.Sprintf("%s of %s have no probability between 0 and 1, so that nothing can be measured.", count(bad), count(len(v.Scores)))
		return nil
	}
	c := Confuse(v.Labels, v.Scores, v.Limit)
	v.Confusion = &c
	fact := func(name string, x float64) { v.Measures = append(v.Measures, Fact{name, fmt.Sprintf("%.4f", x)}) }
	fact("Accuracy", c.Accuracy())
	fact("Precision", c.Precision())
	fact("Recall", c.Recall())
	fact("F1", c.F1())
	fact("Brier score (0 is best)", Brier(v.Labels, v.Scores))
	v.Bins = Calibration(v.Labels, v.Scores, bins)
	if c.TP+c.FN == 0 || c.FP+c.TN == 0 {
		v.Missing = "All of these rows are of one class: there is no ROC and no precision-recall curve."
		return v.addCalibration()
	}

	roc := ROC(v.Labels, v.Scores)
	pr := PrecisionRecall(v.Labels, v.Scores)
	auc, ap := Area(roc), AveragePrecision(pr)
	fact("Area under the ROC curve", auc)
	fact("Average precision", ap)
	fact("Area under precision-recall, by trapezoids", Area(pr))
	limit := func(p Point) series {
		return series{name: "threshold", color: second, dots: true, points: plotter.XYs{{X: p.X, Y: p.Y}}}
	}
	positives := float64(c.TP+c.FN) / float64(len(v.Labels))
	err := v.addFigure("ROC curve", fmt.Sprintf("Area under the curve %.4f; 0.5 is a coin, 1 tells all rows apart.", auc), &chart{
		x: "false positive rate", y: "true positive rate",
		series: []series{
			{color: faint, dashes: dashed, points: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}},
			{color: first, points: thin(roc)},
			limit(Point{X: float64(c.FP) / float64(c.FP+c.TN), Y: c.Recall()}),
		},
	}, key{"one", "curve"}, key{"two dot", "threshold " + number(v.Limit)}, key{"none", "coin"})
	if err != nil {
		return err
	}
	at := []series{}
	if c.TP+c.FP > 0 {
		at = append(at, limit(Point{X: c.Recall(), Y: c.Precision()}))
	}
	err = v.addFigure("Precision and recall", fmt.Sprintf("Average precision %.4f; a coin has %.4f, the part of the rows that are of class %s.", ap, positives, v.Classes[1]), &chart{
		x: "recall", y: "precision",
		series: append([]series{
			{color: faint, dashes: dashed, points: plotter.XYs{{X: 0, Y: positives}, {X: 1, Y: positives}}},
			{color: first, points: thin(pr), step: plotter.PreStep},
		}, at...),
	}, key{"one", "curve"}, key{"two dot", "threshold " + number(v.Limit)}, key{"none", "coin"})
	if err != nil {
		return err
	}
	return v.addCalibration()
}

func (v *view) addCalibration() error {
	var points plotter.XYs
	for _, b := range v.Bins {
		points = append(points, plotter.XY{X: b.Score, Y: b.Positive})
	}
	return v.addFigure("Calibration", fmt.Sprintf("Of the rows that got a probability, how many are of class %s, in %d bins. On the diagonal probabilities are what they say.", v.Classes[1], bins), &chart{
		x: "predicted probability", y: "part that is positive",
		series: []series{
			{color: faint, dashes: dashed, points: plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}},
			{color: first, dots: true, points: points},
		},
	}, key{"one", "rows"}, key{"none", "perfect"})
}

func (v *view) addFigure(name, caption string, c *chart, legend ...key) error {
	c.ranges, c.height = [4]float64{0, 1.02, 0, 1.02}, 300
	svg, err := (&canvas{charts: []*chart{c}, width: vg.Length(330)}).svg(name+". "+caption, false)
	if err == nil {
		v.Curves = append(v.Curves, figure{name, caption, svg, legend})
	}
	return err
}

// thin leaves out points that nobody could tell from the one before.
func thin(curve []Point) plotter.XYs {
	const least = 1. / 2000
	var kept plotter.XYs
	for k, p := range curve {
		if n := len(kept); n > 0 && k < len(curve)-1 && math.Abs(p.X-kept[n-1].X) < least && math.Abs(p.Y-kept[n-1].Y) < least {
			continue
		}
		kept = append(kept, plotter.XY{X: p.X, Y: p.Y})
	}
	return kept
}

func (v *view) addWeights() error {
	size := func(w Weight) float64 {
		x := w.Weight
		if v.Standard {
			x = w.Standard
		}
		if math.IsNaN(x) {
			return math.Inf(1)
		}
		return math.Abs(x)
	}
	largest := slices.Clone(v.Weights)
	slices.SortStableFunc(largest, func(a, b Weight) int { return cmp.Compare(size(b), size(a)) })
	n := min(len(largest), mostWeights)
	v.Others = len(largest) - n
	for _, w := range largest[:n] {
		b := bar{Weight: w, Sign: "plus"}
		if x := size(largest[0]); x > 0 && !math.IsInf(x, 0) {
			b.Width = 100 * size(w) / x
		}
		if v.Standard && w.Standard < 0 || !v.Standard && w.Weight < 0 {
			b.Sign = "minus"
		}
		v.Largest = append(v.Largest, b)
	}
	return nil
}

// number formats x with four digits.
func number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "none"
	case math.IsInf(x, 0):
		return "infinite"
	}
	text := strconv.FormatFloat(x, 'g', 4, 64)
	return strings.Replace(text, "-", "−", 1)
}

// count formats n with its digits in groups.
func count(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}
