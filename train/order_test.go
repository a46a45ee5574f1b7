package train

import (
	"fmt"
	"slices"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

var shuffles = []Shuffle{ShuffleRows, ShuffleBatches, NoShuffle}

// visited returns the rows that the batches of an epoch take.
func visited(t *testing.T, o *order, seed, epoch uint64) (batches [][]int) {
	t.Helper()
	if err := o.begin(ctx, seed, epoch); err != nil {
		t.Fatal(err)
	}
	for k := range o.batches {
		i, j := o.at(k)
		var rows []int
		for ; i < j; i++ {
			if o.shuffle == ShuffleRows {
				rows = append(rows, o.perm[i])
			} else {
				rows = append(rows, i)
			}
		}
		batches = append(batches, rows)
	}
	return batches
}

// Every epoch takes every row once, in batches of the size that was asked
// for, but for one.
func TestOrder(t *testing.T) {
	for _, s := range shuffles {
		for _, c := range []struct{ rows, rowBytes, batch, want int }{
			{1, 64, 0, 1}, {1, 64, 1, 1}, {1, 64, 5, 1}, {10, 64, 0, 1}, {10, 64, 10, 1}, {10, 64, 11, 1},
			{10, 64, 1, 10}, {10, 64, 9, 2}, {1000, 64, 256, 4}, {1000, 0, 7, 143}, {1000, 1 << 20, 7, 143},
			{100000, 448, 256, 391}, {100000, 448, 10, 10000}, {100000, 448, 99999, 2},
		} {
			o := newOrder(c.rows, c.rowBytes, c.batch, s)
			for epoch := range uint64(3) {
				batches := visited(t, &o, 1, epoch)
				short := 0
				for _, b := range batches {
					if len(b) == 0 || len(b) > o.batch {
						t.Fatalf("%v %+v: a batch of %d rows", s, c, len(b))
					}
					if len(b) < o.batch {
						short++
					}
				}
				if len(batches) != c.want || short > 1 {
					t.Errorf("%v %+v: %d batches, %d of them short", s, c, len(batches), short)
				}
				all := slices.Sorted(slices.Values(slices.Concat(batches...)))
				for i := range all {
					if all[i] != i || len(all) != c.rows {
						t.Fatalf("%v %+v: not every row once", s, c)
					}
				}
			}
		}
	}
}

// What is shuffled, how far, and what that depends on.
func TestOrderShuffles(t *testing.T) {
	const rows, rowBytes, batch = 100_000, 448, 100
	for _, s := range shuffles {
		o := newOrder(rows, rowBytes, batch, s)
		first := visited(t, &o, 1, 0)
		flat := func(b [][]int) []int { return slices.Concat(b...) }
		same := func(b [][]int) bool { return slices.Equal(flat(b), flat(first)) }
		if !same(visited(t, &o, 1, 0)) {
			t.Errorf("%v: the same seed and epoch give another order", s)
		}
		constant := s == NoShuffle
		if same(visited(t, &o, 1, 1)) != constant || same(visited(t, &o, 2, 0)) != constant {
			t.Errorf("%v: another epoch, another seed: the same order %v", s, !constant)
		}
		if slices.IsSorted(flat(first)) != constant {
			t.Errorf("%v: rows in sequence: %v", s, !constant)
		}
		if s == ShuffleRows {
			continue
		}
		jumps := 0
		for k, b := range first {
			if b[0]%batch != 0 || b[len(b)-1] != b[0]+batch-1 {
				t.Fatalf("%v: batch of rows %d to %d", s, b[0], b[len(b)-1])
			}
			if k > 0 && b[0] != first[k-1][0]+batch {
				jumps++
			}
		}
		// 44.8 MB are blocks of half a mebibyte, give or take a batch; some
		// stand behind each other by chance.
		if s == ShuffleBatches && (jumps < 75 || jumps > 95) {
			t.Errorf("%v: %d jumps", s, jumps)
		}
	}
}

// Small data are not one block, whatever the size of a batch.
func TestOrderSmall(t *testing.T) {
	for _, c := range []struct{ rows, batch, blocks int }{{569, 8, 72}, {569, 64, 9}, {6400, 1, 64}} {
		o := newOrder(c.rows, 128, c.batch, ShuffleBatches)
		if len(o.blocks) != c.blocks {
			t.Errorf("%d rows in batches of %d: %d blocks, want %d", c.rows, c.batch, len(o.blocks), c.blocks)
		}
	}
}

// A whole epoch takes the rows that the order says, with their labels and
// weights: the same as steps over rows that were selected by hand.
func TestOrderTrains(t *testing.T) {
	t.Run("float32", testOrderTrains[float32])
	t.Run("float64", testOrderTrains[float64])
}

func testOrderTrains[T kernel.Float](t *testing.T) {
	const rows, batch, epochs = 1000, 96, 3
	for _, weighted := range []bool{false, true} {
		d := random[T](rows, 5, 1)
		if !weighted {
			d.Weights = nil
		}
		for _, s := range shuffles {
			o := Options{Rate: 0.5, BatchSize: batch, Shuffle: s, Seed: 9, Epochs: epochs}
			var costs []float64
			o.OnEpoch = func(e Epoch) { costs = append(costs, e.Cost) }
			got := fit(t, d, o)

			dealt := d
			if s == ShuffleBatches {
				deal := make([]int, rows)
				shuffle(ctx, deal, 9, dealing)
				dealt = d.Select(deal)
			}
			params, g := make([]T, 6), make([]T, 6)
			order := newOrder(rows, 64, batch, s)
			for epoch := range uint64(epochs) {
				var cost, weight float64
				for _, rows := range visited(t, &order, 9, epoch) {
					b := dealt.Select(rows)
					clear(g)
					sums := kernel.Step(g[:5], b.X, b.Y, b.Weights, params[:5], params[5], kernel.Quadratic)
					g[5] = T(sums.Delta)
					Descend(params, g, T(0.5/b.weight()))
					cost += sums.Cost
					weight += b.weight()
				}
				if want := cost / weight / 2; costs[epoch] != want {
					t.Errorf("%v, weighted %v, epoch %d: cost %v, want %v", s, weighted, epoch+1, costs[epoch], want)
				}
			}
			if !slices.Equal(got.Weights, params[:5]) || got.Bias != params[5] {
				t.Errorf("%v, weighted %v: %v %v, want %v", s, weighted, got.Weights, got.Bias, params)
			}
		}
	}
}

// Data sorted by class train as well as any: rows are dealt to batches before
// the first epoch. Their own order stays as it is.
func TestShuffleBatchesDeals(t *testing.T) {
	d := random[float32](2000, 4, 0)
	d.Weights = nil
	var sorted []int
	for _, class := range []float32{0, 1} {
		for i, y := range d.Y {
			if y == class {
				sorted = append(sorted, i)
			}
		}
	}
	d = d.Select(sorted)
	before := d.Select(Without(2000, nil))
	for _, standardize := range []bool{false, true} {
		o := Options{Rate: 1, Epochs: 30, BatchSize: 50, Shuffle: ShuffleBatches, Standardize: standardize}
		r := fit(t, d, o)
		if e := Evaluate(r.Weights, r.Bias, d, 0.5); e.Accuracy < 0.97 {
			t.Errorf("standardize %v: accuracy %v", standardize, e.Accuracy)
		}
		if !slices.Equal(d.X.Data, before.X.Data) || !slices.Equal(d.Y, before.Y) {
			t.Fatalf("standardize %v: the caller's data have changed", standardize)
		}
	}
}

// Rows that come from memory are copied as others are.
func TestGatherFromMemory(t *testing.T) {
	for _, c := range []struct{ cols, stride int }{{1, 1}, {3, 4}, {16, 16}, {100, 101}, {512, 512}, {513, 520}} {
		rows := (16<<20)/4/c.stride + 1 // more than caches hold
		x := kernel.Batch[float32]{Data: make([]float32, rows*c.stride-(c.stride-c.cols)), Rows: rows, Cols: c.cols, Stride: c.stride}
		order := make([]int, 1000)
		shuffle(ctx, order, 1, 1)
		for i := range order {
			order[i] *= (rows - 1) / (len(order) - 1)
		}
		order[slices.Index(order, slices.Max(order))] = rows - 1
		for i, k := range order {
			x.Row(k)[0], x.Row(k)[c.cols-1] = float32(i), float32(i)
		}
		d := newBatch[float32](len(order), c.cols)
		gatherRows(d, x, order)
		for i := range order {
			if row := d.Row(i); row[0] != float32(i) || row[c.cols-1] != float32(i) {
				t.Fatalf("%+v: row %d is %v", c, i, row)
			}
		}
	}
}

func TestShuffleString(t *testing.T) {
	if got := fmt.Sprint(ShuffleRows, ShuffleBatches, NoShuffle, Shuffle(9)); got != "rows batches none Shuffle(9)" {
		t.Error(got)
	}
}
