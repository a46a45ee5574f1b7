package main

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/read"
)

// A place is where rows lie while they are worked on.
type place struct {
	name  string
	bytes int
}

// places returns a size for each cache that fits it well and the one before
// badly, and one that fits none. Sizes that are unknown are guessed.
func places(l1, l2, l3 int) []place {
	known := func(size, guess int) int {
		if size > 0 {
			return size
		}
		return guess
	}
	l1, l2, l3 = known(l1, 32<<10), known(l2, 512<<10), known(l3, 16<<20)
	return []place{
		{"L1", l1 / 2},
		{"L2", max(l2/2, 2*l1)},
		{"L3", max(min(l3/2, 16<<20), 2*l2)},
		{"DRAM", min(max(4*l3, 128<<20), 512<<20)},
	}
}

// benchColumns are narrow and wide rows, both without padding.
var benchColumns = []int{32, 1024}

// bench measures in the given places, of which the last is the largest, for about
// so long.
func bench[T kernel.Float](e *env, all []place, long time.Duration) (*benchReport, error) {
	start := time.Now()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := newBenchReport[T]()
	m := &meter{ctx: e.ctx, now: time.Now}
	m.each = long / time.Duration(2*len(all)*len(benchColumns)+len(benchColumns)+1)

	b := newWorkbench[T](all[len(all)-1].bytes)
	defer b.close()
	for _, p := range all {
		words := b.words(p.bytes)
		way := read.Fastest(words)
		var limit float64 // ns
		for _, cols := range benchColumns {
			for _, op := range []struct {
				name string
				on   func(rows, cols int) (run func())
			}{{"step", b.step}, {"predict", b.predict}} {
				rows := p.bytes / size[T]() / cols
				t, err := m.compare(func() { way.XOR(words) }, op.on(rows, cols))
				if err != nil {
					return nil, err
				}
				if limit == 0 || t.base < limit {
					limit = t.base
				}
				r.Cases = append(r.Cases, caseReport{
					Operation: op.name, Place: p.name, Rows: rows, Columns: cols,
					PerRow: t.other / float64(rows), Speed: float64(p.bytes) / t.other, Share: t.ratio,
				})
			}
		}
		r.Limits = append(r.Limits, limitReport{p.name, p.bytes, float64(p.bytes) / limit, way.Name})
	}
	for _, cols := range benchColumns {
		t, err := m.compare(nil, b.predict(1, cols))
		if err != nil {
			return nil, err
		}
		r.Rows = append(r.Rows, rowReport{cols, t.other})
	}
	t, err := m.compare(nil, b.sigmoid)
	if err != nil {
		return nil, err
	}
	r.Sigmoid = t.other / float64(len(b.z))
	r.Seconds = time.Since(start).Seconds()
	return r, nil
}

// A workbench holds what kernels work on.
type workbench[T kernel.Float] struct {
	x, y, yhat []T
	w, g       []T
	z, sigma   []T // a few
	steppers   map[int]*kernel.Stepper[T]
}

func size[T kernel.Float]() int { return int(unsafe.Sizeof(*new(T))) }

// newWorkbench returns a workbench for up to so many bytes of rows.
func newWorkbench[T kernel.Float](bytes int) *workbench[T] {
	n, rows, cols := bytes/size[T](), bytes/size[T]()/slices.Min(benchColumns), slices.Max(benchColumns)
	b := &workbench[T]{
		x: make([]T, n), y: make([]T, rows), yhat: make([]T, rows),
		w: make([]T, cols), g: make([]T, cols), z: make([]T, 4096), sigma: make([]T, 4096), steppers: map[int]*kernel.Stepper[T]{},
	}
	r := rand.New(rand.NewPCG(1, 2))
	some := make([]T, 1<<16)
	for i := range some {
		some[i] = T(r.Float64()*2 - 1)
	}
	for i := 0; i < n; i += len(some) {
		copy(b.x[i:], some)
	}
	for i := range b.y {
		b.y[i] = T(i & 1)
	}
	for j := range b.w {
		b.w[j] = T(r.NormFloat64()) / 16
	}
	for i := range b.z {
		b.z[i] = T(r.Float64()*16 - 8)
	}
	for _, cols := range benchColumns {
		b.steppers[cols] = kernel.NewStepper[T](cols, 1)
	}
	return b
}

func (b *workbench[T]) close() {
	for _, s := range b.steppers {
		s.Close()
	}
}

// words returns the first bytes of the rows as words.
func (b *workbench[T]) words(bytes int) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(&b.x[0])), bytes/64*8)
}

func (b *workbench[T]) batch(rows, cols int) kernel.Batch[T] {
	return kernel.Batch[T]{Data: b.x[:rows*cols], Rows: rows, Cols: cols}
}

// step and predict return a function that works on so many rows.
func (b *workbench[T]) step(rows, cols int) func() {
	s, g, x, y, w := b.steppers[cols], b.g[:cols], b.batch(rows, cols), b.y[:rows], b.w[:cols]
	return func() { s.Step(g, x, y, nil, w, 0.1, kernel.LogLoss) }
}

func (b *workbench[T]) predict(rows, cols int) func() {
	yhat, x, w := b.yhat[:rows], b.batch(rows, cols), b.w[:cols]
	return func() { kernel.Predict(yhat, x, w, 0.1) }
}

func (b *workbench[T]) sigmoid() { kernel.Sigmoid(b.sigma, b.z) }

// A meter measures how long things take.
type meter struct {
	ctx  context.Context
	now  func() time.Time
	each time.Duration // for each comparison
}

// times are medians.
type times struct {
	base, other float64 // ns
	ratio       float64 // of base to other
}

// leastRun is the least time between two looks at the clock, and leastRounds the
// least number of turns.
const (
	leastRun    = 500 * time.Microsecond
	leastRounds = 3
)

// compare runs base, unless it is nil, and other in turns.
func (m *meter) compare(base, other func()) (times, error) {
	var t [3][]float64
	end := m.now().Add(m.each)
	repeat := m.repeat(other)
	repeatBase := 0
	if base != nil {
		repeatBase = m.repeat(base)
	}
	for round := 0; round < leastRounds || m.now().Before(end); round++ {
		if err := m.ctx.Err(); err != nil {
			return times{}, err
		}
		ns := m.time(other, repeat)
		t[1] = append(t[1], ns)
		if base != nil {
			baseNS := m.time(base, repeatBase)
			t[0], t[2] = append(t[0], baseNS), append(t[2], baseNS/ns)
		}
	}
	return times{median(t[0]), median(t[1]), median(t[2])}, nil
}

// repeat returns how often f is to run between two looks at the clock.
func (m *meter) repeat(f func()) int {
	for n := 1; ; n *= 2 {
		if d := m.time(f, n) * float64(n); d >= float64(leastRun) {
			return n
		}
	}
}

// time returns how many nanoseconds f takes when it runs n times.
func (m *meter) time(f func(), n int) float64 {
	start := m.now()
	for range n {
		f()
	}
	return float64(m.now().Sub(start)) / float64(n)
}

// median returns the median of t, in which it changes the order; 0 of nothing.
func median(t []float64) float64 {
	if len(t) == 0 {
		return 0
	}
	slices.Sort(t)
	return (t[(len(t)-1)/2] + t[len(t)/2]) / 2
}
