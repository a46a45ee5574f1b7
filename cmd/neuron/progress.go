package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-b3c25b83/kernel/train"
)

// A progress display is one line that is drawn over and over. A nil *progress
// shows nothing.
type progress struct {
	w      io.Writer
	epochs int    // of a training
	prefix string // which training it is, if there are several
	drawn  time.Time
	width  int // of the line drawn last
}

// begin names the training that comes next, whose first epoch it will show.
func (p *progress) begin(prefix string) {
	if p != nil {
		p.prefix, p.drawn = prefix, time.Time{}
	}
}

// show draws the line, ten times a second at most, and for the last epoch.
func (p *progress) show(e train.Epoch) {
	const interval = 100 * time.Millisecond
	if p == nil || e.Number < p.epochs && time.Since(p.drawn) < interval {
		return
	}
	p.drawn = time.Now()
	const cells = 20
	done := cells * e.Number / p.epochs
	line := fmt.Sprintf("%s[%s%s] epoch %d/%d, cost %.4g, accuracy %.4f", p.prefix,
		strings.Repeat("=", done), strings.Repeat(" ", cells-done), e.Number, p.epochs, e.Cost, e.Accuracy)
	fmt.Fprintf(p.w, "\r%-*s", p.width, line)
	p.width = len(line)
}

// end leaves the line as it is.
func (p *progress) end() {
	if p != nil && p.width > 0 {
		fmt.Fprintln(p.w)
	}
}
