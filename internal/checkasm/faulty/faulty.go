//go:build amd64 || arm64

// Package faulty holds assembly functions that break one rule each, to test
// what is to find them out.
package faulty

// Correct breaks no rule.
func Correct(p *uint64)

// Misuse names the other functions, so that the linker keeps them.
var Misuse = []func(*uint64){Correct, FramePointer, Caller, Below, Control, Upper}

// FramePointer changes the frame pointer.
func FramePointer(p *uint64)

// Caller writes to the stack of the caller, behind the argument.
func Caller(p *uint64)

// Below writes below its own frame.
func Below(p *uint64)

// Control changes the rounding mode; called again, it changes it back.
func Control(p *uint64)

// Upper leaves the upper halves of the vector registers in use, if there are
// any.
func Upper(p *uint64)
