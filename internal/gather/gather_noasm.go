//go:build purego || !(amd64 || arm64)

package gather

func copyRows[T float32 | float64](dst, src []T, rows []int, n, cols, dstStride, srcStride int) {
	copyGeneric(dst, src, rows, n, cols, dstStride, srcStride)
}
