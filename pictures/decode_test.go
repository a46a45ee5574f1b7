package pictures

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func encodedJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// claiming returns a picture whose header claims other dimensions.
func claiming(picture []byte, w, h uint32) []byte {
	p := bytes.Clone(picture)
	if i := bytes.Index(p, []byte("IHDR")); i >= 0 {
		binary.BigEndian.PutUint32(p[i+4:], w)
		binary.BigEndian.PutUint32(p[i+8:], h)
		binary.BigEndian.PutUint32(p[i+17:], crc32.ChecksumIEEE(p[i:i+17]))
		return p
	}
	i := bytes.Index(p, []byte("\xff\xc0")) // then length, precision, height, width
	binary.BigEndian.PutUint16(p[i+5:], uint16(h))
	binary.BigEndian.PutUint16(p[i+7:], uint16(w))
	return p
}

func TestDecode(t *testing.T) {
	truncated := map[string]string{"PNG": "not enough pixel data", "JPEG": "truncated"}
	for name, content := range map[string][]byte{"PNG": encoded(scene(20, 10)), "JPEG": encodedJPEG(scene(20, 10))} {
		m, err := Decode(bytes.NewReader(content))
		if err != nil || m.Bounds().Dx() != 20 || m.Bounds().Dy() != 10 {
			t.Errorf("%s: %v, %v", name, m, err)
		}
		for n := range len(content) - 12 { // the PNG decoder does not miss the last chunk, which is empty
			if _, err := Decode(bytes.NewReader(content[:n])); err == nil {
				t.Errorf("%s: %d of %d bytes are enough", name, n, len(content))
			}
		}
		if _, err := Decode(bytes.NewReader(content[:len(content)/2])); err == nil || !strings.Contains(err.Error(), truncated[name]) {
			t.Errorf("%s, one half: error %v", name, err)
		}
	}
	damaged := encoded(scene(20, 10))
	damaged[bytes.Index(damaged, []byte("IEND"))-5] ^= 1 // the checksum of the pixels
	var other bytes.Buffer
	if err := gif.Encode(&other, scene(20, 10), nil); err != nil {
		t.Fatal(err)
	}
	for want, content := range map[string][]byte{
		"invalid checksum": damaged, "the file is empty": {}, ErrFormat.Error(): other.Bytes(),
		"0 × 10 pixels": claiming(encodedJPEG(scene(20, 10)), 0, 10),
	} {
		if _, err := Decode(bytes.NewReader(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := Decode(&other); !errors.Is(err, ErrFormat) {
		t.Errorf("a GIF: error %v", err)
	}
}

// TestBombs checks that pictures which claim to be huge are refused before they
// take memory.
func TestBombs(t *testing.T) {
	for name, content := range map[string][]byte{
		"PNG":              claiming(encoded(scene(20, 10)), 8193, 8192),
		"PNG, overflowing": claiming(encoded(scene(20, 10)), 1<<31-1, 1<<31-1),
		"JPEG":             claiming(encodedJPEG(scene(20, 10)), 65535, 65535),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(bytes.NewReader(content))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), "67108864 are refused") && !strings.Contains(err.Error(), "dimension overflow") {
			t.Errorf("%s: error %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: took %d bytes", name, n)
		}
	}
	endless := io.MultiReader(bytes.NewReader(encoded(scene(20, 10))), zeros{})
	if _, err := decode(endless, 1<<20, MaxPixels); err == nil || err.Error() != "more than 1048576 bytes are refused" {
		t.Errorf("endless: error %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestDecodeFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	if err := os.WriteFile(path, []byte("no"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeFile(path); err == nil || err.Error() != path+": neither a PNG nor a JPEG picture" {
		t.Errorf("error %v", err)
	}
	if _, err := DecodeFile(dir); err == nil || err.Error() != dir+": not a file" {
		t.Errorf("error %v", err)
	}
	if _, err := DecodeFile(filepath.Join(dir, "b.png")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// FuzzDecode checks that any bytes are refused, or make features that are
// numbers from 0 to 1.
func FuzzDecode(f *testing.F) {
	for _, m := range []image.Image{scene(20, 10), white(1, 3)} {
		f.Add(encoded(m))
		f.Add(encodedJPEG(m))
	}
	f.Add(claiming(encoded(scene(20, 10)), 1<<31-1, 1<<31-1))
	f.Add(withOrientation(encodedJPEG(scene(20, 10)), binary.BigEndian, 6))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("\xff\xd8\xff"))
	recipes := []Recipe{{Kind: Pixels, Size: 5, Colour: true}, {Kind: HOG, Size: 8, Cell: 4, Block: 2, Bins: 3}}
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := decode(bytes.NewReader(content), 1<<20, 1<<16)
		if err != nil {
			return
		}
		if b := m.Bounds(); b.Dx()*b.Dy() > 1<<16 {
			t.Fatalf("a picture of %v", b)
		}
		for _, r := range recipes {
			features := make([]float32, r.Width())
			r.Features(features, m)
			for i, v := range features {
				if !(v >= 0 && v <= 1) {
					t.Fatalf("%v: feature %d is %v", r, i, v)
				}
			}
		}
	})
}
