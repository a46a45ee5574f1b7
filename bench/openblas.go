//go:build openblas && cgo

package bench

/*
#cgo CFLAGS: -O3 -Wno-psabi
#cgo LDFLAGS: -lopenblas -lsleef
#include "openblas.h"
*/
import "C"

import "sync"

// OpenBLAS describes the library in use, "" if there is none.
var OpenBLAS = sync.OnceValue(func() string { return "OpenBLAS for " + C.GoString(C.ob_init()) + " + SLEEF" })

// openblasPeers multiply with OpenBLAS on one thread and take the exponential
// from SLEEF; one call of C computes an op. openblas-tiled takes the rows
// through both products in tiles, which keeps them in cache.
func openblasPeers[T float]() []contestant[T] {
	OpenBLAS()
	return pick[T](
		[]contestant[float32]{
			{
				name:    "openblas",
				step:    func(p *problem[float32]) func() { return openblasStep32(p, p.Rows) },
				forward: openblasForward32,
			},
			{
				name: "openblas-tiled",
				step: func(p *problem[float32]) func() { return openblasStep32(p, tile) },
			},
			{
				name: "sleef",
				sigmoid: func(p *problem[float32]) func() {
					return func() {
						C.ob_sigmoid32((*C.float)(&p.yhat[0]), (*C.float)(&p.x[0]), C.long(len(p.x)))
					}
				},
			},
		},
		[]contestant[float64]{
			{
				name:    "openblas",
				step:    func(p *problem[float64]) func() { return openblasStep64(p, p.Rows) },
				forward: openblasForward64,
			},
			{
				name: "openblas-tiled",
				step: func(p *problem[float64]) func() { return openblasStep64(p, tile) },
			},
			{
				name: "sleef",
				sigmoid: func(p *problem[float64]) func() {
					return func() {
						C.ob_sigmoid64((*C.double)(&p.yhat[0]), (*C.double)(&p.x[0]), C.long(len(p.x)))
					}
				},
			},
		},
	)
}

func openblasStep32(p *problem[float32], tile int) func() {
	return func() {
		p.gb = float64(C.ob_step32(
			(*C.float)(&p.x[0]), (*C.float)(&p.w[0]), (*C.float)(&p.y[0]), (*C.float)(&p.d[0]), (*C.float)(&p.g[0]),
			C.long(p.Rows), C.long(p.Cols), C.long(p.Stride), C.float(p.b), C.long(tile)))
	}
}

func openblasStep64(p *problem[float64], tile int) func() {
	return func() {
		p.gb = float64(C.ob_step64(
			(*C.double)(&p.x[0]), (*C.double)(&p.w[0]), (*C.double)(&p.y[0]), (*C.double)(&p.d[0]), (*C.double)(&p.g[0]),
			C.long(p.Rows), C.long(p.Cols), C.long(p.Stride), C.double(p.b), C.long(tile)))
	}
}

func openblasForward32(p *problem[float32]) func() {
	return func() {
		C.ob_forward32((*C.float)(&p.yhat[0]), (*C.float)(&p.x[0]), (*C.float)(&p.w[0]),
			C.long(p.Rows), C.long(p.Cols), C.long(p.Stride), C.float(p.b))
	}
}

func openblasForward64(p *problem[float64]) func() {
	return func() {
		C.ob_forward64((*C.double)(&p.yhat[0]), (*C.double)(&p.x[0]), (*C.double)(&p.w[0]),
			C.long(p.Rows), C.long(p.Cols), C.long(p.Stride), C.double(p.b))
	}
}
