//go:build !purego

package kernel

import (
	"github.com/klauspost/cpuid/v2"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

func init() {
	impl.Register("AVX-512", &useAVX512)
	impl.Register("AVX2", &useAVX2)
}

// l1Bytes is the size of the L1 data cache.
var l1Bytes = max(cpuid.CPU.Cache.L1D, 32<<10)

func forward[T Float](z, x, w []T, b T, stride int, ahead *T) {
	switch {
	case useAVX512:
		forwardAVX512(z, x, w, b, stride, ahead)
	case useAVX2:
		forwardAVX2(z, x, w, b, stride, ahead)
	default:
		forwardGeneric(z, x, w, b, stride, lanesOf[T](len(w)))
	}
}

// predictRow32 is Predict for one row, if there is a kernel for that: one call,
// since each costs as much as the row.
func predictRow32(yhat, x, w *float32, b float32, cols int) bool {
	if !useAVX512 {
		return false
	}
	var out [2]float32
	predictRow32AVX512(&out, x, w, b, cols)
	if *yhat = out[1]; out[1] != out[1] {
		*yhat = sigmoid32Long(out[0])
	}
	return true
}

func dot[T Float](acc *[maxLanes]T, x, w []T) {
	switch {
	case useAVX512:
		dotAVX512(acc, x, w)
	case useAVX2:
		dotAVX2(acc, x, w)
	default:
		dotGeneric(acc[:wideLaneBytes/elemSize[T]()], x, w)
	}
}

func gradient[T Float](g, x, delta []T, stride int, narrow bool, ahead *T) {
	switch {
	case useAVX512:
		gradientAVX512(g, x, delta, stride, narrow, ahead)
	case useAVX2:
		gradientAVX2(g, x, delta, stride, narrow, ahead)
	default:
		gradientGeneric(g, x, delta, stride, narrow)
	}
}

// pairBytes returns the least and the greatest row that step works in pairs.
// Below, δ of a pair takes too long beside its columns; above, two pairs and a
// quarter, w and g do not fit the L1 cache.
func pairBytes() (least, most int) {
	switch {
	case useAVX512:
		return 1536, l1Bytes * 9 / 64
	case useAVX2:
		return 2048, l1Bytes * 9 / 64
	}
	return 0, -1
}

// canStepNarrow reports whether step takes narrow rows.
func canStepNarrow() bool { return useAVX512 }

func step[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride, ahead int, loss Loss) {
	if useAVX512 {
		stepAVX512(acc, g, x, y, weights, w, b, stride, ahead, loss)
	} else {
		stepAVX2(acc, g, x, y, weights, w, b, stride, ahead, loss)
	}
}

func sum[T Float](lanes *[sumLanes]float64, delta []T) {
	switch {
	case useAVX512:
		sumAVX512(lanes, delta)
	case useAVX2:
		sumAVX2(lanes, delta)
	default:
		sumGeneric(lanes, delta)
	}
}

func sigmoid[T Float](dst, src []T) {
	switch {
	case len(dst) == 1: // one value waits less for scalar instructions
		sigmoidGeneric(dst, src)
	case useAVX512:
		sigmoidAVX512(dst, src)
	case useAVX2:
		sigmoidAVX2(dst, src)
	default:
		sigmoidGeneric(dst, src)
	}
}

func deltaBlock[T Float](delta []T, sums *partials, z, y, weights []T, loss Loss) {
	switch {
	case len(delta) == 1:
		deltaGeneric(delta, sums, z, y, weights, loss)
	case useAVX512:
		deltaAVX512(delta, sums, z, y, weights, loss)
	case useAVX2:
		deltaAVX2(delta, sums, z, y, weights, loss)
	default:
		deltaGeneric(delta, sums, z, y, weights, loss)
	}
}
