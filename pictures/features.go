package pictures

import (
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// Features computes the features of a picture into dst, in the order of Names.
// A picture that is not square is stretched; where it is transparent, a white
// ground shows through. Features panics if dst has not r.Width() elements or
// the recipe is wrong, see Check.
func (r Recipe) Features(dst []float32, m image.Image) {
	if err := r.Check(); err != nil {
		panic("pictures: Recipe.Features: " + err.Error())
	}
	if len(dst) != r.Width() {
		panic(fmt.Sprintf("pictures: Recipe.Features: len(dst) is %d, want %d", len(dst), r.Width()))
	}
	p := r.resize(m)
	if r.Kind == HOG {
		r.hog(dst, p)
		return
	}
	for i, v := range p {
		dst[i] = float32(v) / 255
	}
}

// resize returns the pixels of the resized picture, row by row, one or three
// values for each.
func (r Recipe) resize(m image.Image) []uint8 {
	n := r.Size
	sized := image.NewRGBA(image.Rect(0, 0, n, n))
	draw.Draw(sized, sized.Bounds(), image.White, image.Point{}, draw.Src)
	// A triangle as wide as a pixel of the result: averages when it makes
	// pictures smaller, interpolates when larger.
	draw.BiLinear.Scale(sized, sized.Bounds(), m, m.Bounds(), draw.Over, nil)
	p := make([]uint8, 0, n*n*r.channels())
	for i := 0; i < len(sized.Pix); i += 4 {
		rgb := sized.Pix[i : i+3]
		if r.Colour {
			p = append(p, rgb...)
		} else {
			p = append(p, grey(rgb))
		}
	}
	return p
}

// grey returns the luma of a pixel, with the weights of package image/color.
func grey(rgb []uint8) uint8 {
	return uint8((19595*uint32(rgb[0]) + 38470*uint32(rgb[1]) + 7471*uint32(rgb[2]) + 1<<15) >> 16)
}
