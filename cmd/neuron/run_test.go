package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// neuron runs a command line and returns what it printed and its exit code.
func neuron(stdin string, args ...string) (stdout, stderr string, code int) {
	var out, err bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &err)
	return out.String(), err.String(), code
}

// mustRun is neuron for what must succeed without a word on stderr.
func mustRun(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	stdout, stderr, code := neuron(stdin, args...)
	if code != exitOK || stderr != "" {
		t.Fatalf("neuron %q: exit code %d, stderr:\n%s", args, code, stderr)
	}
	return stdout
}

// speed matches what no two runs and no two machines have in common.
var speed = regexp.MustCompile(`(?m)^time       .*$`)

// TestGolden compares whole outputs, among them the hashes of weights, with
// those on file.
func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"default":      {},
		"folds":        {"-folds", "5"},
		"rate":         {"-rate", "1"},
		"log":          {"train", "-loss", "log", "-batch", "32", "-l2", "0.001", "-balanced", "-epochs", "20"},
		"batches":      {"train", "-batch", "16", "-shuffle", "batches", "-epochs", "20"},
		"float64":      {"train", "-float64", "-test-fraction", "0"},
		"converged":    {"train", "-tolerance", "0.01", "-epochs", "1000"},
		"raw":          {"train", "-no-standardize", "-rate", "1e-6"},
		"file":         {"train", "testdata/flowers.csv", "-label", "kind", "-ignore", "id", "-positive", "rose"},
		"no-header":    {"train", "testdata/numbers.csv", "-test-fraction", "0.5"},
		"descend":      {"descend"},
		"diverge":      {"descend", "-rate", "1.1", "-steps", "3"},
		"help":         {"help"},
		"help-train":   {"help", "train"},
		"help-predict": {"predict", "-h"},
	} {
		t.Run(name, func(t *testing.T) {
			got := speed.ReplaceAllString(mustRun(t, "", args...), "time       …")
			path := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("neuron %q printed\n%s\nwant\n%s", args, got, want)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"fly", `unknown command "fly"`},
		{"testdata/flowers.csv", `unknown command "testdata/flowers.csv"; to train on the file: neuron train testdata/flowers.csv`},
		{"-rates 1", "train: flag provided but not defined: -rates"},
		{"train a b", "train: more than one file: a b"},
		{"train -rate 0", "train: -rate 0: must be auto, or greater than 0 and finite"},
		{"train -rate NaN", "train: -rate NaN: must be auto, or greater than 0 and finite"},
		{"train -rate Inf", "train: -rate Inf: must be auto, or greater than 0 and finite"},
		{"train -epochs 0", "train: -epochs 0: must be at least 1"},
		{"train -batch -1", "train: -batch -1: must be auto, or a number of rows that is not negative"},
		{"train -shuffle Rows", `train: -shuffle "Rows": must be rows, batches or none`},
		{"train -l2 -1", "train: -l2 -1: must be at least 0 and finite"},
		{"train -tolerance NaN", "train: -tolerance NaN: must be at least 0 and finite"},
		{"train -workers -1", "train: -workers -1: must not be negative"},
		{"train -test-fraction 1", "train: -test-fraction 1: must be at least 0 and less than 1"},
		{"train -test-fraction NaN", "train: -test-fraction NaN: must be at least 0 and less than 1"},
		{"train -folds 1", "train: -folds 1: must be at least 2"},
		{"train -folds 5 -test-fraction 0.1", "train: -folds holds out each fold in turn; leave out -test-fraction, or -folds"},
		{"train -folds 5 -out m", "train: -folds trains several neurons to measure them; to save one with -out, leave out -folds"},
		{"train -folds 5 -checkpoint c", "train: -folds trains several neurons, -checkpoint keeps one; leave out one of them"},
		{"train -resume", "train: -resume goes on from a checkpoint: say where it is with -checkpoint FILE"},
		{"train -every 5", "train: -every says how often to keep a checkpoint: say where with -checkpoint FILE"},
		{"train -checkpoint c -every -1", "train: -every -1: must not be negative"},
		{"train -loss huber", `train: -loss "huber": must be quadratic or log`},
		{"train -threshold 2", "train: -threshold 2: must be greater than 0 and at most 1"},
		{"train - -delimiter ab", `train: -delimiter "ab": want one character, such as , or ; or tab`},
		{"train - -delimiter \xff", `train: -delimiter "\xff": want one character, such as , or ; or tab`},
		{"train - -delimiter \"", `train: -delimiter "\"": want one character, such as , or ; or tab`},
		{"train - -header maybe", `train: -header "maybe": want auto, yes or no`},
		{"predict m", "predict: want a model and a file, have 1 argument"},
		{"eval m f g", "eval: want a model and a file, have 3 arguments"},
		{"predict m f -threshold 0", "predict: -threshold 0: must be greater than 0 and at most 1"},
		{"import w -out m -threshold 0", "import: -threshold 0: must be greater than 0 and at most 1"},
		{"eval m f -threshold -1", "eval: -threshold -1: must be greater than 0 and at most 1"},
		{"info cpu", "info: takes no arguments"},
		{"version 1", "version: takes no arguments"},
		{"descend -steps 0", "descend: -steps 0: must be between 1 and 10000"},
		{"descend -rate -1", "descend: -rate -1: must be greater than 0 and finite"},
		{"descend -start 1e200", "descend: -start 1e+200: must be finite, and its square, too"},
		{"help fly", `help: unknown command "fly"`},
	} {
		stdout, stderr, code := neuron("", strings.Fields(test.args)...)
		first, second, _ := strings.Cut(stderr, "\n")
		if code != exitUsage || stdout != "" || first != "neuron: "+test.want {
			t.Errorf("neuron %s: exit code %d, stdout %q, stderr\n%s\nwant\nneuron: %s", test.args, code, stdout, stderr, test.want)
		}
		if !strings.HasPrefix(second, `Run "neuron help`) {
			t.Errorf("neuron %s does not say where to find help: %q", test.args, second)
		}
	}
}

