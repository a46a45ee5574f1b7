package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
)

// fuzzArrays checks of a binary format that what is read is finite, that as many
// rows and columns come as are promised, that the same comes again from .npy, and
// that every error names the file.
func fuzzArrays(f *testing.F, format Format, names ...string) {
	for _, name := range names {
		f.Add(load(f, name))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := NewReader(bytes.NewReader(content), "f", Options{Format: format})
		var rows [][]float64
		if err == nil {
			rows, err = numbers[float64](r)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") && !strings.HasPrefix(err.Error(), "f, ") {
				t.Fatal(err)
			}
			return
		}
		if len(rows) == 0 || r.Width == 0 {
			t.Fatalf("%d rows of %d columns", len(rows), r.Width)
		}
		again := bytes.NewBufferString(npyMagic + "\x02\x00")
		dict := fmt.Sprintf("{'descr': '>f8', 'fortran_order': True, 'shape': (%d, %d)}", len(rows), r.Width)
		binary.Write(again, binary.LittleEndian, uint32(len(dict)))
		again.WriteString(dict)
		for j := range r.Width {
			for _, row := range rows {
				if v := row[j]; math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%v", row)
				}
				binary.Write(again, binary.BigEndian, row[j])
			}
		}
		r2, err := NewReader(again, "f", Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows2, err := numbers[float64](r2)
		if err != nil || fmt.Sprint(rows2) != fmt.Sprint(rows) {
			t.Fatalf("%v, again %v, %v", rows, rows2, err)
		}
	})
}

func FuzzNPY(f *testing.F) {
	fuzzArrays(f, NPY, "f2.npy", "f4.npy", "f8-big.npy", "i8-fortran.npy", "bool.npy", "version2.npy", "version3.npy", "records.npy", "objects.npy")
}

func FuzzNPZ(f *testing.F) {
	fuzzArrays(f, NPZ, "plain.npz", "compressed.npz", "pictures-fortran.npz", "text.npz", "split.npz", "onearray.npz")
}

func FuzzIDX(f *testing.F) {
	fuzzArrays(f, IDX, "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "rows-i1.idx", "rows-i4.idx", "rows-f4.idx", "rows-f8.idx")
}

// FuzzRecognise checks that any file is read or refused as some format.
func FuzzRecognise(f *testing.F) {
	for _, s := range []string{"1,2\n", "1 1:2\n", "# x\n", "PK\x03\x04", npyMagic, "\x1f\x8b", "\x00\x00\x08\x01", "PAR1"} {
		f.Add([]byte(s), "f")
	}
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		r, err := NewReader(bytes.NewReader(content), name, Options{})
		if err == nil {
			if r.Width < 1 || r.Label >= r.Width || r.Columns != nil && len(r.Columns) != r.Width {
				t.Fatalf("%+v", r)
			}
			for err == nil {
				err = r.Next()
			}
		}
		if err != io.EOF && !strings.HasPrefix(err.Error(), name) {
			t.Fatal(err)
		}
	})
}
