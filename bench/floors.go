package bench

import (
	"fmt"
	"io"
	"slices"
)

// A Floor is a figure that the kernels must reach, and what a record says.
type Floor struct {
	Group    string
	What     string
	Want     float64
	AtMost   bool    // Want is a ceiling
	Got      float64 // 0: not measured
	Unit     string  // "x", "ms", …
	Remark   string  // which peer, what else
	Reported bool    // there is no floor: Got is only reported
}

// Met reports whether the floor was measured and reached.
func (f *Floor) Met() bool {
	switch {
	case f.Got == 0:
		return false
	case f.Reported:
		return true
	case f.AtMost:
		return f.Got <= f.Want
	}
	return f.Got >= f.Want
}

// goLibraries are the contestants that are Go libraries, called on all rows at
// once. Each is a user's choice; the best of them counts.
var (
	goLibraries      = []string{"gonum", "gonum+math32", "vek", "vek+math.Exp", "spago", "spago+math.Exp"}
	tiledGoLibraries = []string{"vek-tiled"}
)

const (
	avx512 = Ours + "AVX-512"
	avx2   = Ours + "AVX2"
)

// Floors returns the floors of the project with what the record has measured.
// All are ratios within rounds, or times of the same run, on one core, unless
// they say otherwise.
func (r *Record) Floors() []Floor {
	var list []Floor
	group := ""
	add := func(f Floor) {
		f.Group = group
		list = append(list, f)
	}
	at := func(op Op, typ, shape string) *Result { return r.find(op, typ, shape) }

	group = "Step, float32, AVX-512, against OpenBLAS + SLEEF in two passes"
	for _, f := range []struct {
		shape string
		want  float64
	}{{"256x30", 2.8}, {"256x30s32", 3.4}, {"64x128", 2.3}, {"256x784", 1.7}, {"2048x1024", 1.8}, {"65536x1024", 2}} {
		got, who := at(Step, "float32", f.shape).over(avx512, "openblas")
		add(Floor{What: f.shape, Want: f.want, Got: got, Unit: "x", Remark: who})
	}
	group = "Step, float32, AVX-512, share of the read limit"
	for _, f := range []struct {
		shape, where string
		want         float64
	}{{"256x784", "L2", .5}, {"2048x1024", "L3", .78}, {"65536x1024", "DRAM", .88}} {
		add(Floor{What: f.shape + ", " + f.where, Want: f.want, Got: at(Step, "float32", f.shape).share(avx512)})
	}
	group = "Step, float32, AVX-512, against the best Go library"
	for _, f := range []struct {
		shape string
		want  float64
	}{{"256x30", 11}, {"64x128", 3.4}, {"256x784", 2}, {"2048x1024", 1.9}, {"65536x1024", 1.9}} {
		got, who := at(Step, "float32", f.shape).over(avx512, goLibraries...)
		add(Floor{What: f.shape, Want: f.want, Got: got, Unit: "x", Remark: who})
	}
	got, who := at(Step, "float32", "65536x1024").over(avx512, tiledGoLibraries...)
	add(Floor{What: "65536x1024, 32 rows at a time", Want: 1.35, Got: got, Unit: "x", Remark: who})
	for _, shape := range []string{"256x30", "64x128", "256x784", "2048x1024", "65536x1024"} {
		got, who := at(Step, "float32", shape).over(avx512, "archsimd")
		add(Floor{What: shape + ", archsimd by hand", Got: got, Unit: "x", Remark: who, Reported: true})
	}
	group = "Step, float32, AVX2, against OpenBLAS + SLEEF in two passes"
	for _, f := range []struct {
		shape string
		want  float64
	}{{"256x30", 1.8}, {"64x128", 1.2}, {"256x784", 1.15}, {"2048x1024", 1.25}, {"65536x1024", 1.75}} {
		got, who := at(Step, "float32", f.shape).over(avx2, "openblas")
		add(Floor{What: f.shape, Want: f.want, Got: got, Unit: "x", Remark: who})
	}
	group = "Step, float64, AVX-512"
	for _, f := range []struct {
		shape string
		want  float64
	}{{"2048x1024", 1.3}, {"32768x1024", 1.9}} {
		got, who := at(Step, "float64", f.shape).over(avx512, "openblas")
		add(Floor{What: f.shape + " against OpenBLAS", Want: f.want, Got: got, Unit: "x", Remark: who})
	}
	add(Floor{What: "32768x1024, share of the read limit", Want: .82, Got: at(Step, "float64", "32768x1024").share(avx512)})

	group = "Odd widths, time relative to the next multiple of 64 bytes"
	for _, c := range Cases(Width) {
		layouts := widths[float32](c)
		if c.Type == "float64" {
			layouts = widths[float64](c)
		}
		for i, what := range []string{"padded to " + layouts[0].layout(), "unpadded"} {
			f := Floor{Want: []float64{1.1, 1.5}[i], AtMost: true, Unit: "x", Reported: c.Type == "float64"}
			f.What = fmt.Sprintf("%s, %d columns, %s", c.Type, c.Cols, what)
			if e := at(Width, c.Type, c.Shape()).entry(layouts[1+i].layout()); e != nil {
				f.Got = e.Ratio.Median
			}
			add(f)
		}
	}

	group = "Forward, float32, AVX-512"
	add(Floor{What: "2048x1024, share of the read limit from L3", Want: .95, Got: at(Forward, "float32", "2048x1024").share(avx512)})
	add(Floor{What: "65536x1024, share of the read limit from DRAM", Want: .95, Got: at(Forward, "float32", "65536x1024").share(avx512)})
	for _, f := range []struct {
		shape string
		want  float64
	}{{"256x30", 3}, {"64x128", 1}, {"256x784", 1}} {
		got, who := at(Forward, "float32", f.shape).over(avx512, goLibraries...)
		add(Floor{What: f.shape + " against the best Go library", Want: f.want, Got: got, Unit: "x", Remark: who})
	}

	group = "One row, AVX-512, against the best Go library's dot product with its σ or math.Exp"
	for _, c := range Cases(Row) {
		got, who := at(Row, c.Type, c.Shape()).over(avx512, goLibraries...)
		add(Floor{What: c.Type + ", " + c.Shape(), Want: 1, Got: got, Unit: "x", Remark: who, Reported: c.Cols > 1024 || c.Type == "float64"})
	}

	group = "σ, AVX-512"
	for _, f := range []struct {
		typ      string
		ns, want float64
	}{{"float32", .45, 15}, {"float64", 1.5, 4}} {
		res := at(Sigmoid, f.typ, Case{Rows: 1, Cols: sigmoidLen, Stride: sigmoidLen}.Shape())
		add(Floor{What: f.typ + ", an element", Want: f.ns, AtMost: true, Got: res.ns(avx512) / sigmoidLen, Unit: "ns"})
		got, who := res.over(avx512, "math.Exp")
		add(Floor{What: f.typ + " against math.Exp", Want: f.want, Got: got, Unit: "x", Remark: who})
	}

	group = "Price of fixed bits, AVX-512, float32: the step in a free order relative to ours"
	for _, shape := range []string{"256x30", "256x30s32", "64x128", "256x784", "2048x1024", "65536x1024"} {
		got, _ := at(Step, "float32", shape).over(avx512, FreeOrder)
		add(Floor{What: shape, Want: .98, Got: got, Unit: "x"})
	}

	group = "Two cores against one, time of one worker relative to two"
	for _, c := range workerCases("float32") {
		got, _ := at(Workers, c.Type, c.Shape()).over(workersName(Cores), workersName(1))
		add(Floor{What: c.Shape(), Want: 1.9, Got: got, Unit: "x"})
	}

	group = "Training, float32, AVX-512, one core"
	res := at(Train, "float32", "569x30s32")
	add(Floor{What: "569x30, 100 epochs of the full batch on the kernels", Want: .25, AtMost: true, Got: res.ns(avx512) / 1e6, Unit: "ms"})
	res = at(Train, "float32", "100000x100s112b256")
	add(Floor{What: "100000x100, an epoch of minibatches of 256 in order, kernels alone", Got: res.ns(avx512) / 1e6, Unit: "ms", Reported: true})
	add(Floor{What: "the same by package train", Want: 2.5, AtMost: true, Got: res.ns(Training+"-in-order") / 1e6, Unit: "ms"})
	add(Floor{What: "by shuffled blocks", Want: 2.5, AtMost: true, Got: res.ns(Training+"-batches") / 1e6, Unit: "ms"})
	add(Floor{What: "by shuffled rows", Want: 6, AtMost: true, Got: res.ns(Training+"-rows") / 1e6, Unit: "ms"})
	got, _ = res.over(avx512, Training+"-in-order")
	add(Floor{What: "package train relative to the kernels alone", Want: 1.15, AtMost: true, Got: got, Unit: "x"})
	return list
}

