package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel"
)

// A kind is what the elements of an array are.
type kind struct {
	class byte // 'f' float, 'i' and 'u' integer, 'b' bool, 'S' bytes, 'U' code points of 4 bytes
	size  int  // bytes
	big   bool // big-endian
}

func (k kind) text() bool { return k.class == 'S' || k.class == 'U' }

// arrayRows are the rows of a binary array: its first dimension counts rows,
// the others are the columns, the last of them fastest.
type arrayRows struct {
	name    string // of the file, and of the array in it
	r       io.Reader
	offset  int64 // of the first element in the file
	kind    kind
	shape   []int
	fortran bool // the first index is the fastest

	rows, cols int
	row        int    // rows read
	raw        []byte // the row read last, little-endian
	all        []byte // everything, if fortran
	columns    []int  // where column j is in all, in elements, if fortran
}

// newArray starts to read an array of which the header is known. One dimension
// is one column, which makes rows only where columns says so.
func newArray(a *arrayRows, oneColumn bool) (*Reader, error) {
	switch n := len(a.shape); {
	case n == 0:
		return nil, fmt.Errorf("%s: one number, not rows of them", a.name)
	case n == 1 && !oneColumn:
		return nil, fmt.Errorf("%s: a list of %d numbers, not rows of them; if they belong to %d rows, reshape them", a.name, a.shape[0], a.shape[0])
	}
	a.rows, a.cols = a.shape[0], 1
	total := uint64(a.kind.size)
	for i, n := range a.shape {
		hi, lo := bits.Mul64(total, uint64(n))
		if hi != 0 || lo > math.MaxInt/2 {
			return nil, fmt.Errorf("%s: the shape %s is more than any file holds: the header is damaged", a.name, shapeText(a.shape))
		}
		total = lo
		if i > 0 {
			a.cols *= n
		}
	}
	if total == 0 {
		return nil, fmt.Errorf("%s: the shape %s has no rows, or no columns", a.name, shapeText(a.shape))
	}
	if oneColumn && a.cols != 1 {
		return nil, fmt.Errorf("%s: the shape %s is not one label for each row", a.name, shapeText(a.shape))
	}
	if a.kind.text() && !oneColumn {
		return nil, fmt.Errorf("%s: text, not numbers", a.name)
	}
	a.columns = nil
	// The first row proves that the number of columns is no lie.
	if err := a.next(); err != nil {
		return nil, err
	}
	return &Reader{Name: a.name, Width: a.cols, Label: -1, rows: &ahead{rows: a, first: true}}, nil
}

func shapeText(shape []int) string {
	var s []string
	for _, n := range shape {
		s = append(s, strconv.Itoa(n))
	}
	return strings.Join(s, " × ")
}

func (a *arrayRows) next() error {
	if a.row == a.rows {
		return a.end()
	}
	if a.fortran && a.rows > 1 {
		if err := a.nextFortran(); err != nil {
			return err
		}
	} else if err := a.nextC(); err != nil {
		return err
	}
	if a.kind.big {
		n := a.kind.size
		if a.kind.class == 'U' {
			n = 4
		}
		for p := a.raw; len(p) >= n; p = p[n:] {
			slices.Reverse(p[:n])
		}
	}
	a.row++
	return nil
}

// nextC reads the next row.
func (a *arrayRows) nextC() error {
	want := a.cols * a.kind.size
	if a.raw == nil {
		p, err := readUpTo(a.r, int64(want))
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		if len(p) < want {
			return a.short(int64(len(p)))
		}
		a.raw = p
		return nil
	}
	n, err := io.ReadFull(a.r, a.raw)
	switch err {
	case nil:
		return nil
	case io.EOF, io.ErrUnexpectedEOF:
		return a.short(int64(a.row)*int64(want) + int64(n))
	}
	return fmt.Errorf("%s: %w", a.name, err)
}

// nextFortran gathers the next row, for which it needs all of them in memory.
func (a *arrayRows) nextFortran() error {
	size := a.kind.size
	if a.all == nil {
		want := int64(a.rows) * int64(a.cols) * int64(size)
		all, err := readUpTo(a.r, want)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		if int64(len(all)) < want {
			return a.short(int64(len(all)))
		}
		a.all, a.raw = all, make([]byte, a.cols*size)
		a.columns = make([]int, a.cols)
		for c := range a.columns {
			rest, at, stride := c, 0, a.cols
			// Column c has the indices of c written in the dimensions, last fastest;
			// in the file the first is.
			step := a.rows
			for _, n := range a.shape[1:] {
				stride /= n
				at += rest / stride * step
				rest %= stride
				step *= n
			}
			a.columns[c] = at
		}
	}
	for c, at := range a.columns {
		copy(a.raw[c*size:(c+1)*size], a.all[(at+a.row)*size:])
	}
	return nil
}

// short is the error for a file that has fewer bytes than its header says.
func (a *arrayRows) short(have int64) error {
	return fmt.Errorf("%s: cut off at byte %d: %s elements of %d bytes are promised, which end at byte %d; get a whole copy of it",
		a.name, a.offset+have, shapeText(a.shape), a.kind.size, a.offset+int64(a.rows)*int64(a.cols)*int64(a.kind.size))
}

