//go:build goexperiment.simd && amd64

package bench

import (
	"math"
	"simd/archsimd"
)

// archsimdPeers are written by hand with AVX-512 vectors of simd/archsimd:
// four rows at a time, in tiles that stay in cache.
func archsimdPeers[T float]() []contestant[T] {
	if !archsimd.X86.AVX512() {
		return nil
	}
	return pick[T](
		[]contestant[float32]{{
			name: "archsimd",
			step: func(p *problem[float32]) func() {
				return func() {
					clear(p.g)
					var gb float32
					for i := 0; i < p.Rows; i += tile {
						j := min(i+tile, p.Rows)
						x, d := p.x[i*p.Stride:], p.d[i:j]
						simdProduct32(d, x, p.w, p.b, p.Stride)
						simdSigmoid32(d, d)
						for k, a := range d {
							d[k] = (a - p.y[i+k]) * a * (1 - a)
							gb += d[k]
						}
						simdGradient32(p.g, x, d, p.Stride)
					}
					p.gb = float64(gb)
				}
			},
			forward: func(p *problem[float32]) func() {
				return func() {
					simdProduct32(p.yhat, p.x, p.w, p.b, p.Stride)
					simdSigmoid32(p.yhat, p.yhat)
				}
			},
			sigmoid: func(p *problem[float32]) func() {
				return func() { simdSigmoid32(p.yhat, p.x) }
			},
		}},
		[]contestant[float64]{{
			name: "archsimd",
			step: func(p *problem[float64]) func() {
				return func() {
					clear(p.g)
					var gb float64
					for i := 0; i < p.Rows; i += tile {
						j := min(i+tile, p.Rows)
						x, d := p.x[i*p.Stride:], p.d[i:j]
						simdProduct64(d, x, p.w, p.b, p.Stride)
						simdSigmoid64(d, d)
						for k, a := range d {
							d[k] = (a - p.y[i+k]) * a * (1 - a)
							gb += d[k]
						}
						simdGradient64(p.g, x, d, p.Stride)
					}
					p.gb = gb
				}
			},
			forward: func(p *problem[float64]) func() {
				return func() {
					simdProduct64(p.yhat, p.x, p.w, p.b, p.Stride)
					simdSigmoid64(p.yhat, p.yhat)
				}
			},
			sigmoid: func(p *problem[float64]) func() {
				return func() { simdSigmoid64(p.yhat, p.x) }
			},
		}},
	)
}

// rest4 returns the rows i to i+3 of x; behind the last row it repeats it.
func rest4[T float](x []T, i, rows, cols, stride int) (x0, x1, x2, x3 []T) {
	row := func(i int) []T { return x[min(i, rows-1)*stride:][:cols] }
	return row(i), row(i + 1), row(i + 2), row(i + 3)
}

func simdProduct32(z, x, w []float32, b float32, stride int) {
	for i := 0; i < len(z); i += 4 {
		x0, x1, x2, x3 := rest4(x, i, len(z), len(w), stride)
		var z0, z1, z2, z3 archsimd.Float32x16
		j := 0
		for ; j+16 <= len(w); j += 16 {
			v := archsimd.LoadFloat32x16((*[16]float32)(w[j:]))
			z0 = archsimd.LoadFloat32x16((*[16]float32)(x0[j:])).MulAdd(v, z0)
			z1 = archsimd.LoadFloat32x16((*[16]float32)(x1[j:])).MulAdd(v, z1)
			z2 = archsimd.LoadFloat32x16((*[16]float32)(x2[j:])).MulAdd(v, z2)
			z3 = archsimd.LoadFloat32x16((*[16]float32)(x3[j:])).MulAdd(v, z3)
		}
		if j < len(w) {
			v := archsimd.LoadFloat32x16SlicePart(w[j:])
			z0 = archsimd.LoadFloat32x16SlicePart(x0[j:]).MulAdd(v, z0)
			z1 = archsimd.LoadFloat32x16SlicePart(x1[j:]).MulAdd(v, z1)
			z2 = archsimd.LoadFloat32x16SlicePart(x2[j:]).MulAdd(v, z2)
			z3 = archsimd.LoadFloat32x16SlicePart(x3[j:]).MulAdd(v, z3)
		}
		h0, h1, h2, h3 := halve32(z0), halve32(z1), halve32(z2), halve32(z3)
		h := h0.AddPairsGrouped(h1).AddPairsGrouped(h2.AddPairsGrouped(h3))
		sums := h.GetLo().Add(h.GetHi()).Add(archsimd.BroadcastFloat32x4(b))
		sums.StoreSlicePart(z[i:min(i+4, len(z))])
	}
	archsimd.ClearAVXUpperBits()
}

