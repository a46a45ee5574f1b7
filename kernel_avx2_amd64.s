//go:build !purego

#include "textflag.h"

// func forwardNarrow32AVX2(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardNarrow32AVX2(SB), NOSPLIT, $0-56
	RET

// func forwardNarrow64AVX2(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardNarrow64AVX2(SB), NOSPLIT, $0-56
	RET

// func forwardWide32AVX2(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardWide32AVX2(SB), NOSPLIT, $0-56
	RET

// func forwardWide64AVX2(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardWide64AVX2(SB), NOSPLIT, $0-56
	RET

// func dot32AVX2(acc *[maxLanes]float32, x, w *float32, cols int)
TEXT ·dot32AVX2(SB), NOSPLIT, $0-32
	RET

// func dot64AVX2(acc *[maxLanes]float64, x, w *float64, cols int)
TEXT ·dot64AVX2(SB), NOSPLIT, $0-32
	RET

// func gradientNarrow32AVX2(g, x, delta *float32, rows, cols, stride int)
TEXT ·gradientNarrow32AVX2(SB), NOSPLIT, $0-48
	RET

// func gradientNarrow64AVX2(g, x, delta *float64, rows, cols, stride int)
TEXT ·gradientNarrow64AVX2(SB), NOSPLIT, $0-48
	RET

// func gradientWide32AVX2(g, x, delta *float32, rows, cols, stride int)
TEXT ·gradientWide32AVX2(SB), NOSPLIT, $0-48
	RET

// func gradientWide64AVX2(g, x, delta *float64, rows, cols, stride int)
TEXT ·gradientWide64AVX2(SB), NOSPLIT, $0-48
	RET

// func sum32AVX2(lanes *[sumLanes]float64, delta *float32, n int)
TEXT ·sum32AVX2(SB), NOSPLIT, $0-24
	RET

// func sum64AVX2(lanes *[sumLanes]float64, delta *float64, n int)
TEXT ·sum64AVX2(SB), NOSPLIT, $0-24
	RET

// func sigmoid32AVX2(dst, src *float32, n int)
TEXT ·sigmoid32AVX2(SB), NOSPLIT, $0-24
	RET

// func sigmoid64AVX2(dst, src *float64, n int)
TEXT ·sigmoid64AVX2(SB), NOSPLIT, $0-24
	RET

// func deltaQuadratic32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaQuadratic32AVX2(SB), NOSPLIT, $0-48
	RET

// func deltaQuadratic64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaQuadratic64AVX2(SB), NOSPLIT, $0-48
	RET

// func deltaLog32AVX2(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaLog32AVX2(SB), NOSPLIT, $0-48
	RET

// func deltaLog64AVX2(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaLog64AVX2(SB), NOSPLIT, $0-48
	RET
