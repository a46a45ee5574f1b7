package kernel

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// These tests look at kernels as guests of Go's runtime, which stops
// goroutines at any instruction to collect garbage, to profile and to trace.

var (
	stress   = flag.Duration("stress", 0, "how long TestStress runs (default a moment)")
	elements = flag.Int("elements", 0, "the size of X for TestGCWait, which needs two idle cores and this many float32 of memory")
)

// TestStress runs kernels while everything that interrupts a goroutine goes on
// at a high rate: forced garbage collections, a CPU profile, an execution
// trace, dumps of all stacks, timers, signals, and stacks that grow and move.
// Every result must keep its bits. For an hour:
//
//	go test -run TestStress -v -stress 1h -timeout 2h .
func TestStress(t *testing.T) {
	d := *stress
	if d == 0 {
		if d = 600 * time.Millisecond; brief() {
			d /= 4
		}
	}
	n := 0
	for _, im := range impl.All() {
		if im.Available {
			n++
		}
	}
	each(t, func(t *testing.T) { stressFor(t, d/time.Duration(n)) })
}

func stressFor(t *testing.T, d time.Duration) {
	var (
		wait                                    sync.WaitGroup
		stop                                    atomic.Bool
		steps, collections, dumps, fired, pokes atomic.Int64
	)
	loop := func(f func()) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for !stop.Load() {
				f()
			}
		}()
	}
	var problems []func(n int)
	for k := range 2 {
		r := rand.New(rand.NewPCG(uint64(k), 77))
		problems = append(problems, stressProblem[float32](t, r, 1+k), stressProblem[float64](t, r, 1+k))
	}
	for _, run := range problems {
		loop(func() { run(int(steps.Add(1))) })
	}
	loop(func() {
		runtime.GC()
		collections.Add(1)
	})
	buf := make([]byte, 1<<16)
	loop(func() {
		runtime.Stack(buf, true)
		dumps.Add(1)
		time.Sleep(time.Millisecond)
	})
	loop(func() {
		pokes.Add(int64(poke()))
		time.Sleep(20 * time.Microsecond)
	})
	for range 20 {
		ticker := time.NewTicker(50 * time.Microsecond)
		defer ticker.Stop()
		loop(func() {
			<-ticker.C
			time.AfterFunc(time.Microsecond, func() { fired.Add(1) })
		})
	}
	var profile bytes.Buffer
	profiles := 0
	idle := func() bool {
		return steps.Load() < 4 || collections.Load() == 0 || dumps.Load() == 0 || fired.Load() == 0
	}
	start := time.Now()
	for time.Since(start) < d || idle() && time.Since(start) < d+20*time.Second {
		profile.Reset()
		if err := pprof.StartCPUProfile(&profile); err != nil {
			t.Log(err) // go test -cpuprofile has one already
		}
		traced := trace.Start(io.Discard) == nil
		time.Sleep(min(d/4, 500*time.Millisecond))
		if traced {
			trace.Stop()
		}
		pprof.StopCPUProfile()
		profiles++
	}
	stop.Store(true)
	wait.Wait()
	t.Logf("%v: %d steps, %d collections, %d profiles and traces, %d dumps, %d timers, %d signals",
		time.Since(start).Round(time.Millisecond), steps.Load(), collections.Load(), profiles, dumps.Load(), fired.Load(), pokes.Load())
	if idle() {
		t.Error("something did not take part")
	}
}

// stressProblem returns a function that runs all kernels and compares their
// results with those of a quiet hour.
func stressProblem[T Float](t *testing.T, r *rand.Rand, workers int) func(n int) {
	type result struct {
		z, yhat, g, total []T
		sums, totalSums   Sums
	}
	type problem struct {
		x       Batch[T]
		y, w    []T
		stepper *Stepper[T]
		want    result
	}
	compute := func(p *problem) (got result) {
		rows, cols := p.x.Rows, p.x.Cols
		got = result{z: make([]T, rows), yhat: make([]T, rows), g: make([]T, cols), total: make([]T, cols)}
		Forward(got.z, p.x, p.w, 0.5)
		Predict(got.yhat, p.x, p.w, 0.5)
		got.sums = Step(got.g, p.x, p.y, p.y, p.w, 0.5, LogLoss)
		got.totalSums = p.stepper.Step(got.total, p.x, p.y, nil, p.w, 0.5, Quadratic)
		return got
	}
	var problems []*problem
	for _, c := range []testCase{
		{rows: 300, cols: 7, stride: 9}, {rows: 129, cols: 64, stride: 64}, {rows: 40, cols: 255, stride: 256},
		{rows: 67, cols: 300, stride: 301}, {rows: 5, cols: 17000, stride: 17000}, {rows: 600, cols: 240, stride: 240},
	} {
		p := &problem{x: newBatch[T](r, c), y: newLabels[T](r, c.rows, c), w: newVector[T](r, c.cols, c), stepper: NewStepper[T](c.cols, workers)}
		t.Cleanup(p.stepper.Close)
		p.want = compute(p)
		problems = append(problems, p)
	}
	return func(n int) {
		p := problems[n%len(problems)]
		var got result
		deep(n%40, func() { got = compute(p) })
		for _, pair := range [][2][]T{{got.z, p.want.z}, {got.yhat, p.want.yhat}, {got.g, p.want.g}, {got.total, p.want.total}} {
			if !slices.EqualFunc(pair[0], pair[1], same[T]) {
				t.Errorf("step %d: other bits than before", n)
			}
		}
		if got.sums != p.want.sums || got.totalSums != p.want.totalSums {
			t.Errorf("step %d: sums %v, %v, want %v, %v", n, got.sums, got.totalSums, p.want.sums, p.want.totalSums)
		}
	}
}

