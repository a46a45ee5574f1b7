package dataset

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/seed-b3c25b83/kernel"
)

// Options say how a file is to be read. The zero value finds out.
type Options struct {
	Format    Format
	Delimiter rune      // between the fields of CSV; 0 means a comma, or a tab in files whose names end in .tsv
	Header    Header    // of CSV
	Features  int       // in LIBSVM files; 0 means as many as the greatest index needs
	IndexBase IndexBase // of LIBSVM files
	Array     string    // the array in a .npz file that has the rows
	Label     string    // the array in a .npz file that has the labels; a number stands for a column of the rows

	// Labels, if not nil, is another file with the labels, one for each row, in
	// any of the formats; LabelsName is its name.
	Labels     io.Reader
	LabelsName string
}

// A Reader reads the rows of one file.
type Reader struct {
	Name    string   // of the file, for error messages
	Format  Format   // of the file
	Columns []string // names of the columns; nil without
	Width   int      // number of columns
	Label   int      // the column that is the label, if the format says which, or -1

	IndexBase IndexBase // of a LIBSVM file: FromZero or FromOne

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
	// place says in which file and where column i of the row is, for messages.
	place(i int) string
}

// NewReader starts to read r: it returns when it knows the columns. name is for
// messages, and tells the format where the content does not.
//
// An [os.File] that is regular may be read more than once or not in order, where
// a format needs that; other readers are kept in memory then.
func NewReader(r io.Reader, name string, o Options) (*Reader, error) {
	x, err := newReader(r, name, o, false)
	if err != nil || o.Labels == nil {
		return x, err
	}
	y, err := newReader(o.Labels, o.LabelsName, Options{}, true)
	if err != nil {
		return nil, err
	}
	return addLabels(x, y)
}

// newReader starts to read one file. Only if oneColumn, an array of one
// dimension makes rows.
func newReader(r io.Reader, name string, o Options, oneColumn bool) (*Reader, error) {
	file, begin := regular(r)
	b, packed, err := gunzip(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	format, err := recognise(b, name, o)
	if err != nil {
		return nil, err
	}
	var reader *Reader
	switch format {
	case CSV:
		reader, err = newCSV(b, name, o)
	case LIBSVM:
		var again func() (*bufio.Reader, error)
		if file != nil {
			again = func() (*bufio.Reader, error) {
				if _, err := file.Seek(begin, io.SeekStart); err != nil {
					return nil, err
				}
				b, _, err := gunzip(file)
				return b, err
			}
		}
		reader, err = newLIBSVM(b, name, o, again)
	case NPY:
		reader, err = newNPY(b, name, oneColumn)
	case NPZ:
		if packed || begin != 0 {
			file = nil
		}
		reader, err = newNPZ(b, name, o, file)
	case IDX:
		reader, err = newIDX(b, name, oneColumn)
	}
	if err != nil {
		return nil, err
	}
	reader.Name, reader.Format = name, format
	return reader, nil
}

// regular returns r if it is a regular file, and where it stands.
func regular(r io.Reader) (file *os.File, at int64) {
	f, ok := r.(*os.File)
	if !ok {
		return nil, 0
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, 0
	}
	if at, err = f.Seek(0, io.SeekCurrent); err != nil {
		return nil, 0
	}
	return f, at
}

// Next goes on to the next row. It returns io.EOF behind the last one.
func (r *Reader) Next() error { return r.rows.next() }

// Read puts the numbers in the given columns of the current row into dst, which
// must be as long.
func Read[T kernel.Float](r *Reader, dst []T, columns []int) error {
	if len(dst) != len(columns) {
		panic(fmt.Sprintf("dataset: len(dst) = %d, len(columns) = %d; they must be equal", len(dst), len(columns)))
	}
	bad, err := read(r.rows, dst, columns)
	if err != nil {
		return r.Errorf(bad, "%s: %w", r.Column(bad), err)
	}
	return nil
}

func read[T kernel.Float](r rows, dst []T, columns []int) (bad int, err error) {
	switch dst := any(dst).(type) {
	case []float32:
		return r.float32s(dst, columns)
	case []float64:
		return r.float64s(dst, columns)
	}
	panic("dataset: a type of number that is no kernel.Float")
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
	if i == r.Label {
		return "label"
	}
	return fmt.Sprintf("column %d", i+1)
}

// Errorf returns an error about column i of the current row.
func (r *Reader) Errorf(i int, format string, args ...any) error {
	return fmt.Errorf("%s: %w", r.rows.place(i), fmt.Errorf(format, args...))
}

// Count returns n and the noun, in the plural if need be.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
