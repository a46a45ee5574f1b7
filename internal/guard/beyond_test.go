package guard

import "unsafe"

// beyond returns the address of s[i] for i outside s.
func beyond(s []float32, i int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(&s[0]), 4*i))
}
