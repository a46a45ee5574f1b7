//go:build linux || darwin

package guard

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Enabled says whether this system guards regions.
const Enabled = true

func newRegion(n int) *Region {
	page := os.Getpagesize()
	n = max(n+page-1, page) / page * page
	fd, err := memory()
	check("a file for memory", err)
	defer unix.Close(fd)
	check("ftruncate", unix.Ftruncate(fd, int64(n+2*page)))
	all, err := unix.Mmap(fd, 0, n+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	check("mmap", err)
	again, err := unix.Mmap(fd, 0, n+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	check("mmap", err)
	check("mprotect", unix.Mprotect(all[:page], unix.PROT_NONE))
	check("mprotect", unix.Mprotect(all[page+n:], unix.PROT_NONE))
	mem := all[page : page+n : page+n]
	return &Region{
		mem: mem,
		rw:  again[page : page+n : page+n],
		free: func() {
			check("munmap", unix.Munmap(all))
			check("munmap", unix.Munmap(again))
		},
		prot: func(writable bool) {
			prot := unix.PROT_READ
			if writable {
				prot |= unix.PROT_WRITE
			}
			check("mprotect", unix.Mprotect(mem, prot))
		},
	}
}

func check(call string, err error) {
	if err != nil {
		panic(fmt.Sprintf("guard: %s: %v", call, err))
	}
}
