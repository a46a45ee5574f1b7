package packed

import (
	"context"
	"os"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// Rows are rows in a file: a [train.Source].
type Rows[T kernel.Float] struct {
	blocks   *blocks
	rows     int
	cols     int
	width    int           // numbers that a row has in the file
	features []run         // of them
	positive *train.RowSet // the rows with the label 1; the others have 0
	wide     []T           // some rows as they are in the file, if they are not padded there

	file   *os.File
	remove string // what to remove in the end, or ""
}

// A run are neighbouring numbers of a row, from one up to the one before to.
type run struct{ from, to int }

// Shape returns the number of rows and of features.
func (r *Rows[T]) Shape() (rows, cols int) { return r.rows, r.cols }

// Read reads rows i to j-1 into room.
func (r *Rows[T]) Read(ctx context.Context, i, j int, room train.Data[T]) (train.Data[T], error) {
	room.Weights = nil
	train.Labels(room.Y[:j-i], r.positive, i)
	if r.padded() {
		return room, r.readRows(room.X.Data[:(j-i)*r.width], i)
	}
	n := int(r.blocks.block) / size[T]() / max(r.width, 1)
	if r.wide == nil {
		r.wide = make([]T, n*r.width)
	}
	for k := i; k < j; {
		if err := ctx.Err(); err != nil {
			return room, err
		}
		m := min(n-k%n, j-k) // up to the end of the block
		if err := r.readRows(r.wide[:m*r.width], k); err != nil {
			return room, err
		}
		for end := k + m; k < end; k++ {
			from, to := r.wide[(m-(end-k))*r.width:], room.X.Row(k-i)
			for _, f := range r.features {
				to = to[copy(to, from[f.from:f.to]):]
			}
		}
	}
	return room, nil
}

// padded reports whether rows are in the file as the kernels want them.
func (r *Rows[T]) padded() bool {
	return r.width == kernel.PaddedStride[T](r.cols) && (len(r.features) == 0 || r.features[0] == run{0, r.cols})
}

func (r *Rows[T]) readRows(dst []T, i int) error {
	return r.blocks.read(bytesOf(dst), int64(i)*int64(r.width)*int64(size[T]()))
}

// Positive returns the set of the rows with the label 1.
func (r *Rows[T]) Positive() *train.RowSet { return r.positive }

// Close closes the file, and removes it if it is a scratch file.
func (r *Rows[T]) Close() error { return discard(r.file, r.remove) }

func discard(f *os.File, remove string) error {
	err := f.Close()
	if remove != "" {
		err = os.Remove(remove)
	}
	return err
}
