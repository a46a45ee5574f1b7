package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// A Moment is the state of a training at some time.
type Moment struct {
	Epoch          float64 // epochs that are completed, whole or not
	Cost, Accuracy float64
}

// A Curve is how a training went, on the rows that it was given and, unless Held
// is empty, on rows held out.
type Curve struct {
	Cost        string // what the cost is: "log loss"
	Train, Held []Moment
}

// WritePNG draws cost and accuracy over the epochs, on white.
func (c *Curve) WritePNG(w io.Writer) error { return c.canvas(432, 200, true).png(w) }

// WriteSVG is WritePNG for a picture of lines and text.
func (c *Curve) WriteSVG(w io.Writer) error {
	svg, err := c.canvas(432, 200, true).svg(c.title(), true)
	if err == nil {
		_, err = io.WriteString(w, string(svg))
	}
	return err
}

func (c *Curve) title() string {
	text := "Learning curve: " + c.Cost + " and accuracy over the epochs"
	for _, s := range []struct {
		name    string
		moments []Moment
	}{{"trained on", c.Train}, {"held out", c.Held}} {
		if n := len(s.moments); n > 0 {
			a, b := s.moments[0], s.moments[n-1]
			text += fmt.Sprintf("; rows %s: cost from %s to %s, accuracy from %s to %s",
				s.name, number(a.Cost), number(b.Cost), number(a.Accuracy), number(b.Accuracy))
		}
	}
	return text
}

// canvas returns the two charts of a curve. Where most of a long training is
// calm, or the cost falls by orders of magnitude, axes are logarithmic.
func (c *Curve) canvas(width, height float64, legend bool) *canvas {
	low, high := math.Inf(1), math.Inf(-1)
	start, last := math.Inf(1), 0.0
	for _, moments := range [][]Moment{c.Train, c.Held} {
		for _, m := range moments {
			if !math.IsInf(m.Cost, 0) && !math.IsNaN(m.Cost) {
				low, high = min(low, m.Cost), max(high, m.Cost)
			}
			if m.Epoch > 0 {
				start = min(start, m.Epoch)
			}
			last = max(last, m.Epoch)
		}
	}
	cost := &chart{y: c.Cost, ranges: [4]float64{automatic, automatic, automatic, automatic}}
	if cost.logX = last >= 1000 && last > 30*start; cost.logX {
		cost.ranges[0], cost.ranges[1] = start, last
	} else {
		for _, m := range slices.Concat(c.Train, c.Held) {
			start = min(start, m.Epoch)
		}
		cost.ranges[0], cost.ranges[1] = start, last
	}
	if cost.logY = low > 0 && high > 30*low; !cost.logY && low < high && low >= 0 {
		cost.ranges[2], cost.ranges[3] = 0, 1.03*high
	}
	accuracy := &chart{x: "epochs", y: "accuracy", logX: cost.logX, ranges: cost.ranges}
	accuracy.ranges[2], accuracy.ranges[3] = automatic, automatic
	if cost.logX {
		accuracy.x = "epochs (logarithmic)"
	}
	if cost.logY {
		cost.y += " (log)"
	}
	add := func(name string, moments []Moment, s series) {
		if len(moments) == 0 {
			return
		}
		s.name = name
		a := s
		for _, m := range moments {
			s.points = append(s.points, plotter.XY{X: m.Epoch, Y: m.Cost})
			a.points = append(a.points, plotter.XY{X: m.Epoch, Y: m.Accuracy})
		}
		cost.series, accuracy.series = append(cost.series, s), append(accuracy.series, a)
	}
	add("trained on", c.Train, series{color: first})
	add("held out", c.Held, series{color: second, dashes: dashed})
	for _, ch := range []*chart{cost, accuracy} {
		ch.height = vg.Length(height)
	}
	return &canvas{charts: []*chart{cost, accuracy}, legend: legend, width: vg.Length(width)}
}

// few returns at most n of the moments, spread over them, the last included.
func few(moments []Moment, n int) []Moment {
	if len(moments) <= n {
		return moments
	}
	var some []Moment
	for k := range n {
		some = append(some, moments[k*(len(moments)-1)/(n-1)])
	}
	return some
}
