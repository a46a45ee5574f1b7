// Package impl keeps the list of kernel implementations that this binary
// holds, so that tests and benchmarks can run every one of them on one
// machine. It is modelled on crypto/internal/impl.
package impl

import "fmt"

// An Implementation is one set of kernels.
type Implementation struct {
	Name      string // "AVX-512", "AVX2", "NEON", "generic"
	Available bool   // this machine, this operating system and GODEBUG allow it

	enabled *bool // what dispatch reads; nil for generic, which is always on
}

// all is ordered from most to least preferred; generic stands last.
var all = []Implementation{{Name: "generic", Available: true}}

// Register adds an implementation behind those that are registered already.
// use is the variable that dispatch reads; its value says whether the
// machine has what the implementation needs.
func Register(name string, use *bool) {
	last := len(all) - 1
	all = append(all[:last:last], Implementation{name, *use, use}, all[last])
}

// All returns every implementation in this binary, most preferred first.
func All() []Implementation { return append([]Implementation(nil), all...) }

// Current returns the name of the implementation that dispatch chooses.
func Current() string {
	for _, im := range all {
		if im.enabled == nil || *im.enabled {
			return im.Name
		}
	}
	panic("unreachable: generic is always enabled")
}

// Select makes dispatch choose the named implementation and returns a
// function that undoes it. It must not run while kernels run. It panics if
// this machine cannot run the implementation.
func Select(name string) (restore func()) {
	i := index(name)
	if !all[i].Available {
		panic(fmt.Sprintf("impl.Select: this machine cannot run %q", name))
	}
	before := make([]bool, len(all))
	for j, im := range all {
		if im.enabled != nil {
			before[j] = *im.enabled
			*im.enabled = j == i
		}
	}
	return func() {
		for j, im := range all {
			if im.enabled != nil {
				*im.enabled = before[j]
			}
		}
	}
}

func index(name string) int {
	for i, im := range all {
		if im.Name == name {
			return i
		}
	}
	panic(fmt.Sprintf("impl.Select: no implementation %q in this binary", name))
}
