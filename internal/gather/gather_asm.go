//go:build !purego && (amd64 || arm64)

package gather

import "unsafe"

// rowBytes copies n rows of so many bytes, at least 4 and a multiple of 4.
// Strides are in bytes. It fetches a row that is to be copied ahead rows later
// as long as there are left rows behind rows.
//
//go:noescape
func rowBytes(dst, src unsafe.Pointer, rows *int, n, left, bytes, dstStride, srcStride, ahead int)

func copyRows[T float32 | float64](dst, src []T, rows []int, n, cols, dstStride, srcStride int) {
	size := int(unsafe.Sizeof(*new(T)))
	ahead := min(max(fetchBytes/size/cols, 1), fetchRows)
	rowBytes(unsafe.Pointer(unsafe.SliceData(dst)), unsafe.Pointer(unsafe.SliceData(src)), unsafe.SliceData(rows), n, len(rows)-ahead,
		cols*size, dstStride*size, srcStride*size, ahead)
}
