package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel"
)

func TestBench(t *testing.T) {
	t.Run("float32", testBench[float32])
	t.Run("float64", testBench[float64])
}

// The figures fit together.
func testBench[T kernel.Float](t *testing.T) {
	all := []place{{"L1", 8 << 10}, {"L2", 64 << 10}, {"DRAM", 256 << 10}}
	r, err := bench[T](&env{ctx: t.Context()}, all, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if r.Element != fmt.Sprintf("%T", T(0)) || r.Implementation != kernel.Implementation() || r.CPU == "" || !(r.Sigmoid > 0) || !(r.Seconds > 0) || len(r.Rows) != 2 {
		t.Errorf("%+v", r)
	}
	if len(r.Limits) != len(all) || len(r.Cases) != 4*len(all) {
		t.Fatalf("%d places, %d cases", len(r.Limits), len(r.Cases))
	}
	for i, c := range r.Cases {
		l, p := r.Limits[i/4], all[i/4]
		if c.Place != p.name || l.Place != p.name || l.Bytes != p.bytes || !(l.Speed > 0) || l.Way == "" {
			t.Errorf("case %d: %+v in %+v", i, c, l)
		}
		if c.Rows*c.Columns*size[T]() != p.bytes || c.Columns != benchColumns[i/2%2] || !(c.Share > 0) {
			t.Errorf("case %d: %+v in %+v", i, c, l)
		}
		if speed := float64(c.Columns*size[T]()) / c.PerRow; math.Abs(speed/c.Speed-1) > 1e-9 {
			t.Errorf("case %d: %+v: %v GB/s", i, c, speed)
		}
	}
	var out bytes.Buffer
	r.print(printer{&out})
	if n := strings.Count(out.String(), "\n"); n != 5+1+1+len(all)+1+1+len(r.Cases) {
		t.Errorf("%d lines:\n%s", n, out.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bench[T](&env{ctx: ctx}, all, time.Hour); err != context.Canceled {
		t.Errorf("error %v", err)
	}
}

// The command measures this machine.
func TestBenchCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("works through 128 MiB and more")
	}
	r := decode[benchReport](t, mustRun(t, "", "bench", "-time", "1ms", "-json", "-float64"))
	if r.Element != "float64" || len(r.Limits) != 4 || r.Limits[3].Bytes < 128<<20 {
		t.Errorf("%+v", r)
	}
}

// A meter runs both by turns, often enough, and compares round by round.
func TestMeter(t *testing.T) {
	now := time.Unix(0, 0)
	var log strings.Builder
	slow := time.Duration(1)
	takes := func(name string, d time.Duration) func() {
		return func() {
			log.WriteString(name)
			now = now.Add(d * slow)
		}
	}
	m := &meter{t.Context(), func() time.Time { return now }, 10 * time.Millisecond}
	got, err := m.compare(takes("r", 250*time.Microsecond), takes("k", time.Millisecond))
	if err != nil || got != (times{250e3, 1e6, 0.25}) {
		t.Errorf("%+v, %v", got, err)
	}
	if want := "k" + "rrr" + strings.Repeat("krr", 6); log.String() != want {
		t.Errorf("runs %s, want %s", log.String(), want)
	}
	// Whatever disturbs both alike does not change the ratio.
	log.Reset()
	rounds := 0
	got, err = m.compare(takes("r", 1e6), func() {
		rounds++
		slow = time.Duration(rounds%5 + 1)
		takes("k", 2e6)()
	})
	if err != nil || got.ratio != 0.5 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := m.compare(nil, takes("k", 1e6)); err != nil || got.base != 0 || got.ratio != 0 || !(got.other > 0) {
		t.Errorf("%+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.ctx = ctx
	if _, err := m.compare(nil, takes("k", 1e6)); err != context.Canceled {
		t.Error(err)
	}
	for _, c := range []struct {
		t    []float64
		want float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{5, 1}, 3}, {[]float64{9, 1, 2}, 2}} {
		if got := median(c.t); got != c.want {
			t.Errorf("median %v, want %v", got, c.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		l1, l2, l3 int
		want       string
	}{
		{32 << 10, 1 << 20, 32 << 20, "[{L1 16384} {L2 524288} {L3 16777216} {DRAM 134217728}]"},
		{0, -1, 0, "[{L1 16384} {L2 262144} {L3 8388608} {DRAM 134217728}]"},
		{192 << 10, 12 << 20, -1, "[{L1 98304} {L2 6291456} {L3 25165824} {DRAM 134217728}]"},
		{48 << 10, 2 << 20, 384 << 20, "[{L1 24576} {L2 1048576} {L3 16777216} {DRAM 536870912}]"},
	} {
		if got := fmt.Sprint(places(c.l1, c.l2, c.l3)); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestBenchMisuse(t *testing.T) {
	for _, args := range [][]string{{"bench", "x"}, {"bench", "-time", "0s"}} {
		if _, stderr, code := neuron("", args...); code != exitUsage {
			t.Errorf("%q: exit code %d, %s", args, code, stderr)
		}
	}
}