// find returns the result of a case, nil if the record has none.
func (r *Record) find(op Op, typ, shape string) *Result {
	for _, res := range r.Results {
		if res.Op == op && res.Type == typ && res.Shape() == shape {
			return res
		}
	}
	return nil
}

func (r *Result) entry(name string) *Entry {
	if r != nil {
		for i := range r.Entries {
			if r.Entries[i].Name == name {
				return &r.Entries[i]
			}
		}
	}
	return nil
}

// over returns the least ratio of the time of the peers to that of ours, and
// the peer's name; 0 if none was measured.
func (r *Result) over(ours string, peers ...string) (ratio float64, name string) {
	if r == nil {
		return 0, ""
	}
	for i := range r.Entries {
		e := &r.Entries[i]
		if !slices.Contains(peers, e.Name) {
			continue
		}
		var got float64
		switch {
		case ours == r.Ours:
			got = e.Ratio.Median
		case ours == r.Second && e.Second != nil:
			got = e.Second.Median
		}
		if got > 0 && (ratio == 0 || got < ratio) {
			ratio, name = got, e.Name
		}
	}
	return ratio, name
}

// share returns the share of the read limit, 0 if it was not measured.
func (r *Result) share(name string) float64 {
	if e := r.entry(name); e != nil {
		return e.Read
	}
	return 0
}

