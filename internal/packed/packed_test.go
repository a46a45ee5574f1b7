package packed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

var ctx = context.Background()

// newRoom returns padded rows.
func newRoom[T kernel.Float](rows, cols int) train.Data[T] {
	stride := kernel.PaddedStride[T](cols)
	x := kernel.Batch[T]{Data: make([]T, rows*stride), Rows: rows, Cols: cols, Stride: stride}
	return train.Data[T]{X: x, Y: make([]T, rows), Weights: make([]T, rows)}
}

// random returns rows of two classes.
func random[T kernel.Float](rows, cols int) train.Data[T] {
	r := rand.New(rand.NewPCG(uint64(rows), uint64(cols)))
	d := newRoom[T](rows, cols)
	d.Weights = nil
	for i := range rows {
		row := d.X.Row(i)
		for j := range row {
			row[j] = T(r.IntN(2049)-1024) / 512
		}
		if row[0]+row[cols-1]/2 > 0 {
			d.Y[i] = 1
		}
	}
	return d
}

// write writes rows to a scratch file and returns it.
func write[T kernel.Float](t *testing.T, d train.Data[T], swap bool) *Rows[T] {
	t.Helper()
	w, err := Create[T](t.TempDir(), d.X.Cols)
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range d.Y {
		if err := w.Append(d.X.Row(i), (y == 1) != swap); err != nil {
			t.Fatal(err)
		}
	}
	r, err := w.Rows(swap)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func TestRows(t *testing.T) {
	t.Run("float32", testRows[float32])
	t.Run("float64", testRows[float64])
}

// What is read is what was written, whichever rows are asked for.
func testRows[T kernel.Float](t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for _, shape := range [][2]int{{1, 1}, {3000, 30}, {4096, 2}, {5000, 16}, {129, 1001}} {
		rows, cols := shape[0], shape[1]
		d := random[T](rows, cols)
		for _, swap := range []bool{false, true} {
			r := write(t, d, swap)
			if n, c := r.Shape(); n != rows || c != cols {
				t.Fatalf("shape %d × %d, want %v", n, c, shape)
			}
			for k := range 15 {
				i := dice.IntN(rows)
				j := i + 1 + dice.IntN(rows-i)
				if k == 0 {
					i, j = 0, rows
				}
				checkRead(t, r, d, i, j)
			}
		}
	}
}

// checkRead compares rows i to j-1 of r with those of d.
func checkRead[T kernel.Float](t *testing.T, r *Rows[T], d train.Data[T], i, j int) {
	t.Helper()
	got, err := r.Read(ctx, i, j, newRoom[T](j-i, d.X.Cols))
	if err != nil {
		t.Fatal(err)
	}
	for k := i; k < j; k++ {
		if !reflect.DeepEqual(got.X.Row(k-i), d.X.Row(k)) || got.Y[k-i] != d.Y[k] || got.Weights != nil {
			t.Fatalf("%d × %d: row %d of %d to %d is %v, %v", d.X.Rows, d.X.Cols, k, i, j, got.X.Row(k-i), got.Y[k-i])
		}
	}
}

// A neuron learns from a file what it learns in memory.
func TestTrain(t *testing.T) {
	d := random[float32](20_000, 30)
	o := train.Options{Rate: 1, Epochs: 5, BatchSize: 3000, Shuffle: train.NoShuffle, Standardize: true}
	want, err := train.Fit(ctx, d, o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := train.Fit(ctx, write(t, d, false), o)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
}

// The file has no name where that is possible, and is gone in the end anywhere.
func TestNoLitter(t *testing.T) {
	dir := t.TempDir()
	list := func() []string {
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	for _, finish := range []bool{false, true} {
		w, err := Create[float32](dir, 3)
		if err != nil {
			t.Fatal(err)
		}
		if names := list(); runtime.GOOS != "windows" && len(names) > 0 {
			t.Errorf("while it is in use: %q", names)
		}
		var c io.Closer = w
		if finish {
			w.Append([]float32{1, 2, 3}, true)
			if c, err = w.Rows(false); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if names := list(); len(names) > 0 {
			t.Errorf("left behind: %q", names)
		}
	}
}

// A file is bytes that can go wrong.
type file struct {
	bytes []byte
	err   error
	reads int
}

func (f *file) ReadAt(p []byte, at int64) (int, error) {
	f.reads++
	if f.err != nil {
		return 0, f.err
	}
	n := copy(p, f.bytes[min(at, int64(len(f.bytes))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Every change of a file that is in use is an error, which says where.
func TestChanged(t *testing.T) {
	const offset, length, block = 3, 1000, 64
	content := make([]byte, offset+length)
	for i := range content {
		content[i] = byte(i * i)
	}
	f := &file{}
	var b *blocks
	reset := func() {
		f.bytes, f.err = append([]byte(nil), content...), nil
		b = newBlocks(f, "f", offset, length, block)
	}
	read := func(i, j int) error {
		p := make([]byte, j-i)
		err := b.read(p, int64(i))
		if err == nil && string(p) != string(content[offset+i:offset+j]) {
			t.Fatalf("bytes %d to %d differ", i, j)
		}
		return err
	}
	for _, r := range [][2]int{{0, 1000}, {1, 1000}, {0, 999}, {63, 65}, {64, 128}, {999, 1000}, {0, 0}, {960, 1000}, {100, 900}} {
		reset()
		for range 2 {
			if err := read(r[0], r[1]); err != nil {
				t.Errorf("bytes %v: %v", r, err)
			}
		}
	}
	for at := offset; at < offset+length; at++ {
		reset()
		read(0, length)
		f.bytes[at] ^= 1 << (at % 8)
		k := (at - offset) / block
		want := fmt.Sprintf("f: bytes %d to %d are not what they were at first (changed while it was in use)", offset+k*block, min(offset+k*block+block, offset+length)-1)
		if err := read(k*block, length); !errors.Is(err, ErrChanged) || err.Error() != want {
			t.Fatalf("byte %d changed: %v, want %s", at, err, want)
		}
		reset()
		f.bytes = f.bytes[:at]
		want = fmt.Sprintf("f: cut short while it was read: it ends behind %d bytes, and had at least 1003 (changed while it was in use)", at)
		if err := read(0, length); !errors.Is(err, ErrChanged) || err.Error() != want {
			t.Fatalf("cut at %d: %v, want %s", at, err, want)
		}
	}
	reset()
	f.err = errors.New("input/output error")
	if err := read(70, 80); !errors.Is(err, f.err) || err.Error() != "f: reading bytes 67 to 130: input/output error" {
		t.Error(err)
	}
}

// Neighbouring parts of a block cost one read of it, and an error leaves nothing
// that could be taken for it.
func TestPartsOfBlocks(t *testing.T) {
	const length, block, part = 1000, 64, 10
	f := &file{bytes: make([]byte, length)}
	for i := range f.bytes {
		f.bytes[i] = byte(i * i)
	}
	b := newBlocks(f, "f", 0, length, block)
	p := make([]byte, part)
	for at := 0; at < length; at += part {
		if err := b.read(p, int64(at)); err != nil || string(p) != string(f.bytes[at:at+part]) {
			t.Fatalf("byte %d: %v, %v", at, p, err)
		}
	}
	if want := (length + block - 1) / block; f.reads != want {
		t.Errorf("%d reads, want %d", f.reads, want)
	}
	f.err = errors.New("input/output error")
	for range 2 {
		if err := b.read(p, 0); !errors.Is(err, f.err) {
			t.Errorf("a block that cannot be read: %v", err)
		}
	}
	f.err = nil
	if err := b.read(p, length-part); err != nil || string(p) != string(f.bytes[length-part:]) {
		t.Errorf("behind an error: %v, %v", p, err)
	}
}

// What is written is checked when it is read first.
func TestScratchDamaged(t *testing.T) {
	d := random[float32](5000, 5)
	w, err := Create[float32](t.TempDir(), 5)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Y {
		if err := w.Append(d.X.Row(i), true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.file.WriteAt([]byte{42}, 4999*64); err != nil {
		t.Fatal(err)
	}
	r, err := w.Rows(false)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.file.WriteAt([]byte{42}, 4999*64+1); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(ctx, 0, 4096, newRoom[float32](4096, 5)); err != nil {
		t.Error(err)
	}
	if _, err := train.Fit(ctx, r, train.Options{Rate: 1, Epochs: 1}); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), "scratch file in "+w.dir) {
		t.Error(err)
	}
	if err := r.file.Truncate(100); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(ctx, 0, 1, newRoom[float32](1, 5)); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
}

func TestCreateErrors(t *testing.T) {
	if _, err := Create[float32](filepath.Join(t.TempDir(), "none"), 1); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	for want, f := range map[string]func(){
		"packed.Create: 0 features":                    func() { Create[float32]("", 0) },
		"packed.Writer.Append: 2 features, must be 30": func() { (&Writer[float32]{cols: 30}).Append(make([]float32, 2), true) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			f()
		}()
	}
	if free, ok := Free(t.TempDir()); ok && (free <= 0 || free > math.MaxInt64/2) {
		t.Errorf("%d bytes are free", free)
	}
	if _, ok := Free(filepath.Join(t.TempDir(), "none")); ok {
		t.Error("a folder that is not there has room")
	}
}

// Training takes the same memory for any number of rows: an eighth of these.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("half a gigabyte")
	}
	const rows, cols = 128 << 10, 1024
	w, err := Create[float32](t.TempDir(), cols)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float32, cols)
	for i := range rows {
		row[i%cols] = float32(i%7) - 3
		if err := w.Append(row, i%7 > 3); err != nil {
			t.Fatal(err)
		}
	}
	r, err := w.Rows(false)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	test, err := train.StratifiedSet(ctx, r.Positive(), 0.2, 1)
	if err != nil {
		t.Fatal(err)
	}
	src := train.Subset(r, test.Complement())
	if _, err := train.Fit(ctx, src, train.Options{Rate: 0.1, Epochs: 2}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// All that was ever allocated, whatever was freed in between.
	if n := after.TotalAlloc - before.TotalAlloc; n > rows*cols*4/8 {
		t.Errorf("%d MiB allocated for %d MiB of data", n>>20, rows*cols*4>>20)
	} else {
		t.Logf("%d MiB allocated for %d MiB of data", n>>20, rows*cols*4>>20)
	}
}
