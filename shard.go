package kernel

import "fmt"

// This file fixes the order in which many rows are summed. Rows are cut into
// shards whose size depends on the shape alone; the sums of the shards are the
// leaves of a binary tree whose shape depends on their number alone.

const (
	shardBytes   = 128 << 10
	minShardRows = 64
	maxShardRows = 4096
)

// ShardRows returns the number of rows of a shard: the largest power of two
// for which the shard's rows, unpadded, take at most 128 KiB, but at least 64
// and at most 4096. It is part of the contract: a [Stepper] sums the rows of
// each shard in order, and the shards in a fixed tree.
func ShardRows[T Float](cols int) int {
	if cols < 0 {
		panic(fmt.Sprintf("kernel.ShardRows: cols = %d: negative", cols))
	}
	rows := maxShardRows
	for rows > minShardRows && rows*elemSize[T]() > shardBytes/max(cols, 1) {
		rows /= 2
	}
	return rows
}

// A node is the sum over 2^level neighbouring shards (fewer at the end).
type node[T Float] struct {
	level int
	g     []T
	sums  Sums
}

// add adds the node to the right of n, and so doubles the shards it covers.
func (n *node[T]) add(right *node[T]) {
	addTo(n.g, right.g)
	n.sums.Cost += right.sums.Cost
	n.sums.Delta += right.sums.Delta
	n.sums.Correct += right.sums.Correct
	n.level++
}

// addTo computes dst[j] += src[j], which is dst[j] = fma(1, src[j], dst[j]).
func addTo[T Float](dst, src []T) {
	one := [1]T{1}
	gradientBatch(dst, src, one[:], len(dst), false, nil)
}

// A tree sums nodes that arrive in order, as a binary counter does: at rest,
// its nodes cover ever fewer shards, all powers of two, from the first to the
// last. So the sum over 2^k shards that start at a multiple of 2^k is the same
// wherever it is computed.
type tree[T Float] struct {
	cols  int
	stack []node[T] // the buffers of stack[depth:] are free for use
	depth int
}

// leaf returns a zeroed node, which push will add to the tree.
func (t *tree[T]) leaf() *node[T] {
	if t.depth == len(t.stack) {
		t.stack = append(t.stack, node[T]{g: make([]T, t.cols)})
	}
	n := &t.stack[t.depth]
	n.level, n.sums = 0, Sums{}
	clear(n.g)
	return n
}

// push adds the node that leaf returned last to the tree.
func (t *tree[T]) push() {
	t.depth++
	for t.depth > 1 && t.stack[t.depth-1].level == t.stack[t.depth-2].level {
		t.fold()
	}
}

// fold adds the last node to the one before it.
func (t *tree[T]) fold() {
	t.depth--
	t.stack[t.depth-1].add(&t.stack[t.depth])
}

// root folds all nodes into one, or returns nil if there is none. It leaves
// the tree empty; the node is valid until the next leaf.
func (t *tree[T]) root() *node[T] {
	if t.depth == 0 {
		return nil
	}
	for t.depth > 1 {
		t.fold()
	}
	t.depth = 0
	return &t.stack[0]
}
