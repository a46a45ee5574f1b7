// Package upper tells whether the upper halves of the vector registers are in
// use. An assembly function that returns without VZEROUPPER leaves them so,
// which no result shows but which makes the scalar code of a caller several
// times slower.
package upper

import "sync"

// Known says whether this machine can tell. Emulators may say that everything
// is in use, always.
var Known = sync.OnceValue(func() bool {
	if !known() {
		return false
	}
	Spoil()
	dirty := Dirty()
	for range 20 { // an interruption can make one answer wrong
		Clean()
		if !Dirty() {
			return dirty
		}
	}
	return false
})

// Dirty says whether, at the moment, the bits above 128 of a vector register
// from 0 to 15 are in use; those of registers 16 to 31 cost nothing. It is
// meaningful right behind a call; the kernel of the operating system may
// intervene, so that a single answer proves nothing.
func Dirty() bool { return inUse()&(1<<2|1<<6) != 0 }
