//go:build purego || !amd64

package freeorder

// Available reports whether this machine can run Step.
const Available = false

type lanes struct {
	cost, delta [8]float64
	correct     int
}

func step32AVX512(grad, x, w, y *float32, b float32, rows, cols, stride int, sums *lanes)      {}
func step128AVX512(grad, x, w, y *float32, b float32, rows, stride int, sums *lanes)           {}
func wideAVX512(grad, x, w, y *float32, b float32, rows, cols, stride, ahead int, sums *lanes) {}