// A variable that a script has not set does not stand for the data that the
// program carries.
func TestEmptyName(t *testing.T) {
	m := filepath.Join(t.TempDir(), "m")
	mustRun(t, "", "train", "-out", m)
	for _, args := range [][]string{{"train", ""}, {"train", "-stream", ""}, {"eval", m, ""}, {"predict", m, ""}, {"predict", "", "f"}} {
		stdout, stderr, code := neuron("", args...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, "file is empty\n") {
			t.Errorf("neuron %q: exit code %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
}

// Flags may stand anywhere before "--".
func TestFlagOrder(t *testing.T) {
	want := speed.ReplaceAllString(mustRun(t, "", "train", "-seed", "7", "data/breast_cancer.csv"), "")
	got := speed.ReplaceAllString(mustRun(t, "", "train", "data/breast_cancer.csv", "--seed=7"), "")
	if got != want {
		t.Errorf("flags behind the file give\n%s\nthose before it\n%s", got, want)
	}
	_, stderr, code := neuron("", "eval", "--", "-json", "-label")
	if code != exitFailure || !strings.Contains(stderr, "open -json:") {
		t.Errorf("-- did not end the flags: exit code %d, stderr %q", code, stderr)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestOutputFails(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m")
	mustRun(t, "", "train", "-out", model)
	for _, args := range [][]string{
		{}, {"-json"}, {"info"}, {"help"}, {"predict", model, "data/breast_cancer.csv"}, {"predict", "-json", model, "data/breast_cancer.csv"},
	} {
		var stderr bytes.Buffer
		code := run(context.Background(), args, strings.NewReader(""), brokenWriter{}, &stderr)
		if code != exitFailure || stderr.String() != "neuron: writing the output: disk full\n" {
			t.Errorf("neuron %q: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
}
