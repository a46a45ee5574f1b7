package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/train"
)

func TestProgress(t *testing.T) {
	var b strings.Builder
	p := &progress{w: &b, epochs: 4}
	p.name("fold 1/2 ")
	p.start(10, 1)
	p.bar.SetWidth(80)
	b.Reset()
	p.show(1, 10)
	p.drawn = time.Time{}
	for k := 2; k <= 4; k++ {
		p.epoch(train.Epoch{Number: k, Cost: 1.0 / float64(k), Accuracy: 0.5})
	}
	// The third epoch comes too soon after the second. No rate is known yet.
	want := "\rfold 1/2 [===============                                            ] epoch 1/4" +
		"\rfold 1/2 [================                ] epoch 2/4, cost 0.5, accuracy 0.5000" +
		"\rfold 1/2 [===============================] epoch 4/4, cost 0.25, accuracy 0.5000"
	if b.String() != want {
		t.Errorf("progress %q\nwant     %q", b.String(), want)
	}
	p.end()
	p.end()
	if !strings.HasSuffix(b.String(), "0.5000\n") {
		t.Errorf("the end of %q", b.String())
	}

	var none *progress
	none.name("")
	none.start(10, 0)
	none.row(1, 5)
	none.epoch(train.Epoch{Number: 1})
	none.end()
}

// Within a long epoch, and with a rate and the time left after half a second.
func TestProgressOfRows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	var b strings.Builder
	p := &progress{w: &b, epochs: 2}
	p.start(1e9, 0)
	p.bar.SetWidth(80)
	begun := time.Now()
	for rows := 0; time.Since(begun) < 900*time.Millisecond; rows += 1e6 {
		p.row(1, rows)
		time.Sleep(10 * time.Millisecond)
	}
	last := b.String()[strings.LastIndex(b.String(), "\r"):]
	if want := `^\r\[=+ +\] epoch 1/2, (\d+m)?\d+s left, \d+(\.\d+)?M rows/s$`; !regexp.MustCompile(want).MatchString(last) {
		t.Errorf("%q does not match %s", last, want)
	}
	if n := strings.Count(b.String(), "\r"); n > 11 {
		t.Errorf("%d lines in 0.9 s", n)
	}
}
