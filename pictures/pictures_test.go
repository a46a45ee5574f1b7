package pictures

import (
	"bytes"
	"flag"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden file and its picture")

// scene is a picture with edges in all directions and of all colours.
func scene(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := 64*x/w, 64*y/h
			m.SetNRGBA(x, y, color.NRGBA{uint8(u*u/8 + v), uint8((u * v) ^ (u + v)), uint8(255 - 3*v), 255})
			if (u-32)*(u-32)+(v-32)*(v-32) < 300 {
				m.SetNRGBA(x, y, color.NRGBA{uint8(4 * v), 40, uint8(3 * u), 255})
			}
		}
	}
	return m
}

func features(t *testing.T, recipe string, m image.Image) []float32 {
	t.Helper()
	r, err := Parse(recipe)
	if err != nil {
		t.Fatal(err)
	}
	f := make([]float32, r.Width())
	r.Features(f, m)
	return f
}

// TestGolden compares the bits of features with those on file, on whatever
// architecture it runs. testdata/scene.jpg is scene(97, 61).
func TestGolden(t *testing.T) {
	picture, golden := filepath.Join("testdata", "scene.jpg"), filepath.Join("testdata", "golden.txt")
	if *update {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, scene(97, 61), nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(picture, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	decoded, err := DecodeFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, source := range []struct {
		name string
		m    image.Image
	}{{"jpeg", decoded}, {"97x61", scene(97, 61)}, {"64x64", scene(64, 64)}, {"7x50", scene(7, 50)}} {
		for _, recipe := range []string{
			"pixels grey size=32", "pixels colour size=29",
			"hog grey size=32 cell=8 block=2 bins=9", "hog colour size=30 cell=5 block=3 bins=12", "hog grey size=64 cell=1 block=1 bins=2",
		} {
			h := fnv.New64a()
			for _, v := range features(t, recipe, source.m) {
				bits := math.Float32bits(v)
				h.Write([]byte{byte(bits), byte(bits >> 8), byte(bits >> 16), byte(bits >> 24)})
			}
			fmt.Fprintf(&got, "%s\t%s\t%016x\n", source.name, recipe, h.Sum64())
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%swant\n%s(a release of Go may decode JPEG to other pixels; all other lines must not change)", got.String(), want)
	}
}

func TestRecipe(t *testing.T) {
	for _, s := range []string{
		"pixels grey size=1", "pixels colour size=32", Default().String(),
		"hog colour size=64 cell=8 block=1 bins=2", "hog grey size=12 cell=4 block=3 bins=18",
	} {
		r, err := Parse(s)
		if err != nil || r.String() != s {
			t.Errorf("Parse(%q) = %q, %v", s, r, err)
		}
		names := r.Names()
		if len(names) != r.Width() {
			t.Errorf("%q: %d names, width %d", s, len(names), r.Width())
		}
		seen := map[string]bool{}
		for _, name := range names {
			if seen[name] || strings.ContainsAny(name, ", \"\n") {
				t.Errorf("%q: name %q", s, name)
			}
			seen[name] = true
		}
	}
	for s, want := range map[string]int{
		"pixels grey size=32": 1024, "pixels colour size=32": 3072,
		"hog grey size=32 cell=8 block=2 bins=9": 3 * 3 * 4 * 9, "hog colour size=32 cell=4 block=1 bins=6": 8 * 8 * 6,
	} {
		if r, _ := Parse(s); r.Width() != want {
			t.Errorf("%q: %d features, want %d", s, r.Width(), want)
		}
	}
	for _, s := range []string{
		"", "pixels", "pixels grey", "pixels grey size=0", "pixels grey size=-1", "pixels grey size=2000", "pixels gray size=8",
		"pixels grey size=8 ", "pixels grey size=08", "pixels grey size=8 cell=2", "hog grey size=32", "sift grey size=8",
		"hog grey size=32 cell=5 block=1 bins=9", "hog grey size=32 cell=0 block=1 bins=9", "hog grey size=32 cell=8 block=5 bins=9",
		"hog grey size=32 cell=8 block=0 bins=9", "hog grey size=32 cell=8 block=1 bins=1", "hog grey size=32 cell=8 block=1 bins=99",
		"hog grey size=1024 cell=1 block=2 bins=64", "hog grey size=9223372036854775807 cell=1 block=1 bins=2",
	} {
		if r, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", s, r)
		}
	}
}

func TestFeaturesPanics(t *testing.T) {
	for want, call := range map[string]func(){
		"len(dst) is 3, want 4": func() { Recipe{Kind: Pixels, Size: 2}.Features(make([]float32, 3), scene(2, 2)) },
		"size 0":                func() { Recipe{Kind: Pixels}.Features(nil, scene(2, 2)) },
	} {
		func() {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "pictures: Recipe.Features: "+want) {
					t.Errorf("panic %q, want %q", s, want)
				}
			}()
			call()
		}()
	}
}

