package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel"
)

// stored are data that are read into room as if from a file.
type stored[T kernel.Float] struct {
	Data[T]
	reads int
	fail  func(read, i, j int) error
	dealt *stored[T]
	open  bool
}

// Deal copies the rows.
func (s *stored[T]) Deal(_ context.Context, place func(i int) int) (Source[T], error) {
	order := make([]int, s.X.Rows)
	for i := range order {
		order[place(i)] = i
	}
	s.dealt = &stored[T]{Data: s.Select(order), fail: s.fail, open: true}
	return s.dealt, nil
}

func (s *stored[T]) Close() error {
	if !s.open {
		panic("closed, but not open")
	}
	s.open = false
	return nil
}

func (s *stored[T]) Read(_ context.Context, i, j int, room Data[T]) (Data[T], error) {
	for k := range room.X.Data[:(j-i)*room.X.Stride] {
		room.X.Data[k] = T(math.NaN()) // nobody may need what was there
	}
	for k := range room.Y {
		room.Y[k], room.Weights[k] = T(math.NaN()), T(math.NaN())
	}
	s.reads++
	if s.fail != nil {
		if err := s.fail(s.reads, i, j); err != nil {
			return room, err
		}
	}
	d := s.slice(i, j)
	for k := range d.X.Rows {
		copy(room.X.Row(k), d.X.Row(k))
	}
	copy(room.Y, d.Y)
	if d.Weights == nil {
		room.Weights = nil
	}
	copy(room.Weights, d.Weights)
	return room, nil
}

// shared are data that are read without a copy, but not by Data itself.
type shared[T kernel.Float] struct{ d Data[T] }

func (s shared[T]) Shape() (rows, cols int) { return s.d.Shape() }

func (s shared[T]) Read(ctx context.Context, i, j int, room Data[T]) (Data[T], error) {
	return s.d.Read(ctx, i, j, room)
}

// streamed are the options that rows of any source can follow.
func streamed() (s []Options) {
	for _, o := range append(slices.Clone(options), Options{Rate: 2, Epochs: 50, Tolerance: 1e-3, Standardize: true, Balanced: true}) {
		if o.BatchSize > 0 {
			if o.Shuffle == ShuffleRows {
				o.Shuffle = NoShuffle
			}
			o.BatchSize = min(o.BatchSize, 701)
		}
		s = append(s, o)
	}
	return s
}

func TestSource(t *testing.T) {
	t.Run("float32", testSource[float32])
	t.Run("float64", testSource[float64])
}

// Rows of every source give the bits and the figures of the same rows in
// memory. What was begun with one may go on with the other.
func testSource[T kernel.Float](t *testing.T) {
	shapes := [][2]int{{1, 1}, {1500, 9}, {209, 20100}}
	if testing.Short() {
		shapes = shapes[:2]
	}
	for _, shape := range shapes {
		rows, cols := shape[0], shape[1]
		pieces := rows*cols/pieceElements > 0 // several
		d := random[T](rows, cols, 1)
		d.Y[0], d.Weights[0] = 1, 1
		plain := d
		plain.Weights = nil
		for i, o := range streamed() {
			if pieces && !(o.Balanced && o.Standardize) {
				continue
			}
			both := []Data[T]{d, plain}
			if pieces {
				o.Epochs, both = 2, both[:1]
			}
			for _, d := range both {
				var figures []Epoch
				o.OnEpoch = func(e Epoch) {
					e.Elapsed = 0
					figures = append(figures, e)
				}
				var last *Checkpoint[T]
				save := func(c *Checkpoint[T]) error { last = clone(c); return nil }
				want, err := FitFrom(ctx, d, o, nil, save)
				if err != nil {
					t.Fatalf("%v, options %d: %v", shape, i, err)
				}
				wantFigures, wantLast := figures, last
				for name, src := range map[string]Source[T]{"stored": &stored[T]{Data: d}, "shared": shared[T]{d}} {
					if _, ok := src.(shared[T]); ok && (pieces || o.Shuffle == ShuffleBatches) {
						continue
					}
					figures = nil
					got, err := FitFrom(ctx, src, o, nil, save)
					if err != nil || !reflect.DeepEqual(got, want) || !slices.Equal(figures, wantFigures) || !reflect.DeepEqual(last, wantLast) {
						t.Errorf("%v, options %d, %s: %+v, %v, want %+v", shape, i, name, got, err, want)
					}
					if s, ok := src.(*stored[T]); ok && s.dealt != nil && s.dealt.open {
						t.Errorf("%v, options %d: the dealt rows are left open", shape, i)
					}
					if want.Epochs < 3 {
						continue
					}
					from := stopped(t, src, o, want.Epochs/2)
					for _, src := range []Source[T]{src, d} {
						got, err := FitFrom(ctx, src, o, from, save)
						if got != nil { // they concern the epochs that it saw
							got.Findings, got.Warnings = want.Findings, want.Warnings
						}
						if err != nil || !reflect.DeepEqual(got, want) {
							t.Errorf("%v, options %d, %s, resumed with %T: %+v, %v, want %+v", shape, i, name, src, got, err, want)
						}
					}
				}
				wantE := Evaluate(want.Weights, want.Bias, d, 0.4)
				if got, err := EvaluateSource(ctx, want.Weights, want.Bias, &stored[T]{Data: d}, 0.4); err != nil || got != wantE {
					t.Errorf("%v: evaluation %+v, %v, want %+v", shape, got, err, wantE)
				}
			}
		}
	}
}

