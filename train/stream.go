package train

import (
	"context"
	"errors"
	"io"

	"github.com/seed-b3c25b83/kernel"
)

// readBytes is about how much of X is read at a time.
const readBytes = 1 << 20

// checkShuffle refuses an order that the rows of a source cannot be given.
func (o *Options) checkShuffle(rows int, can bool) error {
	if can || o.BatchSize == 0 || o.BatchSize >= rows {
		return nil
	}
	switch o.Shuffle {
	case ShuffleRows:
		return errors.New("train: ShuffleRows takes the rows of a batch from everywhere: they must be in memory; take ShuffleBatches, NoShuffle or all rows in one batch")
	default:
		return errors.New("train: ShuffleBatches puts rows in another order, which this source cannot do; take NoShuffle or all rows in one batch")
	}
}

// stream prepares t to read rows anew in every epoch: it looks through all of
// them for what it has to know beforehand.
func (t *trainer[T]) stream(ctx context.Context, src Source[T]) error {
	rows, cols := src.Shape()
	values := newValues[T](cols)
	survey := newSurvey[T](rows, cols)
	addMeans := func(d Data[T], i int) error { survey.addMeans(d.X, i); return nil }
	addDeviations := func(d Data[T], i int) error { survey.addDeviations(d.X, i); return nil }
	dealt := t.order.shuffle == ShuffleBatches

	var census census[T]
	look := []func(Data[T], int) error{values.check, census.add}
	if t.Standardize && !dealt {
		look = append(look, addMeans)
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
	if dealt {
		if src, err = deal(ctx, src.(Dealer[T]), t.Seed); err != nil {
			return err
		}
		t.closer, _ = src.(io.Closer)
		if t.Standardize {
			if err := scan(ctx, src, addMeans); err != nil {
				return err
			}
		}
	}
	if t.Standardize {
		survey.endMeans()
		if err := scan(ctx, src, addDeviations); err != nil {
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
