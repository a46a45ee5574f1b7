package main

import (
	"flag"

	"github.com/seed-b3c25b83/kernel/train"
)

var descendCommand = command{
	name:  "descend",
	short: "show gradient descent at work on a parabola",
	long: `Descend walks down y = x² − 4x + 6 to its minimum, y = 2 at x = 2: by gradient
descent, which steps against the slope; by the method of Newton and Raphson,
which divides the slope by the curvature and so arrives at once on a parabola;
and by a grid search, which needs no slope but tries everywhere.`,
	setup: func(flags *flag.FlagSet) runner {
		start := flags.Float64("start", 8, "`x` to begin at")
		rate := flags.Float64("rate", 0.1, "learning `rate`, the length of a step")
		steps := flags.Int("steps", 30, "`number` of steps")
		asJSON := flags.Bool("json", false, "print JSON")
		return func(e *env, args []string) error {
			switch {
			case len(args) > 0:
				return misuse("takes no arguments")
			case *steps < 1 || *steps > 10000:
				return misuse("-steps %d: must be between 1 and 10000", *steps)
			case !finite(*start * *start):
				return misuse("-start %v: must be finite, and its square, too", *start)
			case !(*rate > 0) || !finite(*rate):
				return misuse("-rate %v: must be greater than 0 and finite", *rate)
			}
			return printReport(e, *asJSON, newDescentReport(*start, *rate, *steps))
		}
	},
}

func finite(x float64) bool { return x-x == 0 }

// The grid that the grid search tries.
const (
	gridLow    = -10
	gridHigh   = 10
	gridPoints = 2001
)

type descentReport struct {
	Rate    float64       `json:"rate"`
	Descent []pointReport `json:"descent"` // the start, and the point behind each step
	Newton  []pointReport `json:"newton"`
	Grid    gridReport    `json:"grid"`
	Diverge bool          `json:"diverges"` // the descent ends higher than it began, or beyond all numbers
}

type pointReport struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Slope float64 `json:"slope"`
}

type gridReport struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Points int     `json:"points"` // that were tried
}

func newDescentReport(start, rate float64, steps int) *descentReport {
	r := &descentReport{Rate: rate}
	r.Descent = points(train.DescentTable(train.Parabola, train.ParabolaSlope, start, rate, steps))
	r.Newton = points(train.NewtonTable(train.Parabola, train.ParabolaSlope, train.ParabolaCurvature, start, steps))
	last := len(r.Descent) - 1
	r.Diverge = last < steps || r.Descent[last].Y > r.Descent[0].Y
	r.Grid.X, r.Grid.Y = train.GridSearch(train.Parabola, gridLow, gridHigh, gridPoints)
	r.Grid.Points = gridPoints
	return r
}

// points returns the points of a table up to the first that is not finite.
func points(table []train.Point) []pointReport {
	var ps []pointReport
	for _, p := range table {
		if !finite(p.X) || !finite(p.Y) {
			break
		}
		ps = append(ps, pointReport(p))
	}
	return ps
}

func (r *descentReport) print(w printer) {
	w.line("y = x² − 4x + 6, rate %v", r.Rate)
	w.line("")
	w.line("          gradient descent          Newton-Raphson")
	w.line("step        x        y    slope        x        y")
	for k, p := range r.Descent {
		w.line("%4d %8.2f %8.2f %8.2f %8.2f %8.2f", k, p.X, p.Y, p.Slope, r.Newton[k].X, r.Newton[k].Y)
	}
	w.line("")
	if r.Diverge {
		w.line("The descent diverges: the rate is too high.")
	}
	w.line("Grid search, %d points from %d to %d: x = %.2f, y = %.2f", r.Grid.Points, gridLow, gridHigh, r.Grid.X, r.Grid.Y)
}
