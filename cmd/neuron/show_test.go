package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/model"
)

// written saves a model and returns its path.
func written(t *testing.T, m *model.Model[float32]) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m")
	if err := model.Save(path, m); err != nil {
		t.Fatal(err)
	}
	return path
}

func small() *model.Model[float32] {
	return &model.Model[float32]{
		Weights: []float32{0.1, -20, 0, 3}, Bias: -0.5,
		Features: []string{"a", "größe", "new\nline", "\x1b[2J"}, Classes: [2]string{"no", "yes"}, Label: "ill",
		Threshold: 0.25, Meta: map[string]string{"seed": "7", "command": "neuron train -seed=7", "data": "0a1b", "rows": "12"},
	}
}

func TestShow(t *testing.T) {
	path := written(t, small())
	want := `model      ` + path + `: 4 features, float32
classes    yes from probability 0.25, below it no
label      ill
weights    ` + small().Hash() + `, the same bits on every CPU
command    neuron train -seed=7
rows       12
data       0a1b
settings   seed 7

größe        -20
"\x1b[2J"     3
a             0.1
"new\nline"   0
bias         -0.5
`
	if got := mustRun(t, "", "show", path); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got := mustRun(t, "", "show", path, "-sort", "order", "-top", "2")
	if !strings.HasSuffix(got, "\n\na       0.1\ngröße  -20\nand 2 more\nbias   -0.5\n") {
		t.Errorf("in order:\n%s", got)
	}
}

func TestShowJSON(t *testing.T) {
	m := small()
	m.Weights[2] = float32(math.Inf(-1))
	got := mustRun(t, "", "show", "-json", "-sort=order", written(t, m))
	r := decode[showReport](t, got)
	if r.Features != 4 || r.Element != "float32" || r.Threshold != 0.25 || r.Classes[1] != "yes" || r.Label != "ill" ||
		r.Meta["seed"] != "7" || r.Meta["data"] != "0a1b" || r.Hash != m.Hash() || r.Bias != -0.5 {
		t.Errorf("%+v", r)
	}
	for i, want := range []weightReport{{1, "a", 0.1}, {2, "größe", -20.0}, {3, "new\nline", "-Inf"}, {4, "\x1b[2J", 3.0}} {
		if r.Weights[i] != want {
			t.Errorf("weight %d: %+v, want %+v", i, r.Weights[i], want)
		}
	}

	// Without names there are none, and every digit of a float64 is there.
	nameless := filepath.Join(t.TempDir(), "m")
	if err := model.Save(nameless, &model.Model[float64]{Weights: []float64{0.30000000000000004}}); err != nil {
		t.Fatal(err)
	}
	got = mustRun(t, "", "show", "-json", nameless)
	if r := decode[showReport](t, got); r.Element != "float64" || r.Weights[0] != (weightReport{1, "", 0.30000000000000004}) || strings.Contains(got, `"feature"`) {
		t.Errorf("%+v in\n%s", r, got)
	}
	if got := mustRun(t, "", "show", nameless); !strings.HasSuffix(got, "\n\ncolumn 1   0.30000000000000004\nbias       0\n") {
		t.Errorf("without names:\n%s", got)
	}
}

func TestShowErrors(t *testing.T) {
	path := written(t, small())
	for _, c := range []struct{ args, want string }{
		{"show", "want one model, have 0 arguments"},
		{"show " + path + " x", "want one model, have 2 arguments"},
		{"show " + path + " -sort name", `-sort "name": must be magnitude or order`},
		{"show " + path + " -top -1", "-top -1: must not be negative"},
	} {
		if _, stderr, code := neuron("", strings.Fields(c.args)...); code != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("neuron %s: exit code %d, %s", c.args, code, stderr)
		}
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("a,b\n1,2\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := neuron("", "show", text); code != exitFailure || !strings.Contains(stderr, text+": not a model file") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}
