package pictures

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"sync"
)

// What a picture may take. A few bytes of file can claim any number of pixels,
// so the header is read first.
const (
	MaxPixels = 1 << 26 // of one picture, 67 million
	MaxBytes  = 1 << 28 // of one file

	// A picture of more pixels than this is decoded alone, so that the memory
	// of many at a time stays bounded.
	largePixels = 1 << 22
)

var large sync.Mutex

// ErrFormat is wrapped by the error of Decode when it is given neither a PNG
// nor a JPEG.
var ErrFormat = errors.New("neither a PNG nor a JPEG picture")

// Decode reads a PNG or a JPEG, whichever it is by content. A JPEG is turned as
// the camera says that it was held (EXIF). Decode refuses a
// picture of more than MaxPixels by its header, before memory is allocated for
// it, and a file of more than MaxBytes.
func Decode(r io.Reader) (image.Image, error) { return decode(r, MaxBytes, MaxPixels) }

func decode(r io.Reader, maxBytes, maxPixels int) (image.Image, error) {
	content, err := io.ReadAll(io.LimitReader(r, int64(maxBytes)+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxBytes {
		return nil, fmt.Errorf("more than %d bytes are refused", maxBytes)
	}
	d, turned := decoder{jpeg.DecodeConfig, jpeg.Decode}, 1
	switch {
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		d = decoder{png.DecodeConfig, png.Decode}
	case !bytes.HasPrefix(content, []byte("\xff\xd8")):
		if len(content) == 0 {
			return nil, errors.New("the file is empty")
		}
		return nil, ErrFormat
	default:
		turned = orientation(content)
	}
	c, err := d.config(bytes.NewReader(content))
	if err != nil {
		return nil, clearer(err)
	}
	if c.Width < 1 || c.Height < 1 {
		return nil, fmt.Errorf("%d × %d pixels: there is nothing to see", c.Width, c.Height)
	}
	if c.Width > maxPixels/c.Height {
		return nil, fmt.Errorf("%d × %d pixels: more than %d are refused", c.Width, c.Height, maxPixels)
	}
	if c.Width*c.Height > largePixels {
		large.Lock()
		defer large.Unlock()
	}
	m, err := d.decode(bytes.NewReader(content))
	if err != nil {
		return nil, clearer(err)
	}
	return upright(m, turned), nil
}

func clearer(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the picture is truncated")
	}
	return err
}

type decoder struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// DecodeFile is Decode for a file, which its errors name.
func DecodeFile(path string) (image.Image, error) {
	info, err := os.Stat(path) // opening a pipe would wait for its other end
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
