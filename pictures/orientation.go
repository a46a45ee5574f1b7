package pictures

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/draw"
)

// orientation returns how the camera was held that took a JPEG: the value of the
// EXIF tag Orientation, 2 to 8, or 1, which is upright, if there is none. (It is
// read here because libraries for EXIF are large, and one number is wanted.)
func orientation(content []byte) int {
	for p := content[2:]; len(p) >= 4 && p[0] == 0xff && p[1] != 0xda; { // up to the pixels
		marker, length := p[1], int(binary.BigEndian.Uint16(p[2:]))
		if length < 2 || len(p) < 2+length {
			break
		}
		if segment := p[4 : 2+length]; marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return tiffOrientation(segment[6:])
		}
		p = p[2+length:]
	}
	return 1
}

// tiffOrientation looks for the tag in a TIFF header and its first directory.
func tiffOrientation(p []byte) int {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(p, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(p, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 1
	}
	if len(p) < 8 {
		return 1
	}
	at := order.Uint32(p[4:])
	if uint64(at)+2 > uint64(len(p)) {
		return 1
	}
	p = p[at:]
	entries := p[2:]
	for range order.Uint16(p) {
		if len(entries) < 12 {
			break
		}
		const tag, short = 0x0112, 3
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[12:]
	}
	return 1
}

// upright turns and mirrors a picture of the given orientation.
func upright(m image.Image, orientation int) image.Image {
	if orientation == 1 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	from := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(from, from.Rect, m, b.Min, draw.Src)
	to := image.NewRGBA(from.Rect)
	if orientation >= 5 {
		to = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			u, v := x, y
			if orientation >= 5 {
				u, v = y, x
			}
			switch orientation {
			case 2, 3, 7, 8:
				u = w - 1 - u
			}
			switch orientation {
			case 3, 4, 6, 7:
				v = h - 1 - v
			}
			copy(to.Pix[to.PixOffset(x, y):][:4], from.Pix[from.PixOffset(u, v):][:4])
		}
	}
	return to
}
