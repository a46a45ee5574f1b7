package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const cancerFile = "data/breast_cancer.csv"

// trained returns the file of a model.
func trained(t *testing.T, args ...string) (path string, r trainReport) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "model")
	r = decode[trainReport](t, mustRun(t, "", append([]string{"train", "-json", "-out", path}, args...)...))
	if r.Model != path {
		t.Errorf("report names model %q, want %q", r.Model, path)
	}
	return path, r
}

// A saved model is evaluated as it was when it was trained, and its
// predictions are those that the evaluation counts.
func TestRoundTrip(t *testing.T) {
	for _, flags := range []string{"", "-float64", "-threshold 0.2", "-positive benign", "-no-standardize -rate 1e-6"} {
		path, trained := trained(t, append(strings.Fields(flags), "-test-fraction", "0")...)
		eval := decode[evalReport](t, mustRun(t, "", "eval", "-json", path, cancerFile))
		if eval.Hash != trained.Hash || eval.evaluationReport != *trained.Train || eval.Classes != trained.Dataset.Classes {
			t.Errorf("%q: trained %+v, evaluated %+v", flags, trained.Train, eval)
		}

		records, err := csv.NewReader(strings.NewReader(mustRun(t, "", "predict", path, cancerFile))).ReadAll()
		if err != nil || len(records) != 570 || !slices.Equal(records[0], []string{"probability", "class"}) {
			t.Fatalf("%q: %d records, first %q, error %v", flags, len(records), records[0], err)
		}
		lines := strings.Split(strings.TrimSpace(mustRun(t, "", "predict", "-json", path, cancerFile)), "\n")
		right := 0
		for i, line := range lines {
			p := decode[struct {
				Row         int
				Probability json.Number
				Class       string
			}](t, line)
			if p.Row != i+1 || p.Probability.String() != records[i+1][0] || p.Class != records[i+1][1] {
				t.Fatalf("%q: row %d: CSV %q, JSON %s", flags, i+1, records[i+1], line)
			}
			y, err := p.Probability.Float64()
			if want := eval.Classes[0]; err != nil || y >= eval.Threshold && p.Class == want || y < eval.Threshold && p.Class != want {
				t.Fatalf("%q: threshold %v: %s", flags, eval.Threshold, line)
			}
			if strings.HasSuffix(strings.Split(string(breastCancer), "\n")[i+1], ","+p.Class) {
				right++
			}
		}
		if got := float64(right) / 569; got != eval.Accuracy {
			t.Errorf("%q: predictions are right in %v of all rows, eval says %v", flags, got, eval.Accuracy)
		}
	}
}

// Features are found by name in any order, and by position without names.
func TestColumns(t *testing.T) {
	path, _ := trained(t)
	want := mustRun(t, "", "predict", path, cancerFile)
	records, err := csv.NewReader(bytes.NewReader(breastCancer)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(first int, change func([]string) []string) string {
		var b strings.Builder
		for _, r := range records[first:] {
			fmt.Fprintln(&b, strings.Join(change(slices.Clone(r)), ","))
		}
		return b.String()
	}
	same := func(r []string) []string { return r }
	bare := func(r []string) []string { return r[:30] }
	for _, test := range []struct {
		name, content string
		flags         []string
	}{
		{"as it was", rewrite(0, same), nil},
		{"reversed", rewrite(0, func(r []string) []string { slices.Reverse(r); return r }), nil},
		{"no label", rewrite(0, bare), nil},
		{"no header, no label", rewrite(1, bare), nil},
		{"no header", rewrite(1, same), []string{"-label", "31"}},
		{"label first, no header", rewrite(1, func(r []string) []string { return append(r[30:], r[:30]...) }), []string{"-label", "1"}},
		{"text in other columns", rewrite(0, func(r []string) []string { return append([]string{"note " + r[0]}, r...) }), nil},
	} {
		if got := mustRun(t, test.content, append([]string{"predict", path, "-"}, test.flags...)...); got != want {
			t.Errorf("%s: predictions differ", test.name)
		}
	}

	for _, test := range []struct {
		verb, content, flags, want string
	}{
		{"predict", "a,b\n1,2\n", "", `stdin: 30 features of the model missing: "radius_mean", "texture_mean", "perimeter_mean", "area_mean", "smoothness_mean", "compactness_mean", "concavity_mean", "concave_points_mean", "symmetry_mean", "fractal_dimension_mean", "radius_se", "texture_se" and 18 more; the columns are "a", "b"`},
		{"predict", "1,2\n", "", "stdin: 2 feature columns, but the model has 30"},
		{"predict", rewrite(1, same), "", "stdin: 31 feature columns, but the model has 30; if one of them is the label, say which: -label NUMBER"},
		{"predict", rewrite(1, func(r []string) []string { return append(r, "0") }), "-label 32", "stdin: 31 feature columns, but the model has 30"},
		{"predict", rewrite(1, bare), "-label 1", "stdin: 29 feature columns, but the model has 30"},
		{"eval", rewrite(0, bare), "", `stdin: no column "diagnosis"; the columns are "radius_mean", "texture_mean", "perimeter_mean", "area_mean", "smoothness_mean", "compactness_mean", "concavity_mean", "concave_points_mean", "symmetry_mean", "fractal_dimension_mean", "radius_se", "texture_se" and 18 more`},
		{"eval", strings.Replace(rewrite(0, same), ",malignant", ",evil", 1), "", `stdin:2:207: diagnosis: the model does not know class "evil"; its classes are "benign" and "malignant"`},
	} {
		stdout, stderr, code := neuron(test.content, append([]string{test.verb, path, "-"}, strings.Fields(test.flags)...)...)
		if code != exitFailure || stderr != "neuron: "+test.want+"\n" {
			t.Errorf("exit code %d, stdout %q, stderr\n%swant\nneuron: %s", code, stdout, stderr, test.want)
		}
	}
}

// A model from a file without a header finds its label where it was.
func TestNoNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	rows := "0,1.5,7\n1,2.5,6\n0,1.25,9\n1,3,5\n"
	mustRun(t, rows, "train", "-", "-label", "1", "-test-fraction", "0", "-out", path)
	r := decode[evalReport](t, mustRun(t, rows, "eval", path, "-", "-json"))
	if r.Accuracy != 1 {
		t.Errorf("accuracy %v, want 1", r.Accuracy)
	}
	want := mustRun(t, rows, "predict", path, "-")
	if got := mustRun(t, "1.5,7\n2.5,6\n1.25,9\n3,5\n", "predict", path, "-"); got != want {
		t.Errorf("without the label column:\n%s\nwith it\n%s", got, want)
	}
}