// deep calls f on a stack that has grown by n kilobytes; a new goroutine has
// to move it.
func deep(n int, f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		sink(grow(n, f))
	}()
	<-done
}

func grow(n int, f func()) byte {
	var frame [1024]byte
	frame[n] = 1
	if n == 0 {
		f()
		return frame[0]
	}
	return frame[n] + grow(n-1, f)
}

//go:noinline
func sink(byte) {}

// TestGCWait measures how long a garbage collection waits for kernels: from
// the decision to stop the world until all goroutines stand, and in all. It
// compares them with a loop of plain Go.
//
//	go test -run TestGCWait -v -elements 1000000000 .
func TestGCWait(t *testing.T) {
	if *elements == 0 {
		t.Skip("needs memory and idle cores: -elements 1000000000")
	}
	if runtime.GOMAXPROCS(0) < 2 {
		t.Fatal("needs two cores: one for the kernels, one for the collections")
	}
	const cols = 1000
	rows := *elements / cols
	x := Batch[float32]{Data: make([]float32, rows*cols), Rows: rows, Cols: cols}
	fill(rand.New(rand.NewPCG(1, 1)), x.Data, ordinary)
	y, z, w, g := make([]float32, rows), make([]float32, rows), make([]float32, cols), make([]float32, cols)
	s := NewStepper[float32](cols, 1)
	defer s.Close()

	var counter atomic.Int64
	for _, k := range []struct {
		name string
		run  func()
	}{
		{"Step:", func() { Step(g, x, y, nil, w, 0, Quadratic) }},
		{"Stepper.Step:", func() { s.Step(g, x, y, nil, w, 0, Quadratic) }},
		{"Forward:", func() { Forward(z, x, w, 0) }},
		{"Gradient:", func() { Gradient(g, x, z) }},
		{"Sigmoid:", func() { Sigmoid(x.Data, x.Data) }}, // the last: it changes x
	} {
		start := time.Now()
		k.run()
		one := time.Since(start)
		plain := gcWait(func(stop *atomic.Bool) { // each time: the machine is not always the same
			for !stop.Load() {
				counter.Add(1)
			}
		})
		t.Logf("%-13s %v", "plain Go:", plain)
		got := gcWait(func(stop *atomic.Bool) {
			for !stop.Load() {
				k.run()
			}
		})
		t.Logf("%-13s %v; one call takes %v", k.name, got, one.Round(time.Millisecond))
		const limit = 200 * time.Microsecond
		if got.stopping > plain.stopping+limit || got.median > plain.median+limit {
			t.Errorf("%s a collection waits %v longer than for plain Go, want at most %v", k.name,
				max(got.stopping-plain.stopping, got.median-plain.median), limit)
		}
	}
}

// gcTimes are times of garbage collections.
type gcTimes struct {
	median, most time.Duration // of runtime.GC
	stopping     time.Duration // 99 of 100 stops of the world took at most this
	longest      time.Duration // all of them
	stops        uint64
}

func (g gcTimes) String() string {
	us := func(d time.Duration) time.Duration { return d.Round(100 * time.Nanosecond) }
	return "runtime.GC takes " + us(g.median).String() + " (median), " + us(g.most).String() +
		" (most); the world stops within " + us(g.stopping).String() + " (99 %), " + us(g.longest).String() + " (all)"
}

// gcWait measures collections while f runs on another goroutine.
func gcWait(f func(stop *atomic.Bool)) (g gcTimes) {
	var stop atomic.Bool
	done := make(chan bool)
	go func() {
		f(&stop)
		close(done)
	}()
	const n = 500
	before := stoppings()
	var times []time.Duration
	for range n {
		time.Sleep(time.Millisecond)
		start := time.Now()
		runtime.GC()
		times = append(times, time.Since(start))
	}
	after := stoppings()
	stop.Store(true)
	<-done
	slices.Sort(times)
	g.median, g.most = times[n/2], times[n-1]
	for i := range after.Counts {
		g.stops += after.Counts[i] - before.Counts[i]
	}
	seen := uint64(0)
	for i := range after.Counts {
		count := after.Counts[i] - before.Counts[i]
		if count == 0 {
			continue
		}
		seen += count
		g.longest = time.Duration(after.Buckets[i+1] * 1e9)
		if seen-count < g.stops*99/100 {
			g.stopping = g.longest
		}
	}
	return g
}

// stoppings returns how long the runtime took to stop the world to collect
// garbage, so far.
func stoppings() *metrics.Float64Histogram {
	sample := []metrics.Sample{{Name: "/sched/pauses/stopping/gc:seconds"}}
	metrics.Read(sample)
	h := sample[0].Value.Float64Histogram()
	return &metrics.Float64Histogram{Counts: slices.Clone(h.Counts), Buckets: h.Buckets}
}
