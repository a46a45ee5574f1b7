package main

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel"
)

func TestInfo(t *testing.T) {
	r := decode[infoReport](t, mustRun(t, "", "info", "-json"))
	if r.Implementation != kernel.Implementation() || r.Platform != runtime.GOOS+"/"+runtime.GOARCH || r.Cores < 1 || r.CPU == "" {
		t.Errorf("%+v", r)
	}
	if n := len(r.Implementations); n == 0 || r.Implementations[n-1] != (implReport{"generic", true}) {
		t.Errorf("implementations %v", r.Implementations)
	}
	text := mustRun(t, "", "info")
	if n := strings.Count(text, "in use\n"); n != 1 || !strings.Contains(text, r.CPU) {
		t.Errorf("%d implementations in use in\n%s", n, text)
	}
}

func TestVersion(t *testing.T) {
	r := decode[versionReport](t, mustRun(t, "", "version", "-json"))
	if r.Version == "" || r.Go != runtime.Version() {
		t.Errorf("%+v", r)
	}
	if got := mustRun(t, "", "version"); got != "neuron "+r.Version+" "+r.Go+" "+r.Platform+"\n" {
		t.Errorf("version printed %q", got)
	}
}

// The worked example: x = 8, 6.80, 5.84, 5.07, 4.46, 3.97 … 2.00.
func TestDescend(t *testing.T) {
	r := decode[descentReport](t, mustRun(t, "", "descend", "-json"))
	x := 8.0
	for k, p := range r.Descent {
		if d := p.X - x; d > 1e-12 || d < -1e-12 {
			t.Errorf("step %d: x = %v, want %v", k, p.X, x)
		}
		x -= 0.1 * (2*x - 4)
	}
	if n := len(r.Descent); n != 31 || len(r.Newton) != n || r.Newton[1].X != 2 || r.Diverge || r.Grid.X != 2 || r.Grid.Y != 2 {
		t.Errorf("%d points, Newton %v, grid %v", n, r.Newton, r.Grid)
	}
	if r := decode[descentReport](t, mustRun(t, "", "descend", "-json", "-rate", "1e300")); !r.Diverge || len(r.Descent) != 1 {
		t.Errorf("rate 1e300: %d points, diverges %v", len(r.Descent), r.Diverge)
	}
	if r := decode[descentReport](t, mustRun(t, "", "descend", "-json", "-rate", "2", "-steps", "10000")); !r.Diverge || len(r.Descent) > 1000 {
		t.Errorf("rate 2: %d points, diverges %v", len(r.Descent), r.Diverge)
	}
}

func TestSpeed(t *testing.T) {
	for _, test := range []struct {
		rows    int64
		elapsed time.Duration
		want    string
	}{
		{500, time.Second, "time       1s, 500 rows per second"},
		{0, time.Millisecond, "time       nothing was left to train"},
		{12345, 2 * time.Second, "time       2s, 6.17 thousand rows per second"},
		{999600, time.Second, "time       1s, 1 million rows per second"},
		{3_000_000, 1500 * time.Microsecond, "time       1.5ms, 2 billion rows per second"},
	} {
		var s speedReport
		var b strings.Builder
		s.add(test.rows, test.elapsed)
		s.print(printer{&b})
		if want := test.want + " (" + kernel.Implementation() + ")\n"; b.String() != want {
			t.Errorf("%d rows in %v: %q, want %q", test.rows, test.elapsed, b.String(), want)
		}
	}
}
