//go:build !purego

package kernel

import (
	"math"
	"runtime"
	"unsafe"

	"github.com/klauspost/cpuid/v2"
	"golang.org/x/sys/cpu"
)

// useAVX512 says that the machine and the operating system have what the
// AVX-512 kernels use.
var useAVX512 = hasAVX512(runtime.GOOS)

// hasAVX512 is the gate of the AVX-512 kernels. darwin is left out since it
// does not keep the mask registers across a signal (golang.org/issue/49233).
func hasAVX512(goos string) bool {
	return goos != "darwin" &&
		cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512BW, cpuid.AVX512VL, cpuid.AVX2, cpuid.FMA3) &&
		cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL &&
		cpu.X86.HasAVX2 && cpu.X86.HasFMA
}

// The kernels. Counts are in elements, at least 1; nothing is validated. Each
// computes what the function of kernel_generic.go named beside it computes.

// forwardNarrow: forwardGeneric with 64 bytes of lanes.
//
//go:noescape
func forwardNarrow32AVX512(z, x, w *float32, b float32, rows, cols, stride int)

//go:noescape
func forwardNarrow64AVX512(z, x, w *float64, b float64, rows, cols, stride int)

// forwardWide: forwardGeneric with 128 bytes of lanes. Unless ahead is nil it
// points to rows to fetch into the cache, half as many as are worked on.
//
//go:noescape
func forwardWide32AVX512(z, x, w *float32, b float32, rows, cols, stride int, ahead *float32)

//go:noescape
func forwardWide64AVX512(z, x, w *float64, b float64, rows, cols, stride int, ahead *float64)

// predictRow: forwardGeneric for one row, then sigmoid32Short, NaN where that
// does not do.
//
//go:noescape
func predictRow32AVX512(out *[2]float32, x, w *float32, b float32, cols int)

// dot: dotGeneric with 128 bytes of lanes.
//
//go:noescape
func dot32AVX512(acc *[maxLanes]float32, x, w *float32, cols int)

//go:noescape
func dot64AVX512(acc *[maxLanes]float64, x, w *float64, cols int)

// gradientNarrow: gradientNarrowGeneric.
//
//go:noescape
func gradientNarrow32AVX512(grad, x, delta *float32, rows, cols, stride int)

//go:noescape
func gradientNarrow64AVX512(grad, x, delta *float64, rows, cols, stride int)

// gradientWide: gradientWideGeneric. Unless ahead is nil it points to rows to
// fetch into the cache, half as many as are worked on.
//
//go:noescape
func gradientWide32AVX512(grad, x, delta *float32, rows, cols, stride int, ahead *float32)

//go:noescape
func gradientWide64AVX512(grad, x, delta *float64, rows, cols, stride int, ahead *float64)

// sum: sumGeneric.
//
//go:noescape
func sum32AVX512(lanes *[sumLanes]float64, delta *float32, n int)

//go:noescape
func sum64AVX512(lanes *[sumLanes]float64, delta *float64, n int)

// sigmoid: sigmoidGeneric.
//
//go:noescape
func sigmoid32AVX512(dst, src *float32, n int)

//go:noescape
func sigmoid64AVX512(dst, src *float64, n int)

// deltaQuadratic: deltaGeneric for Quadratic; weights may be nil.
//
//go:noescape
func deltaQuadratic32AVX512(delta *float32, sums *partials, z, y, weights *float32, n int)

//go:noescape
func deltaQuadratic64AVX512(delta *float64, sums *partials, z, y, weights *float64, n int)

// deltaLog: deltaGeneric for LogLoss; weights may be nil.
//
//go:noescape
func deltaLog32AVX512(delta *float32, sums *partials, z, y, weights *float32, n int)

//go:noescape
func deltaLog64AVX512(delta *float64, sums *partials, z, y, weights *float64, n int)

// stepWide: the fused step over an even number of rows of the wide class, at
// least one group of lanes long: forwardGeneric, deltaGeneric, sumGeneric and
// gradientWideGeneric. The first row belongs to lane 0 of sums. ahead is the
// distance in bytes at which rows are fetched into the cache, 0 for none.
//
//go:noescape
func stepWide32AVX512(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)

//go:noescape
func stepWide64AVX512(grad, x, w, y, weights *float64, sums *accumulator, b float64, rows, cols, stride, ahead, loss int)

// stepNarrow: the fused step over rows of the narrow class, whose number is a
// multiple of 8; the rest as stepWide.
//
//go:noescape
func stepNarrow32AVX512(grad, x, w, y, weights *float32, sums *accumulator, b float32, rows, cols, stride, ahead, loss int)

//go:noescape
func stepNarrow64AVX512(grad, x, w, y, weights *float64, sums *accumulator, b float64, rows, cols, stride, ahead, loss int)

// stepThin: stepNarrow without weights over rows of 17 to 32 columns, whose
// number is a multiple of 16. b must not be −0 if there are 32 columns.
//
//go:noescape
func stepThin32AVX512(grad, x, w, y *float32, sums *accumulator, b float32, rows, cols, stride, loss int)

