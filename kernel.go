package kernel

import (
	"fmt"
	"math/bits"
	"unsafe"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// Float is the set of element types.
type Float interface{ float32 | float64 }

// A Batch is a matrix X of Rows rows (examples) with Cols columns (features),
// row-major. Row i is Data[i*Stride : i*Stride+Cols]. Stride counts elements
// and is at least Cols; 0 means Cols. What lies between the end of a row and
// the start of the next is never read.
//
// A Stride that is a multiple of 64 bytes makes the kernels up to 1.8 times
// faster when Cols is not; see [PaddedStride].
type Batch[T Float] struct {
	Data   []T
	Rows   int
	Cols   int
	Stride int
}

// PaddedStride returns the least stride that is at least cols and keeps every
// row at the same offset from a 64-byte boundary.
func PaddedStride[T Float](cols int) int {
	line := 64 / int(unsafe.Sizeof(*new(T)))
	return (cols + line - 1) / line * line
}

// Slice returns rows i (included) to j (excluded) of x, sharing its data.
func (x Batch[T]) Slice(i, j int) Batch[T] {
	if i < 0 || j < i || j > x.Rows {
		panic(fmt.Sprintf("kernel.Batch.Slice: rows [%d:%d] of %d", i, j, x.Rows))
	}
	x.Stride = x.stride()
	if i < j {
		x.Data = x.Data[i*x.Stride:]
	}
	x.Rows = j - i
	return x
}

// Row returns row i of x, sharing its data.
func (x Batch[T]) Row(i int) []T {
	if i < 0 || i >= x.Rows {
		panic(fmt.Sprintf("kernel.Batch.Row: row %d of %d", i, x.Rows))
	}
	k := i * x.stride()
	return x.Data[k : k+x.Cols : k+x.Cols]
}

// stride returns the distance of rows in Data: 0 if they have no columns.
func (x Batch[T]) stride() int {
	if x.Stride == 0 || x.Cols == 0 {
		return x.Cols
	}
	return x.Stride
}

// Loss is a cost function.
type Loss uint8

const (
	// Quadratic is the cost ½(ŷ−y)², whose δ = ∂C/∂z is (ŷ−y)·ŷ·(1−ŷ).
	Quadratic Loss = iota
	// LogLoss is the cross-entropy −y·log ŷ − (1−y)·log(1−ŷ), whose δ is ŷ−y.
	LogLoss
)

// String returns "quadratic" or "log".
func (l Loss) String() string {
	switch l {
	case Quadratic:
		return "quadratic"
	case LogLoss:
		return "log"
	}
	return fmt.Sprintf("Loss(%d)", uint8(l))
}

// Sums are sums over the rows of a batch, s being the sample weights.
type Sums struct {
	// Cost is Σ s(ŷ−y)² for Quadratic: C = Cost/2N in the usual form, Cost/N
	// in the other. For LogLoss it is Σ −s(y·log ŷ + (1−y)·log(1−ŷ)): C =
	// Cost/N.
	Cost float64
	// Delta is Σδ = N·∂C/∂b.
	Delta float64
	// Correct counts the rows, unweighted, for which ŷ ≥ ½ and y ≥ ½ are
	// both true or both false. A row whose ŷ is NaN never counts.
	Correct int
}

// Sigmoid computes dst[i] = σ(src[i]) = 1/(1+exp(−src[i])).
//
// float32: correctly rounded for every input. float64: the error is at most
// 0.56 ULP, 0.78 ULP where the result is subnormal; the result never decreases
// as the input grows. σ(±0) = ½, σ(−∞) =
// 0, σ(+∞) = 1, σ(NaN) = NaN; subnormal results are kept.
//
// dst may be src; it must not overlap it otherwise. Sigmoid panics if the
// lengths differ.
func Sigmoid[T Float](dst, src []T) {
	checkLen("Sigmoid: len(dst)", len(dst), "len(src)", len(src))
	checkSameOrApart("Sigmoid", "dst", dst, "src", src)
	for len(dst) > callElements {
		sigmoid(dst[:callElements], src[:callElements])
		dst, src = dst[callElements:], src[callElements:]
	}
	if len(dst) > 0 {
		sigmoid(dst, src)
	}
}

// Forward computes z = X·w + b: z[i] = Σ_j x[i,j]·w[j] + b.
//
// A row's z depends on that row, w and b alone, never on the rows beside it.
// Its error is at most (Cols/L + log₂L + 2)·u·(Σ|x·w| + |b|), L being the
// number of lanes (16 or 32 float32, 8 or 16 float64) and u = 2^-24 or 2^-53,
// as long as nothing overflows or underflows.
//
// Forward panics if len(z) is not x.Rows, len(w) is not x.Cols, x.Data is too
// short for its shape, or z overlaps x or w.
func Forward[T Float](z []T, x Batch[T], w []T, b T) {
	checkLen("Forward: len(z)", len(z), "x.Rows", x.Rows)
	stride := checkBatch("Forward", &x, "w", len(w))
	checkApart("Forward", "z", z, "x.Data", x.Data)
	checkApart("Forward", "z", z, "w", w)
	forwardAll(z, x.Data, w, b, stride)
}

// Predict computes ŷ = σ(X·w + b): Forward, then Sigmoid, block by block.
// It panics as Forward does.
func Predict[T Float](yhat []T, x Batch[T], w []T, b T) {
	if len(yhat) == 1 && x.Rows == 1 && len(w) == x.Cols && (x.Stride == 0 || x.Stride >= len(w)) && isRow(yhat, x.Data, w) {
		if is32[T]() && predictRow32(f32(yhat), f32(x.Data), f32(w), float32(b), len(w)) {
			return
		}
		forward(yhat, x.Data, w, b, len(w), nil)
		yhat[0] = sigmoidOf(yhat[0])
		return
	}
	checkLen("Predict: len(yhat)", len(yhat), "x.Rows", x.Rows)
	stride := checkBatch("Predict", &x, "w", len(w))
	checkApart("Predict", "yhat", yhat, "x.Data", x.Data)
	checkApart("Predict", "yhat", yhat, "w", w)
	data := x.Data
	for rows := callRows[T](len(yhat), stride); len(yhat) > rows; {
		forwardAll(yhat[:rows], data, w, b, stride)
		sigmoid(yhat[:rows], yhat[:rows])
		yhat, data = yhat[rows:], rest(data, rows*stride)
	}
	if len(yhat) > 0 {
		forwardAll(yhat, data, w, b, stride)
		sigmoid(yhat, yhat)
	}
}

// isRow reports whether x is long enough for a row alone with a column for each
// of w, of a length that one call can take, and z, one element, is in neither:
// what Predict asks of its arguments, in short.
func isRow[T Float](z, x, w []T) bool {
	n := len(w)
	p := uintptr(unsafe.Pointer(unsafe.SliceData(z)))
	size := uintptr(elemSize[T]())
	apart := p-uintptr(unsafe.Pointer(unsafe.SliceData(x))) >= uintptr(len(x))*size &&
		p-uintptr(unsafe.Pointer(unsafe.SliceData(w))) >= uintptr(n)*size
	return apart && uint(n-1) < uint(callBytes/elemSize[T]()) && n <= len(x)
}

// Delta computes δ = ∂C/∂z from z, labels y in [0, 1] and sample weights
// (nil means 1 for every row), and returns the sums over the rows.
//
// It works in float64 and rounds δ to T once; 1−ŷ and ŷ−y keep their
// precision where ŷ is close to 0 or 1, and log loss is finite for every
// finite z. For a label of 0 or 1 and without weights the error of δ is at most
// 0.51 ULP (float32), 12 ULP (float64, Quadratic), 4 ULP (float64, LogLoss).
//
// delta may be z. Delta panics if the lengths differ, if delta overlaps
// another argument, or if loss is unknown.
func Delta[T Float](delta, z, y, weights []T, loss Loss) Sums {
	checkLen("Delta: len(delta)", len(delta), "len(z)", len(z))
	checkLabels("Delta", y, weights, len(z), loss)
	checkSameOrApart("Delta", "delta", delta, "z", z)
	checkApart("Delta", "delta", delta, "y", y)
	checkApart("Delta", "delta", delta, "weights", weights)
	var acc accumulator
	for i := 0; i < len(z); i += callElements {
		j := min(i+callElements, len(z))
		deltaBlock(delta[i:j], &acc.partials, z[i:j], y[i:j], weightsOf(weights, i, j), loss)
		sum(&acc.delta, delta[i:j])
	}
	return acc.sums()
}

// Gradient adds Xᵀδ to g, g[j] += Σ_i delta[i]·x[i,j], and returns Σδ.
//
// All rows of the call are one chain of sums: see [Stepper] for many rows. The
// error of g[j] is at most (Rows + 2)·u·(|g[j]| + Σ_i|δ·x|), that of Σδ at
// most (Rows/8 + 4)·2^-53·Σ|δ|, barring overflow and underflow.
//
// Gradient panics if len(g) is not x.Cols, len(delta) is not x.Rows, x.Data is
// too short for its shape, or g overlaps x or delta.
func Gradient[T Float](g []T, x Batch[T], delta []T) float64 {
	checkLen("Gradient: len(delta)", len(delta), "x.Rows", x.Rows)
	stride := checkBatch("Gradient", &x, "g", len(g))
	checkApart("Gradient", "g", g, "x.Data", x.Data)
	checkApart("Gradient", "g", g, "delta", delta)
	var acc accumulator
	rows := callRows[T](len(delta), stride)
	for i := 0; i < len(delta); i += rows {
		block := delta[i:min(i+rows, len(delta))]
		gradientBatch(g, rest(x.Data, i*stride), block, stride, isNarrow[T](len(g)), nil)
		sum(&acc.delta, block)
	}
	return halve(acc.delta)
}

// Step is the fused step: it adds to g the gradient of all rows of x and
// returns the sums of cost and δ. It equals Forward, Delta and Gradient one
// after the other, bit for bit, but reads x from memory once. The update is
//
//	w[j] −= η·g[j]/N    b −= η·Delta/N
//
// All rows are one chain of sums. A [Stepper] cuts many rows into shards,
// which keeps the sums accurate and may use several cores.
//
// weights are the sample weights; nil means 1 for every row. Step panics if a
// length does not fit the shape of x, or if g overlaps another argument.
func Step[T Float](g []T, x Batch[T], y, weights, w []T, b T, loss Loss) Sums {
	stride := checkStep("Step", g, &x, y, weights, w, loss)
	return stepChain(g, x.Data, y, weights, w, b, stride, loss)
}

func stepChain[T Float](g, x, y, weights, w []T, b T, stride int, loss Loss) Sums {
	var acc accumulator
	stepBatch(&acc, g, x, y, weights, w, b, stride, loss, isFar(x, len(w)))
	return acc.sums()
}

// Implementation returns the name of the kernels in use on this machine:
// "AVX-512", "AVX2", "NEON" or "generic".
func Implementation() string { return impl.Current() }

// checkStep validates the arguments of a step and returns the stride.
func checkStep[T Float](fn string, g []T, x *Batch[T], y, weights, w []T, loss Loss) int {
	if len(g) != x.Cols {
		panicLen(fn+": len(g)", len(g), "x.Cols", x.Cols)
	}
	stride := checkBatch(fn, x, "w", len(w))
	checkLabels(fn, y, weights, x.Rows, loss)
	if overlap(g, x.Data) || overlap(g, w) || overlap(g, y) || overlap(g, weights) { // four calls less
		checkApart(fn, "g", g, "x.Data", x.Data)
		checkApart(fn, "g", g, "w", w)
		checkApart(fn, "g", g, "y", y)
		checkApart(fn, "g", g, "weights", weights)
	}
	return stride
}

// checkBatch validates the shape of x against its data and against the length
// n of a vector with one element per column, and returns the stride.
func checkBatch[T Float](fn string, x *Batch[T], name string, n int) int {
	stride := x.stride()
	hi, lo := bits.Mul(uint(x.Rows-1), uint(stride))
	need, carry := bits.Add(lo, uint(x.Cols), 0)
	fits := hi|carry == 0 && need <= uint(len(x.Data)) || x.Rows == 0 || x.Cols == 0
	if x.Rows|x.Cols|x.Stride < 0 || stride < x.Cols || n != x.Cols || !fits {
		panicBatch(fn, len(x.Data), x.Rows, x.Cols, x.Stride, name, n)
	}
	return stride
}

func panicBatch(fn string, data, rows, cols, stride int, name string, n int) {
	switch {
	case rows < 0 || cols < 0:
		panic(fmt.Sprintf("kernel.%s: x.Rows = %d, x.Cols = %d: negative", fn, rows, cols))
	case n != cols:
		panicLen(fn+": len("+name+")", n, "x.Cols", cols)
	case stride != 0 && stride < cols:
		panic(fmt.Sprintf("kernel.%s: x.Stride = %d, x.Cols = %d: rows overlap", fn, stride, cols))
	}
	panic(fmt.Sprintf("kernel.%s: len(x.Data) = %d is too short for x.Rows = %d, x.Cols = %d, x.Stride = %d",
		fn, data, rows, cols, stride))
}

// checkLen panics if the length of an argument, named by what, is not what
// another one asks for.
func checkLen(what string, got int, of string, want int) {
	if got != want {
		panicLen(what, got, of, want)
	}
}

func panicLen(what string, got int, of string, want int) {
	panic(fmt.Sprintf("kernel.%s = %d, %s = %d", what, got, of, want))
}

func checkLabels[T Float](fn string, y, weights []T, rows int, loss Loss) {
	if len(y) != rows {
		panicLen(fn+": len(y)", len(y), "rows", rows)
	}
	if weights != nil && len(weights) != rows {
		panicLen(fn+": len(weights)", len(weights), "rows", rows)
	}
	if loss > LogLoss {
		panic(fmt.Sprintf("kernel.%s: unknown loss %d", fn, loss))
	}
}

// checkApart panics if a, an output, overlaps b.
func checkApart[T Float](fn, nameA string, a []T, nameB string, b []T) {
	if overlap(a, b) {
		panicOverlap(fn, nameA, len(a), nameB, len(b), "")
	}
}

// checkSameOrApart panics if a, an output, overlaps b without being it. The
// lengths are equal.
func checkSameOrApart[T Float](fn, nameA string, a []T, nameB string, b []T) {
	if unsafe.SliceData(a) != unsafe.SliceData(b) && overlap(a, b) {
		panicOverlap(fn, nameA, len(a), nameB, len(b), " without being it")
	}
}

func panicOverlap(fn, nameA string, lenA int, nameB string, lenB int, how string) {
	panic(fmt.Sprintf("kernel.%s: %s (length %d) overlaps %s (length %d)%s", fn, nameA, lenA, nameB, lenB, how))
}

// overlap reports whether a and b share an element.
func overlap[T Float](a, b []T) bool {
	pa, pb := uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	na, nb := uintptr(len(a))*unsafe.Sizeof(*new(T)), uintptr(len(b))*unsafe.Sizeof(*new(T))
	return pa < pb+nb && pb < pa+na && na != 0 && nb != 0
}

// f32 and f64 return the address of the first element of s, nil if there is
// none.
func f32[T Float](s []T) *float32 { return (*float32)(unsafe.Pointer(unsafe.SliceData(s))) }
func f64[T Float](s []T) *float64 { return (*float64)(unsafe.Pointer(unsafe.SliceData(s))) }
