package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/internal/packed"
	"github.com/seed-b3c25b83/kernel/train"
)

// openNPY opens a file of NumPy to read it where it lies, or returns nil if it
// is another kind of file, or of input, or not as it is needed.
func openNPY[T kernel.Float](o *trainOptions) (*packed.Matrix[T], error) {
	if o.path == "" || o.path == "-" || o.labels != "" || o.negative != "" {
		return nil, nil
	}
	f, err := os.Open(o.path)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && packed.IsNPY(f) {
		if m, err := packed.OpenNPY[T](f, o.path); err == nil {
			return m, nil
		}
	}
	return nil, f.Close()
}

// matrix takes the rows of a file of NumPy, which it closes on an error.
func matrix[T kernel.Float](e *env, o *trainOptions, m *packed.Matrix[T]) (rows *packed.Rows[T], d *labelled[T], err error) {
	defer func() {
		if err != nil {
			m.Close()
		}
	}()
	t := &dataset.Reader{Name: o.path, Width: m.Cols, Label: -1}
	l, err := trainingLayout(t, o.label, o.ignored())
	if err != nil {
		return nil, nil, err
	}
	var c classes
	second := train.NewRowSet(0)
	zeros, z := make([]T, m.Cols), []T(nil)
	err = m.Each(e.ctx, func(first int, x kernel.Batch[T]) error {
		z = slices.Grow(z[:0], x.Rows)[:x.Rows]
		kernel.Forward(z, x, zeros, 0) // x·0, which is 0 just where all numbers are finite
		for i := range x.Rows {
			row := x.Row(i)
			if z[i] != 0 {
				if j := slices.IndexFunc(l.features, func(j int) bool { return row[j]-row[j] != 0 }); j >= 0 {
					column := l.features[j]
					return fmt.Errorf("%s: row %d, %s: %v is not a finite number; fill it in or remove the row",
						o.path, first+i+1, t.Column(column), row[column])
				}
			}
			k, err := classOf(&c, float64(row[l.label]), 8*size[T]())
			if err != nil {
				return fmt.Errorf("%s: row %d, %s: %w", o.path, first+i+1, t.Column(l.label), err)
			}
			second.Append(k == 1)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	d, swap, err := describe[T](t, l, &c, m.Rows, o.positive)
	if err != nil {
		return nil, nil, err
	}
	if swap {
		second = second.Complement()
	}
	return m.Select(l.features, second), d, nil
}

// classOf returns the index of the class that a number of so many bits names,
// and learns it if it can.
func classOf(c *classes, v float64, bits int) (int, error) {
	for k, name := range c.names {
		if known, _ := number(name); known == v {
			return k, nil
		}
	}
	name := strconv.FormatFloat(v, 'g', -1, bits)
	switch {
	case v-v != 0:
		return 0, fmt.Errorf("%s is no class; fill the label in or remove the row", name)
	case len(c.names) == 2:
		return 0, fmt.Errorf("%s is a third class after %s and %s; a neuron tells two apart (is this the label? see -label; of more classes, -positive and -negative choose)", name, c.names[0], c.names[1])
	}
	c.names = append(c.names, name)
	return len(c.names) - 1, nil
}
