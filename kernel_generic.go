package kernel

import (
	"math"
	"unsafe"
)

// This file defines the result of every kernel, operation by operation. The
// assembly reproduces these sequences of IEEE 754 operations bit for bit;
// where the two differ, the assembly is wrong. doc.go states the contract in
// prose.
//
// Every fused multiply-add is explicit (fma), and every product that is added
// to something without fusing is wrapped in a conversion, since the compiler
// may otherwise contract x*y + z on some architectures.

// laneBytes is the width of the virtual lanes of a dot product.
const (
	narrowLaneBytes = 64  // 16 float32 or 8 float64
	wideLaneBytes   = 128 // 32 float32 or 16 float64
)

// maxLanes is the number of virtual lanes of the widest dot product, that of
// wide rows of float32.
const maxLanes = 32

// groupRows is the number of rows whose contributions to the gradient are
// summed before they are added to it, in the narrow class.
const groupRows = 8

// sumLanes is the number of lanes, by row, in which sums over rows run.
const sumLanes = 8

// is32 reports whether T is float32. It is constant in each instantiation.
func is32[T Float]() bool { return unsafe.Sizeof(*new(T)) == 4 }

// fma returns x*y + z with one rounding to T.
func fma[T Float](x, y, z T) T {
	if is32[T]() {
		return T(fma32(float32(x), float32(y), float32(z)))
	}
	return T(math.FMA(float64(x), float64(y), float64(z)))
}

// fma32 returns x*y + z rounded once to float32.
//
// The product of two float32 is exact in float64. Their sum with z, rounded
// to float64 and then to float32, is right unless the first rounding made a
// tie of the second, or the result is subnormal in float32, where the second
// rounding happens elsewhere.
func fma32(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	b := math.Float64bits(s)
	const (
		dropped = 1<<29 - 1  // the bits that float32 has not
		tie     = 1 << 28    // exactly half a unit of float32
		normal  = 1023 - 126 // biased exponent of the least normal float32
	)
	if b&dropped != tie && b>>52&0x7ff >= normal {
		return float32(s)
	}
	return fma32Odd(p, float64(z), s)
}

