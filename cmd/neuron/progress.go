package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cheggaaa/pb/v3"

	"github.com/seed-b3c25b83/kernel/train"
)

// A progress display is one line that is drawn over and over. A nil *progress
// shows nothing.
type progress struct {
	w      io.Writer
	epochs int    // of a training
	prefix string // which training it is, if there are several

	rows  int             // of an epoch
	bar   *pb.ProgressBar // counts rows, those of an epoch once for every epoch
	drawn time.Time
}

// progressLine is what is drawn. Where it is cut because the terminal is narrow,
// what matters least is lost.
const progressLine = `{{string . "prefix"}}{{bar . "[" "=" "=" " " "]"}} epoch {{string . "epoch"}}{{left .}}{{string . "cost"}}{{rate .}}`

// widest is how many cells a line takes at most, however wide the terminal is.
const widest = 110

var short = strings.NewReplacer(" thousand", "k", " million", "M", " billion", "G")

func init() {
	pb.RegisterElement("left", pb.ElementFunc(func(s *pb.State, _ ...string) string {
		return pb.ElementRemainingTime(s, ", %s left", "", "")
	}), false)
	pb.RegisterElement("rate", pb.ElementFunc(func(s *pb.State, _ ...string) string {
		n, err := strconv.ParseFloat(pb.ElementSpeed(s, "%s", "none"), 64)
		if err != nil {
			return ""
		}
		return ", " + short.Replace(thousands(n)) + " rows/s"
	}), false)
}

// name says which training comes next.
func (p *progress) name(prefix string) {
	if p != nil {
		p.prefix = prefix
	}
}

// start begins with a training that has so many rows and epochs behind it.
func (p *progress) start(rows, epochs int) {
	if p == nil {
		return
	}
	p.rows = rows
	p.bar = progressBar(int64(rows) * int64(p.epochs))
	p.bar.Set("prefix", p.prefix)
	p.show(epochs, int64(epochs)*int64(rows))
	p.drawn = time.Time{}
}

func progressBar(total int64) *pb.ProgressBar {
	// Static: it is drawn here, not by a goroutine of its own.
	return pb.ProgressBarTemplate(progressLine).New(0).SetTotal(total).Set(pb.Static, true).SetMaxWidth(widest)
}

// row notes that rows of an epoch are done.
func (p *progress) row(epoch, rows int) {
	if p.due() {
		p.show(epoch, int64(epoch-1)*int64(p.rows)+int64(rows))
	}
}

// epoch notes that an epoch is done. The last one is always shown.
func (p *progress) epoch(e train.Epoch) {
	if p == nil || e.Number < p.epochs && !p.due() {
		return
	}
	p.bar.Set("cost", fmt.Sprintf(", cost %.4g, accuracy %.4f", e.Cost, e.Accuracy))
	p.show(e.Number, int64(e.Number)*int64(p.rows))
}

// due says whether it is time to draw: ten times a second.
func (p *progress) due() bool {
	const interval = 100 * time.Millisecond
	return p != nil && time.Since(p.drawn) >= interval
}

func (p *progress) show(epoch int, rows int64) {
	p.drawn = time.Now()
	p.bar.Set("epoch", fmt.Sprintf("%d/%d", epoch, p.epochs)).SetCurrent(rows)
	fmt.Fprintf(p.w, "\r%s", p.bar)
}

// end leaves the line as it is.
func (p *progress) end() {
	if p != nil && p.bar != nil {
		p.bar = nil
		fmt.Fprintln(p.w)
	}
}
