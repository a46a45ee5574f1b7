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

func (x Batch[T]) stride() int {
	if x.Stride == 0 {
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
// 0.52 ULP, the result never decreases as the input grows. σ(±0) = ½, σ(−∞) =
// 0, σ(+∞) = 1, σ(NaN) = NaN; subnormal results are kept.
//
// dst may be src; it must not overlap it otherwise. Sigmoid panics if the
// lengths differ.
func Sigmoid[T Float](dst, src []T) {
	if len(dst) != len(src) {
		panic(fmt.Sprintf("kernel.Sigmoid: len(dst) = %d, len(src) = %d", len(dst), len(src)))
	}
	if len(dst) == 0 {
		return
	}
	if &dst[0] != &src[0] && overlap(dst, src) {
		panic(fmt.Sprintf("kernel.Sigmoid: dst (length %d) overlaps src (length %d) without being it", len(dst), len(src)))
	}
	for len(dst) > callElements {
		sigmoid(dst[:callElements], src[:callElements])
		dst, src = dst[callElements:], src[callElements:]
	}
	sigmoid(dst, src)
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
	checkRows("Forward", "z", len(z), x.Rows)
	stride := checkBatch("Forward", x, len(w))
	checkOverlap("Forward", "z", z, x, w)
	forwardBatch(z, x.Data, w, b, stride)
}

// Predict computes ŷ = σ(X·w + b): Forward, then Sigmoid, block by block.
// It panics as Forward does.
func Predict[T Float](yhat []T, x Batch[T], w []T, b T) {
	checkRows("Predict", "yhat", len(yhat), x.Rows)
	stride := checkBatch("Predict", x, len(w))
	checkOverlap("Predict", "yhat", yhat, x, w)
	rows := callRows[T](stride)
	for i := 0; i < len(yhat); i += rows {
		block := yhat[i:min(i+rows, len(yhat))]
		forwardBatch(block, rest(x.Data, i*stride), w, b, stride)
		sigmoid(block, block)
	}
}

// Delta computes δ = ∂C/∂z from z, labels y in [0, 1] and sample weights
// (nil means 1 for every row), and returns the sums over the rows.
//
// It works in float64 and rounds δ to T once; 1−ŷ and ŷ−y keep their
// precision where ŷ is close to 0 or 1, and log loss is finite for every
// finite z. For a label of 0 or 1 the error of δ is at most 0.51 ULP
// (float32), 6 ULP (float64).
//
// delta may be z. Delta panics if the lengths differ, if delta overlaps
// another argument, or if loss is unknown.
func Delta[T Float](delta, z, y, weights []T, loss Loss) Sums {
	checkRows("Delta", "delta", len(delta), len(z))
	checkLabels("Delta", y, weights, len(z), loss)
	if len(delta) == 0 {
		return Sums{}
	}
	if &delta[0] != &z[0] && overlap(delta, z) {
		panic(fmt.Sprintf("kernel.Delta: delta (length %d) overlaps z (length %d) without being it", len(delta), len(z)))
	}
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
	checkRows("Gradient", "delta", len(delta), x.Rows)
	checkCols("Gradient", "g", len(g), x.Cols)
	stride := checkBatch("Gradient", x, len(g))
	checkOverlap("Gradient", "g", g, x, delta)
	var acc accumulator
	rows := callRows[T](stride)
	for i := 0; i < len(delta); i += rows {
		block := delta[i:min(i+rows, len(delta))]
		gradientBatch(g, rest(x.Data, i*stride), block, stride, isNarrow[T](len(g)))
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
	stride := checkStep("Step", g, x, y, weights, w, loss)
	var acc accumulator
	stepBatch(&acc, g, x.Data, y, weights, w, b, stride, loss)
	return acc.sums()
}

// Implementation returns the name of the kernels in use on this machine:
// "AVX-512", "AVX2", "NEON" or "generic".
func Implementation() string { return impl.Current() }

// checkStep validates the arguments of a step and returns the stride.
func checkStep[T Float](fn string, g []T, x Batch[T], y, weights, w []T, loss Loss) int {
	checkCols(fn, "g", len(g), x.Cols)
	stride := checkBatch(fn, x, len(w))
	checkLabels(fn, y, weights, x.Rows, loss)
	checkOverlap(fn, "g", g, x, w)
	checkApart(fn, "g", g, "y", y)
	checkApart(fn, "g", g, "weights", weights)
	return stride
}

// checkBatch validates the shape of x against its data and against a vector w
// with one element per column, and returns the stride.
func checkBatch[T Float](fn string, x Batch[T], w int) int {
	if x.Rows < 0 || x.Cols < 0 {
		panic(fmt.Sprintf("kernel.%s: x.Rows = %d, x.Cols = %d: negative", fn, x.Rows, x.Cols))
	}
	checkCols(fn, "w", w, x.Cols)
	stride := x.stride()
	if stride < x.Cols {
		panic(fmt.Sprintf("kernel.%s: x.Stride = %d, x.Cols = %d: rows overlap", fn, x.Stride, x.Cols))
	}
	if x.Rows == 0 || x.Cols == 0 {
		return stride
	}
	hi, lo := bits.Mul(uint(x.Rows-1), uint(stride))
	need, carry := bits.Add(lo, uint(x.Cols), 0)
	if hi != 0 || carry != 0 || need > uint(len(x.Data)) {
		panic(fmt.Sprintf("kernel.%s: len(x.Data) = %d is too short for x.Rows = %d, x.Cols = %d, x.Stride = %d",
			fn, len(x.Data), x.Rows, x.Cols, stride))
	}
	return stride
}

func checkRows(fn, name string, got, rows int) {
	if got != rows {
		panic(fmt.Sprintf("kernel.%s: len(%s) = %d, rows = %d", fn, name, got, rows))
	}
}

func checkCols(fn, name string, got, cols int) {
	if got != cols {
		panic(fmt.Sprintf("kernel.%s: len(%s) = %d, x.Cols = %d", fn, name, got, cols))
	}
}

func checkLabels[T Float](fn string, y, weights []T, rows int, loss Loss) {
	checkRows(fn, "y", len(y), rows)
	if weights != nil {
		checkRows(fn, "weights", len(weights), rows)
	}
	if loss > LogLoss {
		panic(fmt.Sprintf("kernel.%s: unknown loss %d", fn, loss))
	}
}

// checkOverlap panics if out, an output, overlaps x or the vector v.
func checkOverlap[T Float](fn, name string, out []T, x Batch[T], v []T) {
	if overlap(out, x.Data) {
		panic(fmt.Sprintf("kernel.%s: %s (length %d) overlaps x.Data (length %d)", fn, name, len(out), len(x.Data)))
	}
	if overlap(out, v) {
		panic(fmt.Sprintf("kernel.%s: %s (length %d) overlaps another vector (length %d)", fn, name, len(out), len(v)))
	}
}

func checkApart[T Float](fn, nameA string, a []T, nameB string, b []T) {
	if overlap(a, b) {
		panic(fmt.Sprintf("kernel.%s: %s (length %d) overlaps %s (length %d)", fn, nameA, len(a), nameB, len(b)))
	}
}

// overlap reports whether a and b share an element.
func overlap[T Float](a, b []T) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	size := unsafe.Sizeof(a[0])
	pa, pb := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return pa < pb+uintptr(len(b))*size && pb < pa+uintptr(len(a))*size
}
