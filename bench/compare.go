package bench

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Options say how Compare measures.
type Options struct {
	Rounds int                    // how often each contestant is timed
	Round  time.Duration          // about how long it then runs
	Skip   func(name string) bool // leaves contestants out, nil: nobody
}

// Short checks every contestant, and times it once.
var Short = Options{Rounds: 1}

// A Result is what came out for a case.
type Result struct {
	Case
	Bytes   int     `json:"bytes"`            // of X
	Ours    string  `json:"ours"`             // what the ratios are relative to
	Second  string  `json:"second,omitempty"` // our next implementation, which they are relative to as well
	Entries []Entry `json:"entries"`
}

// An Entry is the result of one contestant.
type Entry struct {
	Name   string  `json:"name"`
	Detail string  `json:"detail,omitempty"` // how the yardstick reads
	NS     float64 `json:"ns"`               // median time of a call
	MinNS  float64 `json:"minns"`            // least time of a call
	GBps   float64 `json:"gbps"`             // Bytes / NS

	// Read is the time of the yardstick over that of the contestant in the
	// same round: its share of the read limit, as the median of all rounds.
	Read float64 `json:"read"`
	// Ratio is the time of the contestant over ours in the same round: above
	// 1 we are faster.
	Ratio Spread `json:"ratio"`
	// Second is the same for our second implementation.
	Second *Spread `json:"second,omitempty"`

	Error float64 `json:"error"` // against the float64 reference, for Sigmoid in ULP
}

// A Spread is a median and the extremes around it.
type Spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// Compare checks all contestants of a case and times them in turns, round by
// round, each round starting with the next one. It measures on one core, unless
// the case needs more: GOMAXPROCS is 1 meanwhile, and no garbage is collected.
func Compare(c Case, o Options) (*Result, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(c.cores()))
	list := Runners(c)
	if o.Skip != nil && !c.Op.alone() {
		list = slices.DeleteFunc(list, func(r Runner) bool { return o.Skip(r.Name) })
	}
	result := &Result{Case: c, Bytes: c.Bytes()}
	result.Ours, result.Second = references(c.Op, list)
	for _, r := range list {
		worst, err := r.Check()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c, err)
		}
		result.Entries = append(result.Entries, Entry{Name: r.Name, Detail: r.detail, Error: worst})
	}
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	calls := make([]int, len(list))
	times := make([][]float64, len(list)) // of one call, by contestant and round
	for i := range list {
		calls[i] = list[i].calls(o.Round)
		times[i] = make([]float64, o.Rounds)
	}
	for round := range o.Rounds {
		for k := range list {
			i := (k + round) % len(list)
			times[i][round] = list[i].time(calls[i])
		}
	}
	find := func(name string) []float64 {
		if i := slices.IndexFunc(list, func(r Runner) bool { return r.Name == name }); i >= 0 {
			return times[i]
		}
		return nil
	}
	read, ours, second := find(Yardstick), find(result.Ours), find(result.Second)
	for i := range result.Entries {
		e := &result.Entries[i]
		s := spread(times[i], nil)
		e.NS, e.MinNS = s.Median, s.Min
		e.GBps = float64(list[i].bytes) / e.NS
		if read != nil {
			e.Read = spread(read, times[i]).Median
		}
		if ours != nil {
			e.Ratio = spread(times[i], ours)
		}
		if second != nil {
			s := spread(times[i], second)
			e.Second = &s
		}
	}
	return result, nil
}

// references returns the names of our preferred implementation and of the next
// one, "" if that is plain Go. Of an op without peers it is the first runner
// behind the yardstick that the others are compared with.
func references(op Op, list []Runner) (ours, second string) {
	if op.alone() {
		return list[1].Name, ""
	}
	for _, r := range list {
		switch {
		case !strings.HasPrefix(r.Name, Ours):
		case ours == "":
			ours = r.Name
		case second == "" && r.Name != Ours+"generic":
			second = r.Name
		}
	}
	return ours, second
}

// calls returns how many calls take about d, at least 1.
func (r *Runner) calls(d time.Duration) int {
	n := 1
	for d > 0 {
		t := r.time(n) * float64(n)
		if t >= float64(d)/4 || n >= 1<<30 {
			return max(1, int(float64(n)*float64(d)/t))
		}
		n *= 2
	}
	return n
}

// time returns the nanoseconds of one of n calls in a row. Before them come
// others that are not timed, to bring code and data back into the cache; a
// problem that fills a whole round needs none.
func (r *Runner) time(n int) float64 {
	defer r.Enter()()
	if r.clock != nil {
		var total time.Duration
		for range n {
			total += r.clock()
		}
		return float64(total) / float64(n)
	}
	run := r.Run
	if n > 1 {
		for range n/16 + 1 {
			run()
		}
	}
	start := time.Now()
	for range n {
		run()
	}
	return float64(time.Since(start)) / float64(n)
}

// spread returns the median and the extremes of a, or of a/b pair by pair.
func spread(a, b []float64) Spread {
	v := slices.Clone(a)
	for i := range b {
		v[i] /= b[i]
	}
	slices.Sort(v)
	n := len(v)
	return Spread{(v[(n-1)/2] + v[n/2]) / 2, v[0], v[n-1]}
}
