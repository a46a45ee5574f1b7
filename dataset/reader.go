package dataset

import (
	"fmt"
	"io"

	"github.com/seed-b3c25b83/kernel"
)

// Options say how a file is to be read. The zero value finds out.
type Options struct {
	Delimiter rune   // between the fields of CSV; 0 means a comma, or a tab in files whose names end in .tsv
	Header    Header // of CSV
}

// A Reader reads the rows of one file.
type Reader struct {
	Name    string   // of the file, for error messages
	Columns []string // names of the columns; nil without
	Width   int      // number of columns

	rows rows
}

// rows are what a format has to say of its rows.
type rows interface {
	// next goes on to the next row; behind the last it returns io.EOF. Its
	// errors name the file and the place.
	next() error
	// float32s and float64s put the given columns of the row into dst. If one of
	// them cannot be, it returns which, and why.
	float32s(dst []float32, columns []int) (bad int, err error)
	float64s(dst []float64, columns []int) (bad int, err error)
	// class returns column i of the row as the name of a class. It is valid until
	// the next call of next.
	class(i int) (string, error)
	// place says where in the file column i of the row is, for messages.
	place(i int) string
}

// NewReader starts to read r: it returns when it knows the columns. name is for
// messages, and tells the format where the content does not.
func NewReader(r io.Reader, name string, o Options) (*Reader, error) {
	r, err := gunzip(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return newCSV(r, name, o)
}

// Next goes on to the next row. It returns io.EOF behind the last one.
func (r *Reader) Next() error { return r.rows.next() }

// Read puts the numbers in the given columns of the current row into dst, which
// must be as long.
func Read[T kernel.Float](r *Reader, dst []T, columns []int) error {
	if len(dst) != len(columns) {
		panic(fmt.Sprintf("dataset: len(dst) = %d, len(columns) = %d; they must be equal", len(dst), len(columns)))
	}
	var bad int
	var err error
	switch dst := any(dst).(type) {
	case []float32:
		bad, err = r.rows.float32s(dst, columns)
	case []float64:
		bad, err = r.rows.float64s(dst, columns)
	}
	if err != nil {
		return r.Errorf(bad, "%s: %w", r.Column(bad), err)
	}
	return nil
}

// Class returns column i of the current row as the name of a class. It is valid
// until the next row is read.
func (r *Reader) Class(i int) (string, error) {
	s, err := r.rows.class(i)
	if err != nil {
		return "", r.Errorf(i, "%w", err)
	}
	return s, nil
}

// Column returns the name of column i in messages.
func (r *Reader) Column(i int) string {
	if r.Columns != nil {
		return r.Columns[i]
	}
	return fmt.Sprintf("column %d", i+1)
}

// Errorf returns an error about column i of the current row.
func (r *Reader) Errorf(i int, format string, args ...any) error {
	return fmt.Errorf("%s:%s: %w", r.Name, r.rows.place(i), fmt.Errorf(format, args...))
}

// Count returns n and the noun, in the plural if need be.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
