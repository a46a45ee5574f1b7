// Package checkasm calls assembly functions as a hostile caller would and
// tells what a call left damaged: registers that the callee must keep, the
// caller's part of the stack, the stack below the function's own frame, the
// control bits of floating point, the upper halves of the vector registers.
// The idea is that of the tool of the same name in FFmpeg, x264 and dav1d.
//
// Functions are called at their own entry, by the stack convention they are
// written for, and not through the wrappers of the compiler, which hide
// damage.
package checkasm

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// MaxArgs is the greatest number of arguments of a function, in words.
const MaxArgs = 12

// A Func is an assembly function of this program.
type Func struct {
	Name  string // without the path of the package
	Entry uintptr
	Frame uintptr // bytes of stack the function takes, what the assembler adds included
}

const (
	stackWords = MaxArgs + 12 // the arguments and the caller's words behind them
	belowWords = 16           // the words behind the end of the function's frame
	belowLimit = 792          // bytes that Go promises to a function without a stack check

	// canary is what the words hold that a function must not change. As an
	// address it faults, as a float64 it is a NaN, as two float32 too.
	canary = 0xffe5_ca1a_ffe5_ca1a
)

// A frame is what the assembly of this package works on.
type frame struct {
	fn    uintptr
	top   uintptr // distance from the stack pointer down to the end of the function's frame
	stack [stackWords]uint64
	below [belowWords]uint64
	kept  [4]uint64 // registers to be kept, before the call
	after [4]uint64 // and after it
	fp    [2]uint64 // control bits of floating point, before and after
	upper uint64    // in: whether the machine tells; out: the state components in use
	wide  uint64    // whether there are mask registers and 32 vector registers
	masks uint64    // what the mask registers hold
}

// What the mask registers hold, call by call: a mask that a function forgets to
// set may look like any.
var (
	masks = [...]uint64{canary, 0, 1<<64 - 1}
	calls atomic.Uint64
)

// Call calls f with the given arguments, each in a word of its own as it
// stands on the stack, and returns what is damaged, in words, or "". Dirty
// upper halves are reported apart, since an interruption can bring them about
// as well: only a function that leaves them every time is wrong.
func Call(f Func, args ...uint64) (damage string, dirty bool) {
	if len(args) > MaxArgs {
		panic(fmt.Sprintf("checkasm.Call: %d arguments, at most %d", len(args), MaxArgs))
	}
	if f.Frame+belowWords*8 > belowLimit {
		panic(fmt.Sprintf("checkasm.Call: %s has a frame of %d bytes", f.Name, f.Frame))
	}
	c := frame{fn: f.Entry, top: f.Frame, upper: tellsUpper, wide: hasMasks, masks: masks[calls.Add(1)%uint64(len(masks))]}
	for i := range c.stack {
		c.stack[i] = canary
	}
	copy(c.stack[:], args)
	call(&c)
	var bad []string
	for i, r := range keptRegisters {
		if c.kept[i] != c.after[i] {
			bad = append(bad, fmt.Sprintf("%s is %#x, was %#x", r, c.after[i], c.kept[i]))
		}
	}
	for i := len(args); i < stackWords; i++ {
		if c.stack[i] != canary {
			bad = append(bad, fmt.Sprintf("word %d of the caller's stack is %#x", i, c.stack[i]))
		}
	}
	for i, w := range c.below {
		if w != canary {
			bad = append(bad, fmt.Sprintf("the stack is used %d bytes below the frame", 8*(belowWords-i)))
			break
		}
	}
	if c.fp[0] != c.fp[1] {
		bad = append(bad, fmt.Sprintf("the control bits of floating point are %#x, were %#x", c.fp[1], c.fp[0]))
	}
	return strings.Join(bad, "; "), c.upper&(1<<2|1<<6) != 0
}
