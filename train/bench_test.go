package train

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// A contest are several ways through the same rows once: the bare kernels, and
// training epochs in each order.
type contest[T kernel.Float] struct {
	Data[T]
	batch int
	ways  []way
}

type way struct {
	op  string
	run func()
}

func newContest[T kernel.Float](b *testing.B, rows, cols, batch int) *contest[T] {
	c := &contest[T]{Data: random[T](rows, cols, 1), batch: batch}
	c.Weights = nil
	c.ways = []way{{"kernels", c.kernels()}}
	for _, s := range []struct {
		op string
		Shuffle
	}{{"sequence", NoShuffle}, {"batches", ShuffleBatches}, {"rows", ShuffleRows}} {
		t := newTrainer[T](rows, cols, Options{Rate: 0.1, BatchSize: batch, Shuffle: s.Shuffle, Workers: 1})
		b.Cleanup(t.stepper.Close)
		t.data = c.Data // not dealt: all ways read the same memory
		c.ways = append(c.ways, way{s.op, func() {
			if _, err := t.epoch(ctx); err != nil {
				b.Fatal(err)
			}
		}})
	}

	gathered := newData[T](batch, cols, false)
	order := make([]int, rows)
	c.ways = append(c.ways,
		way{"shuffle", func() { shuffle(ctx, order, 1, 1) }},
		way{"gather", func() {
			for i := 0; i < rows; i += batch {
				n := min(batch, rows-i)
				gathered.slice(0, n).gather(ctx, c.Data, order[i:i+n])
			}
		}},
		way{"read", c.read()},
	)
	shuffle(ctx, order, 1, 1)
	return c
}

// kernels calls nothing but the fused step on each batch in sequence.
func (c *contest[T]) kernels() func() {
	g, w := make([]T, c.X.Cols), make([]T, c.X.Cols)
	for j := range w {
		w[j] = 0.01
	}
	return func() {
		for i := 0; i < c.X.Rows; i += c.batch {
			j := min(i+c.batch, c.X.Rows)
			clear(g)
			kernel.Step(g, c.X.Slice(i, j), c.Y[i:j], nil, w, 0.1, kernel.Quadratic)
		}
	}
}

// read reads X once. As rows of 1024 numbers the forward pass over it is as
// fast as memory is.
func (c *contest[T]) read() func() {
	x := kernel.Batch[T]{Data: c.X.Data, Rows: len(c.X.Data) / 1024, Cols: 1024}
	z, w := make([]T, x.Rows), make([]T, x.Cols)
	return func() { kernel.Forward(z, x, w, 0) }
}

func eachImplementation(b *testing.B, name string, f func(b *testing.B)) {
	for _, im := range impl.All() {
		if im.Available {
			b.Run(name+"/impl="+im.Name, func(b *testing.B) {
				defer impl.Select(im.Name)()
				f(b)
			})
		}
	}
}

// BenchmarkEpoch times one pass over all rows in minibatches on one core, and
// what it is made of.
func BenchmarkEpoch(b *testing.B) {
	b.Run("type=float32", benchEpoch[float32])
	b.Run("type=float64", benchEpoch[float64])
}

func benchEpoch[T kernel.Float](b *testing.B) {
	const rows, cols, batch = 100_000, 100, 256
	c := newContest[T](b, rows, cols, batch)
	for _, w := range c.ways {
		eachImplementation(b, fmt.Sprintf("op=%s/shape=%dx%d/batch=%d", w.op, rows, cols, batch), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(rows*cols), "ns/feature")
		})
	}
}

// BenchmarkOverhead runs all ways, round by round, and reports the medians over
// the rounds: the time of the bare kernels, and that of each way as a multiple
// of it.
//
//	go test -run xxx -bench Overhead -benchtime 100x ./train
func BenchmarkOverhead(b *testing.B) {
	for _, shape := range []struct{ rows, cols, batch int }{
		{100_000, 100, 256}, // in memory
		{2_048, 100, 256},   // in the L2 cache
		{100_000, 30, 32},
		{12_000, 1000, 256},
	} {
		b.Run(fmt.Sprintf("type=float32/shape=%dx%d/batch=%d", shape.rows, shape.cols, shape.batch), func(b *testing.B) {
			c := newContest[float32](b, shape.rows, shape.cols, shape.batch)
			repeat := max(1, 1_000_000/(shape.rows*shape.cols))
			times := make([][]float64, len(c.ways))
			r := rand.New(rand.NewPCG(5, 6))
			for b.Loop() {
				for _, k := range r.Perm(len(c.ways)) { // none always follows the same
					start := time.Now()
					for range repeat {
						c.ways[k].run()
					}
					times[k] = append(times[k], float64(time.Since(start).Nanoseconds())/float64(repeat))
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(times[0])/1e6, "ms-kernels")
			for k, w := range c.ways[1:] {
				ratios := make([]float64, b.N)
				for i := range ratios {
					ratios[i] = times[k+1][i] / times[0][i]
				}
				b.ReportMetric(median(ratios), w.op+"/kernels")
			}
		})
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// BenchmarkBreastCancer times 100 epochs of full-batch descent on the
// Wisconsin breast cancer data, standardised: with a loop of ten lines around
// the fused step, and with the one of this package.
func BenchmarkBreastCancer(b *testing.B) {
	const epochs = 100
	d := breastCancer(b)
	var err error
	if _, err = standardize(ctx, d.X, d.X, 0); err != nil {
		b.Fatal(err)
	}
	rows, cols := d.X.Rows, d.X.Cols
	w, g := make([]float32, cols), make([]float32, cols)
	var bias float32
	shape := fmt.Sprintf("/type=float32/shape=%dx%d/epochs=%d", rows, cols, epochs)
	eachImplementation(b, "op=kernels"+shape, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			clear(w)
			bias = 0
			for range epochs {
				clear(g)
				s := kernel.Step(g, d.X, d.Y, nil, w, bias, kernel.Quadratic)
				for j := range w {
					w[j] -= g[j] / float32(rows)
				}
				bias -= float32(s.Delta) / float32(rows)
			}
		}
	})
	if e := Evaluate(w, bias, d, 0.5); e.Accuracy < 0.96 {
		b.Errorf("accuracy %v", e.Accuracy)
	}
	eachImplementation(b, "op=train"+shape, func(b *testing.B) {
		t := newTrainer[float32](rows, cols, Options{Rate: 1, Epochs: epochs, Workers: 1})
		defer t.stepper.Close()
		t.data = d
		b.ReportAllocs()
		for b.Loop() {
			clear(t.params)
			t.epochs = 0
			if err := t.run(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
		if e := Evaluate(t.params[:cols], t.params[cols], d, 0.5); e.Accuracy < 0.96 {
			b.Errorf("accuracy %v", e.Accuracy)
		}
	})
}

// breastCancer returns the data that the command line carries.
func breastCancer(b *testing.B) Data[float32] {
	f, err := os.Open("../cmd/neuron/data/breast_cancer.csv")
	if err != nil {
		b.Skip(err) // package train on its own
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	records = records[1:]
	label := len(records[0]) - 1
	d := newData[float32](len(records), label, false)
	for i, record := range records {
		for j, field := range record[:label] {
			x, err := strconv.ParseFloat(field, 32)
			if err != nil {
				b.Fatal(err)
			}
			d.X.Row(i)[j] = float32(x)
		}
		if record[label] == records[0][label] {
			d.Y[i] = 1
		}
	}
	return d
}
