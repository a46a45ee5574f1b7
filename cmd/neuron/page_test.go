package main

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The page shows what the report says, and to look at a training does not change
// it.
func TestReport(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, flags := range []string{
		"-loss log -epochs 300", "-batch 50 -l2 0.01 -float64", "-stream", "-no-standardize -rate 1e-6", "-test-fraction 0",
	} {
		want := decode[trainReport](t, mustRun(t, "", append([]string{"train", "-json"}, strings.Fields(flags)...)...))
		got := decode[trainReport](t, mustRun(t, "", append([]string{"train", "-json", "-report", "r.html", "-curve", "c.svg"}, strings.Fields(flags)...)...))
		if got.Hash != want.Hash || got.Page != "r.html" || got.Curve != "c.svg" {
			t.Errorf("%s: %+v, want %+v", flags, got, want)
		}
		v, which := got.Test, "rows held out"
		if v == nil {
			v, which = got.Train, "rows trained on"
		}
		html := content(t, "r.html")
		for _, want := range []string{
			"<title>Training on breast_cancer.csv</title>", fmt.Sprintf("How well it does: %d %s", v.Rows, which),
			fmt.Sprintf(`<th scope="row">Accuracy</th><td class="number">%.4f</td>`, v.Accuracy),
			fmt.Sprintf("%d<small>true positive", v.Confusion.TruePositive), fmt.Sprintf("%d<small>false negative", v.Confusion.FalseNegative),
			fmt.Sprintf(`<th scope="row">Brier score (0 is best)</th><td class="number">%.4f</td>`, v.MSE),
			"concave_points_worst", kernel.Implementation(), got.Hash, "<code>neuron train",
		} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: the page lacks %q", flags, want)
			}
		}
		if n, held := strings.Count(html, "<svg"), strings.Contains(html, "Cost, held out"); n != 5 || held == (got.Test == nil) {
			t.Errorf("%s: %d pictures, held out %v", flags, n, held)
		}
		if svg := content(t, "c.svg"); !strings.HasPrefix(svg, "<svg ") || !strings.Contains(svg, "accuracy") {
			t.Errorf("%s: %.100s", flags, svg)
		}
	}
	mustRun(t, "", "train", "-curve", "c.PNG", "-q")
	if _, err := png.Decode(strings.NewReader(content(t, "c.PNG"))); err != nil {
		t.Error(err)
	}
	text := mustRun(t, "", "train", "-curve", "c.PNG", "-report", "r.html")
	if !strings.Contains(text, "\nreport     r.html\ncurve      c.PNG\n") {
		t.Error(text)
	}
	if _, stderr, code := neuron("", "train", "-report", "none/r.html"); code != exitFailure || !strings.Contains(stderr, "none/r.html") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// Names in a file are names, not a program.
func TestReportEscapes(t *testing.T) {
	t.Chdir(t.TempDir())
	const evil = "<script>alert(1)</script>"
	rows := "a,<img src=x onerror=alert(1)>,label\n"
	for i := range 20 {
		rows += fmt.Sprintf("%d,%d,%s\n", i, i*i%7, []string{evil, "no"}[i%2])
	}
	mustRun(t, rows, "train", "-", "-q", "-positive", evil, "-report", "r.html", "-curve", "c.svg")
	for _, file := range []string{"r.html", "c.svg"} {
		if m := regexp.MustCompile("(?i)<script|<img").FindString(content(t, file)); m != "" {
			t.Errorf("%s has %q", file, m)
		}
	}
	if n := strings.Count(content(t, "r.html"), "&lt;script&gt;alert(1)&lt;/script&gt;"); n < 9 {
		t.Errorf("the class is named %d times", n)
	}
}

// A training that diverges shows how, and one that is interrupted how far it
// came.
func TestReportOfFailures(t *testing.T) {
	t.Chdir(t.TempDir())
	rows := "1e30,0\n-1e30,1\n2e30,0\n-2e30,1\n"
	stdout, stderr, code := neuron(rows, "train", "-", "-no-standardize", "-test-fraction", "0", "-rate", "1e30", "-report", "r.html", "-curve", "c.png")
	if code != exitFailure || stdout != "" || !strings.HasPrefix(stderr, "neuron: training diverged") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if html := content(t, "r.html"); !strings.Contains(html, `<p class="note">Training diverged in epoch `) {
		t.Errorf("%.3000s", html)
	}
	content(t, "c.png")

	r, _ := interruptedAt(t, 3, "train", "-json", "-epochs", "1000000000", "-report", "i.html", "-out", "m")
	for _, want := range []string{fmt.Sprintf("The training was interrupted after %d epochs.", r.Epochs), fmt.Sprintf("neuron train -epochs=%d", r.Epochs), "Learning curve"} {
		if html := content(t, "i.html"); !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// A curve shows the cost of the rows, without what -l2 adds: behind the first
// epoch, what a training of one epoch reports.
func TestRecorder(t *testing.T) {
	x, y := newBatch[float64](2), []float64{0, 0, 1, 1}
	x.Rows, x.Data = 4, make([]float64, 4*x.Stride)
	for i := range 4 {
		copy(x.Row(i), []float64{float64(i), float64(i * i)})
	}
	d := train.Data[float64]{X: x, Y: y}
	o := &trainOptions{Options: train.Options{Loss: kernel.LogLoss, Rate: 0.5, Epochs: 1000, L2: 0.1, Standardize: true}, curve: "c.svg"}
	e := &env{stderr: &bytes.Buffer{}, ctx: t.Context()}
	r := newRecorder(e, o, train.Source[float64](d))
	f, err := fit(e, o, d, nil, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.finish(f.Weights, f.Bias, f.BatchSize); err != nil {
		t.Fatal(err)
	}
	c := r.curve
	// The rows held out are those trained on: each cost is measured twice, behind
	// an epoch and before the next.
	held := map[float64]float64{}
	for _, m := range c.Held {
		held[m.Epoch] = m.Cost
	}
	twice := 0
	for _, m := range c.Train[1:] {
		if h, ok := held[m.Epoch]; ok {
			twice++
			if diff := h - m.Cost; diff > 1e-12 || diff < -1e-12 {
				t.Errorf("epoch %v: cost %v before, %v behind", m.Epoch, m.Cost, h)
			}
		}
	}
	if n := len(c.Held); twice < 150 || c.Train[0].Epoch != 0 || c.Held[n-1].Epoch != 1000 || n < 300 || n > 700 || len(c.Train) != n {
		t.Errorf("%d moments, %d twice, from %v to %v", n, twice, c.Train[0].Epoch, c.Held[n-1].Epoch)
	}
}
