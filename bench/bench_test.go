package bench

import (
	"runtime"
	"testing"
	"time"
)

func BenchmarkStep(b *testing.B)    { benchmark(b, Step) }
func BenchmarkForward(b *testing.B) { benchmark(b, Forward) }
func BenchmarkRow(b *testing.B)     { benchmark(b, Row) }
func BenchmarkSigmoid(b *testing.B) { benchmark(b, Sigmoid) }
func BenchmarkWidth(b *testing.B)   { benchmark(b, Width) }
func BenchmarkWorkers(b *testing.B) { benchmark(b, Workers) }
func BenchmarkTrain(b *testing.B)   { benchmark(b, Train) }

// benchmark runs all cases of an op. A case is set up when the first of its
// benchmarks is due, so that -bench may leave out the large ones.
func benchmark(b *testing.B, op Op) {
	for _, c := range Cases(op) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.cores())) // vek starts goroutines
		var list []Runner
		for i, name := range names(c) {
			b.Run("type="+c.Type+"/shape="+c.Shape()+"/impl="+name, func(b *testing.B) {
				if list == nil {
					list = Runners(c)
				}
				r := &list[i]
				if _, err := r.Check(); err != nil {
					b.Fatal(err)
				}
				defer r.Enter()()
				b.SetBytes(int64(r.bytes))
				b.ReportAllocs()
				if r.clock != nil {
					var total time.Duration
					for b.Loop() {
						total += r.clock()
					}
					b.ReportMetric(float64(total)/float64(b.N), "ns/op")
					return
				}
				for b.Loop() {
					r.Run()
				}
			})
		}
	}
}

// names returns the names of the runners of a case, without its data.
func names(c Case) []string {
	small := c
	if c.Op == Width {
		small.Rows = 1
	} else if c.Op == Train {
		small.Rows, small.Cols, small.Stride = 2, 1, 1
	} else {
		small.Rows, small.Cols, small.Stride = 1, 1, 1
	}
	var list []string
	for _, r := range Runners(small) {
		list = append(list, r.Name)
	}
	return list
}

// TestContestants checks every contestant on shapes with and without tails.
func TestContestants(t *testing.T) {
	shapes := [][3]int{
		{1, 1, 1}, {1, 30, 30}, {1, 128, 128}, {1, 1024, 1024}, {1, 4097, 4097},
		{256, 30, 30}, {256, 30, 32}, {64, 128, 128}, {35, 17, 17}, {67, 784, 784}, {3, 1024, 1024}, {130, 257, 272},
	}
	for _, typ := range []string{"float32", "float64"} {
		var cases []Case
		for _, s := range shapes {
			op := Forward
			if s[0] == 1 {
				op = Row
			}
			cases = append(cases, Case{Op: op, Type: typ, Rows: s[0], Cols: s[1], Stride: s[2]}, Case{Op: Step, Type: typ, Rows: s[0], Cols: s[1], Stride: s[2]})
		}
		cases = append(cases, Case{Op: Width, Type: typ, Rows: 9, Cols: 31, Stride: 31}, Case{Op: Workers, Type: typ, Rows: 999, Cols: 200, Stride: 208},
			Case{Op: Train, Type: typ, Rows: 300, Cols: 20, Stride: 32}, Case{Op: Train, Type: typ, Rows: 2000, Cols: 20, Stride: 32, Batch: 256})
		for _, n := range []int{1, 7, 1000, 10007} {
			cases = append(cases, Case{Op: Sigmoid, Type: typ, Rows: 1, Cols: n, Stride: n})
		}
		for _, c := range cases {
			for _, r := range Runners(c) {
				if _, err := r.Check(); err != nil {
					t.Errorf("%s: %v", c, err)
				}
			}
		}
	}
}

// TestCheck makes sure that a wrong result does not pass.
func TestCheck(t *testing.T) {
	for _, op := range []Op{Step, Forward} {
		p := newProblem[float32](Case{Op: op, Type: "float32", Rows: 64, Cols: 128, Stride: 128}, 0)
		run := naive[float32]().prepare(p)
		run()
		if _, err := p.check(); err != nil {
			t.Fatal(err)
		}
		p.spoil()
		if _, err := p.check(); err == nil {
			t.Errorf("%s: NaN passed", op)
		}
		p.w[77] *= 1.01
		run()
		if _, err := p.check(); err == nil {
			t.Errorf("%s: a changed weight passed", op)
		}
	}
}
