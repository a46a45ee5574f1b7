package train

import (
	"context"
	"fmt"

	"github.com/seed-b3c25b83/kernel"
)

// A feed reads the rows of a Source into two buffers by turns: one is filled
// while the rows in the other are worked on.
type feed[T kernel.Float] struct {
	src     Source[T]
	scaler  *scaler[T] // nil if rows are to stay as they are
	factors [2]float64 // of the weights of rows, by class

	next   func() (i, j int, ok bool) // the rows that are due next
	now    portion[T]                 // whose rows are worked on
	idle   []Data[T]                  // buffers
	orders chan portion[T]            // to be filled
	filled chan portion[T]            // in the order of orders
}

// A portion are rows i to j-1 of the source.
type portion[T kernel.Float] struct {
	i, j int
	room Data[T] // the buffer
	Data[T]
	err error
}

// newFeed returns a feed of up to so many rows at a time, until ctx ends.
// close ends its goroutine.
func newFeed[T kernel.Float](ctx context.Context, src Source[T], rows int) *feed[T] {
	_, cols := src.Shape()
	f := &feed[T]{src: src, factors: [2]float64{1, 1}}
	for range 2 {
		f.idle = append(f.idle, newData[T](rows, cols, true))
	}
	f.orders, f.filled = make(chan portion[T], 2), make(chan portion[T], 2)
	go func() {
		for p := range f.orders {
			p.Data, p.err = f.read(ctx, p)
			f.filled <- p
		}
		close(f.filled)
	}()
	return f
}

// close returns when the source is not read any more.
func (f *feed[T]) close() {
	close(f.orders)
	for range f.filled {
	}
	if f.scaler != nil {
		f.scaler.close()
	}
}

// begin orders the first rows that next names. From then on, rows have to be
// asked for in its order.
func (f *feed[T]) begin(next func() (i, j int, ok bool)) {
	f.release()
	for len(f.idle) < 2 { // of a sequence that was given up
		f.idle = append(f.idle, (<-f.filled).room)
	}
	f.next = next
	f.order()
}

// release makes the buffer of the current rows idle.
func (f *feed[T]) release() {
	if f.now.j > 0 {
		f.idle = append(f.idle, f.now.room)
	}
	f.now = portion[T]{}
}

// order has idle buffers filled.
func (f *feed[T]) order() {
	for len(f.idle) > 0 {
		i, j, ok := f.next()
		if !ok {
			return
		}
		last := len(f.idle) - 1
		f.orders <- portion[T]{i: i, j: j, room: f.idle[last]}
		f.idle = f.idle[:last]
	}
}

// rows returns rows i to j-1. They are valid until rows of another portion are
// asked for.
func (f *feed[T]) rows(i, j int) (Data[T], error) {
	if i < f.now.i || j > f.now.j {
		f.release()
		f.order()
		f.now = <-f.filled
		if f.scaler != nil && f.now.err == nil {
			room := f.now.room.X.Slice(0, f.now.X.Rows)
			f.scaler.scale(room, f.now.X)
			f.now.X = room
		}
	}
	if f.now.err != nil {
		return Data[T]{}, f.now.err
	}
	return f.now.slice(i-f.now.i, j-f.now.i), nil
}

// read reads a portion and makes of it what is trained on.
func (f *feed[T]) read(ctx context.Context, p portion[T]) (d Data[T], err error) {
	if err := ctx.Err(); err != nil {
		return d, err
	}
	n := p.j - p.i
	room := p.room.slice(0, n)
	if d, err = f.src.Read(ctx, p.i, p.j, room); err != nil {
		return d, err
	}
	if err := d.checkShape(); err != nil {
		return d, err
	}
	if d.X.Rows != n || d.X.Cols != room.X.Cols {
		return d, fmt.Errorf("train: a Source of %d columns was asked for %d rows and gave %d of %d columns", room.X.Cols, n, d.X.Rows, d.X.Cols)
	}
	if f.factors != [2]float64{1, 1} {
		weigh(room.Weights, d, f.factors)
		d.Weights = room.Weights
	}
	return d, nil
}
