package pictures

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// naive computes a histogram of oriented gradients cell by cell, in a way of
// its own: the coefficients of a gradient come from angles, and the weight of
// a pixel from its distance to the centre of the cell.
func naive(r Recipe, m image.Image) []float64 {
	p := r.resize(m)
	n, cells, channels := r.Size, r.Size/r.Cell, r.channels()
	at := func(x, y, c int) float64 {
		x, y = min(max(x, 0), n-1), min(max(y, 0), n-1)
		return float64(p[(y*n+x)*channels+c])
	}
	histogram := func(cx, cy int) []float64 {
		h := make([]float64, r.Bins)
		for y := range n {
			for x := range n {
				wx := 1 - math.Abs((float64(x)+0.5)/float64(r.Cell)-(float64(cx)+0.5))
				wy := 1 - math.Abs((float64(y)+0.5)/float64(r.Cell)-(float64(cy)+0.5))
				if wx <= 0 || wy <= 0 {
					continue
				}
				length, angle := -1.0, 0.0
				for c := range channels {
					dx, dy := at(x+1, y, c)-at(x-1, y, c), at(x, y+1, c)-at(x, y-1, c)
					if l := math.Hypot(dx, dy); l > length+1e-9 {
						length, angle = l, math.Atan2(dy, dx)
					}
				}
				bin := math.Mod(angle+2*math.Pi, math.Pi) / math.Pi * float64(r.Bins)
				k := int(bin)
				f, step := bin-float64(k), math.Pi/float64(r.Bins)
				h[k%r.Bins] += wx * wy * length * math.Sin((1-f)*step) / math.Sin(step)
				h[(k+1)%r.Bins] += wx * wy * length * math.Sin(f*step) / math.Sin(step)
			}
		}
		return h
	}
	var all []float64
	for y := range cells - r.Block + 1 {
		for x := range cells - r.Block + 1 {
			var block []float64
			for dy := range r.Block {
				for dx := range r.Block {
					block = append(block, histogram(x+dx, y+dy)...)
				}
			}
			square := float64(r.Cell * r.Cell * r.Cell * r.Cell)
			for _, v := range block {
				square += v * v
			}
			clipped := 0.0
			for i, v := range block {
				block[i] = math.Min(v/math.Sqrt(square), 0.2)
				clipped += block[i] * block[i]
			}
			for i := range block {
				if clipped > 0 {
					block[i] /= math.Sqrt(clipped)
				}
			}
			all = append(all, block...)
		}
	}
	return all
}

func TestHOG(t *testing.T) {
	for _, s := range []string{
		"hog grey size=32 cell=8 block=2 bins=9", "hog colour size=30 cell=5 block=3 bins=12",
		"hog grey size=16 cell=4 block=1 bins=2", "hog colour size=9 cell=3 block=2 bins=5", "hog grey size=6 cell=1 block=2 bins=3",
		"hog grey size=8 cell=8 block=1 bins=18",
	} {
		for _, m := range []image.Image{scene(97, 61), scene(32, 32), scene(9, 120), white(4, 4)} {
			got := features(t, s, m)
			r, _ := Parse(s)
			for i, want := range naive(r, m) {
				if math.Abs(float64(got[i])-want) > 1e-6 {
					t.Fatalf("%s: %s is %v, want %v", s, r.Names()[i], got[i], want)
				}
			}
		}
	}
}

