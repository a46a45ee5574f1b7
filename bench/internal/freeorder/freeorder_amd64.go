//go:build !purego

package freeorder

import "golang.org/x/sys/cpu"

// Available reports whether this machine can run Step.
var Available = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL &&
	cpu.X86.HasFMA && cpu.X86.HasPOPCNT

// lanes are the sums of the rows, lane by lane, as the kernels leave them.
type lanes struct {
	cost, delta [8]float64
	correct     int
}

//go:noescape
func step32AVX512(grad, x, w, y *float32, b float32, rows, cols, stride int, sums *lanes)

//go:noescape
func step128AVX512(grad, x, w, y *float32, b float32, rows, stride int, sums *lanes)

//go:noescape
func wideAVX512(grad, x, w, y *float32, b float32, rows, cols, stride, ahead int, sums *lanes)
