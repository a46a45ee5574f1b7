package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// npyFile makes a file of NumPy of a type and a shape in words.
func npyFile(descr, shape string, fortran bool, numbers any) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr, map[bool]string{true: "True", false: "False"}[fortran], shape)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	var b bytes.Buffer
	b.WriteString(npyMagic + "\x01\x00")
	binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	if strings.HasPrefix(descr, ">") {
		binary.Write(&b, binary.BigEndian, numbers)
	} else {
		binary.Write(&b, binary.LittleEndian, numbers)
	}
	return b.Bytes()
}

func TestReadVector(t *testing.T) {
	for _, c := range []struct {
		file   []byte
		want   []float64
		single bool
	}{
		{npyFile("<f4", "(3,)", false, []float32{1, -2, 0.5}), []float64{1, -2, 0.5}, true},
		{npyFile("<f4", "(1, 3)", false, []float32{1, -2, 0.5}), []float64{1, -2, 0.5}, true},
		{npyFile("<f4", "(3, 1)", true, []float32{1, -2, 0.5}), []float64{1, -2, 0.5}, true},
		{npyFile("<f4", "(1, 3, 1)", true, []float32{1, -2, 0.5}), []float64{1, -2, 0.5}, true},
		{npyFile("<f8", "()", false, []float64{0.1}), []float64{0.1}, false},
		{npyFile(">f8", "(2,)", false, []float64{0.1, 3}), []float64{0.1, 3}, false},
		{npyFile("<i2", "(1,)", false, []int16{-7}), []float64{-7}, true},
		{npyFile("<i4", "(1,)", false, []int32{-7}), []float64{-7}, false},
	} {
		got, single, err := ReadVector(bytes.NewReader(c.file), "w.npy")
		if err != nil || !slices.Equal(got, c.want) || single != c.single {
			t.Errorf("%.80q: %v, %t, %v, want %v, %t", c.file, got, single, err, c.want, c.single)
		}
	}
}

func TestReadVectorErrors(t *testing.T) {
	for _, c := range []struct {
		file []byte
		want string
	}{
		{npyFile("<f4", "(2, 2)", false, make([]float32, 4)), "w.npy: the shape 2 × 2 is not that of one vector"},
		{npyFile("<f4", "(2, 0)", false, []float32{}), "w.npy: the shape 2 × 0 is not that of one vector"},
		{npyFile("<f4", "(0,)", false, []float32{}), "w.npy: the shape 0 has no rows, or no columns"},
		{npyFile("<f4", "(3,)", false, []float32{1, 2}), "w.npy: cut off"},
		{npyFile("<f4", "(1,)", false, []float32{1, 2}), "w.npy: byte 132: something follows the 1 elements"},
		{npyFile("<f4", "(1099511627776,)", false, []float32{1, 2}), "w.npy: cut off"},
		{npyFile("<f4", "(2,)", false, []float32{1, float32(math.Inf(1))}), "w.npy:"},
		{npyFile("|S1", "(1,)", false, []byte("1")), "w.npy: text, not numbers"},
		{[]byte("1,2,3\n"), "w.npy: cut off"},
		{[]byte("a,b,c\n1,2,3\n"), "w.npy: byte 0: not a .npy file"},
	} {
		if got, _, err := ReadVector(bytes.NewReader(c.file), "w.npy"); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%.80q: %v, %v, want %s", c.file, got, err, c.want)
		}
	}
}

// Whatever is in a file, it is refused, or every number in it is finite and takes
// its place.
func FuzzReadVector(f *testing.F) {
	f.Add(npyFile("<f4", "(3,)", false, []float32{1, -2, 0.5}))
	f.Add(npyFile(">f8", "(1, 1)", true, []float64{1}))
	f.Add(npyFile("<u2", "()", false, []uint16{1}))
	f.Fuzz(func(t *testing.T, p []byte) {
		numbers, _, err := ReadVector(bytes.NewReader(p), "w.npy")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "w.npy:") {
				t.Errorf("an error that does not name the file: %v", err)
			}
			return
		}
		if len(numbers) == 0 || !bytes.HasPrefix(p, []byte("\x1f\x8b")) && len(numbers) > len(p) {
			t.Errorf("%d numbers in %d bytes", len(numbers), len(p))
		}
		for _, v := range numbers {
			if v-v != 0 {
				t.Errorf("%v", v)
			}
		}
	})
}

// A label of −0 is of the class 0.
func TestNegativeZeroClass(t *testing.T) {
	negative := math.Copysign(0, -1)
	for descr, labels := range map[string]any{"<f4": []float32{0, float32(negative)}, "<f8": []float64{0, negative}, ">f8": []uint64{0, 1 << 63}, "<f2": []uint16{0, 0x8000}} {
		r, err := NewReader(strings.NewReader("1\n2\n"), "x", Options{Labels: bytes.NewReader(npyFile(descr, "(2,)", false, labels)), LabelsName: "y"})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := r.Next(); err != nil {
				t.Fatal(err)
			}
			if class, err := r.Class(1); err != nil || class != "0" {
				t.Errorf("%s: %q, %v", descr, class, err)
			}
		}
	}
}
