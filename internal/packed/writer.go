package packed

import (
	"fmt"
	"os"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// A Writer writes rows to a scratch file. Where that can be done the file has
// no name, so that nothing is left of it whatever ends the process.
type Writer[T kernel.Float] struct {
	dir    string
	file   *os.File
	remove string // what to remove in the end, or ""
	cols   int
	stride int
	rows   int
	ones   *train.RowSet
	block  []T // rows that are not yet written
	free   []T // the rest of it
	sums   []uint64
}

// Create makes a scratch file in dir for rows of so many features, one at least.
func Create[T kernel.Float](dir string, cols int) (*Writer[T], error) {
	if cols < 1 {
		panic(fmt.Sprintf("packed.Create: %d features", cols))
	}
	f, err := os.CreateTemp(dir, "neuron-*.scratch")
	if err != nil {
		return nil, fmt.Errorf("no scratch file: %w", err)
	}
	w := &Writer[T]{dir: dir, file: f, cols: cols, stride: kernel.PaddedStride[T](cols), ones: train.NewRowSet(0)}
	if os.Remove(f.Name()) != nil { // as long as it is open
		w.remove = f.Name()
	}
	w.block = make([]T, kernel.ShardRows[T](cols)*w.stride)
	w.free = w.block
	return w, nil
}

// Append writes the next row, which is of class 1 or 0. It panics if the row
// has not as many features as it must.
func (w *Writer[T]) Append(row []T, one bool) error {
	if len(row) != w.cols {
		panic(fmt.Sprintf("packed.Writer.Append: %d features, must be %d", len(row), w.cols))
	}
	copy(w.free, row)
	w.free = w.free[w.stride:]
	w.ones.Append(one)
	w.rows++
	if len(w.free) == 0 {
		return w.flush()
	}
	return nil
}

// flush writes what is in block.
func (w *Writer[T]) flush() error {
	p := bytesOf(w.block[:len(w.block)-len(w.free)])
	w.free = w.block
	if len(p) == 0 {
		return nil
	}
	w.sums = append(w.sums, checksum(p))
	if _, err := w.file.Write(p); err != nil {
		return fmt.Errorf("scratch file in %s, behind row %d: %w", w.dir, w.rows, err)
	}
	return nil
}

// RowBytes returns the number of bytes that a row takes in the file.
func (w *Writer[T]) RowBytes() int { return w.stride * size[T]() }

// Rows returns all rows, as they are read from the file; w is not to be used
// any more. With swap, those of class 1 become class 0 and the other way round.
func (w *Writer[T]) Rows(swap bool) (*Rows[T], error) {
	if err := w.flush(); err != nil {
		return nil, err
	}
	name := "scratch file in " + w.dir
	b := newBlocks(w.file, name, 0, int64(w.rows)*int64(w.RowBytes()), int64(len(w.block)*size[T]()))
	copy(b.sums, w.sums)
	r := &Rows[T]{blocks: b, rows: w.rows, cols: w.cols, width: w.stride, positive: w.ones, file: w.file, remove: w.remove}
	if swap {
		r.positive = w.ones.Complement()
	}
	return r, nil
}

// Close discards the file. It is for a Writer whose Rows nobody has asked for.
func (w *Writer[T]) Close() error { return discard(w.file, w.remove) }
