package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"github.com/seed-b3c25b83/kernel"
)

// IndexBase is the index of the first feature in a LIBSVM file.
type IndexBase uint8

const (
	FindBase IndexBase = iota // 0 if any index is 0, else 1
	FromZero
	FromOne
)

func (b IndexBase) String() string { return [...]string{"auto", "0", "1"}[b] }

// What rows may take that nobody asked for: so many bytes as float32, and so
// many times what the file has.
const (
	denseBytes = 1 << 30
	denseRatio = 64
)

// An entry is one feature of a line.
type entry struct {
	column int
	value  []byte
	at     int // column of the value in the line, in bytes from 1
}

// libsvmRows are the rows of a LIBSVM or SVMlight file: lines of
//
//	label index:value index:value … # comment
//
// with ascending indices. What is not there is 0. SVMlight's qid:number, the
// second field, is skipped; so are empty lines.
type libsvmRows struct {
	name     string
	r        *bufio.Reader
	base     int
	features int

	text    []byte // the line read last
	line    int
	label   string
	entries []entry
}

// newLIBSVM starts to read a LIBSVM file. Unless the options say how many
// features there are and from which they count, it reads the file twice; again
// opens it anew, or is nil if that cannot be.
func newLIBSVM(r *bufio.Reader, name string, o Options, again func() (*bufio.Reader, error)) (*Reader, error) {
	if err := skipMark(r, name); err != nil {
		return nil, err
	}
	t := &libsvmRows{name: name, r: r, base: int(o.IndexBase) - 1, features: o.Features}
	if o.IndexBase == FindBase || o.Features == 0 {
		if err := t.survey(o, again); err != nil {
			return nil, err
		}
	}
	if err := t.next(); err == io.EOF {
		return nil, fmt.Errorf("%s: the file is empty", name)
	} else if err != nil {
		return nil, err
	}
	return &Reader{
		Name: name, Width: t.features + 1, Label: t.features, IndexBase: IndexBase(t.base + 1),
		rows: &ahead{rows: t, first: true},
	}, nil
}

// survey reads all lines to find the number of features and the first index,
// and goes back to the first line.
func (t *libsvmRows) survey(o Options, again func() (*bufio.Reader, error)) error {
	var kept bytes.Buffer // the file, if it can be read only once
	least, most, place := -1, -1, ""
	rows, size := 0, int64(0)
	for {
		err := t.readLine()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		size += int64(len(t.text))
		if again == nil {
			kept.Write(t.text)
		}
		any := false
		for field, at := range fields(t.text) {
			if !any {
				any = true
				rows++
				continue
			}
			index, ok := leadingIndex(field)
			if !ok {
				continue // reported when the line is read again
			}
			if least < 0 || index < least {
				least = index
			}
			if index > most {
				most, place = index, fmt.Sprintf("%s:%d:%d", t.name, t.line, at)
			}
		}
	}
	if o.IndexBase == FindBase {
		t.base = 1
		if least == 0 {
			t.base = 0
		}
	}
	if o.Features == 0 {
		t.features = max(most-t.base+1, 0)
		if t.features == 0 && rows > 0 {
			return fmt.Errorf("%s: no line has a feature", t.name)
		}
		if need := 4 * float64(rows) * float64(t.features); need > denseBytes && need > denseRatio*float64(size) {
			return fmt.Errorf("%s: index %d: %s of %d features take %.1f GiB in memory, zeros included; if that is meant, say -columns %d",
				place, most, Count(rows, "row"), t.features, need/(1<<30), t.features)
		}
	}
	t.line = 0
	if again == nil {
		t.r = bufio.NewReader(&kept)
		return nil
	}
	r, err := again()
	if err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	t.r = r
	return skipMark(r, t.name)
}