func halve32(z archsimd.Float32x16) archsimd.Float32x8 { return z.GetLo().Add(z.GetHi()) }

func simdGradient32(g, x, d []float32, stride int) {
	for i := 0; i < len(d); i += 4 {
		x0, x1, x2, x3 := rest4(x, i, len(d), len(g), stride)
		var t [4]float32
		copy(t[:], d[i:])
		d0, d1 := archsimd.BroadcastFloat32x16(t[0]), archsimd.BroadcastFloat32x16(t[1])
		d2, d3 := archsimd.BroadcastFloat32x16(t[2]), archsimd.BroadcastFloat32x16(t[3])
		j := 0
		for ; j+16 <= len(g); j += 16 {
			at := (*[16]float32)(g[j:])
			v := archsimd.LoadFloat32x16((*[16]float32)(x0[j:])).MulAdd(d0, archsimd.LoadFloat32x16(at))
			v = archsimd.LoadFloat32x16((*[16]float32)(x1[j:])).MulAdd(d1, v)
			v = archsimd.LoadFloat32x16((*[16]float32)(x2[j:])).MulAdd(d2, v)
			v = archsimd.LoadFloat32x16((*[16]float32)(x3[j:])).MulAdd(d3, v)
			v.Store(at)
		}
		if j < len(g) {
			v := archsimd.LoadFloat32x16SlicePart(x0[j:]).MulAdd(d0, archsimd.LoadFloat32x16SlicePart(g[j:]))
			v = archsimd.LoadFloat32x16SlicePart(x1[j:]).MulAdd(d1, v)
			v = archsimd.LoadFloat32x16SlicePart(x2[j:]).MulAdd(d2, v)
			v = archsimd.LoadFloat32x16SlicePart(x3[j:]).MulAdd(d3, v)
			v.StoreSlicePart(g[j:])
		}
	}
	archsimd.ClearAVXUpperBits()
}

func simdSigmoid32(dst, src []float32) {
	for len(src) >= 16 {
		sigma32(archsimd.LoadFloat32x16((*[16]float32)(src))).Store((*[16]float32)(dst))
		dst, src = dst[16:], src[16:]
	}
	if len(src) > 0 {
		sigma32(archsimd.LoadFloat32x16SlicePart(src)).StoreSlicePart(dst[:len(src)])
	}
	archsimd.ClearAVXUpperBits()
}

// sigma32 is 1/(1+exp(−z)): exp(t) = 2^k·exp(r) with |r| ≤ ln(2)/2, and
// exp(r) by a Taylor polynomial of degree 7.
func sigma32(z archsimd.Float32x16) archsimd.Float32x16 {
	c := archsimd.BroadcastFloat32x16
	t := z.Mul(c(-1)).Min(c(88)).Max(c(-88))
	k := t.Mul(c(math.Log2E)).RoundToEvenScaled(0)
	r := k.MulAdd(c(-0.693359375), t)
	r = k.MulAdd(c(2.12194440e-4), r)
	e := c(1./5040).MulAdd(r, c(1./720))
	e = e.MulAdd(r, c(1./120)).MulAdd(r, c(1./24)).MulAdd(r, c(1./6)).MulAdd(r, c(1./2))
	e = e.MulAdd(r, c(1)).MulAdd(r, c(1)).Scale(k)
	return c(1).Div(e.Add(c(1)))
}

func simdProduct64(z, x, w []float64, b float64, stride int) {
	for i := 0; i < len(z); i += 4 {
		x0, x1, x2, x3 := rest4(x, i, len(z), len(w), stride)
		var z0, z1, z2, z3 archsimd.Float64x8
		j := 0
		for ; j+8 <= len(w); j += 8 {
			v := archsimd.LoadFloat64x8((*[8]float64)(w[j:]))
			z0 = archsimd.LoadFloat64x8((*[8]float64)(x0[j:])).MulAdd(v, z0)
			z1 = archsimd.LoadFloat64x8((*[8]float64)(x1[j:])).MulAdd(v, z1)
			z2 = archsimd.LoadFloat64x8((*[8]float64)(x2[j:])).MulAdd(v, z2)
			z3 = archsimd.LoadFloat64x8((*[8]float64)(x3[j:])).MulAdd(v, z3)
		}
		if j < len(w) {
			v := archsimd.LoadFloat64x8SlicePart(w[j:])
			z0 = archsimd.LoadFloat64x8SlicePart(x0[j:]).MulAdd(v, z0)
			z1 = archsimd.LoadFloat64x8SlicePart(x1[j:]).MulAdd(v, z1)
			z2 = archsimd.LoadFloat64x8SlicePart(x2[j:]).MulAdd(v, z2)
			z3 = archsimd.LoadFloat64x8SlicePart(x3[j:]).MulAdd(v, z3)
		}
		// In lanes of two: h01 is z0, z1; h23 is z2, z3.
		h01 := halve64(z0).AddPairsGrouped(halve64(z1))
		h23 := halve64(z2).AddPairsGrouped(halve64(z3))
		s01, s23 := h01.GetLo().Add(h01.GetHi()), h23.GetLo().Add(h23.GetHi())
		var sums archsimd.Float64x4
		sums = sums.SetLo(s01).SetHi(s23).Add(archsimd.BroadcastFloat64x4(b))
		sums.StoreSlicePart(z[i:min(i+4, len(z))])
	}
	archsimd.ClearAVXUpperBits()
}

