//go:build !purego

#include "textflag.h"

// func forwardNarrow32NEON(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardNarrow32NEON(SB), NOSPLIT, $0-56
	RET

// func forwardNarrow64NEON(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardNarrow64NEON(SB), NOSPLIT, $0-56
	RET

// func forwardWide32NEON(z, x, w *float32, b float32, rows, cols, stride int)
TEXT ·forwardWide32NEON(SB), NOSPLIT, $0-56
	RET

// func forwardWide64NEON(z, x, w *float64, b float64, rows, cols, stride int)
TEXT ·forwardWide64NEON(SB), NOSPLIT, $0-56
	RET

// func dot32NEON(acc *[maxLanes]float32, x, w *float32, cols int)
TEXT ·dot32NEON(SB), NOSPLIT, $0-32
	RET

// func dot64NEON(acc *[maxLanes]float64, x, w *float64, cols int)
TEXT ·dot64NEON(SB), NOSPLIT, $0-32
	RET

// func gradientNarrow32NEON(g, x, delta *float32, rows, cols, stride int)
TEXT ·gradientNarrow32NEON(SB), NOSPLIT, $0-48
	RET

// func gradientNarrow64NEON(g, x, delta *float64, rows, cols, stride int)
TEXT ·gradientNarrow64NEON(SB), NOSPLIT, $0-48
	RET

// func gradientWide32NEON(g, x, delta *float32, rows, cols, stride int)
TEXT ·gradientWide32NEON(SB), NOSPLIT, $0-48
	RET

// func gradientWide64NEON(g, x, delta *float64, rows, cols, stride int)
TEXT ·gradientWide64NEON(SB), NOSPLIT, $0-48
	RET

// func sum32NEON(lanes *[sumLanes]float64, delta *float32, n int)
TEXT ·sum32NEON(SB), NOSPLIT, $0-24
	RET

// func sum64NEON(lanes *[sumLanes]float64, delta *float64, n int)
TEXT ·sum64NEON(SB), NOSPLIT, $0-24
	RET

// func sigmoid32NEON(dst, src *float32, n int)
TEXT ·sigmoid32NEON(SB), NOSPLIT, $0-24
	RET

// func sigmoid64NEON(dst, src *float64, n int)
TEXT ·sigmoid64NEON(SB), NOSPLIT, $0-24
	RET

// func deltaQuadratic32NEON(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaQuadratic32NEON(SB), NOSPLIT, $0-48
	RET

// func deltaQuadratic64NEON(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaQuadratic64NEON(SB), NOSPLIT, $0-48
	RET

// func deltaLog32NEON(delta *float32, sums *partials, z, y, weights *float32, n int)
TEXT ·deltaLog32NEON(SB), NOSPLIT, $0-48
	RET

// func deltaLog64NEON(delta *float64, sums *partials, z, y, weights *float64, n int)
TEXT ·deltaLog64NEON(SB), NOSPLIT, $0-48
	RET
