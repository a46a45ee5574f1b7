package pictures

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"slices"
	"testing"
)

// withOrientation puts an EXIF segment into a JPEG, behind a comment.
func withOrientation(picture []byte, order binary.AppendByteOrder, value uint16) []byte {
	tiff := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM\x00*")
	}
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2) // entries: the width, and the orientation
	for _, entry := range [][2]uint16{{0x0100, 640}, {0x0112, value}} {
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	exif := append([]byte("Exif\x00\x00"), tiff...)
	p := append(bytes.Clone(picture[:2]), "\xff\xfe\x00\x04hi\xff\xe1"...)
	p = binary.BigEndian.AppendUint16(p, uint16(2+len(exif)))
	return append(append(p, exif...), picture[2:]...)
}

// TestOrientation stores a picture in every way that EXIF has, by its words: the
// first row that is stored is this side of the picture, and the first column
// that one.
func TestOrientation(t *testing.T) {
	corners := map[string]color.NRGBA{
		"top left": {255, 0, 0, 255}, "top right": {0, 255, 0, 255}, "bottom left": {0, 0, 255, 255}, "bottom right": {255, 255, 255, 255},
	}
	for value, sides := range map[uint16][2]string{
		1: {"top", "left"}, 2: {"top", "right"}, 3: {"bottom", "right"}, 4: {"bottom", "left"},
		5: {"left", "top"}, 6: {"right", "top"}, 7: {"right", "bottom"}, 8: {"left", "bottom"},
	} {
		opposite := map[string]string{"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
		stored := image.NewNRGBA(image.Rect(0, 0, 64, 32))
		for y := range 32 {
			for x := range 64 {
				row, column := sides[0], sides[1]
				if y >= 16 {
					row = opposite[row]
				}
				if x >= 32 {
					column = opposite[column]
				}
				if row == "left" || row == "right" {
					row, column = column, row
				}
				stored.SetNRGBA(x, y, corners[row+" "+column])
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			m, err := Decode(bytes.NewReader(withOrientation(encodedJPEG(stored), order, value)))
			if err != nil {
				t.Fatal(err)
			}
			w, h := m.Bounds().Dx(), m.Bounds().Dy()
			if (w < h) != (value >= 5) || w*h != 64*32 {
				t.Errorf("orientation %d: %d × %d pixels", value, w, h)
			}
			for corner, at := range map[string]image.Point{
				"top left": {2, 2}, "top right": {w - 3, 2}, "bottom left": {2, h - 3}, "bottom right": {w - 3, h - 3},
			} {
				r, g, b, _ := m.At(at.X, at.Y).RGBA()
				for i, v := range []uint32{r, g, b} {
					c := corners[corner]
					if want := []uint8{c.R, c.G, c.B}[i]; (v > 0x8000) != (want > 128) {
						t.Errorf("orientation %d: the corner at %s is %v, want %v", value, corner, m.At(at.X, at.Y), c)
					}
				}
			}
		}
	}
}

// TestNoOrientation checks that nothing is made of EXIF that makes no sense.
func TestNoOrientation(t *testing.T) {
	plain := encodedJPEG(scene(20, 10))
	good := withOrientation(plain, binary.LittleEndian, 6)
	if o := orientation(good); o != 6 {
		t.Fatalf("orientation %d", o)
	}
	tiff := bytes.Index(good, []byte("II*"))
	changed := func(at int, b byte) []byte {
		p := slices.Clone(good)
		p[tiff+at] = b
		return p
	}
	for name, content := range map[string][]byte{
		"none": plain, "0": withOrientation(plain, binary.LittleEndian, 0), "9": withOrientation(plain, binary.BigEndian, 9),
		"no TIFF": changed(0, 'X'), "directory out of bounds": changed(6, 1), "no such tag": changed(22, 0), "a long": changed(24, 4),
	} {
		if o := orientation(content); o != 1 {
			t.Errorf("%s: orientation %d", name, o)
		}
	}
	for n := 2; n < tiff+32; n++ { // the value is 2 of the last 4 bytes of the segment
		if o := orientation(good[:n]); o != 1 {
			t.Errorf("%d bytes: orientation %d", n, o)
		}
	}
	for n := range 34 {
		if o := tiffOrientation(good[tiff : tiff+n]); o != 1 && n < 32 {
			t.Errorf("%d bytes of TIFF: orientation %d", n, o)
		}
	}
}
