package dataset

import (
	"fmt"
	"io"
	"slices"
)

// withLabels are rows whose labels are somewhere else, as a column behind the
// others.
type withLabels struct {
	rows
	x, y *Reader
	row  int
}

// addLabels gives the labels of y, which has one column, to the rows of x.
func addLabels(x, y *Reader) (*Reader, error) {
	if x.Label >= 0 {
		return nil, fmt.Errorf("%s: has labels of its own; leave out those of %s", x.Name, y.Name)
	}
	if y.Width != 1 {
		return nil, fmt.Errorf("%s: %s, not one label for each row of %s", y.Name, Count(y.Width, "column"), x.Name)
	}
	r := *x
	r.Width++
	r.Label = x.Width
	r.rows = &withLabels{rows: x.rows, x: x, y: y}
	if x.Columns != nil {
		name := "label"
		if y.Columns != nil {
			name = y.Columns[0]
		}
		if slices.Contains(x.Columns, name) {
			return nil, fmt.Errorf("%s: a column is named %q, as the labels of %s are; rename one", x.Name, name, y.Name)
		}
		r.Columns = append(slices.Clone(x.Columns), name)
	}
	return &r, nil
}

func (l *withLabels) next() error {
	err := l.x.Next()
	if err != nil && err != io.EOF {
		return err
	}
	labelErr := l.y.Next()
	switch {
	case labelErr != nil && labelErr != io.EOF:
		return labelErr
	case err == io.EOF && labelErr == nil:
		return fmt.Errorf("%s: more labels than the %s of %s; are they of another file?", l.y.Name, Count(l.row, "row"), l.x.Name)
	case err == nil && labelErr == io.EOF && l.y.Columns != nil:
		return fmt.Errorf("%s: %s only below the name %q of their column, and %s has more rows; are they of another file? (if %q is a label, put a line with a name above it)",
			l.y.Name, Count(l.row, "label"), l.y.Columns[0], l.x.Name, l.y.Columns[0])
	case err == nil && labelErr == io.EOF:
		return fmt.Errorf("%s: %s only, and %s has more rows; are they of another file?", l.y.Name, Count(l.row, "label"), l.x.Name)
	}
	l.row++
	return err
}

func (l *withLabels) float32s(dst []float32, columns []int) (int, error) {
	return fill(l, dst, columns)
}

func (l *withLabels) float64s(dst []float64, columns []int) (int, error) {
	return fill(l, dst, columns)
}

// fill reads numbers, of which the label may be one.
func fill[T float32 | float64](l *withLabels, dst []T, columns []int) (int, error) {
	j := slices.Index(columns, l.x.Width)
	if j < 0 {
		return read(l.rows, dst, columns)
	}
	if bad, err := fill(l, dst[:j], columns[:j]); err != nil {
		return bad, err
	}
	if _, err := read(l.y.rows, dst[j:j+1], []int{0}); err != nil {
		return l.x.Width, err
	}
	return fill(l, dst[j+1:], columns[j+1:])
}

func (l *withLabels) class(i int) (string, error) {
	if i == l.x.Width {
		return l.y.rows.class(0)
	}
	return l.rows.class(i)
}

func (l *withLabels) place(i int) string {
	if i == l.x.Width {
		return l.y.rows.place(0)
	}
	return l.rows.place(i)
}
