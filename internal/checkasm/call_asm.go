//go:build amd64 || arm64

package checkasm

// call copies c.stack to the arguments of a call, fills c.below, fills the
// registers that a function may change with canaries, calls c.fn, and copies
// everything back. It compares nothing.
//
//go:noescape
func call(c *frame)
