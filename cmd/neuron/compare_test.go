package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/model"
)

func TestCompare(t *testing.T) {
	a := written(t, small())
	other := small()
	other.Weights[0] = math.Nextafter32(other.Weights[0], 1)
	other.Weights[2] = float32(math.Copysign(0, -1))
	other.Bias = -other.Bias
	other.Threshold, other.Meta["seed"] = 0.5, "8"
	b := written(t, other)

	stdout, stderr, code := neuron("", "compare", a, b)
	want := "3 of 5 differ: " + small().Hash() + ", " + other.Hash()
	if code != exitDiffer || stderr != "" || !strings.HasPrefix(stdout, want+"\n\n") {
		t.Fatalf("exit code %d, stderr %q,\n%s", code, stderr, stdout)
	}
	for _, line := range []string{
		"a 0.1 0.10000001 1 ULP", `"new\nline" 0 -0 another sign of 0`, "bias -0.5 0.5 2113929216 ULPs",
		`threshold: "0.25", "0.5"`, `seed: "7", "8"`,
	} {
		if !strings.Contains(strings.Join(strings.Fields(stdout), " "), line) {
			t.Errorf("no %s in\n%s", line, stdout)
		}
	}
	if strings.Contains(stdout, "größe") {
		t.Errorf("a weight that is the same in\n%s", stdout)
	}

	stdout, _, code = neuron("", "compare", "-json", "-top", "1", a, b)
	r := decode[compareReport](t, stdout)
	if code != exitDiffer || r.Same || r.Differing != 3 || len(r.Differences) != 1 || len(r.Others) != 2 {
		t.Errorf("exit code %d, %+v", code, r)
	}
	if d := r.Differences[0]; d.Column != 1 || d.Feature != "a" || d.ULPs != 1 || d.Values[0] != 0.1 {
		t.Errorf("%+v", d)
	}
	if d := r.Largest; d.Column != 0 || d.Feature != "" || d.ULPs != 2*(126<<23) {
		t.Errorf("%+v", d)
	}
}

func TestCompareSame(t *testing.T) {
	a := written(t, small())
	renamed := small()
	renamed.Features[1] = "size"
	b := written(t, renamed)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"compare A A", exitOK, "the same bits: 4 weights and bias of float32, " + small().Hash() + "\n"},
		{"compare A A -all", exitOK, "the same bits: 4 weights and bias of float32, " + small().Hash() + "\n"},
		{"compare A B", exitOK, "the same bits: 4 weights and bias of float32, " + small().Hash() + "\n\nfeature 2: \"größe\", \"size\"\n"},
		{"compare A B -all", exitDiffer, "the same bits: 4 weights and bias of float32, " + small().Hash() + "\n\nfeature 2: \"größe\", \"size\"\n"},
	} {
		args := strings.Fields(strings.NewReplacer("A", a, "B", b).Replace(c.args))
		if stdout, stderr, code := neuron("", args...); code != c.code || stdout != c.want || stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q,\n%s", c.args, code, stderr, stdout)
		}
	}
}

// Models of other types or sizes differ.
func TestCompareKinds(t *testing.T) {
	a := written(t, small())
	wide := filepath.Join(t.TempDir(), "wide")
	m := &model.Model[float64]{Weights: make([]float64, 4), Bias: -0.5}
	if err := model.Save(wide, m); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{wide, written(t, &model.Model[float32]{Weights: []float32{1}})} {
		for _, args := range [][]string{{"compare", a, path}, {"compare", path, a}} {
			if stdout, stderr, code := neuron("", args...); code != exitDiffer || stderr != "" || !strings.HasPrefix(stdout, "not of one kind:\n") {
				t.Errorf("exit code %d, stderr %q,\n%s", code, stderr, stdout)
			}
		}
	}
}

func TestCompareTrouble(t *testing.T) {
	a := written(t, small())
	for _, args := range [][]string{{"compare", a, a + "none"}, {"compare", a + "none", a}, {"compare", a}, {"compare", a, a, a}} {
		if stdout, stderr, code := neuron("", args...); code != exitTrouble || stdout != "" || stderr == "" {
			t.Errorf("%q: exit code %d, stdout %q", args, code, stdout)
		}
	}
}

func TestULPs(t *testing.T) {
	for _, c := range []struct {
		a, b float64
		want uint64
	}{
		{1, 1, 0}, {0, math.Copysign(0, -1), 0}, {1, math.Nextafter(1, 2), 1}, {1, math.Nextafter(1, 0), 1},
		{-1, math.Nextafter(-1, 0), 1}, {5e-324, -5e-324, 2}, {math.Inf(1), math.MaxFloat64, 1},
		{math.Inf(1), math.Inf(-1), 2 * 0x7ff0000000000000},
	} {
		for range 2 {
			if got := ulps(math.Float64bits(c.a), math.Float64bits(c.b), 64); got != c.want {
				t.Errorf("%g and %g: %d ULPs, want %d", c.a, c.b, got, c.want)
			}
			x, y := float32(c.a), float32(c.b)
			if got := ulps(uint64(math.Float32bits(x)), uint64(math.Float32bits(y)), 32); x == y && got != 0 {
				t.Errorf("%g and %g in float32: %d ULPs", x, y, got)
			}
			c.a, c.b = c.b, c.a
		}
	}
	if got := ulps(0x80000001, 0x3, 32); got != 4 {
		t.Errorf("float32 across 0: %d ULPs, want 4", got)
	}
}