// fma32Odd rounds p + z to odd in float64 (s is the sum rounded to nearest)
// and then to float32: a sticky last bit makes the second rounding right.
// Boldo and Melquiond, Emulation of FMA and correctly rounded sums: proved
// algorithms using rounding to odd, IEEE Trans. Comput. 57 (2008).
func fma32Odd(p, z, s float64) float32 {
	b := s - p // Knuth's two-sum: s + e is exactly p + z
	e := (p - (s - b)) + (z - b)
	bits := math.Float64bits(s)
	if e != 0 && e == e && bits&1 == 0 { // inexact and even: step towards the exact sum
		if (e > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
	}
	return float32(math.Float64frombits(bits))
}

// forwardGeneric computes
//
//	for i in rows: z[i] = Σ_j x[i*stride+j]*w[j] + b
//
// with the given number of virtual lanes. Column j belongs to lane j mod
// lanes; each lane is a chain of fused multiply-adds from +0 in column order.
func forwardGeneric[T Float](z, x, w []T, b T, stride, lanes int) {
	for i := range z {
		var acc [maxLanes]T
		dotGeneric(acc[:lanes], x[i*stride:], w)
		z[i] = reduce(acc[:lanes]) + b
	}
}

// dotGeneric continues the lanes of a dot product by the columns of x and w.
// Of a last, partial group of columns the unused lanes are worked with zeros,
// which turns −0 into +0 and changes nothing else.
func dotGeneric[T Float](acc, x, w []T) {
	lanes := len(acc)
	for len(w) >= lanes {
		x0, w0 := x[:lanes], w[:lanes]
		for l := range acc {
			acc[l] = fma(x0[l], w0[l], acc[l])
		}
		x, w = x[lanes:], w[lanes:]
	}
	if len(w) > 0 {
		for l, wl := range w {
			acc[l] = fma(x[l], wl, acc[l])
		}
		for l := len(w); l < lanes; l++ {
			acc[l] += 0
		}
	}
}

// reduce halves the lanes until one is left: lane i += lane i+h for h =
// lanes/2 … 1.
func reduce[T Float](acc []T) T {
	for h := len(acc) / 2; h > 0; h /= 2 {
		for i := range h {
			acc[i] += acc[i+h]
		}
	}
	return acc[0]
}

// gradientGeneric adds Xᵀδ to g.
func gradientGeneric[T Float](g, x, delta []T, stride int, narrow bool) {
	if narrow {
		gradientNarrowGeneric(g, x, delta, stride)
	} else {
		gradientWideGeneric(g, x, delta, stride)
	}
}

// gradientNarrowGeneric computes
//
//	for i in rows: g[j] += delta[i]*x[i*stride+j]
//
// by groups of eight rows, counted from the first: t = δ₀x₀, t = fma(δₖ, xₖ,
// t), g += t.
func gradientNarrowGeneric[T Float](g, x, delta []T, stride int) {
	for len(delta) > 0 {
		n := min(groupRows, len(delta))
		for j := range g {
			t := T(delta[0] * x[j])
			for k := 1; k < n; k++ {
				t = fma(delta[k], x[k*stride+j], t)
			}
			g[j] += t
		}
		delta = delta[n:]
		if len(delta) > 0 {
			x = x[n*stride:]
		}
	}
}

// gradientWideGeneric computes
//
//	for i in rows: g[j] = fma(delta[i], x[i*stride+j], g[j])
func gradientWideGeneric[T Float](g, x, delta []T, stride int) {
	for i, d := range delta {
		row := x[i*stride:][:len(g)]
		for j := range g {
			g[j] = fma(d, row[j], g[j])
		}
	}
}

// sumGeneric adds delta to eight lanes by row: lane i mod 8 += delta[i].
func sumGeneric[T Float](lanes *[sumLanes]float64, delta []T) {
	for i, d := range delta {
		lanes[i%sumLanes] += float64(d)
	}
}

// Constants of the logistic function. exp(a) = 2^n · exp(r) with n = the
// integer next to a/ln 2 and |r| ≤ 0.3466; exp(r) = 1 + r + r²/2 + r³·P(r).
// P is the minimax polynomial of degree 8 for the relative error of exp(r),
// 2^-57.3. All steps are in float64, for float32 too.
const (
	expMin = -746 // exp(-746) rounds to 0
	log2e  = 0x1.71547652b82fep+0
	ln2Hi  = 0x1.62e42fefa3800p-1 // 42 bits: n·ln2Hi is exact
	ln2Lo  = 0x1.ef35793c76730p-45

	// Adding expShift rounds to an integer and leaves n + 128 in the low
	// bits; the excess of 128 keeps 2^(n+128) a normal number.
	expShift = 0x1.8p52 + 128
	expBias  = 0x1p-128

	expP0 = 0x1.5555555555501p-3
	expP1 = 0x1.555555555320ep-5
	expP2 = 0x1.111111112882dp-7
	expP3 = 0x1.6c16c17cc0c4cp-10
	expP4 = 0x1.a01a011c37858p-13
	expP5 = 0x1.a019ab359ac8ap-16
	expP6 = 0x1.71df55233db7dp-19
	expP7 = 0x1.289f81c4940f2p-22
	expP8 = 0x1.ad202ae594059p-26

	// Where |z| < tinyZ, σ(z) is 0.5 + z/4 − z³/48 + …; the cubic term is
	// below the last place of a float64 but decides the ties of a float32.
	// Shortening the slope by 2^-30 decides them alike.
	tinyZ     = 0x1p-12
	tinySlope = 0.25 - 0x1p-32

	// log1p(t) = 2·atanh(s) with s = t/(2+t) ≤ 1/3, and 2·atanh(s) = 2s +
	// s³·L(s²). L is the minimax polynomial of degree 8, relative error of
	// the sum 2^-54.1.
	logL0 = 0x1.5555555555947p-1
	logL1 = 0x1.99999998e9943p-2
	logL2 = 0x1.249249790d6fbp-2
	logL3 = 0x1.c71c4a17fda04p-3
	logL4 = 0x1.746258db27d27p-3
	logL5 = 0x1.3aa89dc9fd478p-3
	logL6 = 0x1.16444b224bfe1p-3
	logL7 = 0x1.956f55fc3f6c6p-4
	logL8 = 0x1.6b7f0a304e735p-3

	// What is rounded to float32 in the end makes do with shorter
	// polynomials: of degree 4 for P, relative error 2^-33.2, and 4 for L,
	// 2^-33.0.
	ln2 = 0x1.62e42fefa39efp-1

	shortP0 = 0x1.555553e077fabp-3
	shortP1 = 0x1.5554e71f6eb4bp-5
	shortP2 = 0x1.111330179585dp-7
	shortP3 = 0x1.6d4db6a696ac5p-10
	shortP4 = 0x1.9dd7524d4b4a6p-13

	shortL0 = 0x1.5555585694c58p-1
	shortL1 = 0x1.9996a87856250p-2
	shortL2 = 0x1.2509723763dcfp-2
	shortL3 = 0x1.b6d6a4f8b2f24p-3
	shortL4 = 0x1.f1aeddfbe0485p-3
)

// expReduce returns a = −|x|, at least expMin; k, whose low bits hold n + 128;
// and n as a float64.
func expReduce(x float64) (a, k, n float64) {
	a = -math.Abs(x)
	if a < expMin {
		a = expMin
	}
	k = math.FMA(a, log2e, expShift)
	n = k - expShift
	return a, k, n
}

// expPoly returns P(r), evaluated by Estrin's scheme; r2 is r².
func expPoly(r, r2 float64) float64 {
	r4 := r2 * r2
	e0 := math.FMA(expP1, r, expP0)
	e1 := math.FMA(expP3, r, expP2)
	e2 := math.FMA(expP5, r, expP4)
	e3 := math.FMA(expP7, r, expP6)
	lo := math.FMA(e1, r2, e0)
	hi := math.FMA(e3, r2, e2)
	hi = math.FMA(expP8, r4, hi)
	return math.FMA(hi, r4, lo)
}

// exp2 returns 2^(n+128) for k of expReduce; for NaN, any number.
func exp2(k float64) float64 {
	return math.Float64frombits(math.Float64bits(1) + math.Float64bits(k)<<52)
}

// expNeg returns exp(−|x|) with a relative error below 1.5·2^-53 wherever the
// result is normal.
func expNeg(x float64) float64 {
	a, k, n := expReduce(x)
	r := math.FMA(n, -ln2Hi, a) // exact
	r = math.FMA(n, -ln2Lo, r)
	r2 := r * r
	h := math.FMA(expPoly(r, r2), r, 0.5)
	s := math.FMA(h, r2, r)
	t := 1 + s
	return float64(float64(t*exp2(k)) * expBias)
}

// expNegShort is expNeg with a relative error below 2^-33.
func expNegShort(x float64) float64 {
	a, k, n := expReduce(x)
	r := math.FMA(n, -ln2, a)
	r2 := r * r
	e0 := math.FMA(shortP1, r, shortP0)
	e1 := math.FMA(shortP3, r, shortP2)
	e1 = math.FMA(shortP4, r2, e1)
	p := math.FMA(e1, r2, e0)
	h := math.FMA(p, r, 0.5)
	s := math.FMA(h, r2, r)
	t := 1 + s
	return float64(float64(t*exp2(k)) * expBias)
}

// sigmoid32 returns σ(z), correctly rounded.
func sigmoid32(z float32) float32 {
	if y, ok := sigmoid32Short(z); ok {
		return y
	}
	return sigmoid32Long(z)
}

// sigmoid32Long returns σ(z), correctly rounded for every z.
func sigmoid32Long(z float32) float32 {
	x := float64(z)
	t := expNeg(x)
	num := 1.0
	if math.Signbit(x) {
		num = t
	}
	y := num / (1 + t)
	if math.Abs(x) < tinyZ {
		y = math.FMA(x, tinySlope, 0.5)
	}
	return float32(y)
}

// sigmoid64 returns σ(x) with an error below 0.56 ULP, 0.78 ULP where the
// result is subnormal. Numbers in pairs (t, tl) stand for unevaluated sums.
func sigmoid64(x float64) float64 {
	a, k, n := expReduce(x)

	// r + rl = a − n·ln 2.
	rh := math.FMA(n, -ln2Hi, a) // exact
	c := float64(n * ln2Lo)
	r := rh - c
	rl := (rh - r) - c

	// t + tl = exp(r + rl): the terms 1, r and r²/2 are summed exactly.
	r2 := r * r
	e2 := math.FMA(r, r, -r2)
	th := 1 + r
	tl := r - (th - 1)
	hh := float64(0.5 * r2)
	t1 := th + hh
	l1 := hh - (t1 - th)
	v := math.FMA(0.5, e2, float64(rl*t1))
	v = math.FMA(float64(r2*r), expPoly(r, r2), v)
	lo := (tl + l1) + v
	t := t1 + lo
	tl = lo - (t - t1)

	// d + dl = 1 + exp(a).
	s := exp2(k)
	te := float64(float64(t*s) * expBias)
	d := 1 + te
	dl := te - (d - 1)
	dl += float64(float64(tl*s) * expBias)

	// σ = num/(d + dl), one step of Newton's method behind the division;
	// for negative x the power of two comes last and is exact, unless the
	// result is subnormal.
	num, numl, scale := 1.0, 0.0, 1/expBias
	if math.Signbit(x) {
		num, numl, scale = t, tl, s
	}
	y := 1 / d
	q := num * y
	e := math.FMA(-q, d, num) + numl
	e = math.FMA(-q, dl, e)
	q = math.FMA(e, y, q)
	return float64(float64(q*scale) * expBias)
}

// sigmoidGeneric computes
//
//	for i: dst[i] = σ(src[i])
func sigmoidGeneric[T Float](dst, src []T) {
	for i, z := range src {
		dst[i] = sigmoidOf(z)
	}
}

func sigmoidOf[T Float](z T) T {
	if is32[T]() {
		return T(sigmoid32(float32(z)))
	}
	return T(sigmoid64(float64(z)))
}

// log1p returns log(1+t) for t in [0, 1] with a relative error below
// 4·2^-53.
func log1p(t float64) float64 {
	s := t / (2 + t)
	v := float64(s * s)
	v2 := v * v
	v4 := v2 * v2
	e0 := math.FMA(logL1, v, logL0)
	e1 := math.FMA(logL3, v, logL2)
	e2 := math.FMA(logL5, v, logL4)
	e3 := math.FMA(logL7, v, logL6)
	lo := math.FMA(e1, v2, e0)
	hi := math.FMA(e3, v2, e2)
	hi = math.FMA(logL8, v4, hi)
	p := math.FMA(hi, v4, lo)
	return math.FMA(float64(s*v), p, s+s)
}

// log1pShort is log1p with a relative error below 2^-32.
func log1pShort(t float64) float64 {
	s := t / (2 + t)
	v := float64(s * s)
	v2 := v * v
	e0 := math.FMA(shortL1, v, shortL0)
	e1 := math.FMA(shortL3, v, shortL2)
	e1 = math.FMA(shortL4, v2, e1)
	p := math.FMA(e1, v2, e0)
	return math.FMA(float64(s*v), p, s+s)
}

// partials are the lanes, by row, of the sums that deltaGeneric accumulates.
type partials struct {
	cost    [sumLanes]float64
	correct [sumLanes]float64
}

// deltaGeneric computes
//
//	for i: ŷ = σ(z[i]); e = ŷ − y[i]; s = weights[i], or 1 without weights
//	       Quadratic: delta[i] = e·ŷ·(1−ŷ)·s; cost += e²·s
//	       LogLoss:   delta[i] = e·s;         cost −= (y·log ŷ + (1−y)·log(1−ŷ))·s
//	       correct += 1 if ŷ and y[i] are on the same side of ½
//
// in float64, rounded to T once; for float32 the short polynomials do. With t = exp(−|z|), q = σ(|z|) = 1/(1+t)
// and p = σ(−|z|) = t·q are both known to full precision, so that neither 1−ŷ
// nor ŷ−y is lost where ŷ comes close to 0 or 1. Row i belongs to lane i mod
// 8.
func deltaGeneric[T Float](delta []T, sums *partials, z, y, weights []T, loss Loss) {
	for i := range z {
		x := float64(z[i])
		var t float64
		if is32[T]() {
			t = expNegShort(x)
		} else {
			t = expNeg(x)
		}
		q := 1 / (1 + t)
		p := float64(t * q)

		// m is the distance of the label from the end that z points to;
		// e = ±(m − p).
		yi := float64(y[i])
		m := 1 - yi
		if math.Signbit(x) {
			m = yi
		}
		e := m - p
		if math.Signbit(x) {
			e = -e
		}

		var d, c float64
		if loss == Quadratic {
			d = e * float64(p*q)
			c = e * e
		} else {
			d = e
			ax := math.Abs(x)
			if m == 0 {
				ax = 0 // an infinite z on the right side costs nothing
			}
			if is32[T]() {
				c = math.FMA(ax, m, log1pShort(t))
			} else {
				c = math.FMA(ax, m, log1p(t))
			}
		}
		if weights != nil {
			d *= float64(weights[i])
			c *= float64(weights[i])
		}
		delta[i] = T(d)
		sums.cost[i%sumLanes] += float64(c)
		if x == x && (x >= 0) == (yi >= 0.5) {
			sums.correct[i%sumLanes]++
		}
	}
}