// TestPixels checks that a picture of the right size stays as it is, however it
// is stored.
func TestPixels(t *testing.T) {
	m := scene(16, 16)
	wide := image.NewNRGBA64(image.Rect(-3, 5, 13, 21))
	palette := image.NewPaletted(m.Rect, nil)
	for y := range 16 {
		for x := range 16 {
			c := m.NRGBAAt(x, y)
			wide.Set(x-3, y+5, c)
			i := 0
			for ; i < len(palette.Palette) && palette.Palette[i] != color.Color(c); i++ {
			}
			if i == len(palette.Palette) {
				palette.Palette = append(palette.Palette, c)
			}
			palette.SetColorIndex(x, y, uint8(i))
		}
	}
	for name, m := range map[string]image.Image{"NRGBA": m, "NRGBA64": wide, "Paletted": palette} {
		colour := features(t, "pixels colour size=16", m)
		grey := features(t, "pixels grey size=16", m)
		for i := range grey {
			c := scene(16, 16).NRGBAAt(i%16, i/16)
			y := math.Round((19595*float64(c.R) + 38470*float64(c.G) + 7471*float64(c.B)) / 65536)
			if colour[3*i] != float32(c.R)/255 || colour[3*i+1] != float32(c.G)/255 || colour[3*i+2] != float32(c.B)/255 || grey[i] != float32(y)/255 {
				t.Fatalf("%s: pixel %d is %v and %v, want %v and %v", name, i, colour[3*i:3*i+3], grey[i], c, y)
			}
		}
	}
}

func TestResize(t *testing.T) {
	// Black and white halves, and a transparent one: averages, on white.
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			switch {
			case y >= 32:
				m.SetNRGBA(x, y, color.NRGBA{0, 0, 0, uint8(x * 4)})
			case (x+y)%2 == 0:
				m.SetNRGBA(x, y, color.NRGBA{255, 255, 255, 255})
			default:
				m.SetNRGBA(x, y, color.NRGBA{0, 0, 0, 255})
			}
		}
	}
	f := features(t, "pixels grey size=8", m)
	for x := range 8 {
		if got := f[8+x]; math.Abs(float64(got)-0.5) > 0.01 {
			t.Errorf("black and white are %v", got)
		}
	}
	if first, last := f[6*8], f[6*8+7]; !(first > 0.9 && last < 0.1) {
		t.Errorf("transparent to black is %v", f[6*8:7*8])
	}
	for _, v := range features(t, "pixels colour size=50", white(3, 3)) {
		if v != 1 {
			t.Fatalf("white is %v when it is made larger", v)
		}
	}
}

// encoded returns a picture as a PNG.
func encoded(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func white(w, h int) image.Image {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	return m
}

// The number of features is bounded where an int has 32 bits, too.
func TestTooManyFeatures(t *testing.T) {
	for _, s := range []string{
		"hog grey size=1024 cell=1 block=512 bins=64",
		"hog grey size=1024 cell=1 block=512 bins=2",
		"hog grey size=1024 cell=1 block=2 bins=5",
	} {
		if r, err := Parse(s); err == nil {
			t.Errorf("%s: %d features", s, r.Width())
		}
	}
	if r, err := Parse("hog grey size=1024 cell=1 block=1 bins=16"); err != nil || r.Width() != maxFeatures {
		t.Errorf("%+v, %v", r, err)
	}
}
