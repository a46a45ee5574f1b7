package bench

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestCompare takes small cases from measurement to chart.
func TestCompare(t *testing.T) {
	rec := NewRecord("2000-01-02", "compare -short", Short)
	for _, c := range []Case{
		{Op: Step, Type: "float32", Rows: 256, Cols: 30, Stride: 32},
		{Op: Step, Type: "float32", Rows: 64, Cols: 128, Stride: 128},
		{Op: Forward, Type: "float64", Rows: 64, Cols: 128, Stride: 128},
		{Op: Row, Type: "float32", Rows: 1, Cols: 30, Stride: 30},
		{Op: Sigmoid, Type: "float64", Rows: 1, Cols: 1000, Stride: 1000},
		{Op: Width, Type: "float32", Rows: 40, Cols: 31, Stride: 31},
		{Op: Workers, Type: "float64", Rows: 300, Cols: 100, Stride: 104},
		{Op: Train, Type: "float32", Rows: 300, Cols: 20, Stride: 32},
		{Op: Train, Type: "float32", Rows: 2000, Cols: 20, Stride: 32, Batch: 256},
	} {
		r, err := Compare(c, Short)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range r.Entries {
			if e.NS <= 0 || e.Read <= 0 || e.Ratio.Median <= 0 {
				t.Errorf("%s: %+v", c, e)
			}
		}
		rec.Results = append(rec.Results, r)
	}
	rec.Complete = true

	base := rec.Base(t.TempDir())
	if err := rec.Save(base); err != nil {
		t.Fatal(err)
	}
	got, err := Load(base + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, rec) {
		t.Errorf("loaded %+v, want %+v", got, rec)
	}
	if name := filepath.Base(base); name != "2000-01-02" {
		t.Errorf("the record is in %s", base)
	}

	var svg bytes.Buffer
	if err := got.Chart(&svg, Step, "float32"); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(&svg); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := got.Chart(&svg, Step, "float64"); err == nil {
		t.Error("a chart of nothing")
	}
}

// TestMarkdown checks that a loss shows.
func TestMarkdown(t *testing.T) {
	rec := &Record{Complete: true, Results: []*Result{{
		Case: Case{Op: Step, Type: "float32", Rows: 2, Cols: 3, Stride: 4}, Ours: "kernel-x", Entries: []Entry{
			{Name: Yardstick, NS: 5, Read: 1, Ratio: Spread{.1, .1, .1}},
			{Name: "kernel-x", NS: 50, Ratio: Spread{1, 1, 1}},
			{Name: "kernel-y", NS: 45, Ratio: Spread{.9, .8, 1}},
			{Name: "fast", NS: 40, Ratio: Spread{.8, .7, .9}},
			{Name: "slow", NS: 60e3, Ratio: Spread{1200, 1100, 1300}},
		},
	}}}
	var md strings.Builder
	rec.Markdown(&md)
	for _, want := range []string{
		"- step/float32/2x3s4: fast takes 0.80 (0.70, 0.90) of the time of kernel-x\n",
		"| **0.80 (0.70, 0.90)** |",
		"implementation of ours is faster\n\n- step/float32/2x3s4: kernel-y takes 0.90 ",
		"| slow | 60 µs |",
	} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("no %q in:\n%s", want, md.String())
		}
	}
	if strings.Contains(md.String(), "read takes") || strings.Contains(md.String(), "slow takes") {
		t.Errorf("not a loss:\n%s", md.String())
	}
}

func TestSpread(t *testing.T) {
	if got, want := spread([]float64{4, 6, 2, 9}, []float64{2, 1, 2, 3}), (Spread{2.5, 1, 6}); got != want {
		t.Errorf("spread = %v, want %v", got, want)
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Intel(R) Xeon(R) Platinum 8488C":             "intel-xeon-platinum-8488c",
		"AMD EPYC 9R14 96-Core Processor":             "amd-epyc-9r14-96-core",
		"implementer 0x41 part 0xd40":                 "implementer-0x41-part-0xd40",
		"12th Gen Intel(R) Core(TM) i7-1260P @ 2 GHz": "12th-gen-intel-core-i7-1260p-2-ghz",
	} {
		if got := slug(name); got != want {
			t.Errorf("slug(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for ns, want := range map[float64]string{3.14159: "3.14 ns", 999.7: "1 µs", 12345: "12.3 µs", 999.9e3: "1 ms", 132e6: "132 ms"} {
		if got := duration(ns); got != want {
			t.Errorf("duration(%v) = %q, want %q", ns, got, want)
		}
	}
}
