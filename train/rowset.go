package train

import (
	"context"
	"fmt"
	"math"
	"math/bits"

	"github.com/seed-b3c25b83/kernel"
)

// A RowSet is a set of rows, one bit for each row there is, of data that may
// have more rows than a list of them has room for.
type RowSet struct {
	words []uint64
	rows  int
}

// NewRowSet returns an empty set of rows 0 to rows-1. It panics if rows is
// negative.
func NewRowSet(rows int) *RowSet {
	if rows < 0 {
		panic(fmt.Sprintf("train.NewRowSet: %d rows", rows))
	}
	return &RowSet{make([]uint64, (rows+63)/64), rows}
}

// Rows returns the number of rows there are.
func (s *RowSet) Rows() int { return s.rows }

// Append adds a row behind the last there is, which is in the set or not.
func (s *RowSet) Append(has bool) {
	if s.rows%64 == 0 {
		s.words = append(s.words, 0)
	}
	s.rows++
	if has {
		s.Add(s.rows - 1)
	}
}

// Add puts row i into the set. It panics if there is no such row.
func (s *RowSet) Add(i int) {
	s.check("Add", i)
	s.words[i/64] |= 1 << (i % 64)
}

// Has reports whether row i is in the set. It panics if there is no such row.
func (s *RowSet) Has(i int) bool {
	s.check("Has", i)
	return s.words[i/64]>>(i%64)&1 != 0
}

func (s *RowSet) check(fn string, i int) {
	if uint(i) >= uint(s.rows) {
		panic(fmt.Sprintf("train.RowSet.%s: row %d of %d", fn, i, s.rows))
	}
}

// Count returns the number of rows in the set.
func (s *RowSet) Count() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Labels stores the labels of rows i, i+1 … in dst: 1 for those in s, 0 for the
// others. It panics if there are no such rows.
func Labels[T kernel.Float](dst []T, s *RowSet, i int) {
	if i < 0 || len(dst) > s.rows-i {
		panic(fmt.Sprintf("train.Labels: rows %d to %d of %d", i, i+len(dst)-1, s.rows))
	}
	for len(dst) > 0 {
		word := s.words[i/64] >> (i % 64)
		n := min(64-i%64, len(dst))
		for k := range dst[:n] {
			dst[k] = T(int64(word >> k & 1))
		}
		dst, i = dst[n:], i+n
	}
}

// Complement returns the set of the other rows.
func (s *RowSet) Complement() *RowSet {
	c := NewRowSet(s.rows)
	for i, w := range s.words {
		c.words[i] = ^w
	}
	if n := s.rows % 64; n > 0 {
		c.words[len(c.words)-1] &= 1<<n - 1
	}
	return c
}

// StratifiedSet returns the rows that [StratifiedSplit] deals out to test, of
// as many rows as positive has, of which those in it are of class 1. While it
// works it takes 4 bytes for each row. It ends early with ctx.
func StratifiedSet(ctx context.Context, positive *RowSet, fraction float64, seed uint64) (test *RowSet, err error) {
	checkFraction("StratifiedSet", fraction)
	if uint64(positive.rows) > math.MaxUint32 {
		return stratifiedSet[int](ctx, positive, fraction, seed)
	}
	return stratifiedSet[uint32](ctx, positive, fraction, seed)
}

func stratifiedSet[I int | uint32](ctx context.Context, positive *RowSet, fraction float64, seed uint64) (*RowSet, error) {
	order := make([]I, positive.rows)
	if err := shuffle(ctx, order, seed, 0); err != nil {
		return nil, err
	}
	ones := positive.Count()
	left := [2]int{testRows(fraction, positive.rows-ones), testRows(fraction, ones)}
	test := NewRowSet(positive.rows)
	err := eachChunk(ctx, positive.rows, 1, func(first, behind int) error {
		for _, i := range order[first:behind] {
			class := 0
			if positive.Has(int(i)) {
				class = 1
			}
			if left[class] > 0 {
				left[class]--
				test.Add(int(i))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return test, nil
}
