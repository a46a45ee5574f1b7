package pictures

import (
	"fmt"
	"strconv"
	"strings"
)

// A Kind is what features are.
type Kind string

const (
	Pixels Kind = "pixels" // between 0 and 1
	HOG    Kind = "hog"    // histograms of oriented gradients
)

// A Recipe says how a picture becomes a row of features. Two equal recipes give
// equal features.
type Recipe struct {
	Kind   Kind
	Size   int  // a picture is resized to Size × Size pixels
	Colour bool // else grey

	// Of HOG only; 0 in recipes of Pixels.
	Cell  int // a histogram counts Cell × Cell pixels
	Block int // Block × Block cells are normalised together
	Bins  int // directions of a histogram, over half a turn
}

// Default is the recipe to begin with.
func Default() Recipe { return Recipe{Kind: HOG, Size: 32, Cell: 8, Block: 2, Bins: 9} }

// The bounds of a recipe.
const (
	maxSize     = 1024
	maxBins     = 64
	maxFeatures = 1 << 24
)

// Check says what is wrong with a recipe.
func (r Recipe) Check() error {
	if r.Size < 1 || r.Size > maxSize {
		return fmt.Errorf("size %d: must be between 1 and %d", r.Size, maxSize)
	}
	switch r.Kind {
	case Pixels:
		if r.Cell != 0 || r.Block != 0 || r.Bins != 0 {
			return fmt.Errorf("pixels have no cells, blocks or bins")
		}
	case HOG:
		switch {
		case r.Cell < 1 || r.Size%r.Cell != 0:
			return fmt.Errorf("cell %d: must divide the size, %d", r.Cell, r.Size)
		case r.Block < 1 || r.Block > r.cells():
			return fmt.Errorf("block %d: must be between 1 and %d, the cells of a side", r.Block, r.cells())
		case r.Bins < 2 || r.Bins > maxBins:
			return fmt.Errorf("bins %d: must be between 2 and %d", r.Bins, maxBins)
		}
	default:
		return fmt.Errorf("features %q: must be hog or pixels", string(r.Kind))
	}
	if n := r.width(); n > maxFeatures {
		return fmt.Errorf("%d features of a picture: more than %d", n, maxFeatures)
	}
	return nil
}

// cells returns the cells along a side of the picture.
func (r Recipe) cells() int { return r.Size / r.Cell }

// blocks returns the blocks along a side. They overlap: each begins one cell
// after the one before.
func (r Recipe) blocks() int { return r.cells() - r.Block + 1 }

// Width returns the number of features of a picture.
func (r Recipe) Width() int { return int(r.width()) }

// width does not overflow where an int has 32 bits.
func (r Recipe) width() int64 {
	if r.Kind == HOG {
		side := int64(r.blocks()) * int64(r.Block)
		return side * side * int64(r.Bins)
	}
	return int64(r.Size) * int64(r.Size) * int64(r.channels())
}

func (r Recipe) channels() int {
	if r.Colour {
		return 3
	}
	return 1
}

// Names returns the names of the features: x3_y0 and x3_y0_red of pixels; of
// HOG x3_y0_dx1_dy0_40, the cell (1, 0) of the block whose first cell is
// (3, 0), in a direction of 40°, clockwise from the x axis.
func (r Recipe) Names() []string {
	names := make([]string, 0, r.Width())
	if r.Kind == HOG {
		for y := range r.blocks() {
			for x := range r.blocks() {
				for dy := range r.Block {
					for dx := range r.Block {
						for k := range r.Bins {
							degrees := strconv.FormatFloat(180*float64(k)/float64(r.Bins), 'g', 4, 64)
							names = append(names, fmt.Sprintf("x%d_y%d_dx%d_dy%d_%s", x, y, dx, dy, degrees))
						}
					}
				}
			}
		}
		return names
	}
	for y := range r.Size {
		for x := range r.Size {
			name := fmt.Sprintf("x%d_y%d", x, y)
			if r.Colour {
				names = append(names, name+"_red", name+"_green", name+"_blue")
			} else {
				names = append(names, name)
			}
		}
	}
	return names
}

// String returns the recipe as text, for a model to carry. Parse reads it.
func (r Recipe) String() string {
	colour := "grey"
	if r.Colour {
		colour = "colour"
	}
	s := fmt.Sprintf("%s %s size=%d", r.Kind, colour, r.Size)
	if r.Kind == HOG {
		s += fmt.Sprintf(" cell=%d block=%d bins=%d", r.Cell, r.Block, r.Bins)
	}
	return s
}

// Parse reads what String wrote, and nothing else.
func Parse(s string) (Recipe, error) {
	var r Recipe
	kind, rest, _ := strings.Cut(s, " ")
	r.Kind = Kind(kind)
	colour, rest, _ := strings.Cut(rest, " ")
	r.Colour = colour == "colour"
	if r.Kind == HOG {
		fmt.Sscanf(rest, "size=%d cell=%d block=%d bins=%d", &r.Size, &r.Cell, &r.Block, &r.Bins)
	} else {
		fmt.Sscanf(rest, "size=%d", &r.Size)
	}
	if err := r.Check(); err != nil || r.String() != s {
		return Recipe{}, fmt.Errorf("%q does not say how to make features of a picture", s)
	}
	return r, nil
}