// A bad row stops the predictions, after those for the rows before it.
func TestPredictStopsAtBadRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	mustRun(t, "a,y\n1,0\n2,1\n", "train", "-", "-test-fraction", "0", "-out", path)
	rows := "a\n" + strings.Repeat("1\n1.2\n1.4\n1.6\n1.8\n", 600)
	want := mustRun(t, rows, "predict", path, "-")
	lines := strings.Split(want, "\n")[1:]
	if len(lines) != 3001 || lines[0] == lines[1] {
		t.Fatalf("%d lines for 3000 rows, the first are %q", len(lines), lines[:2])
	}
	for i, line := range lines[:3000] {
		if line != lines[i%5] {
			t.Fatalf("rows %d and %d are the same, but not their predictions %s and %s", i%5+1, i+1, lines[i%5], line)
		}
	}
	stdout, stderr, code := neuron(rows+"one\n1\n", "predict", path, "-")
	if code != exitFailure || stdout != want || stderr != "neuron: stdin:3002:1: a: \"one\" is not a number\n" {
		t.Errorf("exit code %d, %d lines, stderr %q", code, strings.Count(stdout, "\n"), stderr)
	}
}

func TestThreshold(t *testing.T) {
	path, _ := trained(t)
	count := func(threshold string) int {
		return strings.Count(mustRun(t, "", "predict", path, cancerFile, "-threshold", threshold), "malignant")
	}
	if low, high := count("1e-9"), count("1"); low != 569 || high > 100 {
		t.Errorf("%d rows malignant at a low threshold, %d at a high one", low, high)
	}
	r := decode[evalReport](t, mustRun(t, "", "eval", path, cancerFile, "-threshold", "1e-9", "-json"))
	if r.Threshold != 1e-9 || r.Recall != 1 || r.Confusion.TrueNegative != 0 {
		t.Errorf("eval at a low threshold: %+v", r)
	}
}

// A row whose probability is the threshold is positive.
func TestThresholdItself(t *testing.T) {
	path, _ := trained(t, "-float64")
	row := strings.Join(strings.Split(string(breastCancer), "\n")[:2], "\n")
	_, line, _ := strings.Cut(mustRun(t, row, "predict", path, "-"), "\n")
	probability, _, _ := strings.Cut(line, ",")
	got := mustRun(t, row, "predict", path, "-", "-threshold", probability)
	if !strings.HasSuffix(got, probability+",malignant\n") {
		t.Errorf("at threshold %s:\n%s", probability, got)
	}
}

func TestEvalText(t *testing.T) {
	path, _ := trained(t, "-test-fraction", "0")
	got := mustRun(t, "", "eval", path, cancerFile)
	for _, want := range []string{
		"data       " + cancerFile + ": 569 rows\naccuracy   0.98",
		"(always saying benign: 0.6274)",
		"\nactual     predicted malignant  predicted benign\nmalignant  ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestBadModels(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, breastCancer, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, filepath.Join(dir, "none")} {
		for _, verb := range []string{"predict", "eval"} {
			stdout, stderr, code := neuron("", verb, path, cancerFile)
			if code != exitFailure || stdout != "" || !strings.Contains(stderr, path) {
				t.Errorf("%s: exit code %d, stdout %q, stderr %q", verb, code, stdout, stderr)
			}
		}
	}
	stdout, stderr, code := neuron("", "train", "-out", filepath.Join(dir, "no", "model"))
	if code != exitFailure || stdout != "" || !strings.Contains(stderr, filepath.Join(dir, "no")) {
		t.Errorf("train: exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestPredictInterrupted(t *testing.T) {
	path, _ := trained(t)
	blocked, silent, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	silent.Write(breastCancer[:2000])
	ctx, cancel := context.WithCancel(context.Background())
	var stdout, stderr bytes.Buffer
	done := make(chan int)
	go func() { done <- run(ctx, []string{"predict", path, "-"}, blocked, &stdout, &stderr) }()
	cancel()
	if code := <-done; code != exitInterrupted || stderr.String() != "neuron: interrupted\n" {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}
