package kernel

import (
	"runtime"
	"sync/atomic"
)

// A team is a number of goroutines that do the same piece of work whenever
// they are told to. Between two pieces they look for the next one for a while
// before they go to sleep: waking a sleeping thread takes longer than a step
// over a few megabytes.
type team struct {
	members []member
	round   atomic.Int64 // counts the pieces of work; negative: there will be none
	busy    atomic.Int64 // members that have not finished the piece
}

type member struct {
	asleep atomic.Bool
	wake   chan struct{}
}

// patience is how often a member looks for work before it sleeps: for some
// tens of microseconds.
const patience = 500

// newTeam starts n goroutines; the i-th calls work(i) for each piece.
func newTeam(n int, work func(i int)) *team {
	t := &team{members: make([]member, n)}
	for i := range t.members {
		t.members[i].wake = make(chan struct{}, 1)
		go t.serve(&t.members[i], func() { work(i) })
	}
	return t
}

// start gives all members a piece of work.
func (t *team) start() {
	t.busy.Store(int64(len(t.members)))
	t.announce(t.round.Load() + 1)
}

// wait returns when all members have finished it.
func (t *team) wait() {
	for t.busy.Load() > 0 {
		runtime.Gosched()
	}
}

// close ends the goroutines. No piece of work may be under way.
func (t *team) close() { t.announce(-1) }

func (t *team) announce(round int64) {
	t.round.Store(round)
	for i := range t.members {
		m := &t.members[i]
		if m.asleep.CompareAndSwap(true, false) {
			m.wake <- struct{}{}
		}
	}
}

func (t *team) serve(m *member, work func()) {
	for round := int64(0); ; {
		for i := 0; t.round.Load() == round; i++ {
			if i < patience {
				runtime.Gosched()
				continue
			}
			i = 0
			m.asleep.Store(true)
			// Whoever takes asleep back first decides who wakes whom.
			if t.round.Load() == round || !m.asleep.CompareAndSwap(true, false) {
				<-m.wake
			}
		}
		if round = t.round.Load(); round < 0 {
			return
		}
		work()
		t.busy.Add(-1)
	}
}
