package dataset

import (
	"fmt"
	"io"
)

// ReadVector reads the numbers of a .npy file, plain or in gzip, that holds one
// vector, such as the weights of a neuron: an array of which at most one
// dimension is not 1. single says that float32 holds every number of its type.
// The numbers are finite. name is for messages.
func ReadVector(r io.Reader, name string) (numbers []float64, single bool, err error) {
	b, _, err := gunzip(r)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", name, err)
	}
	a, err := readNPYHeader(b, name)
	if err != nil {
		return nil, false, err
	}
	if a.kind.text() {
		return nil, false, fmt.Errorf("%s: text, not numbers", name)
	}
	shape := []int{1}
	for _, n := range a.shape {
		if n != 1 && shape[0] != 1 {
			return nil, false, fmt.Errorf("%s: the shape %s is not that of one vector", name, shapeText(a.shape))
		}
		if n != 1 {
			shape[0] = n
		}
	}
	a.shape, a.fortran = shape, false // the order of one vector is the same
	x, err := newArray(a, true)
	if err != nil {
		return nil, false, err
	}
	var v [1]float64
	for err = x.Next(); err == nil; err = x.Next() {
		if err = Read(x, v[:], []int{0}); err != nil {
			break
		}
		numbers = append(numbers, v[0])
	}
	if err != io.EOF {
		return nil, false, err
	}
	k := a.kind
	return numbers, k.class == 'f' && k.size <= 4 || k.class != 'f' && k.size <= 2, nil
}
