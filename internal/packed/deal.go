package packed

import (
	"context"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// Dealt returns src as a [train.Dealer], which writes the rows in their other
// order to a scratch file in dir.
func Dealt[T kernel.Float](src train.Source[T], dir string) train.Dealer[T] {
	return dealer[T]{src, dir}
}

type dealer[T kernel.Float] struct {
	train.Source[T]
	dir string
}

const (
	// bucketBytes is the least that is put in order in memory.
	bucketBytes = 16 << 20
	// heapBytes is how much of a bucket is gathered before it is written.
	heapBytes = 64 << 10
)

// Deal puts rows in another order with two passes over them, both of which read
// and write long stretches: it deals them out to buckets of rows that end up
// beside each other, where they lie as they come, and then puts each bucket in
// order in memory.
func (d dealer[T]) Deal(ctx context.Context, place func(i int) int) (_ train.Source[T], err error) {
	rows, cols := d.Shape()
	w, err := Create[T](d.dir, cols)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	b := newBuckets(w, rows)
	if err := b.deal(ctx, d.Source, place); err != nil {
		return nil, err
	}
	return b.sort(ctx)
}

// buckets are the rows of a file in the making.
type buckets[T kernel.Float] struct {
	*Writer[T]
	rows   int
	bucket int       // rows of a bucket; the last may have fewer
	heaps  []heap[T] // of the buckets
	places []uint32  // of the rows in their bucket, in the order of the file
}

// A heap holds rows of a bucket that are not yet written.
type heap[T kernel.Float] struct {
	rows    []T
	dealt   int // rows of the bucket so far
	written int
	sum     uint32 // checksum of those written
}

func newBuckets[T kernel.Float](w *Writer[T], rows int) *buckets[T] {
	b := &buckets[T]{Writer: w, rows: rows, places: make([]uint32, rows)}
	// As many heaps as fit into the memory of a bucket, if there are that many.
	total := float64(rows) * float64(w.RowBytes())
	bytes := max(bucketBytes, int(math.Sqrt(total*heapBytes)))
	shard := kernel.ShardRows[T](w.cols) // a block of the file
	b.bucket = max(1, bytes/(shard*w.RowBytes())) * shard
	b.heaps = make([]heap[T], (rows+b.bucket-1)/b.bucket)
	return b
}

// deal deals the rows of src out to the buckets.
func (b *buckets[T]) deal(ctx context.Context, src train.Source[T], place func(i int) int) error {
	n := max(1, heapBytes*16/b.RowBytes())
	stride := b.stride
	room := train.Data[T]{
		X: kernel.Batch[T]{Data: make([]T, n*stride), Rows: n, Cols: b.cols, Stride: stride},
		Y: make([]T, n), Weights: make([]T, n),
	}
	b.ones = train.NewRowSet(b.rows)
	for i := 0; i < b.rows; i += n {
		if err := ctx.Err(); err != nil {
			return err
		}
		j := min(i+n, b.rows)
		r := train.Data[T]{X: room.X.Slice(0, j-i), Y: room.Y[:j-i], Weights: room.Weights[:j-i]}
		d, err := src.Read(ctx, i, j, r)
		if err != nil {
			return err
		}
		if d.Weights != nil {
			return fmt.Errorf("rows with weights cannot be dealt")
		}
		for k, y := range d.Y {
			p := place(i + k)
			switch y {
			case 1:
				b.ones.Add(p)
			case 0:
			default:
				return fmt.Errorf("row %d: a row with the label %g cannot be dealt, only those with 0 or 1", i+k+1, y)
			}
			if err := b.put(p, d.X.Row(k)); err != nil {
				return err
			}
		}
	}
	for k := range b.heaps {
		if err := b.write(k); err != nil {
			return err
		}
	}
	return nil
}

// put puts the row with place p to its bucket.
func (b *buckets[T]) put(p int, row []T) error {
	k := p / b.bucket
	h := &b.heaps[k]
	b.places[k*b.bucket+h.dealt] = uint32(p % b.bucket)
	h.dealt++
	n := len(h.rows)
	if n == cap(h.rows) {
		h.rows = append(make([]T, 0, max(1, heapBytes/b.RowBytes())*b.stride), h.rows...)
	}
	h.rows = h.rows[:n+b.stride]
	clear(h.rows[n+copy(h.rows[n:], row):])
	if len(h.rows) == cap(h.rows) {
		return b.write(k)
	}
	return nil
}

// write writes what is on the heap of bucket k.
func (b *buckets[T]) write(k int) error {
	h := &b.heaps[k]
	p := bytesOf(h.rows)
	h.sum = crc32.Update(h.sum, castagnoli, p)
	at := int64(k*b.bucket+h.written) * int64(b.RowBytes())
	if _, err := b.file.WriteAt(p, at); err != nil {
		return fmt.Errorf("scratch file in %s, at byte %d: %w", b.dir, at, err)
	}
	h.written += len(h.rows) / b.stride
	h.rows = h.rows[:0]
	return nil
}

// sort puts the rows of each bucket in order.
func (b *buckets[T]) sort(ctx context.Context) (*Rows[T], error) {
	dealt, sorted := make([]T, min(b.bucket, b.rows)*b.stride), make([]T, min(b.bucket, b.rows)*b.stride)
	block := len(b.block) * size[T]()
	for k, h := range b.heaps {
		b.heaps[k].rows = nil
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		first := k * b.bucket
		n := min(b.bucket, b.rows-first)
		at := int64(first) * int64(b.RowBytes())
		p := bytesOf(dealt[:n*b.stride])
		if _, err := b.file.ReadAt(p, at); err != nil {
			return nil, fmt.Errorf("scratch file in %s, at byte %d: %w", b.dir, at, err)
		}
		if crc32.Checksum(p, castagnoli) != h.sum {
			return nil, fmt.Errorf("scratch file in %s: bytes from %d on are not what was written (%w)", b.dir, at, ErrChanged)
		}
		for i, place := range b.places[first : first+n] {
			copy(sorted[int(place)*b.stride:][:b.stride], dealt[i*b.stride:])
		}
		p = bytesOf(sorted[:n*b.stride])
		if _, err := b.file.WriteAt(p, at); err != nil {
			return nil, fmt.Errorf("scratch file in %s, at byte %d: %w", b.dir, at, err)
		}
		for ; len(p) > 0; p = p[min(block, len(p)):] {
			b.sums = append(b.sums, checksum(p[:min(block, len(p))]))
		}
	}
	b.places = nil
	b.Writer.rows = b.rows
	return b.Rows(false)
}
