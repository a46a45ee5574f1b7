package pictures

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// The layout of a picture of weights, in pixels.
const (
	panelSide = 384 // at least; a whole number for each pixel or cell
	margin    = 16
	caption   = 24
)

var (
	forColour     = color.NRGBA{178, 24, 43, 255}  // for the positive class
	againstColour = color.NRGBA{33, 102, 172, 255} // for the other
	ink           = color.NRGBA{60, 60, 60, 255}
)

// Draw shows the weights of a neuron for r.Width() features. classes are the
// names of class 0 and class 1.
//
// Of pixels it draws a panel for each channel: red where light speaks for
// class 1, blue where it speaks for class 0. Of histograms of oriented
// gradients it draws a panel for each class, with strokes along the edges that
// speak for the class, in every cell; the weights of all blocks that a cell
// belongs to are added. The greatest weight has the full colour. Draw panics if
// there are not r.Width() weights or the recipe is wrong, see Check.
func (r Recipe) Draw(weights []float64, classes [2]string) *image.NRGBA {
	if err := r.Check(); err != nil {
		panic("pictures: Recipe.Draw: " + err.Error())
	}
	if len(weights) != r.Width() {
		panic(fmt.Sprintf("pictures: Recipe.Draw: len(weights) is %d, want %d", len(weights), r.Width()))
	}
	if r.Kind == HOG {
		return r.drawStrokes(weights, classes)
	}
	return r.drawPixels(weights, classes)
}

// A sheet holds panels side by side, with words above them.
type sheet struct {
	*image.NRGBA
	side int
}

func newSheet(panels, side int) sheet {
	m := image.NewNRGBA(image.Rect(0, 0, margin+panels*(side+margin), caption+side+margin))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	return sheet{m, side}
}

// panel returns the place of the k-th panel.
func (s sheet) panel(k int) image.Rectangle {
	x := margin + k*(s.side+margin)
	return image.Rect(x, caption, x+s.side, caption+s.side)
}

// write writes words above a panel, each in its colour, as far as there is room.
func (s sheet) write(k int, words ...word) {
	p := s.panel(k)
	head := s.SubImage(image.Rect(p.Min.X, 0, p.Max.X, p.Min.Y)).(*image.NRGBA)
	d := font.Drawer{Dst: head, Face: basicfont.Face7x13, Dot: fixed.P(p.Min.X, p.Min.Y-8)}
	for _, w := range words {
		d.Src = image.NewUniform(w.colour)
		d.DrawString(w.text)
	}
}

type word struct {
	text   string
	colour color.Color
}

func (r Recipe) drawPixels(weights []float64, classes [2]string) *image.NRGBA {
	zoom := (panelSide + r.Size - 1) / r.Size
	s := newSheet(r.channels(), zoom*r.Size)
	most := greatest(weights)
	for c := range r.channels() {
		name := ""
		if r.Colour {
			name = []string{"red: ", "green: ", "blue: "}[c]
		}
		s.write(c, word{name + "light speaks for ", ink}, word{classes[1], forColour}, word{" or ", ink}, word{classes[0], againstColour})
		p := s.panel(c)
		for i := range r.Size * r.Size {
			x, y := p.Min.X+i%r.Size*zoom, p.Min.Y+i/r.Size*zoom
			shade := shaded(weights[i*r.channels()+c], most)
			draw.Draw(s, image.Rect(x, y, x+zoom, y+zoom), image.NewUniform(shade), image.Point{}, draw.Src)
		}
	}
	return s.NRGBA
}

// shaded returns the colour of a weight: white for 0.
func shaded(w, most float64) color.NRGBA {
	c := forColour
	if w < 0 {
		c = againstColour
	}
	f := strength(w, most)
	mix := func(v uint8) uint8 { return uint8(255 - f*float64(255-v) + 0.5) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 255}
}

// greatest returns the greatest magnitude of numbers.
func greatest(weights []float64) float64 {
	most := 0.0
	for _, w := range weights {
		if m := math.Abs(w); m > most && !math.IsInf(m, 0) {
			most = m
		}
	}
	return most
}

// strength returns how great a weight is, from 0 to 1. NaN is nothing.
func strength(w, most float64) float64 {
	if m := math.Abs(w); m > 0 && most > 0 {
		return min(m/most, 1)
	}
	return 0
}

func (r Recipe) drawStrokes(weights []float64, classes [2]string) *image.NRGBA {
	cells := r.cells()
	zoom := max((panelSide+cells-1)/cells, 4)
	s := newSheet(2, zoom*cells)
	sums := r.cellWeights(weights)
	most := greatest(sums)
	axes := directions(r.Bins)
	for k, c := range []color.NRGBA{forColour, againstColour} {
		s.write(k, word{"edges that speak for ", ink}, word{classes[1-k], c})
		p := s.panel(k)
		draw.Draw(s, p, image.NewUniform(color.NRGBA{244, 244, 244, 255}), image.Point{}, draw.Src)
		sign := float64(1 - 2*k)
		order := make([]int, 0, len(sums))
		for i, w := range sums {
			if sign*w > 0 {
				order = append(order, i)
			}
		}
		// Strong strokes lie upon weak ones.
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(sign*sums[i], sign*sums[j]) })
		for _, i := range order {
			cell, a := i/r.Bins, axes[i%r.Bins]
			x := float64(p.Min.X) + (float64(cell%cells)+0.5)*float64(zoom)
			y := float64(p.Min.Y) + (float64(cell/cells)+0.5)*float64(zoom)
			c.A = uint8(255*strength(sums[i], most) + 0.5)
			// An edge is at a right angle to its gradient.
			line(s.NRGBA, x, y, -a.y, a.x, 0.46*float64(zoom), max(0.04*float64(zoom), 1), c)
		}
	}
	return s.NRGBA
}

// cellWeights adds the weights of each direction of each cell in all its blocks.
func (r Recipe) cellWeights(weights []float64) []float64 {
	cells := r.cells()
	sums := make([]float64, cells*cells*r.Bins)
	for y := range r.blocks() {
		for x := range r.blocks() {
			for dy := range r.Block {
				for dx := range r.Block {
					for k := range r.Bins {
						sums[((y+dy)*cells+x+dx)*r.Bins+k] += weights[0]
						weights = weights[1:]
					}
				}
			}
		}
	}
	return sums
}

// line draws a line through (x, y) along the unit vector (dx, dy), of half the
// length and half the width given.
func line(m *image.NRGBA, x, y, dx, dy, length, width float64, c color.Color) {
	b := image.Rect(int(x-length-width)-1, int(y-length-width)-1, int(x+length+width)+2, int(y+length+width)+2).Intersect(m.Rect)
	z := vector.NewRasterizer(b.Dx(), b.Dy())
	x, y = x-float64(b.Min.X), y-float64(b.Min.Y)
	corner := func(along, across float64) (float32, float32) {
		return float32(x + along*length*dx - across*width*dy), float32(y + along*length*dy + across*width*dx)
	}
	z.MoveTo(corner(-1, -1))
	z.LineTo(corner(1, -1))
	z.LineTo(corner(1, 1))
	z.LineTo(corner(-1, 1))
	z.ClosePath()
	z.Draw(m, b, image.NewUniform(c), image.Point{})
}