// Each row is read once in every epoch, in its place.
func TestSourceReads(t *testing.T) {
	if testing.Short() {
		t.Skip("a quarter of a million rows")
	}
	d := random[float32](1<<18+100, 3, 1)
	plain := d
	plain.Weights = nil
	for _, d := range []Data[float32]{d, plain} {
		for _, batch := range []int{0, 1000, 200_000, 1 << 20} {
			src := &stored[float32]{Data: d}
			var at, most int
			src.fail = func(_, i, j int) error {
				if j-i <= sampleRun { // a look at some rows
					return nil
				}
				if i != at {
					return fmt.Errorf("rows %d to %d behind row %d", i, j, at)
				}
				at, most = j%d.X.Rows, max(most, j-i)
				return nil
			}
			if _, err := Fit(ctx, src, Options{Rate: 1, Epochs: 3, BatchSize: batch, Shuffle: NoShuffle}); err != nil || at != 0 {
				t.Errorf("batches of %d: %v, up to row %d", batch, err, at)
			}
			// Small batches are read many at a time, large ones in pieces.
			least, limit := 15_000, readRows[float32](3)
			if d.Weights != nil {
				least, limit = 150_000, pieceElements/16
			}
			if most < least || most > limit {
				t.Errorf("batches of %d: up to %d rows at a time", batch, most)
			}
		}
	}
}

