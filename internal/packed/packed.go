// Package packed keeps rows of numbers in a file, as [train.Source], so that a
// neuron can be trained on more rows than memory holds.
//
// A file that is read is cut into blocks. Every block has a checksum, which is
// kept in memory: a file that is cut short, changed or damaged while it is in
// use is an error wherever the change is read. No file is mapped into memory.
package packed

import (
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
)

// bytesOf returns the memory of s.
func bytesOf[T kernel.Float](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*size[T]())
}

func size[T kernel.Float]() int { return int(unsafe.Sizeof(*new(T))) }
