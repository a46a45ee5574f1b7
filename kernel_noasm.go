//go:build purego || !(amd64 || arm64)

package kernel

func forward[T Float](z, x, w []T, b T, stride int, _ *T) {
	forwardGeneric(z, x, w, b, stride, lanesOf[T](len(w)))
}

func dot[T Float](acc *[maxLanes]T, x, w []T) {
	dotGeneric(acc[:wideLaneBytes/elemSize[T]()], x, w)
}

func gradient[T Float](g, x, delta []T, stride int, narrow bool, _ *T) {
	gradientGeneric(g, x, delta, stride, narrow)
}

func sum[T Float](lanes *[sumLanes]float64, delta []T) {
	sumGeneric(lanes, delta)
}

func sigmoid[T Float](dst, src []T) {
	sigmoidGeneric(dst, src)
}

func deltaBlock[T Float](delta []T, sums *partials, z, y, weights []T, loss Loss) {
	deltaGeneric(delta, sums, z, y, weights, loss)
}

// There is no fused step: pairBytes returns an empty range and canStepNarrow false.
func pairBytes() (least, most int) { return 0, -1 }

func canStepNarrow() bool { return false }

func step[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride, ahead int, loss Loss) {
	panic("unreachable")
}

// predictRow32 returns false: there is no kernel for that.
func predictRow32(yhat, x, w *float32, b float32, cols int) bool { return false }