// readLine reads the next line into text, however long it is.
func (t *libsvmRows) readLine() error {
	t.text = t.text[:0]
	for {
		piece, err := t.r.ReadSlice('\n')
		t.text = append(t.text, piece...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err != nil && (err != io.EOF || len(t.text) == 0) {
			if err != io.EOF {
				err = fmt.Errorf("%s: %w", t.name, err)
			}
			return err
		}
		t.line++
		return nil
	}
}

// fields yields the fields of a line up to its comment, with their place in it.
func fields(text []byte) func(yield func([]byte, int) bool) {
	return func(yield func([]byte, int) bool) {
		for i := 0; i < len(text); {
			switch c := text[i]; {
			case c == '#':
				return
			case c == ' ' || c == '\t' || c == '\r' || c == '\n':
				i++
			default:
				j := i
				for j < len(text) && strings.IndexByte(" \t\r\n#", text[j]) < 0 {
					j++
				}
				if !yield(text[i:j], i+1) {
					return
				}
				i = j
			}
		}
	}
}

// leadingIndex returns the index of index:value.
func leadingIndex(field []byte) (int, bool) {
	i := bytes.IndexByte(field, ':')
	if i < 1 || i > 10 {
		return 0, false
	}
	n := int64(0)
	for _, c := range field[:i] {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	if n >= 1<<31-1 {
		return 0, false
	}
	return int(n), true
}

// isLIBSVM reports whether text begins like a file of LIBSVM: its first line
// that is not a comment has a number and fields of the form index:value.
func isLIBSVM(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for len(text) > 0 {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		n, features := 0, 0
		for field, at := range fields(line) {
			if !whole && at+len(field)-1 == len(line) && n > 1 {
				break // the field may go on
			}
			n++
			if n == 1 {
				if !IsNumber(string(field)) {
					return false
				}
				continue
			}
			value, ok := bytes.CutPrefix(field, []byte("qid:"))
			if !ok {
				if _, ok := leadingIndex(field); !ok {
					return false
				}
				value = field[bytes.IndexByte(field, ':')+1:]
				features++
			}
			if !IsNumber(string(value)) {
				return false
			}
		}
		if n > 0 {
			return features > 0
		}
		text = rest
	}
	return false
}

func (t *libsvmRows) next() error {
	for {
		if err := t.readLine(); err != nil {
			return err
		}
		any, err := t.parse()
		if any || err != nil {
			return err
		}
	}
}

// errorf returns an error about the current line.
func (t *libsvmRows) errorf(at int, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %w", t.name, t.line, at, fmt.Errorf(format, args...))
}

// parse takes the current line apart. It reports whether there is anything.
func (t *libsvmRows) parse() (any bool, err error) {
	t.entries = t.entries[:0]
	n, last := 0, -1
	for field, at := range fields(t.text) {
		n++
		if n == 1 {
			if t.label, err = t.parseLabel(field, at); err != nil {
				return true, err
			}
			continue
		}
		colon := bytes.IndexByte(field, ':')
		if colon < 0 {
			return true, t.errorf(at, "%q is not index:value; write each feature so, with spaces between them", field)
		}
		if n == 2 && string(field[:colon]) == "qid" {
			continue
		}
		index, ok := leadingIndex(field)
		switch {
		case !ok:
			return true, t.errorf(at, "%q is no index of a feature; write a whole number below 2147483647", field[:colon])
		case index < t.base:
			return true, t.errorf(at, "index 0, where indices count from 1; if they count from 0, say -index-base 0")
		case index <= last:
			return true, t.errorf(at, "index %d behind index %d; indices must ascend, each at most once in a line", index, last)
		case index-t.base >= t.features:
			return true, t.errorf(at, "index %d, and there are %s, from %d to %d; leave it out, or raise -columns for a model that is to know it",
				index, Count(t.features, "feature"), t.base, t.base+t.features-1)
		}
		last = index
		t.entries = append(t.entries, entry{index - t.base, field[colon+1:], at + colon + 1})
	}
	return n > 0, nil
}

// parseLabel returns a label. +1 is the same as 1.
func (t *libsvmRows) parseLabel(field []byte, at int) (string, error) {
	s := string(field)
	switch {
	case strings.Contains(s, ":"):
		return "", t.errorf(at, "%q where the label belongs, which begins each line", s)
	case strings.Contains(s, ","):
		return "", t.errorf(at, "%q are several labels; give each row one", s)
	}
	if err := checkName(s, "class"); err != nil {
		return "", t.errorf(at, "%w", err)
	}
	if bare := strings.TrimPrefix(s, "+"); IsNumber(bare) && bare[0] != '+' && bare[0] != '-' {
		return bare, nil
	}
	return s, nil
}

// find returns the value of a column, and nil for 0.
func (t *libsvmRows) find(column int) *entry {
	k := sort.Search(len(t.entries), func(k int) bool { return t.entries[k].column >= column })
	if k < len(t.entries) && t.entries[k].column == column {
		return &t.entries[k]
	}
	return nil
}

func (t *libsvmRows) float32s(dst []float32, columns []int) (int, error) {
	return spread(t, dst, columns)
}

func (t *libsvmRows) float64s(dst []float64, columns []int) (int, error) {
	return spread(t, dst, columns)
}

// spread makes dense what is sparse.
func spread[T kernel.Float](t *libsvmRows, dst []T, columns []int) (bad int, err error) {
	clear(dst)
	n := len(columns)
	if n > 0 && columns[n-1]-columns[0] == n-1 && columns[n-1] < t.features && sort.IntsAreSorted(columns) {
		for _, e := range t.entries { // all of a run of columns
			if j := e.column - columns[0]; j >= 0 && j < n {
				if dst[j], err = ParseNumber[T](string(e.value)); err != nil {
					return e.column, err
				}
			}
		}
		return 0, nil
	}
	for j, i := range columns {
		if i == t.features {
			dst[j], err = ParseNumber[T](t.label)
		} else if e := t.find(i); e != nil {
			dst[j], err = ParseNumber[T](string(e.value))
		}
		if err != nil {
			return i, err
		}
	}
	return 0, nil
}

func (t *libsvmRows) class(i int) (string, error) {
	if i == t.features {
		return t.label, nil
	}
	if e := t.find(i); e != nil {
		if len(e.value) == 0 {
			return "", errors.New("the value is missing; fill it in or remove the row")
		}
		return string(e.value), nil
	}
	return "0", nil
}

func (t *libsvmRows) place(i int) string {
	at := 1
	if i == t.features {
		for _, at = range fields(t.text) {
			break
		}
	} else if e := t.find(i); e != nil {
		at = e.at
	}
	return t.name + ":" + strconv.Itoa(t.line) + ":" + strconv.Itoa(at)
}