func TestSourceAllocations(t *testing.T) {
	for i, o := range streamed() {
		src := &stored[float32]{Data: random[float32](6000, 33, 1)}
		tr := newTrainer[float32](src.X.Rows, src.X.Cols, o)
		defer tr.close()
		if err := tr.prepare(ctx, src); err != nil {
			t.Fatal(err)
		}
		epoch := func() {
			tr.Epochs, tr.converged = tr.epochs+1, false
			if err := tr.run(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(3, epoch); n != 0 {
			t.Errorf("options %d: %v allocations an epoch", i, n)
		}
	}
}

// An error ends the training, wherever it happens, and nothing is left running.
func TestSourceErrors(t *testing.T) {
	before := runtime.NumGoroutine()
	d := random[float32](20_000, 40, 1)
	o := Options{Rate: 1, Epochs: 3, BatchSize: 7000, Shuffle: NoShuffle, Standardize: true}
	count := &stored[float32]{Data: d}
	fit := func(s *stored[float32]) error {
		s.reads = 0
		r, err := Fit(ctx, s, o)
		if (r == nil) == (err == nil) {
			t.Fatalf("%+v, %v", r, err)
		}
		return err
	}
	if err := fit(count); err != nil || count.reads < 10 {
		t.Fatal(err, count.reads)
	}
	broken := errors.New("broken")
	for n := 1; n <= count.reads; n++ {
		err := fit(&stored[float32]{Data: d, fail: func(read, _, _ int) error {
			if read == n {
				return broken
			}
			return nil
		}})
		if err != broken {
			t.Errorf("read %d fails: error %v", n, err)
		}
	}
	if _, err := EvaluateSource(ctx, make([]float32, 40), 0, &stored[float32]{Data: d, fail: func(int, int, int) error { return broken }}, 0.5); err != broken {
		t.Errorf("evaluation: error %v", err)
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// misshapen gives something else than it was asked for.
type misshapen struct {
	shared[float32]
	spoil func(*Data[float32])
}

func (m misshapen) Read(_ context.Context, i, j int, _ Data[float32]) (Data[float32], error) {
	d := m.d.slice(i, j)
	m.spoil(&d)
	return d, nil
}

type shape struct {
	shared[float32]
	rows, cols int
}

func (s shape) Shape() (rows, cols int) { return s.rows, s.cols }

func TestSourceRefuses(t *testing.T) {
	d := random[float32](100, 4, 1)
	nan := d.Select(Without(100, nil))
	nan.X.Row(77)[2] = float32(math.NaN())
	o := Options{Rate: 1, Epochs: 1}
	for _, c := range []struct {
		src  Source[float32]
		o    Options
		want string
	}{
		{&stored[float32]{Data: nan}, o, "train: row 78, column 3: NaN is not a finite number"},
		{shape{shared[float32]{d}, 0, 4}, o, "train: no rows"},
		{shape{shared[float32]{d}, 1, -4}, o, "train: no shape: 1 rows, -4 columns"},
		{misshapen{shared[float32]{d}, func(d *Data[float32]) { *d = d.slice(1, d.X.Rows) }}, o, "train: a Source of 4 columns was asked for 100 rows and gave 99 of 4 columns"},
		{misshapen{shared[float32]{d}, func(d *Data[float32]) { d.X.Cols-- }}, o, "train: a Source of 4 columns was asked for 100 rows and gave 100 of 3 columns"},
		{misshapen{shared[float32]{d}, func(d *Data[float32]) { d.Y = d.Y[1:] }}, o, "train: 99 labels for 100 rows"},
		{shared[float32]{d}, Options{Rate: 1, Epochs: 1, BatchSize: 10}, "train: ShuffleRows takes the rows"},
		{shared[float32]{d}, Options{Rate: 1, Epochs: 1, BatchSize: 99, Shuffle: ShuffleBatches}, "train: ShuffleBatches puts rows in another order, which this source cannot do"},
		{&stored[float32]{Data: d}, Options{Rate: 1, Epochs: 1, BatchSize: 10}, "train: ShuffleRows takes the rows"},
		{shared[float32]{d}, Options{Rate: 1, Epochs: 1, BatchSize: 100}, ""},
	} {
		r, err := Fit(ctx, c.src, c.o)
		if c.want == "" && err == nil && r != nil {
			continue
		}
		if err == nil || r != nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%T: %v, %v, want %s", c.src, r, err, c.want)
		}
	}
}

// The end of the context ends the training, with what there is of it.
func TestSourceCancel(t *testing.T) {
	src := &stored[float32]{Data: random[float32](1000, 5, 1)}
	ctx, cancel := context.WithCancel(ctx)
	o := Options{Rate: 1, Epochs: 9, Standardize: true, OnEpoch: func(e Epoch) {
		if e.Number == 5 {
			cancel()
		}
	}}
	r, err := Fit(ctx, src, o)
	if err != context.Canceled || r == nil || r.Epochs != 5 {
		t.Errorf("%+v, %v", r, err)
	}
}

// AutoBatch takes another number of rows in memory than of a source that cannot
// be shuffled. A checkpoint of the one does not go on with the other.
func TestSourceAutoBatch(t *testing.T) {
	for _, rows := range []int{manyRows, manyRows + 1} {
		d := random[float32](rows, 2, 1)
		o := Options{Rate: 1, Epochs: 2, BatchSize: AutoBatch}
		for _, src := range [][2]Source[float32]{{d, shared[float32]{d}}, {shared[float32]{d}, d}} {
			from := stopped(t, src[0], o, 1)
			if _, err := FitFrom(ctx, src[0], o, from, nil); err != nil {
				t.Error(err)
			}
			_, err := FitFrom(ctx, src[1], o, from, nil)
			if errors.Is(err, ErrMismatch) != (rows > manyRows) {
				t.Errorf("%d rows, from %T to %T: %v", rows, src[0], src[1], err)
			}
		}
	}
}
