package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

const npyMagic = "\x93NUMPY"

// maxNPYHeader is more than any header needs that describes a plain array;
// numpy itself refuses headers of more than 10 000 bytes.
const maxNPYHeader = 1 << 16

// newNPY starts to read a file of NumPy, format version 1, 2 or 3.
//
// There is a library for this, sbinet/npyio. It allocates what a header claims,
// and needs gonum and a reader of pickles.
func newNPY(r io.Reader, name string, oneColumn bool) (*Reader, error) {
	a, err := readNPYHeader(r, name)
	if err != nil {
		return nil, err
	}
	return newArray(a, oneColumn)
}

// readNPYHeader reads the magic, two bytes of version, two or four of length,
// and a Python dictionary in text.
func readNPYHeader(r io.Reader, name string) (*arrayRows, error) {
	at := int64(0)
	read := func(n int64) ([]byte, error) {
		p, err := readUpTo(r, n)
		at += int64(len(p))
		if err == nil && int64(len(p)) < n {
			err = fmt.Errorf("cut off at byte %d, within the header; get a whole copy of it", at)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return p, nil
	}
	p, err := read(8)
	if err != nil {
		return nil, err
	}
	if string(p[:6]) != npyMagic {
		return nil, fmt.Errorf("%s: byte 0: not a .npy file: it does not begin with \\x93NUMPY", name)
	}
	lengthBytes := int64(4)
	switch p[6] {
	case 1:
		lengthBytes = 2
	case 2, 3:
	default:
		return nil, fmt.Errorf("%s: byte 6: version %d.%d of the format; versions 1 to 3 are known", name, p[6], p[7])
	}
	if p, err = read(lengthBytes); err != nil {
		return nil, err
	}
	var length [4]byte
	copy(length[:], p)
	n := binary.LittleEndian.Uint32(length[:])
	if n > maxNPYHeader {
		return nil, fmt.Errorf("%s: byte 8: a header of %d bytes; the file is damaged, or an array of records", name, n)
	}
	begin := at
	if p, err = read(int64(n)); err != nil {
		return nil, err
	}
	a := &arrayRows{name: name, r: r, offset: at}
	if err := parseNPYHeader(string(p), a); err != nil {
		return nil, fmt.Errorf("%s: byte %d: %w", name, begin, err)
	}
	return a, nil
}

var (
	npyDict  = regexp.MustCompile(`^\{\s*((?:'\w+':\s*(?:'[^']*'|True|False|\([0-9L, ]*\))\s*,?\s*){3})\}\s*$`)
	npyField = regexp.MustCompile(`'(\w+)':\s*('[^']*'|True|False|\([0-9L, ]*\))`)
	npyDescr = regexp.MustCompile(`^([<>|=]?)([a-zA-Z?])([0-9]*)$`)
)

// parseNPYHeader reads a dictionary such as
//
//	{'descr': '<f4', 'fortran_order': False, 'shape': (569, 30), }
func parseNPYHeader(text string, a *arrayRows) error {
	if strings.Contains(text, "'descr': [") {
		return errors.New("an array of records; save a plain matrix, such as one column for each field")
	}
	dict := npyDict.FindStringSubmatch(text)
	if dict == nil {
		return errors.New("the header is not what numpy writes; the file is damaged")
	}
	seen := map[string]bool{}
	for _, field := range npyField.FindAllStringSubmatch(dict[1], -1) {
		key, value := field[1], field[2]
		seen[key] = true
		var err error
		switch key {
		case "descr":
			a.kind, err = parseDescr(strings.Trim(value, "'"))
		case "fortran_order":
			a.fortran = value == "True"
			if value != "True" && value != "False" {
				err = fmt.Errorf("fortran_order is %s; the file is damaged", value)
			}
		case "shape":
			a.shape, err = parseShape(value)
		}
		if err != nil {
			return err
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return fmt.Errorf("the header does not say %s; the file is damaged", key)
		}
	}
	return nil
}

// parseDescr reads NumPy's name of a type, such as <f4.
func parseDescr(descr string) (k kind, err error) {
	const remedy = "convert it before it is saved: x.astype(numpy.float32)"
	m := npyDescr.FindStringSubmatch(descr)
	if m == nil {
		return k, fmt.Errorf("elements of type %q; %s", descr, remedy)
	}
	size, err := strconv.Atoi(m[3])
	if err != nil {
		size = 0
	}
	k = kind{class: m[2][0], size: size, big: m[1] == ">"}
	ok := false
	switch k.class {
	case 'f':
		ok = size == 2 || size == 4 || size == 8
	case 'i', 'u':
		ok = size == 1 || size == 2 || size == 4 || size == 8
	case 'b':
		ok = size == 1
	case 'S':
		ok = size > 0 && size <= maxNPYHeader
	case 'U':
		ok = size > 0 && size <= maxNPYHeader
		k.size *= 4
	case 'O':
		return k, fmt.Errorf("elements are Python objects, which only Python can read; %s", remedy)
	}
	if !ok || m[1] == "=" || m[1] != "<" && m[1] != ">" && k.class != 'S' && size != 1 {
		return k, fmt.Errorf("elements of type %q; %s", descr, remedy)
	}
	return k, nil
}

// parseShape reads a tuple of Python, such as (569, 30) or (569,).
func parseShape(tuple string) ([]int, error) {
	var shape []int
	text := strings.TrimSpace(strings.Trim(tuple, "()"))
	if text == "" {
		return nil, nil
	}
	for _, s := range strings.Split(strings.TrimSuffix(text, ","), ",") {
		s = strings.TrimSuffix(strings.TrimSpace(s), "L") // of Python 2
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("the shape %s makes no sense; the file is damaged", tuple)
		}
		shape = append(shape, n)
	}
	if len(shape) > 32 {
		return nil, fmt.Errorf("the shape %s has more dimensions than NumPy allows", tuple)
	}
	return shape, nil
}