// ns returns the median time of a call, 0 if it was not measured.
func (r *Result) ns(name string) float64 {
	if e := r.entry(name); e != nil {
		return e.NS
	}
	return 0
}

// Beside adds what another record of the same machine has measured of the
// named contestant, relative to our kernels in that other run. That is for
// archsimd, whose build makes plain Go slower.
func (r *Record) Beside(other *Record, name string) {
	for _, res := range r.Results {
		if e := other.find(res.Op, res.Type, res.Shape()).entry(name); e != nil && res.entry(name) == nil {
			res.Entries = append(res.Entries, *e)
		}
	}
}

// PrintFloors writes the floors as tables, with how many of them were reached.
func (r *Record) PrintFloors(w io.Writer) {
	fmt.Fprintf(w, "# Floors: %s, %s\n", r.CPU, r.Date)
	met, missed, unmeasured, group := 0, 0, 0, ""
	for _, f := range r.Floors() {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(w, "\n## %s\n\n| | floor | measured | |\n|---|---:|---:|---|\n", group)
		}
		number := func(v float64) string {
			if f.Unit == "" || f.Unit == "x" {
				return fmt.Sprintf("%.2f%s", v, f.Unit)
			}
			return fmt.Sprintf("%.3g %s", v, f.Unit)
		}
		want, got, verdict := "≥ "+number(f.Want), number(f.Got), "met"
		if f.AtMost {
			want = "≤ " + number(f.Want)
		}
		if f.Reported {
			want, verdict = "–", ""
		}
		switch {
		case f.Got == 0:
			got, verdict = "not measured", ""
			if !f.Reported {
				unmeasured++
			}
		case f.Reported:
		case f.Met():
			met++
		default:
			missed++
			verdict = "**missed**"
		}
		if f.Remark != "" {
			got += " (" + f.Remark + ")"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", f.What, want, got, verdict)
	}
	fmt.Fprintf(w, "\n%d met, %d missed, %d not measured.\n", met, missed, unmeasured)
}
