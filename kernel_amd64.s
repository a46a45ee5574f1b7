//go:build !purego

#include "textflag.h"

// func forwardNarrow32AVX512(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardNarrow32AVX512(SB), NOSPLIT, $0-56
	RET

// func forwardNarrow64AVX512(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardNarrow64AVX512(SB), NOSPLIT, $0-56
	RET

// func forwardWide32AVX512(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardWide32AVX512(SB), NOSPLIT, $0-56
	RET

// func forwardWide64AVX512(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardWide64AVX512(SB), NOSPLIT, $0-56
	RET

// func dot32AVX512(acc *[maxLanes]float32, x, w *float32, cols int)
TEXT ·dot32AVX512(SB), NOSPLIT, $0-32
	RET

// func dot64AVX512(acc *[maxLanes]float64, x, w *float64, cols int)
TEXT ·dot64AVX512(SB), NOSPLIT, $0-32
	RET

// func gradientNarrow32AVX512(g, x, delta *float32, rows, cols, stride int)
TEXT ·gradientNarrow32AVX512(SB), NOSPLIT, $0-48
	RET

// func gradientNarrow64AVX512(g, x, delta *float64, rows, cols, stride int)
TEXT ·gradientNarrow64AVX512(SB), NOSPLIT, $0-48
	RET

// func gradientWide32AVX512(g, x, delta *float32, rows, cols, stride int)
TEXT ·gradientWide32AVX512(SB), NOSPLIT, $0-48
	RET

// func gradientWide64AVX512(g, x, delta *float64, rows, cols, stride int)
TEXT ·gradientWide64AVX512(SB), NOSPLIT, $0-48
	RET

// func sum32AVX512(lanes *[sumLanes]float64, delta *float32, n int)
TEXT ·sum32AVX512(SB), NOSPLIT, $0-24
	RET

// func sum64AVX512(lanes *[sumLanes]float64, delta *float64, n int)
TEXT ·sum64AVX512(SB), NOSPLIT, $0-24
	RET

// func sigmoid32AVX512(dst, src *float32, n int)
TEXT ·sigmoid32AVX512(SB), NOSPLIT, $0-24
	RET

// func sigmoid64AVX512(dst, src *float64, n int)
TEXT ·sigmoid64AVX512(SB), NOSPLIT, $0-24
	RET

// func deltaQuadratic32AVX512(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaQuadratic32AVX512(SB), NOSPLIT, $0-48
	RET

// func deltaQuadratic64AVX512(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaQuadratic64AVX512(SB), NOSPLIT, $0-48
	RET

// func deltaLog32AVX512(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaLog32AVX512(SB), NOSPLIT, $0-48
	RET

// func deltaLog64AVX512(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaLog64AVX512(SB), NOSPLIT, $0-48
	RET
