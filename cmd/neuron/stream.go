package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/internal/packed"
	"github.com/seed-b3c25b83/kernel/train"
)

// checkStream refuses what rows that are not in memory cannot do.
func (o *trainOptions) checkStream() error {
	switch {
	case !o.stream && o.scratch != "":
		return misuse("-scratch is the folder for the rows of -stream, which is not given")
	case !o.stream:
		return nil
	case o.folds > 0:
		return misuse("-stream: -folds needs all rows in memory; hold rows out with -test-fraction, or leave out one of them")
	case o.BatchSize != 0 && o.shuffleGiven() && o.Shuffle == train.ShuffleRows:
		return misuse("-stream: -shuffle rows takes the rows of every step from all over the file; say -shuffle batches, which is nearly as good, or none")
	}
	return nil
}

// shuffleGiven reports whether the user has said what to shuffle.
func (o *trainOptions) shuffleGiven() bool { return given(o.flags, "shuffle") }

// trainStream trains on rows that are read from disk in every epoch.
func trainStream[T kernel.Float](e *env, o *trainOptions) error {
	rows, d, err := streamed[T](e, o)
	if err != nil {
		return err
	}
	warnAlike(e, o, d.classes)
	defer rows.Close()
	d.counts[1] = rows.Positive().Count()
	d.counts[0] = d.X.Rows - d.counts[1]
	if err := d.checkClasses(); err != nil {
		return err
	}

	seen, unseen := train.Source[T](rows), train.Source[T](nil)
	if o.test > 0 {
		test, err := train.StratifiedSet(e.ctx, rows.Positive(), o.test, o.Seed)
		if err != nil {
			return err
		}
		if n := test.Count(); n == 0 || n == test.Rows() {
			return d.tooFew(o)
		}
		seen, unseen = train.Subset(seen, test.Complement()), train.Subset(seen, test)
	}
	return trainOn(e, o, d, settleOrder(o, seen), unseen, o.progress(e))
}

// manyRows is the number of rows up to which train.AutoBatch takes all in a
// step.
const manyRows = 4096

// settleOrder shuffles batches of rows that are not in memory where these would
// be shuffled themselves. It says so in the flags: the command in the model is to
// train the same weights in memory. For batches it returns a source of rows that
// can be put in another order.
func settleOrder[T kernel.Float](o *trainOptions, src train.Source[T]) train.Source[T] {
	rows, _ := src.Shape()
	if o.BatchSize == 0 || o.BatchSize >= rows || o.BatchSize == train.AutoBatch && rows <= manyRows {
		return src // a step takes all rows
	}
	if !o.shuffleGiven() {
		o.flags.Set("shuffle", train.ShuffleBatches.String())
		o.Shuffle = train.ShuffleBatches
	}
	if o.Shuffle != train.ShuffleBatches {
		return src
	}
	return shuffled[T]{src, o.scratchFolder()}
}

// shuffled rows are written in another order to a second scratch file.
type shuffled[T kernel.Float] struct {
	train.Source[T]
	dir string
}

func (s shuffled[T]) Deal(ctx context.Context, place func(i int) int) (train.Source[T], error) {
	rows, cols := s.Shape()
	if err := checkFree(s.dir, "the rows in random order take", int64(rows)*int64(kernel.PaddedStride[T](cols)*size[T]())); err != nil {
		return nil, err
	}
	dealt, err := packed.Dealt(s.Source, s.dir).Deal(ctx, place)
	if err != nil && !errors.Is(err, packed.ErrChanged) && ctx.Err() == nil {
		err = scratchError(err)
	}
	return dealt, err
}

// streamed returns the rows of the file that the user names, on disk, and what is
// known of them.
func streamed[T kernel.Float](e *env, o *trainOptions) (*packed.Rows[T], *labelled[T], error) {
	if m, err := openNPY[T](o); err != nil {
		return nil, nil, err
	} else if m != nil {
		return matrix(e, o, m)
	}
	t, file, err := open(e, o.path, o.format)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	return pack[T](e, o, t, file)
}

