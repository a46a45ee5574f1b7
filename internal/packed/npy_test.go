package packed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// npy returns the bytes of a .npy file.
func npy(version byte, dict string, data []byte) []byte {
	p := append([]byte(magic), version, 0)
	if version == 1 {
		p = binary.LittleEndian.AppendUint16(p, uint16(len(dict)))
	} else {
		p = binary.LittleEndian.AppendUint32(p, uint32(len(dict)))
	}
	return append(append(p, dict...), data...)
}

// dict returns the text of a header.
func dict(descr, order, shape string) string {
	return fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }  \n", descr, order, shape)
}

// open opens a file with the given content.
func open(t *testing.T, content []byte) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.npy")
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// encode returns rows as NumPy stores them.
func encode[T kernel.Float](d train.Data[T]) (p []byte) {
	for i := range d.X.Rows {
		p = append(p, bytesOf(d.X.Row(i))...)
	}
	return p
}

func TestNPY(t *testing.T) {
	t.Run("float32", testNPY[float32])
	t.Run("float64", testNPY[float64])
}

// Whichever columns are features, they are read as they are in memory.
func testNPY[T kernel.Float](t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {5000, 4}, {3000, 32}, {300, 700}} {
		rows, width := shape[0], shape[1]
		all := random[T](rows, width)
		for k, features := range [][]int{{0}, nil, {1, 2, 3}, {0, 2, 3}, {0, 3}} {
			if features == nil {
				for j := range width {
					features = append(features, j)
				}
			}
			if features[len(features)-1] >= width {
				continue
			}
			version := byte(1 + k%3)
			f := open(t, npy(version, dict(fmt.Sprintf("<f%d", size[T]()), "False", fmt.Sprintf("%d, %d", rows, width)), encode(all)))
			m, err := OpenNPY[T](f, "m")
			if err != nil {
				t.Fatal(err)
			}
			ones := train.NewRowSet(0)
			want := newRoom[T](rows, len(features))
			err = m.Each(ctx, func(first int, x kernel.Batch[T]) error {
				for n := range x.Rows {
					i, v := first+n, x.Row(n)[width-1]
					if i != ones.Rows() || !slices.Equal(x.Row(n), all.X.Row(i)) {
						t.Fatalf("row %d behind %d: %v", i, ones.Rows(), x.Row(n))
					}
					ones.Append(v > 0)
					if v > 0 {
						want.Y[i] = 1
					}
					for k, j := range features {
						want.X.Row(i)[k] = all.X.Row(i)[j]
					}
				}
				return nil
			})
			if err != nil || ones.Rows() != rows {
				t.Fatalf("%d rows, %v", ones.Rows(), err)
			}
			r := m.Select(features, ones)
			for _, rows := range [][2]int{{0, rows}, {0, 1}, {rows - 1, rows}, {rows / 3, rows - rows/3}} {
				checkRead(t, r, want, rows[0], rows[1])
			}
		}
	}
}

// A file that changes in use is an error wherever it is read.
func TestNPYChanged(t *testing.T) {
	d := random[float32](5000, 3)
	f := open(t, npy(1, dict("<f4", "False", "5000, 3"), encode(d)))
	m, err := OpenNPY[float32](f, "m.npy")
	if err != nil {
		t.Fatal(err)
	}
	ones := train.NewRowSet(0)
	if err := m.Each(ctx, func(_ int, x kernel.Batch[float32]) error {
		for i := range x.Rows {
			ones.Append(x.Row(i)[2] > 0)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	r := m.Select([]int{0, 1}, ones)
	size := m.blocks.offset + m.blocks.length
	fit := func() error {
		_, err := train.Fit(ctx, r, train.Options{Rate: 1, Epochs: 2, OnEpoch: func(e train.Epoch) {
			if e.Number == 1 {
				f.Truncate(size - 1)
			}
		}})
		return err
	}
	if err := fit(); !errors.Is(err, ErrChanged) || !strings.HasPrefix(err.Error(), "m.npy: cut short while it was read: it ends behind ") {
		t.Error(err)
	}
	f.Truncate(size)
	if err := fit(); !errors.Is(err, ErrChanged) || !strings.HasPrefix(err.Error(), "m.npy: bytes ") {
		t.Error(err)
	}
}

func TestNPYErrors(t *testing.T) {
	good := dict("<f4", "False", "2, 3")
	data := make([]byte, 24)
	for _, c := range []struct {
		content []byte
		want    string
	}{
		{npy(1, good, data), ""},
		{npy(1, good, data[1:]), "cut short: 2 × 3 numbers take 24 bytes, the file has 23 of them"},
		{npy(1, good, nil), "cut short: 2 × 3 numbers take 24 bytes, the file has 0 of them"},
		{npy(1, good, make([]byte, 25)), "1 bytes follow the 2 × 3 numbers"},
		{npy(1, good, nil)[:11], "cut short: it ends within its first 12 bytes"},
		{npy(1, good, nil)[:30], "cut short: it ends within its header"},
		{npy(4, good, data), "not a .npy file of version 1, 2 or 3"},
		{append([]byte("PK"), npy(1, good, data)[2:]...), "not a .npy file"},
		{append([]byte(magic+"\x02\x00\xff\xff\xff\xff"), data...), "claims a header of 4294967295 bytes: the file is damaged"},
		{npy(1, "{'descr': '<f4'}            ", data), "a header without an order or a shape"},
		{npy(1, dict("<f8", "False", "2, 3"), data), `numbers of type "<f8", want "<f4"`},
		{npy(1, dict(">f4", "False", "2, 3"), data), `numbers of type ">f4", want "<f4"`},
		{npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2, 3), }", data), `numbers of type "", want "<f4"`},
		{npy(1, dict("<f4", "True", "2, 3"), data), "in Fortran order"},
		{npy(1, dict("<f4", "False", "6,"), data), "an array of 1 dimensions"},
		{npy(1, dict("<f4", "False", ""), data), "an array of 0 dimensions"},
		{npy(1, dict("<f4", "False", "1, 2, 3"), data), "an array of 3 dimensions"},
		{npy(1, dict("<f4", "False", "0, 3"), nil), "0 rows, 3 columns: there is nothing in it"},
		{npy(1, dict("<f4", "False", "3, 0"), nil), "3 rows, 0 columns: there is nothing in it"},
		{npy(1, dict("<f4", "False", "99999999999999999999, 3"), nil), "a shape of 99999999999999999999, 3: the file is damaged"},
		{npy(1, dict("<f4", "False", "2147483647, 2147483647"), nil), "claims 2147483647 × 2147483647 numbers"},
	} {
		f := open(t, c.content)
		m, err := OpenNPY[float32](f, "m")
		if c.want == "" && err == nil && m.Rows == 2 && m.Cols == 3 {
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), "m: "+c.want) {
			t.Errorf("%.80q: %v, want %s", c.content, err, c.want)
		}
		if IsNPY(f) != (string(c.content[:6]) == magic) {
			t.Errorf("%.80q: IsNPY %v", c.content, IsNPY(f))
		}
	}
	if _, err := OpenNPY[float32](open(t, npy(1, dict("<f8", "False", "2, 3"), data)), "m"); !errors.Is(err, ErrElement) {
		t.Error(err)
	}
	if IsNPY(open(t, nil)) {
		t.Error("an empty file")
	}
}
