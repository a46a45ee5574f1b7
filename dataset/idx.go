package dataset

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// idxKinds are the types of elements by their number in the file.
var idxKinds = map[byte]kind{
	0x08: {'u', 1, false},
	0x09: {'i', 1, false},
	0x0b: {'i', 2, true},
	0x0c: {'i', 4, true},
	0x0d: {'f', 4, true},
	0x0e: {'f', 8, true},
}

// isIDX reports whether a file begins like one of IDX: two zeros, the type of
// the elements and the number of dimensions.
func isIDX(start []byte) bool {
	return len(start) >= 4 && start[0] == 0 && start[1] == 0 && idxKinds[start[2]].size > 0 && start[3] >= 1 && start[3] <= 8
}

// newIDX starts to read a file of the format of MNIST.
func newIDX(r io.Reader, name string, oneColumn bool) (*Reader, error) {
	start, err := readUpTo(r, 4)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !isIDX(start) {
		return nil, fmt.Errorf("%s: byte 0: not an IDX file, which begins with two zeros, the type of the elements and the number of dimensions", name)
	}
	dims, err := readUpTo(r, 4*int64(start[3]))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(dims) < 4*int(start[3]) {
		return nil, fmt.Errorf("%s: cut off at byte %d, within the header; get a whole copy of it", name, 4+len(dims))
	}
	a := &arrayRows{name: name, r: r, offset: int64(4 + len(dims)), kind: idxKinds[start[2]]}
	for ; len(dims) > 0; dims = dims[4:] {
		n := binary.BigEndian.Uint32(dims)
		if n > math.MaxInt32 {
			return nil, fmt.Errorf("%s: a dimension of %d elements; the header is damaged", name, n)
		}
		a.shape = append(a.shape, int(n))
	}
	return newArray(a, oneColumn)
}

// LabelsOf returns the name that the labels of pictures have, such as
// train-labels-idx1-ubyte.gz for train-images-idx3-ubyte.gz, and "" for other
// files.
func LabelsOf(images string) string {
	for _, dash := range []string{"-", "."} {
		if i := strings.LastIndex(images, "images"+dash+"idx3"); i >= 0 {
			return images[:i] + "labels" + dash + "idx1" + images[i+len("images-idx3"):]
		}
	}
	return ""
}
