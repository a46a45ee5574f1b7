package kernel

import "unsafe"

// This file walks a validated batch in blocks: it decides how much one kernel
// call does and how much of X stays in cache between forward and gradient. No
// choice made here changes a bit of the result.

const (
	// callBytes bounds what one call of an assembly kernel reads of X, since
	// the runtime cannot preempt it: 64 KiB take a few microseconds.
	callBytes = 64 << 10
	// callElements bounds the vectors of σ and δ in one call.
	callElements = 2048
	// blockBytes is the part of X that a fused step takes through forward, δ
	// and gradient at a time; it stays in the L1 cache.
	blockBytes = 24 << 10
	// memoryBytes is the size from which X is taken to come from memory, not
	// from a cache.
	memoryBytes = 16 << 20
	// farBytes is the size from which X is taken to come from beyond the L2
	// cache. The CPU itself fetches one stream of rows well from there, but not
	// those of wide rows, several at a time.
	farBytes = 2 << 20
	// fusedMinBytes is the least narrow row in a cache that a fused step takes:
	// below, δ takes too long beside its columns.
	fusedMinBytes = 68
	// fusedCallBytes bounds what one call of a fused step reads of X.
	fusedCallBytes = 256 << 10
	// fusedAheadBytes is about how far ahead narrow rows are fetched from memory.
	fusedAheadBytes = 8 << 10
	// blockRows is the most rows of a block, the size of its buffer for δ.
	blockRows = 128
)

// narrowBytes separates the two classes of rows: a row of fewer bytes is
// narrow. See doc.go.
const narrowBytes = 1024

// inMemory reports whether x, which may hold more rows than a call works on, is
// too large for the caches.
func inMemory[T Float](x []T) bool { return len(x)*elemSize[T]() >= memoryBytes }

// isFar reports whether a step fetches the rows of x, of so many columns, ahead.
func isFar[T Float](x []T, cols int) bool {
	return inMemory(x) || !isNarrow[T](cols) && len(x)*elemSize[T]() >= farBytes
}

func elemSize[T Float]() int { return int(unsafe.Sizeof(*new(T))) }

// isNarrow reports whether rows with cols columns are in the narrow class.
func isNarrow[T Float](cols int) bool { return cols*elemSize[T]() < narrowBytes }

// lanesOf returns the number of virtual lanes of a dot product over cols
// columns.
func lanesOf[T Float](cols int) int {
	if isNarrow[T](cols) {
		return narrowLaneBytes / elemSize[T]()
	}
	return wideLaneBytes / elemSize[T]()
}

// rowsWithin returns how many rows of the given stride lie within n bytes, as
// a multiple of 8 from 8 to most: a multiple of the groups of the gradient and
// of the lanes of sums by row.
func rowsWithin[T Float](n, stride, most int) int {
	rows := most
	if stride > 0 {
		rows = min(most, n/elemSize[T]()/stride)
	}
	return max(rows&^7, 8)
}

// callRows returns how many rows a call may take, given how many there are.
func callRows[T Float](rows, stride int) int {
	if rows <= callElements && rows*stride*elemSize[T]() <= callBytes {
		return rows // without a division
	}
	return rowsWithin[T](callBytes, stride, callElements)
}

// rest returns s[i:], or nil behind the end of s, where a batch without
// columns may point.
func rest[T any](s []T, i int) []T {
	if i >= len(s) {
		return nil
	}
	return s[i:]
}

func weightsOf[T Float](weights []T, i, j int) []T {
	if weights == nil {
		return nil
	}
	return weights[i:j]
}

// forwardAll is forwardBatch for a pass over X that reads nothing twice. Wide
// rows that come from memory are worked one by one: several rows at a time are
// several streams, which memory delivers more slowly than one.
func forwardAll[T Float](z, x, w []T, b T, stride int) {
	memory := inMemory(x)
	if n := len(z) * stride * elemSize[T](); n > 0 && n <= callBytes && !memory {
		forward(z, x, w, b, stride, nil) // the short way, for a few rows
		return
	}
	if isNarrow[T](len(w)) || !memory {
		forwardBatch(z, x, w, b, stride, nil)
		return
	}
	const distance = 256 // bytes by which the fetching runs ahead
	for i := range z {
		row := x[i*stride:]
		forwardBatch(z[i:i+1], row, w, b, stride, &row[min(distance/elemSize[T](), len(row)-1)])
	}
}

// forwardBatch computes z = X·w + b in calls of bounded length. Unless ahead is
// nil it points to rows that will be needed next.
func forwardBatch[T Float](z, x, w []T, b T, stride int, ahead *T) {
	if len(w) == 0 {
		for i := range z {
			z[i] = 0 + b
		}
		return
	}
	if len(w)*elemSize[T]() > callBytes {
		for i := range z {
			z[i] = forwardLong(x[i*stride:][:len(w)], w, b)
		}
		return
	}
	if len(z) > 1 && len(z)*stride*elemSize[T]() > callBytes {
		for rows := max(1, callBytes/elemSize[T]()/stride); len(z) > rows; {
			forward(z[:rows], x, w, b, stride, nil)
			z, x = z[rows:], x[rows*stride:]
		}
	}
	if len(z) > 0 {
		forward(z, x, w, b, stride, ahead)
	}
}