// isThin reports whether stepThin takes rows of so many columns.
func isThin[T Float](w, weights []T, b T) bool {
	return is32[T]() && 16 < len(w) && len(w) <= 32 && weights == nil && (len(w) < 32 || b != 0 || !math.Signbit(float64(b)))
}

func forwardAVX512[T Float](z, x, w []T, b T, stride int, ahead *T) {
	rows, cols := len(z), len(w)
	switch narrow := isNarrow[T](cols); {
	case is32[T]() && narrow:
		forwardNarrow32AVX512(f32(z), f32(x), f32(w), float32(b), rows, cols, stride)
	case is32[T]():
		forwardWide32AVX512(f32(z), f32(x), f32(w), float32(b), rows, cols, stride, (*float32)(unsafe.Pointer(ahead)))
	case narrow:
		forwardNarrow64AVX512(f64(z), f64(x), f64(w), float64(b), rows, cols, stride)
	default:
		forwardWide64AVX512(f64(z), f64(x), f64(w), float64(b), rows, cols, stride, (*float64)(unsafe.Pointer(ahead)))
	}
}

func dotAVX512[T Float](acc *[maxLanes]T, x, w []T) {
	if is32[T]() {
		dot32AVX512((*[maxLanes]float32)(unsafe.Pointer(acc)), f32(x), f32(w), len(w))
	} else {
		dot64AVX512((*[maxLanes]float64)(unsafe.Pointer(acc)), f64(x), f64(w), len(w))
	}
}

func gradientAVX512[T Float](g, x, delta []T, stride int, narrow bool, ahead *T) {
	rows, cols := len(delta), len(g)
	switch {
	case is32[T]() && narrow:
		gradientNarrow32AVX512(f32(g), f32(x), f32(delta), rows, cols, stride)
	case is32[T]():
		gradientWide32AVX512(f32(g), f32(x), f32(delta), rows, cols, stride, (*float32)(unsafe.Pointer(ahead)))
	case narrow:
		gradientNarrow64AVX512(f64(g), f64(x), f64(delta), rows, cols, stride)
	default:
		gradientWide64AVX512(f64(g), f64(x), f64(delta), rows, cols, stride, (*float64)(unsafe.Pointer(ahead)))
	}
}

func sumAVX512[T Float](lanes *[sumLanes]float64, delta []T) {
	if is32[T]() {
		sum32AVX512(lanes, f32(delta), len(delta))
	} else {
		sum64AVX512(lanes, f64(delta), len(delta))
	}
}

func sigmoidAVX512[T Float](dst, src []T) {
	if is32[T]() {
		sigmoid32AVX512(f32(dst), f32(src), len(dst))
	} else {
		sigmoid64AVX512(f64(dst), f64(src), len(dst))
	}
}

func deltaAVX512[T Float](delta []T, sums *partials, z, y, weights []T, loss Loss) {
	n := len(delta)
	switch quadratic := loss == Quadratic; {
	case is32[T]() && quadratic:
		deltaQuadratic32AVX512(f32(delta), sums, f32(z), f32(y), f32(weights), n)
	case is32[T]():
		deltaLog32AVX512(f32(delta), sums, f32(z), f32(y), f32(weights), n)
	case quadratic:
		deltaQuadratic64AVX512(f64(delta), sums, f64(z), f64(y), f64(weights), n)
	default:
		deltaLog64AVX512(f64(delta), sums, f64(z), f64(y), f64(weights), n)
	}
}

func stepAVX512[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride, ahead int, loss Loss) {
	rows, cols := len(y), len(w)
	switch narrow := isNarrow[T](cols); {
	case narrow && ahead == 0 && rows >= 16 && isThin(w, weights, b):
		n := rows &^ 15
		stepThin32AVX512(f32(g), f32(x), f32(w), f32(y), acc, float32(b), n, cols, stride, int(loss))
		if n < rows {
			stepNarrow32AVX512(f32(g), f32(x[n*stride:]), f32(w), f32(y[n:]), nil, acc, float32(b), rows-n, cols, stride, 0, int(loss))
		}
	case narrow && !is32[T]():
		stepNarrow64AVX512(f64(g), f64(x), f64(w), f64(y), f64(weights), acc, float64(b), rows, cols, stride, ahead, int(loss))
	case narrow:
		stepNarrow32AVX512(f32(g), f32(x), f32(w), f32(y), f32(weights), acc, float32(b), rows, cols, stride, ahead, int(loss))
	case is32[T]():
		stepWide32AVX512(f32(g), f32(x), f32(w), f32(y), f32(weights), acc, float32(b), rows, cols, stride, ahead, int(loss))
	default:
		stepWide64AVX512(f64(g), f64(x), f64(w), f64(y), f64(weights), acc, float64(b), rows, cols, stride, ahead, int(loss))
	}
}