// end returns io.EOF if nothing follows the last row.
func (a *arrayRows) end() error {
	var p [1]byte
	switch _, err := io.ReadFull(a.r, p[:]); err {
	case io.EOF:
		return io.EOF
	case nil:
		return fmt.Errorf("%s: byte %d: something follows the %s elements that the header promises; keep one array in a file",
			a.name, a.offset+int64(a.rows)*int64(a.cols)*int64(a.kind.size), shapeText(a.shape))
	default:
		return fmt.Errorf("%s: %w", a.name, err)
	}
}

func (a *arrayRows) place(i int) string {
	at := int64(a.row-1)*int64(a.cols) + int64(i)
	if a.columns != nil {
		at = int64(a.columns[i] + a.row - 1)
	}
	return fmt.Sprintf("%s: byte %d, row %d", a.name, a.offset+at*int64(a.kind.size), a.row)
}

func (a *arrayRows) float32s(dst []float32, columns []int) (int, error) {
	return decode(dst, a.raw, a.kind, columns)
}

func (a *arrayRows) float64s(dst []float64, columns []int) (int, error) {
	return decode(dst, a.raw, a.kind, columns)
}

// decode turns elements into numbers. What has no exact value in T is rounded
// once.
func decode[T kernel.Float](dst []T, raw []byte, k kind, columns []int) (bad int, err error) {
	le := binary.LittleEndian
	switch k.class {
	case 'f':
		switch k.size {
		case 2:
			return float(dst, columns, func(i int) float32 { return float16(le.Uint16(raw[2*i:])) })
		case 4:
			return float(dst, columns, func(i int) float32 { return math.Float32frombits(le.Uint32(raw[4*i:])) })
		}
		return float(dst, columns, func(i int) float64 { return math.Float64frombits(le.Uint64(raw[8*i:])) })
	case 'i':
		for j, i := range columns {
			dst[j] = T(integer(raw, k, i))
		}
	default:
		for j, i := range columns {
			dst[j] = T(unsigned(raw, k, i))
		}
	}
	return 0, nil
}

// float converts floating-point numbers, which must be finite.
func float[T, S kernel.Float](dst []T, columns []int, at func(int) S) (bad int, err error) {
	for j, i := range columns {
		v := at(i)
		x := T(v)
		if x-x != 0 || x == 0 && v != 0 {
			return i, unfit[T](float64(v))
		}
		dst[j] = x
	}
	return 0, nil
}

// unfit says why v is no number of type T.
func unfit[T kernel.Float](v float64) error {
	if v-v == 0 {
		_, err := ParseNumber[T](strconv.FormatFloat(v, 'g', -1, 64))
		return err
	}
	return explain(strconv.FormatFloat(v, 'g', -1, 64))
}

// integer returns element i, a signed number.
func integer(raw []byte, k kind, i int) int64 {
	le := binary.LittleEndian
	switch k.size {
	case 1:
		return int64(int8(raw[i]))
	case 2:
		return int64(int16(le.Uint16(raw[2*i:])))
	case 4:
		return int64(int32(le.Uint32(raw[4*i:])))
	}
	return int64(le.Uint64(raw[8*i:]))
}

// unsigned returns element i, a number without a sign.
func unsigned(raw []byte, k kind, i int) uint64 {
	le := binary.LittleEndian
	switch k.size {
	case 1:
		return uint64(raw[i])
	case 2:
		return uint64(le.Uint16(raw[2*i:]))
	case 4:
		return uint64(le.Uint32(raw[4*i:]))
	}
	return le.Uint64(raw[8*i:])
}

// float16 widens a number of half precision.
func float16(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exponent {
	case 0: // 0 or subnormal: fraction · 2⁻²⁴
		v := float32(fraction) / (1 << 24)
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 0x1f:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+112)<<23 | fraction<<13)
}

func (a *arrayRows) class(i int) (string, error) {
	p := a.raw[i*a.kind.size : (i+1)*a.kind.size]
	le := binary.LittleEndian
	switch a.kind.class {
	case 'f':
		v, bits := 0.0, 32
		switch a.kind.size {
		case 2:
			v = float64(float16(le.Uint16(p)))
		case 4:
			v = float64(math.Float32frombits(le.Uint32(p)))
		default:
			v, bits = math.Float64frombits(le.Uint64(p)), 64
		}
		if v == 0 {
			v = 0 // −0 is no other class
		}
		return strconv.FormatFloat(v, 'g', -1, bits), nil
	case 'i':
		return strconv.FormatInt(integer(p, a.kind, 0), 10), nil
	case 'S':
		s := strings.TrimSpace(strings.TrimRight(string(p), "\x00"))
		return s, checkName(s, "class")
	case 'U':
		var b []byte
		for ; len(p) >= 4; p = p[4:] {
			c := le.Uint32(p)
			if c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
				return "", errors.New("the name of the class is not Unicode; the file is damaged")
			}
			b = utf8.AppendRune(b, rune(c))
		}
		s := strings.TrimSpace(strings.TrimRight(string(b), "\x00"))
		return s, checkName(s, "class")
	}
	return strconv.FormatUint(unsigned(p, a.kind, 0), 10), nil
}

// ahead are rows of which the first was read before it is asked for.
type ahead struct {
	rows
	first bool
}

func (a *ahead) next() error {
	if a.first {
		a.first = false
		return nil
	}
	return a.rows.next()
}
