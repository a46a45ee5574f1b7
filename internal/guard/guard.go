// Package guard provides slices that lie flush against memory which must not
// be touched, so that a kernel that reads or writes beyond a slice faults.
package guard

import (
	"fmt"
	"runtime/debug"
	"unsafe"
)

// A Region is a run of memory with an inaccessible page before it and one
// behind it. Where the operating system offers none (see Enabled), it is
// ordinary memory.
type Region struct {
	mem  []byte // without the guards
	rw   []byte // the same memory, always writable
	free func()
	prot func(writable bool)
}

// New returns a region that holds at least n bytes.
func New(n int) *Region { return newRegion(n) }

// Free unmaps the region.
func (r *Region) Free() { r.free() }

// ReadOnly says whether the region may only be read. A new region is writable.
func (r *Region) ReadOnly(yes bool) { r.prot(!yes) }

// Size returns the number of bytes in the region.
func (r *Region) Size() int { return len(r.mem) }

// End returns the last n elements of r: the guard stands right behind them.
func End[T any](r *Region, n int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	return slice[T](r, len(r.mem)-n*size, n)
}

// Start returns the first n elements of r: the guard stands right before them.
func Start[T any](r *Region, n int) []T { return slice[T](r, 0, n) }

func slice[T any](r *Region, at, n int) []T {
	size := int(unsafe.Sizeof(*new(T)))
	if at < 0 || at+n*size > len(r.mem) {
		panic(fmt.Sprintf("guard: %d elements of %d bytes in a region of %d", n, size, len(r.mem)))
	}
	return unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(r.mem)), at)), n)
}

// Writable returns the elements of s, a part of r, at another address where
// they may be written even while r is read-only.
func Writable[T any](r *Region, s []T) []T {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(s))) - uintptr(unsafe.Pointer(unsafe.SliceData(r.mem)))
	size := unsafe.Sizeof(*new(T))
	if at > uintptr(len(r.mem)) || at+uintptr(len(s))*size > uintptr(len(r.mem)) {
		panic("guard: a slice that is no part of the region")
	}
	return unsafe.Slice((*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(r.rw)), at)), len(s))
}

// Fault runs f and returns the fault that f raised by touching a guard or by
// writing to a read-only region, or nil. Other panics go on.
func Fault(f func()) (fault error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch e := recover().(type) {
		case nil:
		case interface {
			error
			Addr() uintptr
		}:
			fault = fmt.Errorf("%w at address %#x", e, e.Addr())
		default:
			panic(e)
		}
	}()
	f()
	return nil
}
