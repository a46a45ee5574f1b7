package pictures

import "math"

// hog computes histograms of oriented gradients, after Dalal and Triggs,
// Histograms of Oriented Gradients for Human Detection, CVPR 2005.
//
// At every pixel the gradient is the difference of its neighbours; of three
// channels the longest counts. Its direction, regardless of sign, falls between
// those of two bins, and it votes for both: for each with the coefficient that
// it takes to write the gradient as a sum of the two directions. That needs no
// arctangent. Likewise it votes for the four cells whose centres surround the
// pixel. Then each block of cells is normalised to length 1, clipped at 0.2,
// and normalised again.
func (r Recipe) hog(dst []float32, p []uint8) {
	cells := r.cells()
	histograms := make([]float64, cells*cells*r.Bins)
	axes := directions(r.Bins)
	sin := axes[1].y // of the angle between neighbouring axes
	for y := range r.Size {
		y0, fy := r.between(y)
		for x := range r.Size {
			dx, dy := r.gradient(p, x, y)
			if dx == 0 && dy == 0 {
				continue
			}
			k, first, second := split(axes, sin, float64(dx), float64(dy))
			x0, fx := r.between(x)
			vote := func(cx, cy int, weight float64) {
				if cx < 0 || cx >= cells || cy < 0 || cy >= cells {
					return
				}
				h := histograms[(cy*cells+cx)*r.Bins:][:r.Bins]
				h[k] += float64(weight * first)
				h[(k+1)%r.Bins] += float64(weight * second)
			}
			vote(x0, y0, float64((1-fx)*(1-fy)))
			vote(x0+1, y0, float64(fx*(1-fy)))
			vote(x0, y0+1, float64((1-fx)*fy))
			vote(x0+1, y0+1, float64(fx*fy))
		}
	}
	block := make([]float64, 0, r.Block*r.Block*r.Bins)
	for y := range r.blocks() {
		for x := range r.blocks() {
			block = block[:0]
			for dy := range r.Block {
				i := ((y+dy)*cells + x) * r.Bins
				block = append(block, histograms[i:i+r.Block*r.Bins]...)
			}
			// A gradient of one grey level in every pixel is as long as the
			// noise: it does not count as much as a visible one.
			normalise(block, float64(r.Cell*r.Cell))
			for i, v := range block {
				block[i] = min(v, 0.2)
			}
			normalise(block, 0)
			for i, v := range block {
				dst[i] = float32(v)
			}
			dst = dst[len(block):]
		}
	}
}

// between returns the cell whose centre is the last one at or before the
// middle of pixel x, and how far it is towards the next, from 0 to 1.
func (r Recipe) between(x int) (cell int, f float64) {
	twice := 2*x + 1 - r.Cell // the distance from the first centre, in half pixels
	cell = twice / (2 * r.Cell)
	if twice < 0 {
		cell = -1 // as far out as half a cell
	}
	return cell, float64(twice-2*r.Cell*cell) / float64(2*r.Cell)
}

// gradient returns the gradient at a pixel. Beyond the edge the picture goes
// on with the values of the edge.
func (r Recipe) gradient(p []uint8, x, y int) (dx, dy int) {
	n, channels := r.Size, r.channels()
	at := func(x, y, c int) int { return int(p[(y*n+x)*channels+c]) }
	longest := -1
	for c := range channels {
		gx := at(min(x+1, n-1), y, c) - at(max(x-1, 0), y, c)
		gy := at(x, min(y+1, n-1), c) - at(x, max(y-1, 0), c)
		if l := gx*gx + gy*gy; l > longest {
			longest, dx, dy = l, gx, gy
		}
	}
	return dx, dy
}

// An axis is a direction of length 1.
type axis struct{ x, y float64 }

// split writes a gradient, or its negative, as first times an axis plus second
// times the next; the axis behind the last is the first one turned round.
// Neither is negative. sin is the sine of the angle between two axes.
func split(axes []axis, sin, dx, dy float64) (k int, first, second float64) {
	if dy < 0 || dy == 0 && dx < 0 {
		dx, dy = -dx, -dy
	}
	// The axes stand in the order of their angles, from 0 up, and the
	// gradient is between 0 and half a turn: find the last axis before it.
	cross := func(a axis) float64 { return float64(a.x*dy) - float64(a.y*dx) }
	for k = len(axes) - 1; k > 0 && cross(axes[k]) < 0; k-- {
	}
	next := axis{-axes[0].x, -axes[0].y}
	if k+1 < len(axes) {
		next = axes[k+1]
	}
	return k, max(-cross(next), 0) / sin, max(cross(axes[k]), 0) / sin
}

// directions returns n axes over half a turn, the first along x. Sine and
// cosine are summed here, since those of package math may differ in their last
// bits between architectures.
func directions(n int) []axis {
	axes := make([]axis, n)
	for k := range axes {
		angle := float64(math.Pi*float64(k)) / float64(n)
		square := float64(angle * angle)
		c, s := 1.0, angle // the terms of the two series
		for i := 1; i < 30; i++ {
			axes[k].x += c
			axes[k].y += s
			c = float64(-c*square) / float64((2*i-1)*2*i)
			s = float64(-s*square) / float64(2*i*(2*i+1))
		}
	}
	return axes
}

// normalise gives v the length 1, or less if it is not long against floor.
func normalise(v []float64, floor float64) {
	sum := float64(floor * floor)
	for _, x := range v {
		sum += float64(x * x)
	}
	if sum == 0 {
		return
	}
	length := math.Sqrt(sum)
	for i, x := range v {
		v[i] = x / length
	}
}
