// Package table reads CSV files of numbers and class names.
//
// The format is that of RFC 4180: fields in a line are set apart by commas (or
// another delimiter) and may stand in double quotes. Lines end in LF or CRLF,
// the last one may do without. A UTF-8 byte order mark is skipped; spaces
// around a field are, too, even within its quotes. All lines have the same
// number of fields. Empty lines are allowed at the end of the file only, NUL
// bytes and carriage returns of their own nowhere. A line end within quotes is
// part of the field, as LF even if it is CRLF. A file compressed by gzip, in one
// member or several, is decompressed as it is read.
//
// Errors name file, line and column; both count from 1, columns in bytes.
package table

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Header says whether the first line of a file names the columns.
type Header uint8

const (
	Auto Header = iota // it does if none of its fields is a number
	Present
	Absent
)

// A Reader reads the rows of one file.
type Reader struct {
	Name    string   // of the file, for error messages
	Columns []string // names from the header; nil without one
	Width   int      // number of columns

	csv    *csv.Reader
	record []string // the row read last
	first  bool     // record is the first row, and not yet returned
	end    int      // the line on which record ends
}

// NewReader starts to read r: it returns when it knows the columns.
func NewReader(r io.Reader, name string, delimiter rune, header Header) (*Reader, error) {
	r, err := gunzip(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	buffered := bufio.NewReaderSize(r, 1<<16)
	if err := skipMark(buffered, name); err != nil {
		return nil, err
	}
	t := &Reader{Name: name, csv: csv.NewReader(buffered)}
	t.csv.Comma = delimiter
	t.csv.FieldsPerRecord = -1
	t.csv.ReuseRecord = true
	if err := t.read(); err == io.EOF {
		return nil, fmt.Errorf("%s: the file is empty", name)
	} else if err != nil {
		return nil, err
	}
	t.Width = len(t.record)
	t.first = true
	if header == Present || header == Auto && !anyNumber(t.record) {
		t.first = false
		return t, t.name()
	}
	return t, nil
}

// Next returns the next row, which is valid until the next call, and io.EOF
// after the last.
func (t *Reader) Next() ([]string, error) {
	if t.first {
		t.first = false
		return t.record, nil
	}
	if err := t.read(); err != nil {
		return nil, err
	}
	if len(t.record) != t.Width {
		// The place is the first field too many, or the last that is there.
		return nil, t.Errorf(min(len(t.record)-1, t.Width), "this line has %s, the first has %d; every line needs the same number",
			Count(len(t.record), "field"), t.Width)
	}
	return t.record, nil
}

// Column returns the name of column i in messages.
func (t *Reader) Column(i int) string {
	if t.Columns != nil {
		return t.Columns[i]
	}
	return fmt.Sprintf("column %d", i+1)
}

// Errorf returns an error about field i of the row read last.
func (t *Reader) Errorf(i int, format string, args ...any) error {
	line, column := t.csv.FieldPos(i)
	return fmt.Errorf("%s:%d:%d: %w", t.Name, line, column, fmt.Errorf(format, args...))
}

// CheckName returns an error if field i of the row read last cannot be the
// name of something.
func (t *Reader) CheckName(i int, of string) error {
	switch s := t.record[i]; {
	case s == "":
		return t.Errorf(i, "the name of the %s is missing", of)
	case !utf8.ValidString(s):
		return t.Errorf(i, "the name %q of the %s is not UTF-8; convert the file to UTF-8", s, of)
	}
	return nil
}

// read reads the next line into record, and trims and checks its fields.
func (t *Reader) read() error {
	record, err := t.csv.Read()
	if err != nil {
		return t.wrap(err)
	}
	line, _ := t.csv.FieldPos(0)
	if line != t.end+1 {
		return fmt.Errorf("%s:%d:1: the line is empty; remove it", t.Name, t.end+1)
	}
	last := len(record) - 1
	t.end, _ = t.csv.FieldPos(last)
	t.end += strings.Count(record[last], "\n")
	t.record = record
	for i, s := range record {
		if strings.IndexByte(s, 0) >= 0 {
			return t.Errorf(i, "a NUL byte; this is not a text file in UTF-8")
		}
		if strings.IndexByte(s, '\r') >= 0 {
			return t.Errorf(i, "a carriage return inside %q; end lines with LF or CRLF", s)
		}
		record[i] = strings.TrimSpace(s)
	}
	return nil
}

// name makes the row read last the names of the columns.
func (t *Reader) name() error {
	seen := make(map[string]int)
	for i, s := range t.record {
		if err := t.CheckName(i, "column"); err != nil {
			return err
		}
		if j, ok := seen[s]; ok {
			return t.Errorf(i, "columns %d and %d are both named %q; rename one", j+1, i+1, s)
		}
		seen[strings.Clone(s)] = i
	}
	t.Columns = make([]string, len(t.record))
	for s, i := range seen {
		t.Columns[i] = s
	}
	return nil
}

// wrap turns an error of encoding/csv into one of ours.
func (t *Reader) wrap(err error) error {
	if err == io.EOF {
		return err
	}
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	what := parse.Err.Error()
	switch parse.Err {
	case csv.ErrBareQuote:
		what = `a quote inside a field without quotes; put quotes around the field and double the inner one`
	case csv.ErrQuote:
		what = `a quoted field does not end here as it must; close the quote, and double quotes inside it`
	}
	return fmt.Errorf("%s:%d:%d: %s", t.Name, parse.Line, parse.Column, what)
}

func skipMark(r *bufio.Reader, name string) error {
	mark, _ := r.Peek(3)
	switch s := string(mark); {
	case s == "\ufeff":
		r.Discard(3)
	case strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		return fmt.Errorf("%s: the file is UTF-16; save it as UTF-8", name)
	case strings.HasPrefix(s, gzipMagic):
		return fmt.Errorf("%s: the file is compressed twice; undo one of it with gunzip", name)
	}
	return nil
}

func anyNumber(record []string) bool {
	for _, s := range record {
		if IsNumber(s) {
			return true
		}
	}
	return false
}

// Count returns n and the noun, in the plural if need be.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
