package pictures

import (
	"image/color"
	"math"
	"testing"
)

func TestDrawPixels(t *testing.T) {
	white := color.NRGBA{255, 255, 255, 255}
	for _, r := range []Recipe{{Kind: Pixels, Size: 8}, {Kind: Pixels, Size: 8, Colour: true}} {
		channels := r.channels()
		w := make([]float64, r.Width())
		last := channels - 1
		w[(5*8+3)*channels+last] = 2  // at (3, 5)
		w[(2*8+6)*channels+last] = -2 // at (6, 2)
		w[(7*8+7)*channels+last] = -1
		w[0] = math.NaN()
		m := r.Draw(w, [2]string{"cat", "dog"})
		const zoom = panelSide / 8
		left := margin + last*(8*zoom+margin)
		for at, want := range map[[2]int]color.NRGBA{
			{3, 5}: forColour, {6, 2}: againstColour, {7, 7}: {144, 179, 214, 255}, {0, 0}: white, {4, 5}: white, {5, 3}: white,
		} {
			for _, corner := range []int{0, zoom - 1} {
				if got := m.NRGBAAt(left+at[0]*zoom+corner, caption+at[1]*zoom+corner); got != want {
					t.Errorf("%v: %v is %v, want %v", r, at, got, want)
				}
			}
		}
	}
}

// TestDrawStrokes looks for an edge where the weights have one.
func TestDrawStrokes(t *testing.T) {
	r := Recipe{Kind: HOG, Size: 32, Cell: 8, Block: 2, Bins: 2}
	const zoom = panelSide / 4
	for bin, vertical := range []bool{true, false} { // edges at right angles to gradients of 0° and 90°
		for sign, panel := range map[float64]int{1: 0, -1: 1} {
			w := make([]float64, r.Width())
			// The cell (2, 1) is in four blocks, from (1, 0) to (2, 1).
			for block, inside := range map[int]int{1: 3, 2: 2, 4: 1, 5: 0} {
				w[(block*4+inside)*2+bin] = sign
			}
			m := r.Draw(w, [2]string{"cat", "dog"})
			x, y := margin+panel*(panelSide+margin)+2*zoom+zoom/2, caption+zoom+zoom/2
			ground := m.NRGBAAt(x+zoom/3, y+zoom/3)
			along, across := m.NRGBAAt(x, y+zoom/3), m.NRGBAAt(x+zoom/3, y)
			if !vertical {
				along, across = across, along
			}
			if want := []color.NRGBA{forColour, againstColour}[panel]; along != want || across != ground {
				t.Errorf("bin %d, sign %v: %v along the edge, %v across", bin, sign, along, across)
			}
			strokes := 0
			for y := caption; y < caption+panelSide; y++ {
				for x := range m.Rect.Dx() {
					if c := m.NRGBAAt(x, y); c != ground && c != (color.NRGBA{255, 255, 255, 255}) {
						strokes++
					}
				}
			}
			if most := zoom * zoom / 8; strokes == 0 || strokes > most {
				t.Errorf("bin %d, sign %v: %d pixels are drawn on, want at most %d", bin, sign, strokes, most)
			}
		}
	}
	// One block is enough, and the caption of the left panel names class 1.
	w := make([]float64, r.Width())
	w[(1*4+3)*2] = 1
	m, other := r.Draw(w, [2]string{"cat", "dog"}), r.Draw(w, [2]string{"cat", "pug"})
	if c := m.NRGBAAt(margin+2*zoom+zoom/2, caption+zoom+zoom/2); c != forColour {
		t.Errorf("a weight of one block is %v", c)
	}
	differ := [2]bool{}
	for y := range caption {
		for x := range m.Rect.Dx() {
			if m.NRGBAAt(x, y) != other.NRGBAAt(x, y) {
				differ[2*x/m.Rect.Dx()] = true
			}
		}
	}
	if differ != [2]bool{true, false} {
		t.Errorf("another name of class 1 changes the captions %v", differ)
	}
	for _, v := range []float64{0, math.NaN(), math.Inf(1)} {
		w := make([]float64, r.Width())
		for i := range w {
			w[i] = v
		}
		r.Draw(w, [2]string{"", "ünï"})
	}
}
