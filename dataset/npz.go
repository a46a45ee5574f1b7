package dataset

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// npzArray is one array in a file of several.
type npzArray struct {
	name  string
	entry *zip.File
	shape []int
	text  bool
	err   error // that its header gave
}

// newNPZ starts to read a file of several arrays, as numpy.savez writes it. The
// end of the file says what is in it: it is read into memory, unless file is
// not nil.
func newNPZ(r io.Reader, name string, o Options, file *os.File) (*Reader, error) {
	archive, err := openZip(r, file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, zipError(err))
	}
	arrays, err := listArrays(archive, name, o)
	if err != nil {
		return nil, err
	}
	x, err := chooseRows(arrays, name, o)
	if err != nil {
		return nil, err
	}
	y, err := chooseLabels(arrays, x, name, o)
	if err != nil {
		return nil, err
	}
	rows, err := x.open(name, false)
	if err != nil || y == nil {
		return rows, err
	}
	labels, err := y.open(name, true)
	if err != nil {
		return nil, err
	}
	return addLabels(rows, labels)
}

func openZip(r io.Reader, file *os.File) (*zip.Reader, error) {
	if file != nil {
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		return zip.NewReader(file, info.Size())
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(all), int64(len(all)))
}

func zipError(err error) error {
	switch {
	case errors.Is(err, zip.ErrFormat):
		return fmt.Errorf("the .npz file is cut off or damaged; get a whole copy of it: %w", err)
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the .npz file is damaged; get another copy of it: %w", err)
	}
	return err
}

// zipReader gives errors that say more.
type zipReader struct{ r io.Reader }

func (z zipReader) Read(p []byte) (int, error) {
	n, err := z.r.Read(p)
	if err != nil && err != io.EOF {
		err = gzipError(zipError(err))
	}
	return n, err
}

// listArrays reads the header of each array.
func listArrays(archive *zip.Reader, name string, o Options) ([]*npzArray, error) {
	var arrays []*npzArray
	for _, entry := range archive.File {
		bare, ok := strings.CutSuffix(entry.Name, ".npy")
		if !ok { // nothing is overlooked in a damaged file
			return nil, fmt.Errorf("%s: %q in it is not a .npy file, and an .npz file, as numpy.savez writes it, has nothing else", name, entry.Name)
		}
		a := &npzArray{name: bare, entry: entry}
		arrays = append(arrays, a)
		r, err := entry.Open()
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", name, entry.Name, zipError(err))
		}
		h, err := readNPYHeader(zipReader{r}, name+", "+entry.Name)
		r.Close()
		if err == nil {
			a.shape, a.text = h.shape, h.kind.text()
		} else if a.err = err; o.Array == "" || o.Label == "" { // it may be what is looked for
			return nil, err
		}
	}
	if len(arrays) == 0 {
		return nil, fmt.Errorf("%s: nothing is in it", name)
	}
	return arrays, nil
}

// open starts to read an array.
func (a *npzArray) open(name string, oneColumn bool) (*Reader, error) {
	if a.err != nil {
		return nil, a.err
	}
	name += ", " + a.entry.Name
	r, err := a.entry.Open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, zipError(err))
	}
	return newNPY(zipReader{r}, name, oneColumn)
}

// describe names arrays for a message.
func describe(arrays []*npzArray) string {
	var s []string
	for _, a := range arrays[:min(len(arrays), 12)] {
		shape := shapeText(a.shape)
		if a.err != nil {
			shape = "unreadable"
		}
		s = append(s, fmt.Sprintf("%s (%s)", a.name, shape))
	}
	return strings.Join(s, ", ")
}

func findArray(arrays []*npzArray, name string) *npzArray {
	for _, a := range arrays {
		if a.name == name {
			return a
		}
	}
	return nil
}

// chooseRows finds the array of the rows: the named one; else the only matrix,
// or the one named X.
func chooseRows(arrays []*npzArray, name string, o Options) (*npzArray, error) {
	if o.Array != "" {
		if a := findArray(arrays, o.Array); a != nil {
			return a, nil
		}
		return nil, fmt.Errorf("%s: no array %q; there are %s", name, o.Array, describe(arrays))
	}
	var matrices []*npzArray
	for _, a := range arrays {
		if len(a.shape) >= 2 && !a.text && a.name != o.Label {
			matrices = append(matrices, a)
		}
	}
	if len(matrices) > 1 {
		matrices = slices.DeleteFunc(matrices, func(a *npzArray) bool { return a.name != "X" && a.name != "x" })
	}
	if len(matrices) == 1 {
		return matrices[0], nil
	}
	return nil, fmt.Errorf("%s: which array has the rows? -array NAME says it; there are %s", name, describe(arrays))
}

// chooseLabels finds the array of the labels: the named one; else the only one
// that has as many elements as x has rows, or one with a usual name.
func chooseLabels(arrays []*npzArray, x *npzArray, name string, o Options) (*npzArray, error) {
	if o.Label != "" {
		a := findArray(arrays, o.Label)
		if a == nil {
			if _, err := strconv.Atoi(o.Label); err == nil {
				return nil, nil // a column of x
			}
			return nil, fmt.Errorf("%s: no array %q for -label; there are %s", name, o.Label, describe(arrays))
		}
		return a, nil
	}
	var fit []*npzArray
	for _, a := range arrays {
		if a != x && len(x.shape) > 0 && len(a.shape) > 0 && a.shape[0] == x.shape[0] && (len(a.shape) == 1 || len(a.shape) == 2 && a.shape[1] == 1) {
			fit = append(fit, a)
		}
	}
	if len(fit) > 1 {
		fit = slices.DeleteFunc(fit, func(a *npzArray) bool {
			return !slices.Contains([]string{"y", "Y", "label", "labels", "target"}, a.name)
		})
		if len(fit) != 1 {
			return nil, fmt.Errorf("%s: which array has the labels of %s? -label NAME says it; there are %s", name, x.name, describe(arrays))
		}
	}
	if len(fit) == 0 {
		if len(arrays) > 1 && o.Array == "" {
			return nil, fmt.Errorf("%s: no array has a label for each row of %s; -label NAME says which, -label NUMBER which column of %s, -array %s that there is none; there are %s",
				name, x.name, x.name, x.name, describe(arrays))
		}
		return nil, nil
	}
	return fit[0], nil
}