func halve64(z archsimd.Float64x8) archsimd.Float64x4 { return z.GetLo().Add(z.GetHi()) }

func simdGradient64(g, x, d []float64, stride int) {
	for i := 0; i < len(d); i += 4 {
		x0, x1, x2, x3 := rest4(x, i, len(d), len(g), stride)
		var t [4]float64
		copy(t[:], d[i:])
		d0, d1 := archsimd.BroadcastFloat64x8(t[0]), archsimd.BroadcastFloat64x8(t[1])
		d2, d3 := archsimd.BroadcastFloat64x8(t[2]), archsimd.BroadcastFloat64x8(t[3])
		j := 0
		for ; j+8 <= len(g); j += 8 {
			at := (*[8]float64)(g[j:])
			v := archsimd.LoadFloat64x8((*[8]float64)(x0[j:])).MulAdd(d0, archsimd.LoadFloat64x8(at))
			v = archsimd.LoadFloat64x8((*[8]float64)(x1[j:])).MulAdd(d1, v)
			v = archsimd.LoadFloat64x8((*[8]float64)(x2[j:])).MulAdd(d2, v)
			v = archsimd.LoadFloat64x8((*[8]float64)(x3[j:])).MulAdd(d3, v)
			v.Store(at)
		}
		if j < len(g) {
			v := archsimd.LoadFloat64x8SlicePart(x0[j:]).MulAdd(d0, archsimd.LoadFloat64x8SlicePart(g[j:]))
			v = archsimd.LoadFloat64x8SlicePart(x1[j:]).MulAdd(d1, v)
			v = archsimd.LoadFloat64x8SlicePart(x2[j:]).MulAdd(d2, v)
			v = archsimd.LoadFloat64x8SlicePart(x3[j:]).MulAdd(d3, v)
			v.StoreSlicePart(g[j:])
		}
	}
	archsimd.ClearAVXUpperBits()
}

func simdSigmoid64(dst, src []float64) {
	for len(src) >= 8 {
		sigma64(archsimd.LoadFloat64x8((*[8]float64)(src))).Store((*[8]float64)(dst))
		dst, src = dst[8:], src[8:]
	}
	if len(src) > 0 {
		sigma64(archsimd.LoadFloat64x8SlicePart(src)).StoreSlicePart(dst[:len(src)])
	}
	archsimd.ClearAVXUpperBits()
}

// sigma64 is like sigma32, with a Taylor polynomial of degree 13.
func sigma64(z archsimd.Float64x8) archsimd.Float64x8 {
	c := archsimd.BroadcastFloat64x8
	t := z.Mul(c(-1)).Min(c(709)).Max(c(-709))
	k := t.Mul(c(math.Log2E)).RoundToEvenScaled(0)
	r := k.MulAdd(c(-6.93147180369123816490e-01), t)
	r = k.MulAdd(c(-1.90821492927058770002e-10), r)
	e := c(1./6227020800).MulAdd(r, c(1./479001600))
	e = e.MulAdd(r, c(1./39916800)).MulAdd(r, c(1./3628800)).MulAdd(r, c(1./362880)).MulAdd(r, c(1./40320))
	e = e.MulAdd(r, c(1./5040)).MulAdd(r, c(1./720)).MulAdd(r, c(1./120)).MulAdd(r, c(1./24))
	e = e.MulAdd(r, c(1./6)).MulAdd(r, c(1./2)).MulAdd(r, c(1)).MulAdd(r, c(1)).Scale(k)
	return c(1).Div(e.Add(c(1)))
}
