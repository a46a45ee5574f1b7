package train

import (
	"errors"
	"fmt"
	"strings"
)

// A Kind says what a Finding is about.
type Kind string

const (
	Diverged    Kind = "diverged"    // weights or cost overflow; an error, of type *Divergence
	OneClass    Kind = "one class"   // no rows, or none that weigh anything, are of the other
	Saturated   Kind = "saturated"   // σ is flat at the rows: the gradient of the quadratic cost vanishes
	Oscillating Kind = "oscillating" // the cost goes up and down instead of falling
	Rising      Kind = "rising"      // the cost ends higher than it was
	Unscaled    Kind = "unscaled"    // some features are much greater than others, which costs epochs or stability
	Separable   Kind = "separable"   // all rows are on the right side of ½: the cost has no minimum
	Unfinished  Kind = "unfinished"  // the epochs are used up and the cost still falls
)

// Harmful says whether the weights are of no use, or worse than they need be
// for a reason that more epochs do not cure. Other findings are for information.
func (k Kind) Harmful() bool {
	switch k {
	case Unscaled, Separable, Unfinished:
		return false
	}
	return true
}

// A Finding is something about a training that is good to know.
type Finding struct {
	Kind Kind
	What string // happened, with the figure that shows it
	Try  string // this against it

	// Figure is what shows it. Diverged: the cost. OneClass: the class.
	// Saturated: the mean slope of σ at the rows, of ¼ at most. Oscillating:
	// the swing of the cost as a part of the cost. Rising: the cost as a
	// multiple of the one that it was before. Unscaled: the root mean square
	// of the greatest feature as a multiple of that of the smallest.
	// Separable: the accuracy. Unfinished: by what part the cost fell in the
	// last epochs.
	Figure float64
}

func (f Finding) String() string { return f.What + "; try " + f.Try }

// ErrDiverged is what a *Divergence is to errors.Is.
var ErrDiverged = errors.New("training diverged")

// A Divergence is the error of Fit when weights or cost overflow.
type Divergence struct {
	Epoch  int     // that could not be completed, from 1; 0 if weights overflow when they are made to take raw features
	Cost   float64 // of it
	Rate   float64 // that was taken
	Better float64 // the rate of FindRate, if there is one and another was taken; or 0

	Standardized bool
	Finding
}

func (d *Divergence) Error() string { return d.Finding.String() }

// Is says that target is ErrDiverged.
func (d *Divergence) Is(target error) bool { return target == ErrDiverged }

// newDivergence returns d with words.
func newDivergence(d Divergence) *Divergence {
	d.Kind, d.Figure = Diverged, d.Cost
	var try []string
	if d.Epoch == 0 {
		d.What = ErrDiverged.Error() + ": the weights for features that are not standardised overflow"
		d.Try = "to scale the features"
		return &d
	}
	d.What = fmt.Sprintf("%v in epoch %d at a rate of %.3g: cost %g, and the weights grow beyond all bounds", ErrDiverged, d.Epoch, d.Rate, d.Cost)
	switch {
	case d.Better > 0:
		try = append(try, autoRate(d.Better))
	default:
		try = append(try, fmt.Sprintf("a rate below %.3g", d.Rate))
	}
	if !d.Standardized {
		try = append(try, "to standardise the features")
	}
	d.Try = either(try)
	return &d
}

func autoRate(rate float64) string {
	return fmt.Sprintf("a rate of %.3g, which is what auto takes", rate)
}

// either joins alternatives.
func either(s []string) string { return strings.Join(s, ", or ") }
