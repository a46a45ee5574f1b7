// Package gather copies scattered rows into a block of rows.
//
// A CPU that copies short rows from all over memory looks only a few rows
// ahead, and waits at nearly every one. So the assembly fetches each row while
// it copies one before it, a few rows behind: a row at a time, since a CPU drops
// prefetches that come in crowds.
package gather

import (
	"fmt"
	"unsafe"
)

const (
	// callBytes bounds what one call copies, since the runtime cannot preempt
	// assembly.
	callBytes = 64 << 10
	// fetchBytes is about how far fetching runs ahead, and fetchRows the most rows.
	fetchBytes = 4 << 10
	fetchRows  = 8
)

// Rows copies cols elements of each of the given rows of src to the rows of dst,
// in order. Rows begin every dstStride and srcStride elements. It panics if a
// row does not lie in src, or if dst has no room.
//
//	for i, k := range rows:
//		dst[i·dstStride : i·dstStride+cols] = src[k·srcStride : k·srcStride+cols]
func Rows[T float32 | float64](dst, src []T, rows []int, cols, dstStride, srcStride int) {
	n := len(rows)
	if n == 0 || cols == 0 {
		return
	}
	if cols < 0 || dstStride < cols || srcStride < cols || (n-1)*dstStride+cols > len(dst) {
		panic(fmt.Sprintf("gather.Rows: %d rows of %d columns, stride %d: len(dst) = %d; srcStride = %d", n, cols, dstStride, len(dst), srcStride))
	}
	most := uint(0) // rows of src
	if len(src) >= cols {
		most = uint((len(src)-cols)/srcStride + 1)
	}
	for _, k := range rows {
		if uint(k) >= most {
			panic(fmt.Sprintf("gather.Rows: row %d of %d", k, most))
		}
	}
	size := int(unsafe.Sizeof(*new(T)))
	block := max(callBytes/size/cols, 1)
	for i := 0; i < n; i += block {
		copyRows(dst[i*dstStride:], src, rows[i:], min(block, n-i), cols, dstStride, srcStride)
	}
}

// copyGeneric copies the first n of the rows.
func copyGeneric[T float32 | float64](dst, src []T, rows []int, n, cols, dstStride, srcStride int) {
	for i, k := range rows[:n] {
		copy(dst[i*dstStride:][:cols], src[k*srcStride:])
	}
}
