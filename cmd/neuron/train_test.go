package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/impl"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/train"
)

func decode[R any](t *testing.T, text string) R {
	t.Helper()
	var r R
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if d.More() {
		t.Fatalf("more than one value in\n%s", text)
	}
	return r
}

// One neuron reaches 0.96 on rows it has not seen, whichever these are.
func TestAccuracy(t *testing.T) {
	r := decode[trainReport](t, mustRun(t, "", "-json"))
	if r.Test.Accuracy < 0.96 || r.Test.Rows != 113 || r.Train.Rows != 456 {
		t.Errorf("default: accuracy %v on %d of %d rows", r.Test.Accuracy, r.Test.Rows, r.Dataset.Rows)
	}
	for seed := range 5 {
		for _, loss := range []string{"quadratic", "log"} {
			r := decode[foldsReport](t, mustRun(t, "", "-folds", "5", "-seed", fmt.Sprint(seed), "-loss", loss, "-json"))
			rows := 0
			for _, f := range r.Folds {
				rows += f.Test.Rows
			}
			if r.Mean < 0.965 || rows != 569 {
				t.Errorf("%s loss, seed %d: mean accuracy %v over %d rows", loss, seed, r.Mean, rows)
			}
		}
	}
}

// The bits depend on the data and on the flags, on nothing else.
func TestBits(t *testing.T) {
	for _, test := range []struct{ flags, hash string }{
		{"-rate 1", "d8109c9554c9"},
		{"-rate 1 -float64", "53e7ad2c679d"},
		{"-rate 1 -loss log", "dfc2c1a62de0"},
		{"-rate 1 -loss log -float64 -batch 50", "997b85853c14"},
		{"-rate 1 -batch 32 -epochs 20", "5e474e61ef91"},
		{"-rate 1 -batch 32 -epochs 20 -shuffle rows", "5e474e61ef91"},
		{"-rate 1 -batch 32 -epochs 20 -shuffle batches", "12346cf63e8d"},
		{"-rate 1 -batch 32 -epochs 20 -shuffle none", "0be2b88287c3"},
		{"-rate 1 -l2 0.01 -balanced", "9f954c5d189f"},
		{"-rate 1 -seed 2", "011b2a66aae9"},
		{"-rate 1 -positive benign", "b8b551db6641"},
		{"", "ad02d7c3429b"},
		{"-float64", "96e743aa1bef"},
		{"-loss log", "f114d0c04e68"},
		{"-batch 32 -epochs 20", "156a987dd271"},
	} {
		for _, workers := range []string{"1", "2", "7"} {
			for _, im := range impl.All() {
				if !im.Available {
					continue
				}
				restore := impl.Select(im.Name)
				r := decode[trainReport](t, mustRun(t, "", append(strings.Fields(test.flags), "-json", "-workers", workers)...))
				restore()
				if r.Hash != test.hash {
					t.Errorf("%s, %s workers, flags %q: hash %s, want %s", im.Name, workers, test.flags, r.Hash, test.hash)
				}
			}
		}
	}
}

// Training on a file gives what training on the same data carried along gives.
func TestTrainFile(t *testing.T) {
	want := decode[trainReport](t, mustRun(t, "", "-json")).Hash
	for _, args := range [][]string{
		{"train", "data/breast_cancer.csv"},
		{"train", "-header", "no", "-delimiter", ";"}, // which are for other files
		{"train", "-", "-label", "diagnosis"},
		{"train", "-", "-label", "31", "-positive", "malignant"},
	} {
		r := decode[trainReport](t, mustRun(t, string(breastCancer), append(args, "-json")...))
		if r.Hash != want {
			t.Errorf("neuron %q: hash %s, want %s", args, r.Hash, want)
		}
	}
}