// pack writes the rows of a file to a scratch file.
func pack[T kernel.Float](e *env, o *trainOptions, t *dataset.Reader, file io.Closer) (rows *packed.Rows[T], d *labelled[T], err error) {
	input := watch(file)
	l, err := trainingLayout(t, o.label, o.ignored())
	if err != nil {
		return nil, nil, err
	}
	dir := o.scratchFolder()
	w, err := packed.Create[T](dir, len(l.features))
	if err != nil {
		return nil, nil, scratchError(err)
	}
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	c, err := o.classes()
	if err != nil {
		return nil, nil, err
	}
	n := 0
	x := newBatch[T](len(l.features))
	for {
		err := t.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = e.ctx.Err()
		}
		if err != nil {
			return nil, nil, err
		}
		k, err := c.index(t, l.label)
		if err != nil {
			return nil, nil, err
		}
		if k == leftOut {
			c.others++
			continue
		}
		x.Rows, x.Data = 0, x.Data[:0]
		if err := appendRow(&x, t, l.features); err != nil {
			return nil, nil, textError(err, t, n)
		}
		if err := w.Append(x.Row(0), k == 1); err != nil {
			return nil, nil, scratchError(err)
		}
		if n++; n == spaceRows {
			if err := checkSpace(input, dir, int64(n*w.RowBytes())); err != nil {
				return nil, nil, err
			}
		}
	}
	if err := input.check(t.Name); err != nil {
		return nil, nil, err
	}
	d, swap, err := describe[T](t, l, &c, n, o.positive)
	if err != nil {
		return nil, nil, err
	}
	rows, err = w.Rows(swap)
	if err != nil {
		return nil, nil, scratchError(err)
	}
	return rows, d, nil
}

// scratchFolder returns the folder for large files that nobody needs later: what
// the user says, or what the environment does. /tmp may be in memory.
func (o *trainOptions) scratchFolder() string {
	const large = "/var/tmp"
	switch info, err := os.Stat(large); {
	case o.scratch != "":
		return o.scratch
	case os.Getenv("TMPDIR") == "" && err == nil && info.IsDir():
		return large
	}
	return os.TempDir()
}

func scratchError(err error) error {
	return fmt.Errorf("%w; -scratch FOLDER names a folder that has room for the rows", err)
}

// spaceRows is the number of rows that tell how much space all will take.
const spaceRows = 4096

// checkSpace looks whether a folder has room for all rows of a file, of which
// the first take so many bytes there.
func checkSpace(input *watched, dir string, written int64) error {
	need, ok := input.total(written)
	if !ok {
		return nil
	}
	return checkFree(dir, "the rows take about", need-written) // what is written is not free any more
}

// checkFree returns an error if a folder has not room for so many bytes, which
// may be a little less than was estimated.
func checkFree(dir, what string, need int64) error {
	free, known := packed.Free(dir)
	if known && need > free+free/10 {
		return scratchError(fmt.Errorf("%s %s, and %s has room for %s", what, bytesText(need), dir, bytesText(free)))
	}
	return nil
}

// bytesText returns a size in words.
func bytesText(n int64) string {
	x := float64(n)
	for _, unit := range []string{"bytes", "KiB", "MiB", "GiB"} {
		if x < 1023.5 {
			return fmt.Sprintf("%.3g %s", x, unit)
		}
		x /= 1024
	}
	return fmt.Sprintf("%.3g TiB", x)
}

// A watched file is a regular file that nobody should write to while it is
// read. A nil one is another kind of input.
type watched struct {
	file *os.File
	size int64
	time time.Time
}

func watch(file io.Closer) *watched {
	if two, ok := file.(*labelledFile); ok {
		file = two.Closer
	}
	f, ok := file.(*os.File)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return &watched{f, info.Size(), info.ModTime()}
}

// check returns an error if the file has changed.
func (w *watched) check(name string) error {
	if w == nil {
		return nil
	}
	info, err := w.file.Stat()
	switch {
	case err != nil:
		return err
	case info.Size() < w.size:
		return fmt.Errorf("%s: cut short while it was read: it had %d bytes and has %d; get a whole copy of it", name, w.size, info.Size())
	case info.Size() != w.size || !info.ModTime().Equal(w.time):
		return fmt.Errorf("%s: changed while it was read; wait until nobody writes to it, or train on a copy", name)
	}
	return nil
}

// total returns about how large something gets that has the given size for what
// was read so far.
func (w *watched) total(size int64) (int64, bool) {
	if w == nil {
		return 0, false
	}
	at, err := w.file.Seek(0, io.SeekCurrent)
	if err != nil || at <= 0 {
		return 0, false
	}
	return int64(float64(size) * float64(w.size) / float64(at)), true
}

// evaluate is train.Evaluate for rows that may have to be read. It does not end
// with the context: the report of an interrupted training needs it.
func evaluate[T kernel.Float](weights []T, bias T, src train.Source[T], threshold float64) (*evaluationReport, error) {
	v, err := train.EvaluateSource(context.Background(), weights, bias, src, threshold)
	if err != nil {
		return nil, err
	}
	return evaluation(v), nil
}
