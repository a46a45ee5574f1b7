//go:build !purego

package kernel

import (
	"unsafe"

	"github.com/klauspost/cpuid/v2"
	"golang.org/x/sys/cpu"
)

// useAVX2 says that the machine and the operating system have what the AVX2
// kernels use.
var useAVX2 = hasAVX2()

// hasAVX2 is the gate of the AVX2 kernels.
func hasAVX2() bool {
	return cpuid.CPU.Supports(cpuid.AVX2, cpuid.AVX, cpuid.FMA3) &&
		cpu.X86.HasAVX2 && cpu.X86.HasAVX && cpu.X86.HasFMA
}

// The kernels. Counts are in elements, at least 1; nothing is validated. Each
// computes what the function of kernel_generic.go named beside it computes.

// forwardNarrow: forwardGeneric with 64 bytes of lanes.
//
//go:noescape
func forwardNarrow32AVX2(z, x, w *float32, b float32, rows, cols, stride int)

//go:noescape
func forwardNarrow64AVX2(z, x, w *float64, b float64, rows, cols, stride int)

// forwardWide: forwardGeneric with 128 bytes of lanes; at least as many columns.
// Unless ahead is nil it points to rows to fetch into the cache, half as many
// as are worked on.
//
//go:noescape
func forwardWide32AVX2(z, x, w *float32, b float32, rows, cols, stride int, ahead *float32)

//go:noescape
func forwardWide64AVX2(z, x, w *float64, b float64, rows, cols, stride int, ahead *float64)

// dot: dotGeneric with 128 bytes of lanes.
//
//go:noescape
func dot32AVX2(acc *[maxLanes]float32, x, w *float32, cols int)

//go:noescape
func dot64AVX2(acc *[maxLanes]float64, x, w *float64, cols int)

// gradientNarrow: gradientNarrowGeneric.
//
//go:noescape
func gradientNarrow32AVX2(grad, x, delta *float32, rows, cols, stride int)

//go:noescape
func gradientNarrow64AVX2(grad, x, delta *float64, rows, cols, stride int)

// gradientWide: gradientWideGeneric. Unless ahead is nil it points to rows to
// fetch into the cache, half as many as are worked on.
//
//go:noescape
func gradientWide32AVX2(grad, x, delta *float32, rows, cols, stride int, ahead *float32)

//go:noescape
func gradientWide64AVX2(grad, x, delta *float64, rows, cols, stride int, ahead *float64)

// sum: sumGeneric.
//
//go:noescape
func sum32AVX2(lanes *[sumLanes]float64, delta *float32, n int)

//go:noescape
func sum64AVX2(lanes *[sumLanes]float64, delta *float64, n int)

// sigmoid: sigmoidGeneric.
//
//go:noescape
func sigmoid32AVX2(dst, src *float32, n int)

//go:noescape
func sigmoid64AVX2(dst, src *float64, n int)

// deltaQuadratic: deltaGeneric for Quadratic; weights may be nil.
//
//go:noescape
func deltaQuadratic32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)

//go:noescape
func deltaQuadratic64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)

// deltaLog: deltaGeneric for LogLoss; weights may be nil.
//
//go:noescape
func deltaLog32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)

//go:noescape
func deltaLog64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)

// stepWide: the fused step over an even number of rows of the wide class:
// forwardGeneric, deltaGeneric, sumGeneric and gradientWideGeneric. The first row
// belongs to lane 0 of sums. ahead is the distance in bytes at which rows are
// fetched into the cache, 0 for none.
//
//go:noescape
func stepWide32AVX2(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)

//go:noescape
func stepWide64AVX2(grad, x, w, y, weights *float64, sums *accumulator, b float64, rows, cols, stride, ahead, loss int)

func forwardAVX2[T Float](z, x, w []T, b T, stride int, ahead *T) {
	rows, cols := len(z), len(w)
	switch narrow := isNarrow[T](cols); {
	case is32[T]() && narrow:
		forwardNarrow32AVX2(f32(z), f32(x), f32(w), float32(b), rows, cols, stride)
	case is32[T]():
		forwardWide32AVX2(f32(z), f32(x), f32(w), float32(b), rows, cols, stride, (*float32)(unsafe.Pointer(ahead)))
	case narrow:
		forwardNarrow64AVX2(f64(z), f64(x), f64(w), float64(b), rows, cols, stride)
	default:
		forwardWide64AVX2(f64(z), f64(x), f64(w), float64(b), rows, cols, stride, (*float64)(unsafe.Pointer(ahead)))
	}
}

func dotAVX2[T Float](acc *[maxLanes]T, x, w []T) {
	if is32[T]() {
		dot32AVX2((*[maxLanes]float32)(unsafe.Pointer(acc)), f32(x), f32(w), len(w))
	} else {
		dot64AVX2((*[maxLanes]float64)(unsafe.Pointer(acc)), f64(x), f64(w), len(w))
	}
}

func gradientAVX2[T Float](g, x, delta []T, stride int, narrow bool, ahead *T) {
	rows, cols := len(delta), len(g)
	switch {
	case is32[T]() && narrow:
		gradientNarrow32AVX2(f32(g), f32(x), f32(delta), rows, cols, stride)
	case is32[T]():
		gradientWide32AVX2(f32(g), f32(x), f32(delta), rows, cols, stride, (*float32)(unsafe.Pointer(ahead)))
	case narrow:
		gradientNarrow64AVX2(f64(g), f64(x), f64(delta), rows, cols, stride)
	default:
		gradientWide64AVX2(f64(g), f64(x), f64(delta), rows, cols, stride, (*float64)(unsafe.Pointer(ahead)))
	}
}

func sumAVX2[T Float](lanes *[sumLanes]float64, delta []T) {
	if is32[T]() {
		sum32AVX2(lanes, f32(delta), len(delta))
	} else {
		sum64AVX2(lanes, f64(delta), len(delta))
	}
}

func sigmoidAVX2[T Float](dst, src []T) {
	if is32[T]() {
		sigmoid32AVX2(f32(dst), f32(src), len(dst))
	} else {
		sigmoid64AVX2(f64(dst), f64(src), len(dst))
	}
}

func deltaAVX2[T Float](delta []T, sums *partials, z, y, weights []T, loss Loss) {
	n := len(delta)
	switch quadratic := loss == Quadratic; {
	case is32[T]() && quadratic:
		deltaQuadratic32AVX2(f32(delta), sums, f32(z), f32(y), f32(weights), n)
	case is32[T]():
		deltaLog32AVX2(f32(delta), sums, f32(z), f32(y), f32(weights), n)
	case quadratic:
		deltaQuadratic64AVX2(f64(delta), sums, f64(z), f64(y), f64(weights), n)
	default:
		deltaLog64AVX2(f64(delta), sums, f64(z), f64(y), f64(weights), n)
	}
}

// stepAVX2 takes wide rows only.
func stepAVX2[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride, ahead int, loss Loss) {
	rows, cols := len(y), len(w)
	if is32[T]() {
		stepWide32AVX2(f32(g), f32(x), f32(w), f32(y), f32(weights), acc, float32(b), rows, cols, stride, ahead, int(loss))
	} else {
		stepWide64AVX2(f64(g), f64(x), f64(w), f64(y), f64(weights), acc, float64(b), rows, cols, stride, ahead, int(loss))
	}
}