// TestHOGDirection looks at edges whose directions are known.
func TestHOGDirection(t *testing.T) {
	for name, test := range map[string]struct {
		shade func(x, y int) int
		bins  [4]bool // of four, at 0°, 45°, 90° and 135°
	}{
		"to the right": {func(x, y int) int { return 8 * x }, [4]bool{0: true}},
		"to the left":  {func(x, y int) int { return 255 - 8*x }, [4]bool{0: true}},
		"down":         {func(x, y int) int { return 8 * y }, [4]bool{2: true}},
		"right down":   {func(x, y int) int { return 4 * (x + y) }, [4]bool{1: true}},
		"right up":     {func(x, y int) int { return 4 * (x - y + 31) }, [4]bool{3: true}},
		"flat":         {func(x, y int) int { return 200 }, [4]bool{}},
	} {
		m := image.NewGray(image.Rect(0, 0, 32, 32))
		for i := range m.Pix {
			m.Pix[i] = uint8(test.shade(i%32, i/32))
		}
		// The cells inside: at the edge of the picture gradients are others.
		f := features(t, "hog grey size=32 cell=4 block=1 bins=4", m)
		for cell := range 64 {
			if x, y := cell%8, cell/8; x < 2 || x > 5 || y < 2 || y > 5 {
				continue
			}
			for k, want := range test.bins {
				if v := f[4*cell+k]; (v > 0.9) != want || (v > 1e-6) != want {
					t.Errorf("%s: cell %d, %d°: %v", name, cell, 45*k, v)
				}
			}
		}
	}
}

// TestHOGLight checks that features do not depend on the brightness, and hardly
// on the contrast.
func TestHOGLight(t *testing.T) {
	shaded := func(add, times int) image.Image {
		m := image.NewGray(image.Rect(0, 0, 32, 32))
		for i := range m.Pix {
			c := scene(32, 32).NRGBAAt(i%32, i/32)
			m.Pix[i] = uint8(add + times*int(color.GrayModel.Convert(c).(color.Gray).Y)/8)
		}
		return m
	}
	const recipe = "hog grey size=32 cell=8 block=2 bins=9"
	f, brighter, contrast := features(t, recipe, shaded(0, 2)), features(t, recipe, shaded(100, 2)), features(t, recipe, shaded(0, 6))
	for i := range f {
		if f[i] != brighter[i] || math.Abs(float64(f[i]-contrast[i])) > 0.1 {
			t.Fatalf("feature %d: %v, brighter %v, of more contrast %v", i, f[i], brighter[i], contrast[i])
		}
	}
}

func TestSplit(t *testing.T) {
	for _, n := range []int{2, 3, 9, 64} {
		axes := directions(n)
		for k, a := range axes {
			sin, cos := math.Sincos(math.Pi * float64(k) / float64(n))
			if math.Abs(a.x-cos) > 1e-14 || math.Abs(a.y-sin) > 1e-14 {
				t.Errorf("axis %d of %d is %v, want (%v, %v)", k, n, a, cos, sin)
			}
		}
		for dx := -255; dx <= 255; dx += 5 {
			for dy := -255; dy <= 255; dy += 3 {
				k, first, second := split(axes, axes[1].y, float64(dx), float64(dy))
				a, next := axes[k], axis{-axes[0].x, -axes[0].y}
				if k+1 < n {
					next = axes[k+1]
				}
				x, y := first*a.x+second*next.x, first*a.y+second*next.y
				if dy < 0 || dy == 0 && dx < 0 {
					x, y = -x, -y
				}
				if !(first >= 0 && second >= 0) || math.Abs(x-float64(dx)) > 1e-9 || math.Abs(y-float64(dy)) > 1e-9 {
					t.Fatalf("(%d, %d) is %v times axis %d of %d and %v times the next", dx, dy, first, k, n, second)
				}
			}
		}
	}
}

func BenchmarkFeatures(b *testing.B) {
	m := scene(500, 375)
	small := scene(32, 32)
	for _, r := range []Recipe{{Kind: Pixels, Size: 32}, Default()} {
		f := make([]float32, r.Width())
		b.Run(string(r.Kind)+"/500x375", func(b *testing.B) {
			for b.Loop() {
				r.Features(f, m)
			}
		})
		b.Run(string(r.Kind)+"/32x32", func(b *testing.B) {
			for b.Loop() {
				r.Features(f, small)
			}
		})
	}
}
