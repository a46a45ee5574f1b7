package dataset

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel"
)

// Header says whether the first line of a CSV file names the columns.
type Header uint8

const (
	Auto Header = iota // it does if none of its fields is a number
	Present
	Absent
)

// csvRows are the rows of a CSV file.
//
// The format is that of RFC 4180: fields in a line are set apart by commas (or
// another delimiter) and may stand in double quotes. Lines end in LF or CRLF,
// the last one may do without. A UTF-8 byte order mark is skipped; spaces
// around a field are, too, even within its quotes. All lines have the same
// number of fields. Empty lines are allowed at the end of the file only, NUL
// bytes and carriage returns of their own nowhere. A line end within quotes is
// part of the field, as LF even if it is CRLF.
type csvRows struct {
	name   string
	csv    *csv.Reader
	width  int
	record []string // the row read last
	first  bool     // record is the first row, and not yet returned
	end    int      // the line on which record ends
}

// newCSV starts to read a CSV file.
func newCSV(buffered *bufio.Reader, name string, o Options) (*Reader, error) {
	if err := skipMark(buffered, name); err != nil {
		return nil, err
	}
	t := &csvRows{name: name, csv: csv.NewReader(buffered)}
	t.csv.Comma = o.Delimiter
	if o.Delimiter == 0 {
		t.csv.Comma = ','
		if extension(name) == ".tsv" {
			t.csv.Comma = '\t'
		}
	}
	t.csv.FieldsPerRecord = -1
	t.csv.ReuseRecord = true
	if err := t.read(); err == io.EOF {
		return nil, fmt.Errorf("%s: the file is empty", name)
	} else if err != nil {
		return nil, err
	}
	t.width = len(t.record)
	t.first = true
	reader := &Reader{Name: name, Width: t.width, Label: -1, rows: t}
	if o.Header == Present || o.Header == Auto && !anyNumber(t.record) {
		t.first = false
		var err error
		if reader.Columns, err = t.names(); err != nil {
			return nil, err
		}
	}
	return reader, nil
}

func (t *csvRows) next() error {
	if t.first {
		t.first = false
		return nil
	}
	if err := t.read(); err != nil {
		return err
	}
	if len(t.record) != t.width {
		// The place is the first field too many, or the last that is there.
		return t.errorf(min(len(t.record)-1, t.width), "this line has %s, the first has %d; every line needs the same number",
			Count(len(t.record), "field"), t.width)
	}
	return nil
}

func (t *csvRows) float32s(dst []float32, columns []int) (int, error) {
	return parse(dst, t.record, columns)
}
func (t *csvRows) float64s(dst []float64, columns []int) (int, error) {
	return parse(dst, t.record, columns)
}

func parse[T kernel.Float](dst []T, record []string, columns []int) (int, error) {
	for j, i := range columns {
		v, err := ParseNumber[T](record[i])
		if err != nil {
			return i, err
		}
		dst[j] = v
	}
	return 0, nil
}

func (t *csvRows) class(i int) (string, error) { return t.record[i], checkName(t.record[i], "class") }

func (t *csvRows) place(i int) string {
	line, column := t.csv.FieldPos(i)
	return fmt.Sprintf("%s:%d:%d", t.name, line, column)
}

// errorf returns an error about field i of the row read last.
func (t *csvRows) errorf(i int, format string, args ...any) error {
	return fmt.Errorf("%s: %w", t.place(i), fmt.Errorf(format, args...))
}

// checkName returns an error if s cannot be the name of something.
func checkName(s, of string) error {
	switch {
	case s == "":
		return fmt.Errorf("the name of the %s is missing", of)
	case !utf8.ValidString(s):
		return fmt.Errorf("the name %q of the %s is not UTF-8; convert the file to UTF-8", s, of)
	}
	return nil
}

// read reads the next line into record, and trims and checks its fields.
func (t *csvRows) read() error {
	record, err := t.csv.Read()
	if err != nil {
		return t.wrap(err)
	}
	line, _ := t.csv.FieldPos(0)
	if line != t.end+1 {
		return fmt.Errorf("%s:%d:1: the line is empty; remove it", t.name, t.end+1)
	}
	last := len(record) - 1
	t.end, _ = t.csv.FieldPos(last)
	t.end += strings.Count(record[last], "\n")
	t.record = record
	for i, s := range record {
		if strings.IndexByte(s, 0) >= 0 {
			return t.errorf(i, "a NUL byte; this is not a text file in UTF-8")
		}
		if strings.IndexByte(s, '\r') >= 0 {
			return t.errorf(i, "a carriage return inside %q; end lines with LF or CRLF", s)
		}
		record[i] = strings.TrimSpace(s)
	}
	return nil
}

// names returns the row read last as names of columns.
func (t *csvRows) names() ([]string, error) {
	names := make([]string, len(t.record))
	seen := make(map[string]int)
	for i, s := range t.record {
		if err := checkName(s, "column"); err != nil {
			return nil, t.errorf(i, "%w", err)
		}
		if j, ok := seen[s]; ok {
			return nil, t.errorf(i, "columns %d and %d are both named %q; rename one", j+1, i+1, s)
		}
		names[i] = strings.Clone(s)
		seen[names[i]] = i
	}
	return names, nil
}

// wrap turns an error of encoding/csv into one of ours.
func (t *csvRows) wrap(err error) error {
	if err == io.EOF {
		return err
	}
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	what := parse.Err.Error()
	switch parse.Err {
	case csv.ErrBareQuote:
		what = `a quote inside a field without quotes; put quotes around the field and double the inner one`
	case csv.ErrQuote:
		what = `a quoted field does not end here as it must; close the quote, and double quotes inside it`
	}
	return fmt.Errorf("%s:%d:%d: %s", t.name, parse.Line, parse.Column, what)
}

func anyNumber(record []string) bool {
	for _, s := range record {
		if IsNumber(s) {
			return true
		}
	}
	return false
}
