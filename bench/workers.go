package bench

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/read"
)

// Cores is how many cores the Workers op compares with one.
const Cores = 2

// workerRunners runs the step of the preferred implementation with as many
// workers as there are cores, and with one.
func workerRunners[T float](c Case) []Runner {
	p := newProblem[T](c, 0)
	list := []Runner{yardstick(p, Cores)}
	for _, n := range []int{Cores, 1} {
		r, _ := ready(contestant[T]{
			name: workersName(n),
			step: func(p *problem[T]) func() {
				s := kernel.NewStepper[T](p.Cols, n)
				runtime.AddCleanup(p, func(s *kernel.Stepper[T]) { s.Close() }, s)
				return func() {
					p.gb = s.Step(p.g, p.batch(), p.y, nil, p.w, p.b, kernel.Quadratic).Delta
				}
			},
		}, p)
		list = append(list, r)
	}
	return list
}

func workersName(n int) string { return fmt.Sprintf("workers-%d", n) }

// a pair reads the second half of some memory on a goroutine of its own, which
// spins between two readings: waking it would take longer than some of them.
type pair struct {
	way  read.Way
	x    []uint64
	turn atomic.Int64 // odd: the second half is to be read; negative: it is over
	got  uint64
}

// enter starts the goroutine; leave ends it.
func (p *pair) enter() (leave func()) {
	p.turn.Store(0)
	done := make(chan struct{})
	go func() {
		p.serve()
		close(done)
	}()
	return func() {
		p.turn.Store(-1)
		<-done
	}
}

func (p *pair) serve() {
	for {
		switch turn := p.turn.Load(); {
		case turn < 0:
			return
		case turn&1 == 1:
			p.got = p.way.XOR(p.x)
			p.turn.Add(1)
		default:
			runtime.Gosched()
		}
	}
}

// read reads x with the help of serve.
func (p *pair) read(x []uint64) uint64 {
	half := len(x) / 16 * 8
	p.x = x[half:]
	p.turn.Add(1)
	got := p.way.XOR(x[:half])
	for p.turn.Load()&1 == 1 {
		runtime.Gosched()
	}
	return got ^ p.got
}
