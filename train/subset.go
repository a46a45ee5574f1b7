package train

import (
	"context"
	"fmt"
	"math/bits"
	"sort"

	"github.com/seed-b3c25b83/kernel"
)

// Subset returns the rows of src that are in the set, in their order. Reading
// them reads the rows between them, too. It panics if src and set have not the
// same number of rows.
func Subset[T kernel.Float](src Source[T], set *RowSet) Source[T] {
	rows, cols := src.Shape()
	if rows != set.rows {
		panic(fmt.Sprintf("train.Subset: a source of %d rows, a set of %d", rows, set.rows))
	}
	shard := kernel.ShardRows[T](cols)
	s := &subset[T]{src: src, set: set, cols: cols, loaded: -1}
	s.chunk = max(1, subsetElements/shard/max(cols, 16)) * shard
	s.behind = make([]int, 0, len(set.words)/indexWords+1)
	for i, w := range set.words {
		s.rows += bits.OnesCount64(w)
		if (i+1)%indexWords == 0 {
			s.behind = append(s.behind, s.rows)
		}
	}
	return s
}

const (
	// subsetElements is about how much of the source is read at a time, which
	// is to stay in a cache until it is copied.
	subsetElements = 128 << 10
	// indexWords is the number of words of a set between two counts.
	indexWords = 64
)

type subset[T kernel.Float] struct {
	src        Source[T]
	set        *RowSet
	rows, cols int
	behind     []int // rows of the set before word indexWords, before word 2·indexWords, …

	chunk  int     // rows of the source that are read at a time
	loaded int     // the number of the chunk in now, or -1
	now    Data[T] // its rows
	room   Data[T]
}

func (s *subset[T]) Shape() (rows, cols int) { return s.rows, s.cols }

func (s *subset[T]) Read(ctx context.Context, i, j int, room Data[T]) (Data[T], error) {
	weighted := false
	k := s.find(i)
	for n := 0; n < j-i; {
		if err := s.load(ctx, k/s.chunk); err != nil {
			return room, err
		}
		first := s.loaded * s.chunk
		weighted = s.now.Weights != nil
		for ; n < j-i && k < first+s.now.X.Rows; k++ {
			if !s.set.Has(k) {
				continue
			}
			copy(room.X.Row(n), s.now.X.Row(k-first))
			room.Y[n] = s.now.Y[k-first]
			if weighted {
				room.Weights[n] = s.now.Weights[k-first]
			}
			n++
		}
	}
	if !weighted {
		room.Weights = nil
	}
	return room, nil
}

// find returns the number that row i of the set has in the source.
func (s *subset[T]) find(i int) int {
	n := sort.SearchInts(s.behind, i+1) // the first stretch behind which more than i rows are
	w := n * indexWords
	if n > 0 {
		i -= s.behind[n-1]
	}
	for ; i >= bits.OnesCount64(s.set.words[w]); w++ {
		i -= bits.OnesCount64(s.set.words[w])
	}
	word := s.set.words[w]
	for ; i > 0; i-- {
		word &= word - 1
	}
	return w*64 + bits.TrailingZeros64(word)
}

// load reads a chunk of the source, unless it was the last to be read.
func (s *subset[T]) load(ctx context.Context, chunk int) error {
	if s.loaded == chunk {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.room.Y == nil {
		s.room = newData[T](min(s.chunk, s.set.rows), s.cols, true)
	}
	i := chunk * s.chunk
	j := min(i+s.chunk, s.set.rows)
	now, err := s.src.Read(ctx, i, j, s.room.slice(0, j-i))
	if err != nil {
		s.loaded = -1
		return err
	}
	s.loaded, s.now = chunk, now
	return nil
}
