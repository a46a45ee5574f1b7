package train

import (
	"context"
	"errors"

	"github.com/seed-b3c25b83/kernel"
)

// readBytes is about how much of X is read at a time.
const readBytes = 1 << 20

// checkStream says which options a Source other than Data cannot follow.
func (o *Options) checkStream(rows int) error {
	if o.BatchSize == 0 || o.BatchSize >= rows || o.Shuffle == NoShuffle {
		return nil
	}
	return errors.New("train: to shuffle rows they must be in memory; without, take NoShuffle or all rows in one batch")
}

// stream prepares t to read rows anew in every epoch: it looks through all of
// them for what it has to know beforehand.
func (t *trainer[T]) stream(ctx context.Context, src Source[T]) error {
	rows, cols := src.Shape()
	values := newValues[T](cols)
	survey := newSurvey[T](rows, cols)
	var census census[T]
	look := []func(Data[T], int) error{values.check, census.add}
	if t.Standardize {
		look = append(look, func(d Data[T], i int) error { survey.addMeans(d.X, i); return nil })
	}
	if t.printer != nil {
		look = append(look, t.printer.add)
	}
	if err := scan(ctx, src, look...); err != nil {
		return err
	}
	factors, err := t.factors(&census)
	if err != nil {
		return err
	}
	if t.Standardize {
		survey.endMeans()
		err := scan(ctx, src, func(d Data[T], i int) error { survey.addDeviations(d.X, i); return nil })
		if err != nil {
			return err
		}
		if err := survey.endDeviations(); err != nil {
			return err
		}
		t.scaling = &survey.scaling
	}
	most := t.piece
	if !census.weighted && factors == [2]float64{1, 1} {
		most = readRows[T](cols)
	}
	t.piece = most
	t.feed = newFeed(ctx, src, min(rows, most))
	t.feed.factors = factors
	if t.scaling != nil {
		t.feed.scaler = newScaler[T](t.scaling, t.Workers)
	}
	t.cursor = cursor{order: &t.order, most: most}
	t.next = t.cursor.next
	return nil
}

// readRows is the number of rows that are read at a time, in whole shards: so
// few that they are still in a cache when they are worked on. Weights are added
// up by piece, and so with weights it has to be a piece.
func readRows[T kernel.Float](cols int) int {
	shard := kernel.ShardRows[T](cols)
	return max(1, readBytes/(shard*max(rowLines[T](cols), 1)*lineBytes)) * shard
}

// A cursor walks through the rows of an epoch as a feed reads them: the rows of
// a step in pieces, and neighbours of several steps at once.
type cursor struct {
	order *order
	most  int // rows at a time
	step  int // the next
	i, j  int // rows left of those before
}

// begin starts with the given step of an epoch.
func (c *cursor) begin(step int) { c.step, c.i, c.j = step, 0, 0 }

// next returns which rows are read next: i to j-1.
func (c *cursor) next() (i, j int, ok bool) {
	if c.i == c.j && !c.gather() {
		return 0, 0, false
	}
	i, j = c.i, min(c.i+c.most, c.j)
	c.i = j
	return i, j, true
}

// gather takes the rows of the next step, and of those behind it whose rows
// follow and fit in.
func (c *cursor) gather() bool {
	if c.step == c.order.batches {
		return false
	}
	c.i, c.j = c.order.at(c.step)
	for c.step++; c.step < c.order.batches; c.step++ {
		i, j := c.order.at(c.step)
		if i != c.j || j-c.i > c.most {
			break
		}
		c.j = j
	}
	return true
}