// What was done before an interrupt is reported and saved.
func TestInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	r, _ := interruptedAt(t, 1, "train", "-epochs", "1000000000", "-json", "-out", path)
	if r.Epochs < 1 || r.Epochs >= 1000000000 || r.Test == nil {
		t.Errorf("report %+v", r)
	}
	m, err := model.Load[float32](path)
	if err != nil || m.Hash() != r.Hash || m.Meta["epochs"] != fmt.Sprint(r.Epochs) {
		t.Errorf("saved %+v, error %v; reported %s", m, err, r.Hash)
	}
}

// The folds that were completed before an interrupt are reported.
func TestFoldsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var stdout, stderr bytes.Buffer
	e := &env{ctx: ctx, stdin: strings.NewReader(""), stdout: bufio.NewWriter(&stdout), stderr: &stderr}
	begun := 0
	e.onEpoch = func(x train.Epoch) {
		if x.Number == 1 {
			begun++
		}
		if begun == 2 {
			cancel()
		}
	}
	code := e.run([]string{"-epochs", "2000", "-folds", "5", "-json"})
	r := decode[foldsReport](t, stdout.String())
	if code != exitInterrupted || !r.Interrupted || len(r.Folds) != 1 || r.Mean != r.Folds[0].Test.Accuracy {
		t.Errorf("exit code %d, report\n%s", code, stdout.String())
	}
	if stderr.String() != "neuron: interrupted\n" {
		t.Errorf("stderr %q", stderr.String())
	}
}

// Progress goes to terminals only, and not even there with -q or -json.
func TestQuiet(t *testing.T) {
	for _, test := range []struct {
		terminal bool
		flags    []string
		want     bool
	}{
		{true, nil, true},
		{true, []string{"-folds", "2"}, true},
		{true, []string{"-q"}, false},
		{true, []string{"-json"}, false},
		{false, nil, false},
	} {
		var stdout, stderr bytes.Buffer
		e := &env{ctx: context.Background(), stdin: strings.NewReader(""), stdout: bufio.NewWriter(&stdout), stderr: &stderr, terminal: test.terminal}
		if code := e.run(test.flags); code != exitOK || strings.Contains(stderr.String(), "epoch 100/100") != test.want {
			t.Errorf("terminal %v, flags %q: exit code %d, stderr %q", test.terminal, test.flags, code, stderr.String())
		}
		if !test.want && stderr.Len() > 0 {
			t.Errorf("terminal %v, flags %q: stderr %q", test.terminal, test.flags, stderr.String())
		}
	}
}

func TestWarnings(t *testing.T) {
	const rows = "1,no\n2,no\n3,no\n4,no\n5,no\n9,yes\n"
	args := []string{"train", "-", "-test-fraction", "0.6", "-json"}
	stdout, stderr, code := neuron(rows, args...)
	const want = "all rows are of class 0: there is nothing to tell apart; try rows of the other class, or another label"
	if r := decode[trainReport](t, stdout); code != exitOK || len(r.Warnings) != 1 || r.Warnings[0] != want {
		t.Errorf("exit code %d, warnings %q, want %q", code, r.Warnings, want)
	}
	if stderr != "neuron: warning: "+want+"\n" {
		t.Errorf("stderr %q", stderr)
	}
	if _, stderr, _ := neuron(rows, append(args, "-q")...); stderr != "" {
		t.Errorf("stderr in spite of -q: %q", stderr)
	}
}

func TestDiverged(t *testing.T) {
	stdout, stderr, code := neuron("1e30,0\n-1e30,1\n2e30,0\n-2e30,1\n", "train", "-", "-no-standardize", "-test-fraction", "0", "-rate", "1e30")
	if code != exitFailure || stdout != "" || !strings.HasPrefix(stderr, "neuron: training diverged") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestInterruptedBeforeTheStart(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	blocked, silent, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for _, args := range [][]string{{}, {"-folds", "3"}, {"train", "-"}} {
		var stdout, stderr bytes.Buffer
		code := run(ctx, args, blocked, &stdout, &stderr)
		if code != exitInterrupted || stdout.Len() > 0 || stderr.String() != "neuron: interrupted\n" {
			t.Errorf("neuron %q: exit code %d, stdout %q, stderr %q", args, code, stdout.String(), stderr.String())
		}
	}
}
