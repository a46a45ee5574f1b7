package packed

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// A Matrix is a file of NumPy, .npy, that is read where it lies: a matrix of
// little-endian numbers of type T in C order.
type Matrix[T kernel.Float] struct {
	Rows, Cols int
	blocks     *blocks
	file       *os.File
}

const magic = "\x93NUMPY"

// IsNPY reports whether a file says that it is one of NumPy.
func IsNPY(r io.ReaderAt) bool {
	p := make([]byte, len(magic))
	n, _ := r.ReadAt(p, 0)
	return string(p[:n]) == magic
}

// ErrElement is wrapped by the error of OpenNPY for numbers that are not of the
// type wanted.
var ErrElement = errors.New("another type of number")

// OpenNPY makes a matrix of an open file, which must be regular. name is for
// messages.
func OpenNPY[T kernel.Float](f *os.File, name string) (*Matrix[T], error) {
	h, err := readHeader(f)
	if err == nil {
		err = checkHeader[T](h)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	rows, cols := h.shape[0], h.shape[1]
	rowBytes := int64(cols) * int64(size[T]())
	length := int64(rows) * rowBytes
	switch have := info.Size() - h.length; {
	case have < length:
		return nil, fmt.Errorf("%s: cut short: %d × %d numbers take %d bytes, the file has %d of them; get a whole copy of it", name, rows, cols, length, have)
	case have > length:
		return nil, fmt.Errorf("%s: %d bytes follow the %d × %d numbers that the file says it has", name, have-length, rows, cols)
	}
	b := newBlocks(f, name, h.length, length, int64(kernel.ShardRows[T](cols))*rowBytes)
	return &Matrix[T]{Rows: rows, Cols: cols, blocks: b, file: f}, nil
}

// Close closes the file of a matrix of which nothing was selected.
func (m *Matrix[T]) Close() error { return m.file.Close() }

// Each calls do for all rows, some at a time, in order; first is the number of the
// first of them.
func (m *Matrix[T]) Each(ctx context.Context, do func(first int, x kernel.Batch[T]) error) error {
	n := kernel.ShardRows[T](m.Cols) // rows of a block
	buf := make([]T, n*m.Cols)
	for i := 0; i < m.Rows; i += n {
		if err := ctx.Err(); err != nil {
			return err
		}
		p := buf[:min(n, m.Rows-i)*m.Cols]
		if err := m.blocks.read(bytesOf(p), int64(i)*int64(m.Cols)*int64(size[T]())); err != nil {
			return err
		}
		if err := do(i, kernel.Batch[T]{Data: p, Rows: len(p) / m.Cols, Cols: m.Cols}); err != nil {
			return err
		}
	}
	return nil
}

// Select makes rows of the given columns, which ascend, with the label 1 for
// those in positive. Closing them closes the file.
func (m *Matrix[T]) Select(features []int, positive *train.RowSet) *Rows[T] {
	r := &Rows[T]{blocks: m.blocks, rows: m.Rows, cols: len(features), width: m.Cols, positive: positive, file: m.file}
	for _, j := range features {
		if n := len(r.features); n > 0 && r.features[n-1].to == j {
			r.features[n-1].to++
		} else {
			r.features = append(r.features, run{j, j + 1})
		}
	}
	return r
}

// A header is what a .npy file says of its numbers.
type header struct {
	descr   string
	fortran bool
	shape   []int
	length  int64 // of the header itself
}

// maxHeader is more than any header of a matrix needs.
const maxHeader = 1 << 16

// readHeader reads a header of format version 1, 2 or 3: the magic, two bytes
// of version, two or four of length, and a Python dictionary in text.
func readHeader(f io.ReaderAt) (h header, err error) {
	p := make([]byte, 12)
	n, err := f.ReadAt(p, 0)
	if n < len(p) {
		if err == io.EOF {
			err = errors.New("cut short: it ends within its first 12 bytes")
		}
		return h, err
	}
	var text int64
	switch p[6] {
	case 1:
		h.length, text = 10, int64(binary.LittleEndian.Uint16(p[8:]))
	case 2, 3:
		h.length, text = 12, int64(binary.LittleEndian.Uint32(p[8:]))
	}
	if string(p[:6]) != magic || h.length == 0 {
		return h, errors.New("not a .npy file of version 1, 2 or 3")
	}
	if text > maxHeader {
		return h, fmt.Errorf("claims a header of %d bytes: the file is damaged", text)
	}
	dict := make([]byte, text)
	if n, err := f.ReadAt(dict, h.length); n < len(dict) {
		if err == io.EOF {
			err = errors.New("cut short: it ends within its header")
		}
		return h, err
	}
	h.length += text
	return h, h.parse(string(dict))
}

var (
	descrField   = regexp.MustCompile(`'descr':\s*'([^']*)'`)
	fortranField = regexp.MustCompile(`'fortran_order':\s*(True|False)`)
	shapeField   = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

func (h *header) parse(dict string) error {
	descr, fortran, shape := descrField.FindStringSubmatch(dict), fortranField.FindStringSubmatch(dict), shapeField.FindStringSubmatch(dict)
	if fortran == nil || shape == nil {
		return fmt.Errorf("a header without an order or a shape: the file is damaged: %.100q", dict)
	}
	if descr != nil { // otherwise it is a table of several types
		h.descr = descr[1]
	}
	h.fortran = fortran[1] == "True"
	for s := range strings.SplitSeq(shape[1], ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("a shape of %s: the file is damaged", shape[1])
		}
		h.shape = append(h.shape, n)
	}
	return nil
}

// checkHeader says why numbers cannot be read where they lie.
func checkHeader[T kernel.Float](h header) error {
	want := fmt.Sprintf("<f%d", size[T]())
	if len(h.shape) != 2 {
		return fmt.Errorf("an array of %d dimensions; want a matrix, a row for each example", len(h.shape))
	}
	rows, cols := h.shape[0], h.shape[1]
	switch {
	case h.descr != want:
		return fmt.Errorf("numbers of type %q, want %q: %w", h.descr, want, ErrElement)
	case h.fortran:
		return errors.New("in Fortran order, in which rows cannot be read one after the other; save numpy.ascontiguousarray of it")
	case rows == 0 || cols == 0:
		return fmt.Errorf("%d rows, %d columns: there is nothing in it", rows, cols)
	case int64(rows) > (1<<62)/int64(size[T]())/int64(cols):
		return fmt.Errorf("claims %d × %d numbers: the file is damaged", rows, cols)
	case binary.NativeEndian.Uint16([]byte{1, 0}) != 1:
		return errors.New("in another byte order than that of this CPU")
	}
	return nil
}
