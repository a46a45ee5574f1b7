package bench

import (
	"fmt"
	"slices"
	"time"
)

// A contestant is a way to compute the ops. Each function prepares what is
// prepared once for a problem, and returns the function to be timed; nil
// means that the contestant does not take part in that op.
type contestant[T float] struct {
	name    string
	step    func(*problem[T]) func()
	forward func(*problem[T]) func()
	row     func(*problem[T]) func() // forward for one row, if it differs
	sigmoid func(*problem[T]) func()

	// enter, if any, is called before the contestant runs, and what it
	// returns afterwards.
	enter func() (leave func())
}

// prepare returns the function to be timed, or nil.
func (c contestant[T]) prepare(p *problem[T]) func() {
	f := c.forward
	switch p.Op {
	case Step, Workers:
		f = c.step
	case Row:
		if c.row != nil {
			f = c.row
		}
	case Sigmoid:
		f = c.sigmoid
	}
	if f == nil {
		return nil
	}
	return f(p)
}

// contestants returns everybody, the kernels first.
func contestants[T float]() []contestant[T] {
	return slices.Concat(
		kernels[T](),
		freeOrders[T](),
		[]contestant[T]{naive[T](), unrolled[T](), goExp[T]()},
		math32Peers[T](),
		gonumPeers[T](),
		vekPeers[T](),
		spagoPeers[T](),
		archsimdPeers[T](),
		openblasPeers[T](),
	)
}

// pick returns the slice that has the type parameter T.
func pick[T float](c32 []contestant[float32], c64 []contestant[float64]) []contestant[T] {
	if c, ok := any(c32).([]contestant[T]); ok {
		return c
	}
	return any(c64).([]contestant[T])
}

// A Runner is a contestant that is ready for a case.
type Runner struct {
	Name string
	Run  func()

	enter  func() (leave func())
	check  func() (float64, error)
	detail string
	bytes  int // of X

	// clock, if any, is what runs in place of Run when it is timed, and takes
	// the time itself.
	clock func() time.Duration
}

// Enter makes the runner ready to run until leave is called. Two runners must
// not be entered at a time.
func (r *Runner) Enter() (leave func()) {
	if r.enter == nil {
		return func() {}
	}
	return r.enter()
}

// Check runs the contestant once and compares its results with the
// reference. It returns the largest error; see tolerance for its measure.
func (r *Runner) Check() (float64, error) {
	defer r.Enter()()
	worst, err := r.check()
	if err != nil {
		err = fmt.Errorf("%s: %w", r.Name, err)
	}
	return worst, err
}

// Yardstick is the name of the runner that only reads X.
const Yardstick = "read"

// Runners returns the yardstick and all contestants of a case. They are good
// until the next call, since all cases share the memory of X.
func Runners(c Case) []Runner {
	if c.Type == "float64" {
		return runners[float64](c)
	}
	return runners[float32](c)
}

func runners[T float](c Case) []Runner {
	switch c.Op {
	case Width:
		return widthRunners[T](c)
	case Workers:
		return workerRunners[T](c)
	case Train:
		return trainRunners[T](c)
	}
	p := newProblem[T](c, 0)
	list := []Runner{yardstick(p, 1)}
	for _, c := range contestants[T]() {
		if r, ok := ready(c, p); ok {
			list = append(list, r)
		}
	}
	return list
}

// ready makes a contestant ready for a problem, if it takes part in the op.
func ready[T float](c contestant[T], p *problem[T]) (r Runner, ok bool) {
	run := c.prepare(p)
	return Runner{
		Name:  c.name,
		Run:   run,
		bytes: p.Bytes(),
		enter: c.enter,
		check: func() (float64, error) {
			p.spoil()
			run()
			return p.check()
		},
	}, run != nil
}
