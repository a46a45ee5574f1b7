//go:build !purego

package kernel

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// useNEON says that the machine has what the NEON kernels use.
var useNEON = hasNEON(runtime.GOOS)

// hasNEON is the gate of the NEON kernels: Advanced SIMD, which is part of
// every 64-bit ARM that Go runs on. On darwin, package cpu does not ask.
func hasNEON(goos string) bool { return cpu.ARM64.HasASIMD || goos == "darwin" }

func init() { impl.Register("NEON", &useNEON) }

// The kernels. Counts are in elements, at least 1; nothing is validated. Each
// computes what the function of kernel_generic.go named beside it computes.

// forwardNarrow: forwardGeneric with 64 bytes of lanes.
//
//go:noescape
func forwardNarrow32NEON(z, x, w *float32, b float32, rows, cols, stride int)

//go:noescape
func forwardNarrow64NEON(z, x, w *float64, b float64, rows, cols, stride int)

// forwardWide: forwardGeneric with 128 bytes of lanes.
//
//go:noescape
func forwardWide32NEON(z, x, w *float32, b float32, rows, cols, stride int)

//go:noescape
func forwardWide64NEON(z, x, w *float64, b float64, rows, cols, stride int)

// dot: dotGeneric with 128 bytes of lanes.
//
//go:noescape
func dot32NEON(acc *[maxLanes]float32, x, w *float32, cols int)

//go:noescape
func dot64NEON(acc *[maxLanes]float64, x, w *float64, cols int)

// gradientNarrow: gradientNarrowGeneric.
//
//go:noescape
func gradientNarrow32NEON(grad, x, delta *float32, rows, cols, stride int)

//go:noescape
func gradientNarrow64NEON(grad, x, delta *float64, rows, cols, stride int)

// gradientWide: gradientWideGeneric.
//
//go:noescape
func gradientWide32NEON(grad, x, delta *float32, rows, cols, stride int)

//go:noescape
func gradientWide64NEON(grad, x, delta *float64, rows, cols, stride int)

// sum: sumGeneric.
//
//go:noescape
func sum32NEON(lanes *[sumLanes]float64, delta *float32, n int)

//go:noescape
func sum64NEON(lanes *[sumLanes]float64, delta *float64, n int)

// sigmoid: sigmoidGeneric.
//
//go:noescape
func sigmoid32NEON(dst, src *float32, n int)

//go:noescape
func sigmoid64NEON(dst, src *float64, n int)

// deltaQuadratic: deltaGeneric for Quadratic; weights may be nil.
//
//go:noescape
func deltaQuadratic32NEON(delta *float32, sums *partials, z, y, weights *float32, n int)

//go:noescape
func deltaQuadratic64NEON(delta *float64, sums *partials, z, y, weights *float64, n int)

// deltaLog: deltaGeneric for LogLoss; weights may be nil.
//
//go:noescape
func deltaLog32NEON(delta *float32, sums *partials, z, y, weights *float32, n int)

//go:noescape
func deltaLog64NEON(delta *float64, sums *partials, z, y, weights *float64, n int)

func forwardNEON[T Float](z, x, w []T, b T, stride int) {
	rows, cols := len(z), len(w)
	switch narrow := isNarrow[T](cols); {
	case is32[T]() && narrow:
		forwardNarrow32NEON(f32(z), f32(x), f32(w), float32(b), rows, cols, stride)
	case is32[T]():
		forwardWide32NEON(f32(z), f32(x), f32(w), float32(b), rows, cols, stride)
	case narrow:
		forwardNarrow64NEON(f64(z), f64(x), f64(w), float64(b), rows, cols, stride)
	default:
		forwardWide64NEON(f64(z), f64(x), f64(w), float64(b), rows, cols, stride)
	}
}

func dotNEON[T Float](acc *[maxLanes]T, x, w []T) {
	if is32[T]() {
		dot32NEON((*[maxLanes]float32)(unsafe.Pointer(acc)), f32(x), f32(w), len(w))
	} else {
		dot64NEON((*[maxLanes]float64)(unsafe.Pointer(acc)), f64(x), f64(w), len(w))
	}
}

func gradientNEON[T Float](g, x, delta []T, stride int, narrow bool) {
	rows, cols := len(delta), len(g)
	switch {
	case is32[T]() && narrow:
		gradientNarrow32NEON(f32(g), f32(x), f32(delta), rows, cols, stride)
	case is32[T]():
		gradientWide32NEON(f32(g), f32(x), f32(delta), rows, cols, stride)
	case narrow:
		gradientNarrow64NEON(f64(g), f64(x), f64(delta), rows, cols, stride)
	default:
		gradientWide64NEON(f64(g), f64(x), f64(delta), rows, cols, stride)
	}
}

func sumNEON[T Float](lanes *[sumLanes]float64, delta []T) {
	if is32[T]() {
		sum32NEON(lanes, f32(delta), len(delta))
	} else {
		sum64NEON(lanes, f64(delta), len(delta))
	}
}

func sigmoidNEON[T Float](dst, src []T) {
	if is32[T]() {
		sigmoid32NEON(f32(dst), f32(src), len(dst))
	} else {
		sigmoid64NEON(f64(dst), f64(src), len(dst))
	}
}

func deltaNEON[T Float](delta []T, sums *partials, z, y, weights []T, loss Loss) {
	n := len(delta)
	switch quadratic := loss == Quadratic; {
	case is32[T]() && quadratic:
		deltaQuadratic32NEON(f32(delta), sums, f32(z), f32(y), f32(weights), n)
	case is32[T]():
		deltaLog32NEON(f32(delta), sums, f32(z), f32(y), f32(weights), n)
	case quadratic:
		deltaQuadratic64NEON(f64(delta), sums, f64(z), f64(y), f64(weights), n)
	default:
		deltaLog64NEON(f64(delta), sums, f64(z), f64(y), f64(weights), n)
	}
}

func forward[T Float](z, x, w []T, b T, stride int, _ *T) {
	if useNEON {
		forwardNEON(z, x, w, b, stride)
	} else {
		forwardGeneric(z, x, w, b, stride, lanesOf[T](len(w)))
	}
}

func dot[T Float](acc *[maxLanes]T, x, w []T) {
	if useNEON {
		dotNEON(acc, x, w)
	} else {
		dotGeneric(acc[:wideLaneBytes/elemSize[T]()], x, w)
	}
}

func gradient[T Float](g, x, delta []T, stride int, narrow bool, _ *T) {
	if useNEON {
		gradientNEON(g, x, delta, stride, narrow)
	} else {
		gradientGeneric(g, x, delta, stride, narrow)
	}
}

func sum[T Float](lanes *[sumLanes]float64, delta []T) {
	if useNEON {
		sumNEON(lanes, delta)
	} else {
		sumGeneric(lanes, delta)
	}
}

func sigmoid[T Float](dst, src []T) {
	if useNEON {
		sigmoidNEON(dst, src)
	} else {
		sigmoidGeneric(dst, src)
	}
}

func deltaBlock[T Float](delta []T, sums *partials, z, y, weights []T, loss Loss) {
	if useNEON {
		deltaNEON(delta, sums, z, y, weights, loss)
	} else {
		deltaGeneric(delta, sums, z, y, weights, loss)
	}
}

// There is no fused step: pairBytes returns an empty range and canStepNarrow false.
func pairBytes() (least, most int) { return 0, -1 }

func canStepNarrow() bool { return false }

func step[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride, ahead int, loss Loss) {
	panic("unreachable")
}

// predictRow32 returns false: there is no kernel for that.
func predictRow32(yhat, x, w *float32, b float32, cols int) bool { return false }
