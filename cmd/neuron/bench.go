package main

import (
	"cmp"
	"flag"
	"fmt"
	"runtime"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/seed-b3c25b83/kernel"
)

var benchCommand = command{
	name:  "bench",
	short: "measure the kernels on this machine",
	long: `Bench measures one core of this machine: how long the kernels take for a row and
for σ, and which part that is of the read limit, the speed at which the same rows
are read and nothing else is done. Rows lie in each cache in turn, and in memory.

A step is prediction, cost and gradient in one pass, what training does with every
row; predict is prediction alone. "of the limit" is the median of ratios of runs
that take turns, so that whoever else uses the machine disturbs both alike; a busy
machine makes all figures worse. The speed in GB/s counts each number of a row once,
however often a kernel needs it.`,
	setup: func(flags *flag.FlagSet) runner {
		var o benchOptions
		flags.DurationVar(&o.time, "time", 20*time.Second, "`duration` of the measurements, about")
		flags.BoolVar(&o.float64, "float64", false, "measure float64 instead of float32")
		flags.BoolVar(&o.json, "json", false, "print JSON")
		return func(e *env, args []string) error {
			switch {
			case len(args) > 0:
				return misuse("takes no arguments")
			case o.time <= 0:
				return misuse("-time %v: must be positive", o.time)
			}
			measure := bench[float32]
			if o.float64 {
				measure = bench[float64]
			}
			cache := cpuid.CPU.Cache
			r, err := measure(e, places(cache.L1D, cache.L2, cache.L3), o.time)
			if err != nil {
				return err
			}
			return printReport(e, o.json, r)
		}
	},
}

type benchOptions struct {
	time    time.Duration
	float64 bool
	json    bool
}

// A benchReport holds figures of one core.
type benchReport struct {
	CPU            string        `json:"cpu"`
	Platform       string        `json:"platform"`
	Implementation string        `json:"implementation"`
	Element        string        `json:"element"` // float32 or float64
	Limits         []limitReport `json:"read_limits"`
	Cases          []caseReport  `json:"cases"`
	Rows           []rowReport   `json:"single_rows"`
	Sigmoid        float64       `json:"sigmoid_ns_per_element"`
	Seconds        float64       `json:"seconds"`
}

// A limitReport is how fast one core reads.
type limitReport struct {
	Place string  `json:"place"` // L1, L2, L3 or DRAM
	Bytes int     `json:"bytes"`
	Speed float64 `json:"gb_per_second"`
	Way   string  `json:"way"` // the fastest to read there
}

// A caseReport is how fast a kernel works on rows in one place.
type caseReport struct {
	Operation string  `json:"operation"` // step or predict
	Place     string  `json:"place"`
	Rows      int     `json:"rows"`
	Columns   int     `json:"columns"`
	PerRow    float64 `json:"ns_per_row"`
	Speed     float64 `json:"gb_per_second"`
	Share     float64 `json:"share_of_read_limit"`
}

// A rowReport is how long the prediction of a row takes that comes alone.
type rowReport struct {
	Columns int     `json:"columns"`
	Time    float64 `json:"ns"`
}

func newBenchReport[T kernel.Float]() *benchReport {
	return &benchReport{
		CPU:            cmp.Or(cpuid.CPU.BrandName, "unknown"),
		Platform:       runtime.GOOS + "/" + runtime.GOARCH,
		Implementation: kernel.Implementation(),
		Element:        fmt.Sprintf("%T", *new(T)),
	}
}

func (r *benchReport) print(w printer) {
	w.line("CPU        %s (%s), one core", r.CPU, r.Platform)
	w.line("kernels    %s, %s", r.Implementation, r.Element)
	w.line("σ          %.2f ns a value", r.Sigmoid)
	for _, row := range r.Rows {
		w.line("one row    %.0f ns to predict, %d columns", row.Time, row.Columns)
	}
	w.line("")
	w.line("%-5s  %10s  %12s  %s", "place", "size", "read limit", "fastest with")
	for _, l := range r.Limits {
		w.line("%-5s  %10s  %7.1f GB/s  %s", l.Place, bytesText(int64(l.Bytes)), l.Speed, l.Way)
	}
	w.line("")
	w.line("%-9s  %-5s  %17s  %10s  %12s  %12s", "operation", "place", "rows × columns", "a row", "speed", "of the limit")
	for _, c := range r.Cases {
		w.line("%-9s  %-5s  %17s  %7.1f ns  %7.1f GB/s  %12.2f", c.Operation, c.Place,
			fmt.Sprintf("%d × %d", c.Rows, c.Columns), c.PerRow, c.Speed, c.Share)
	}
}