// forwardLong is the forward pass of one row that is too long for one call.
func forwardLong[T Float](x, w []T, b T) T {
	var acc [maxLanes]T
	cols := callBytes / elemSize[T]()
	for len(w) > cols {
		dot(&acc, x[:cols], w[:cols])
		x, w = x[cols:], w[cols:]
	}
	dot(&acc, x, w)
	return reduce(acc[:wideLaneBytes/elemSize[T]()]) + b
}

// gradientBatch adds Xᵀδ to g in calls of bounded length. len(delta) is a
// multiple of groupRows in all calls for one shard but the last.
//
// Unless ahead is nil it points to rows that will be needed next.
func gradientBatch[T Float](g, x, delta []T, stride int, narrow bool, ahead *T) {
	if len(g) == 0 || len(delta) == 0 {
		return
	}
	if len(g)*len(delta)*elemSize[T]() > callBytes {
		for cols := max(callBytes/elemSize[T]()/len(delta), 64); len(g) > cols; {
			gradient(g[:cols], x, delta, stride, narrow, nil)
			g, x = g[cols:], x[cols:]
		}
	}
	gradient(g, x, delta, stride, narrow, ahead)
}

// accumulator holds the sums over the rows of a shard, lane by lane.
type accumulator struct {
	partials
	delta [sumLanes]float64
}

func (a *accumulator) sums() Sums {
	return Sums{Cost: halve(a.cost), Delta: halve(a.delta), Correct: int(halve(a.correct))}
}

// halve adds the lanes of a sum over rows in the order of reduce.
func halve(l [sumLanes]float64) float64 {
	return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
}

// stepFused works as many rows as it can in kernels that do all of a step in one
// call, and returns their number: a multiple of the lanes of sums by row, so
// that the rest may be worked in blocks.
func stepFused[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride int, loss Loss, fetch bool) int {
	ahead := fusedAhead[T](len(w), fetch)
	if ahead == 0 {
		return 0
	}
	n := len(y) &^ (sumLanes - 1)
	rows := n
	if n > callElements || n*stride*elemSize[T]() > fusedCallBytes {
		rows = rowsWithin[T](fusedCallBytes, stride, callElements)
	}
	for i := 0; i < n; i += rows {
		j := min(i+rows, n)
		distance := 0
		if fetch && (j+2*ahead)*stride <= len(x) {
			distance = ahead * stride * elemSize[T]()
		}
		step(acc, g, x[i*stride:], y[i:j], weightsOf(weights, i, j), w, b, stride, distance, loss)
	}
	return n
}

// fusedAhead returns the number of rows by which step fetches rows with cols
// columns from memory, 0 if step does not take them: if there is no such kernel,
// or it is slower than blocks.
func fusedAhead[T Float](cols int, fetch bool) int {
	size := cols * elemSize[T]()
	switch {
	case !isNarrow[T](cols):
		if least, most := pairBytes(); least <= size && size <= most {
			return sumLanes
		}
	case canStepNarrow() && (size >= fusedMinBytes || size > 0 && fetch):
		return max(fusedAheadBytes/size, 3*sumLanes)
	}
	return 0
}

// toLine returns the distance in elements from p to the start of a cache line:
// δ that crosses lines costs a tenth of a small step.
func toLine[T Float](p *T) uintptr {
	return -uintptr(unsafe.Pointer(p)) % 64 / unsafe.Sizeof(*p)
}

// stepBatch is the fused step over one shard, that of the rows of y. x may hold
// the rows of later shards, too. With fetch, wide blocks fetch the next one
// while they are worked on, half of it during the forward pass and half during
// the gradient.
func stepBatch[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride int, loss Loss, fetch bool) {
	n := stepFused(acc, g, x, y, weights, w, b, stride, loss, fetch)
	if n < len(y) {
		stepBlocks(acc, g, rest(x, n*stride), y[n:], weightsOf(weights, n, len(y)), w, b, stride, loss, fetch)
	}
}

// stepBlocks is stepBatch by kernels that each do a part of it, on blocks that
// stay in the L1 cache.
func stepBlocks[T Float](acc *accumulator, g, x, y, weights, w []T, b T, stride int, loss Loss, fetch bool) {
	var room [blockRows + 16]T
	buf := room[toLine(&room[0]):]
	rows := blockRows
	if len(y)*stride*elemSize[T]() > blockBytes || len(y) > rows {
		rows = rowsWithin[T](blockBytes-2*stride*elemSize[T](), stride, blockRows) // beside w and g
	}
	narrow := isNarrow[T](len(g))
	fetch = fetch && !narrow && stride <= len(x)
	for i := 0; i < len(y); i += rows {
		j := min(i+rows, len(y))
		block := rest(x, i*stride)
		delta := buf[:j-i]
		var ahead, behind *T // rows of the next block: of its first half, of its second
		if next := (i + rows) * stride; fetch && next+rows*stride <= len(x) {
			ahead, behind = &x[next], &x[next+rows/2*stride]
		}
		forwardBatch(delta, block, w, b, stride, ahead)
		deltaBlock(delta, &acc.partials, delta, y[i:j], weightsOf(weights, i, j), loss)
		sum(&acc.delta, delta)
		gradientBatch(g, block, delta, stride, narrow, behind)
	}
}
