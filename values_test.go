package kernel

import (
	"math"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/checkasm"
)

// This file holds the tests of TestGuardedKernels that choose the values of
// single elements, for what random ones meet too seldom.

// sharpZ are arguments of σ of float32 that a short way gets right only with
// all of its polynomial; nearZ those whose σ is so close to the middle between
// two float32 that it errs, and has to notice. Both were found by a search
// through all float32.
var (
	sharpZ = []float32{
		0x1.d12fp-07, 0x1.c3808p-05, 0x1.9e248p-03, 0x1.27508p-02, 0x1.2961p-01,
		-0x1.a6a6p-07, -0x1.ee488p-05, -0x1.2e2c8p-03, -0x1.fcd2p-02, -0x1.e2578p+00, -0x1.30488p+03, -0x1.bd95p+05,
	}
	nearZ = []float32{0x1.1956d4p-05, 0x1.437902p-05, -0x1.250c02p-10, -0x1.acf776p-05, -0x1.c9bb96p+03}
	// edgeZ lie at both edges of the neighbourhood of the middle.
	edgeZ = []float32{0x1.712804p-10, -0x1.d10802p-11, -0x1.0a4206p-09}
	farZ  = []float64{-87, -87.5, -110, 110, 111, 1e30, math.Inf(1), math.Inf(-1), math.NaN()}
)

// testSigmoidLanes puts each of these arguments into each lane of a vector,
// among arguments that need no care, as the last element and with others
// behind it.
func testSigmoidLanes[T Float](t *testing.T, k routine) {
	t.Helper()
	var all []T
	for _, list := range [][]float32{sharpZ, nearZ, edgeZ} {
		for _, z := range list {
			all = append(all, T(z))
		}
	}
	for _, z := range farZ {
		all = append(all, T(z))
	}
	const lanes = 32
	src, dst, want := make([]T, 5*lanes), make([]T, 5*lanes), make([]T, 5*lanes)
	for i := range src {
		src[i] = T(i)/7 - 8
		want[i] = sigmoidOf(src[i])
	}
	call := func(n int) {
		t.Helper()
		clear(dst)
		checkasm.Call(k.Func, address(dst), address(src), uint64(n))
		for i := range n {
			if !same(dst[i], want[i]) {
				t.Fatalf("%s: element %d of %d: σ(%x) is %x, want %x", k.Name, i, n, src[i], dst[i], want[i])
			}
		}
	}
	for n := range src {
		call(n + 1)
	}
	for i := range lanes {
		z, y := src[i], want[i]
		for _, v := range all {
			src[i], want[i] = v, sigmoidOf(v)
			call(i + 1)
			call(max(i+1, lanes-1))
			call(lanes)
			call(lanes + 1) // a fourth, so that masks before a call, of three kinds by turns, differ from value to value
		}
		src[i], want[i] = z, y
	}
}

// testPredictRow predicts rows of one column, whose z is any number.
func testPredictRow(t *testing.T, k routine) {
	t.Helper()
	var all []float32
	for _, list := range [][]float32{sharpZ, nearZ, edgeZ} {
		all = append(all, list...)
	}
	for _, z := range farZ {
		all = append(all, float32(z))
	}
	for i := range 4000 {
		all = append(all, float32(i)/37-85)
	}
	out, x, w := make([]float32, 2), []float32{1}, make([]float32, 1)
	for _, z := range all {
		w[0] = z
		checkasm.Call(k.Func, address(out), address(x), address(w), 0, 1)
		want := float32(math.NaN())
		if y, ok := sigmoid32Short(z); ok {
			want = y
		}
		if !same(out[1], want) || !same(out[0], z) {
			t.Fatalf("%s: z = %x: %x, want %x", k.Name, z, out, want)
		}
	}
}

// The arguments of a fused step that are chosen value by value.
const (
	roundedZeros = 1 + iota // z is −0, or +0 where a lane is unused, since all products round to −0
	exactZeros              // z is +0, since all products are −0
	directZ                 // z are hardZ, but NaN
)

// choose returns such arguments.
func choose[T Float](c trial) (x, w, y []T, b T) {
	x, w, y = make([]T, (c.rows-1)*c.stride+c.cols), make([]T, c.cols), make([]T, c.rows)
	if c.chosen == directZ {
		// Each row has z in the column in which w has 1.
		j := c.start % c.cols
		w[j] = 1
		n := 0
		for i := range y {
			for n = c.start + i; hardZ[n%len(hardZ)] != hardZ[n%len(hardZ)]; n++ {
			}
			x[i*c.stride+j] = T(hardZ[n%len(hardZ)])
			y[i] = hardLabels[T](n)
		}
		return x, w, y, 0
	}
	b = minusZeros(Batch[T]{Data: x, Rows: c.rows, Cols: c.cols, Stride: c.stride}, w, y)
	if c.chosen == exactZeros {
		clear(x)
	}
	return x, w, y, b
}

// testChosenSteps calls a kernel of fused steps over so many rows, and as many
// columns, with such arguments. It is for both losses by turns.
func testChosenSteps[T Float](t *testing.T, k routine, a *arena[T], unit int, columns ...int) {
	t.Helper()
	for i, cols := range columns {
		for n, chosen := range []int{roundedZeros, exactZeros, directZ, directZ, directZ, directZ} {
			c := trial{rows: (2 + n&1) * unit, cols: cols, stride: cols + i%3, chosen: chosen, compare: true, end: true}
			if i&1 != 0 {
				c.stride = PaddedStride[T](cols)
			}
			for c.start = 0; c.start < len(hardZ); c.start += 11 {
				if do(t, k, a, c); chosen != directZ {
					break
				}
			}
		}
	}
}

// hardLabels returns the label of the i-th of hardZ; for one of them a number
// that is in a register when labels are compared with 0: s⁸ of log1p.
func hardLabels[T Float](i int) T {
	if z := hardZ[i%len(hardZ)]; z == hardLabel {
		t := expNeg(z)
		q := t / (2 + t)
		q *= q
		q *= q
		return T(q * q)
	}
	return []T{0, 1, 0.5, 1, 0, 0.5, 0.25}[i%7]
}
