package bench

import (
	"path/filepath"
	"strings"
	"testing"
)

// stepResult returns a result of Step on float32 with these ratios to ours and, for
// AVX2, to the second implementation.
func stepResult(rows, cols int, share float64, peers map[string][2]float64) *Result {
	r := &Result{
		Case: Case{Op: Step, Type: "float32", Rows: rows, Cols: cols, Stride: cols}, Ours: avx512, Second: avx2,
		Entries: []Entry{{Name: Yardstick, NS: 1, MinNS: 1, Read: 1}, {Name: avx512, NS: 10, MinNS: 10, Read: share}},
	}
	for name, ratio := range peers {
		r.Entries = append(r.Entries, Entry{
			Name: name, NS: 10 * ratio[0], MinNS: 10 * ratio[0],
			Ratio: Spread{Median: ratio[0]}, Second: &Spread{Median: ratio[1]},
		})
	}
	return r
}

func TestFloors(t *testing.T) {
	rec := &Record{Results: []*Result{
		stepResult(256, 784, .51, map[string][2]float64{"openblas": {1.71, 1.1}, "vek": {3, 2}, "gonum": {1.9, 1}, FreeOrder: {.97, .9}}),
		stepResult(65536, 1024, .87, map[string][2]float64{"vek-tiled": {1.36, 1}, "vek": {2.2, 1.5}}),
	}}
	var out strings.Builder
	rec.PrintFloors(&out)
	for _, want := range []string{
		"| 256x784 | ≥ 1.70x | 1.71x (openblas) | met |",
		"| 256x784 | ≥ 1.15x | 1.10x (openblas) | **missed** |",
		"| 256x784, L2 | ≥ 0.50 | 0.51 | met |",
		"| 65536x1024, DRAM | ≥ 0.88 | 0.87 | **missed** |",
		"| 256x784 | ≥ 2.00x | 1.90x (gonum) | **missed** |",
		"| 65536x1024 | ≥ 1.90x | 2.20x (vek) | met |",
		"| 65536x1024, 32 rows at a time | ≥ 1.35x | 1.36x (vek-tiled) | met |",
		"| 256x784 | ≥ 0.98x | 0.97x | **missed** |",
		"| 64x128 | ≥ 2.30x | not measured |  |",
		"| float32, 31 columns, padded to 32 | ≤ 1.10x | not measured |  |",
		"\n4 met, 4 missed, ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

// TestFloorsFound makes sure that the cases that the floors ask for exist.
func TestFloorsFound(t *testing.T) {
	rec := new(Record)
	for _, op := range append(Ops(), Workers) {
		cases := Cases(op)
		if op == Workers {
			cases = append(workerCases("float32"), workerCases("float64")...)
		}
		for _, c := range cases {
			r := &Result{Case: c, Ours: avx512, Second: avx2}
			names := []string{avx512, avx2, "openblas", "vek", "vek-tiled", "archsimd", "math.Exp", FreeOrder, "train-in-order", "train-batches", "train-rows"}
			switch op {
			case Width:
				names = nil
				for _, layout := range widths[float32](c) {
					names = append(names, layout.layout())
				}
				if c.Type == "float64" {
					for _, layout := range widths[float64](c) {
						names = append(names, layout.layout())
					}
				}
			case Workers:
				names = []string{workersName(Cores), workersName(1)}
				r.Ours = names[0]
			}
			for _, name := range names {
				r.Entries = append(r.Entries, Entry{Name: name, NS: 1, Read: 1, Ratio: Spread{Median: 1}, Second: &Spread{Median: 1}})
			}
			rec.Results = append(rec.Results, r)
		}
	}
	for _, f := range rec.Floors() {
		if f.Got == 0 {
			t.Errorf("%s, %s: nothing measures it", f.Group, f.What)
		}
	}
}

// TestCompareTo checks that what the whole machine has gained or lost is no
// change, and that a record finds the one before it.
func TestCompareTo(t *testing.T) {
	base := filepath.Join(t.TempDir(), "2000-01-0")
	save := func(day string, complete bool, version string, ours, peer, read float64) *Record {
		res := stepResult(256, 784, .5, map[string][2]float64{"vek": {peer, 1}, "gonum": {peer, 1}})
		res.Entries[0].MinNS, res.Entries[1].MinNS = read, ours
		r := &Record{Date: "2000-01-0" + day, Go: version, Complete: complete, Results: []*Result{res}}
		if err := r.Save(base + day); err != nil {
			t.Fatal(err)
		}
		return r
	}
	save("1", true, "go1", 1, 1, 1)
	save("2", true, "go1", 10, 2, 1)
	save("3", false, "go1", 1, 1, 1)
	save("4", true, "go1 X:simd", 1, 1, 1)
	for _, c := range []struct {
		ours, peer float64
		want       string
	}{
		{20, 4, "Slower since 2000-01-02\n\nNothing, beyond 5 %."}, // everything takes twice as long
		{20, 2, "Slower since 2000-01-02\n\n- step/float32/256x784: kernel-AVX-512 takes 2.00 of the time it took\n"},
		{10, 4, "Faster since 2000-01-02\n\n- step/float32/256x784: kernel-AVX-512 takes 0.50 of the time it took\n"},
	} {
		r := save("5", true, "go1", c.ours, c.peer, 2)
		old, err := r.Previous(base + "5")
		if err != nil || old == nil || old.Date != "2000-01-02" {
			t.Fatalf("the previous record is %+v, %v", old, err)
		}
		r.CompareTo(old)
		var out strings.Builder
		r.Summary(&out)
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("no %q in:\n%s", c.want, out.String())
		}
	}
	if old, err := new(Record).Previous(base + "1"); old != nil || err != nil {
		t.Errorf("before the first record comes %+v, %v", old, err)
	}
}

// TestBeside checks that archsimd comes from another record.
func TestBeside(t *testing.T) {
	r := &Record{Results: []*Result{stepResult(256, 784, .5, nil)}}
	r.Beside(&Record{Results: []*Result{stepResult(256, 784, .4, map[string][2]float64{"archsimd": {1.5, 1}, "vek": {9, 9}})}}, "archsimd")
	if got, who := r.Results[0].over(avx512, "archsimd", "vek"); got != 1.5 || who != "archsimd" {
		t.Errorf("got %v of %s", got, who)
	}
}
