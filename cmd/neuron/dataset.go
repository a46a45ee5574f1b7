package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/train"
)

// newBatch returns an empty batch of padded rows.
func newBatch[T kernel.Float](cols int) kernel.Batch[T] {
	return kernel.Batch[T]{Cols: cols, Stride: kernel.PaddedStride[T](cols)}
}

// appendRow appends the given columns of the row read last to x.
func appendRow[T kernel.Float](x *kernel.Batch[T], t *dataset.Reader, columns []int) error {
	n := len(x.Data)
	x.Data = slices.Grow(x.Data, x.Stride)[:n+x.Stride]
	if err := dataset.Read(t, x.Data[n:n+x.Cols], columns); err != nil {
		return err
	}
	x.Rows++
	return nil
}

// readLabelled reads all rows with their labels, which are indices of c.
func readLabelled[T kernel.Float](ctx context.Context, t *dataset.Reader, l layout, c *classes) (train.Data[T], error) {
	d := train.Data[T]{X: newBatch[T](len(l.features))}
	for {
		err := t.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return d, err
		}
		k, err := c.index(t, l.label)
		if err != nil {
			return d, err
		}
		if k == leftOut {
			c.others++
			continue
		}
		if err := appendRow(&d.X, t, l.features); err != nil {
			return d, err
		}
		d.Y = append(d.Y, T(k))
	}
	switch {
	case d.X.Rows > 0:
		return d, nil
	case c.others > 0:
		return d, fmt.Errorf("%s: no row is of a class that -positive or -negative names", t.Name)
	}
	return d, fmt.Errorf("%s: a header, but no rows", t.Name)
}

// A labelled is a file to train on.
type labelled[T kernel.Float] struct {
	train.Data[T]
	source   string
	features []string // nil if the file has no header
	label    string   // name of the label's column, or its number
	classes  [2]string
	counts   [2]int
	leftOut  int    // rows of classes that were not chosen
	base     string // of the indices of a LIBSVM file
	pictures string // the recipe for their features, if the rows are pictures
}

// readDataset reads a file to train on.
func readDataset[T kernel.Float](ctx context.Context, t *dataset.Reader, f format, ignore []string) (*labelled[T], error) {
	l, err := trainingLayout(t, f.label, ignore)
	if err != nil {
		return nil, err
	}
	c, err := f.classes()
	if err != nil {
		return nil, err
	}
	data, err := readLabelled[T](ctx, t, l, &c)
	if err != nil {
		return nil, textError(err, t, data.X.Rows)
	}
	d, swap, err := describe[T](t, l, &c, data.X.Rows, f.positive)
	if err != nil {
		return nil, err
	}
	d.Data = data
	for i, y := range d.Y {
		if swap {
			d.Y[i] = 1 - y
		}
		d.counts[int(d.Y[i])]++
	}
	return d, d.checkClasses()
}

// textError says what to do about text where a number should be, behind so many
// rows.
func textError(err error, t *dataset.Reader, rows int) error {
	if !errors.Is(err, dataset.ErrText) {
		return err
	}
	err = fmt.Errorf("%w; name the label with -label, and columns that are no features with -ignore", err)
	if t.Columns == nil && rows == 0 {
		err = fmt.Errorf("%w; if this line names the columns, use -header yes", err)
	}
	return err
}

// describe returns what is known of a file when its rows were read, and whether
// the positive class is the one that was met first, class 0 so far. Of the rows
// the result has no more than the shape.
func describe[T kernel.Float](t *dataset.Reader, l layout, c *classes, rows int, positive string) (d *labelled[T], swap bool, err error) {
	switch len(c.names) {
	case 0:
		return nil, false, fmt.Errorf("%s: a header, but no rows", t.Name)
	case 1:
		return nil, false, fmt.Errorf("%s: %s: every row is of class %q; there must be two classes", t.Name, t.Column(l.label), c.names[0])
	}
	if c.chosen[1] != nil {
		positive = c.names[1]
	}
	p, err := c.positive(positive)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %s: %w", t.Name, t.Column(l.label), err)
	}
	d = &labelled[T]{source: t.Name, label: fmt.Sprint(l.label + 1), classes: [2]string{c.names[1-p], c.names[p]}}
	d.X.Rows, d.X.Cols = rows, len(l.features)
	d.leftOut = c.others
	if t.Format == dataset.LIBSVM {
		d.base = t.IndexBase.String()
	}
	if t.Columns != nil {
		d.label = t.Columns[l.label]
		for _, i := range l.features {
			d.features = append(d.features, t.Columns[i])
		}
	}
	return d, p == 0, nil
}

// checkClasses returns an error if there are no rows of a class that the user
// chose.
func (d *labelled[T]) checkClasses() error {
	for k, n := range d.counts {
		if n == 0 {
			return fmt.Errorf("%s: no row is of class %q; there must be two classes", d.source, d.classes[k])
		}
	}
	return nil
}
