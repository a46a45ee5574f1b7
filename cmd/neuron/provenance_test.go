package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/model"
)

// saved returns the bytes of the model that a training writes.
func saved(t *testing.T, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m")
	mustRun(t, "", append([]string{"train", "-q", "-out", path}, args...)...)
	p, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decodeModel(t *testing.T, p []byte) *model.Model[float32] {
	t.Helper()
	m, err := model.Decode[float32](bytes.NewReader(p))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The command that a model carries trains the same model, to the last byte of
// the file; so does everything that must not matter.
func TestProvenance(t *testing.T) {
	flags := strings.Fields("-epochs 40 -loss log -l2 1e-3 -seed 9 -batch 100 -shuffle none -balanced " + cancerFile)
	p := saved(t, flags...)
	m := decodeModel(t, p)
	if want := "neuron train -balanced -batch=100 -epochs=40 -l2=0.001 -loss=log -seed=9 -shuffle=none breast_cancer.csv"; m.Meta["command"] != want {
		t.Errorf("command %q, want %q", m.Meta["command"], want)
	}
	t.Chdir("data")
	again := strings.Fields(m.Meta["command"])[2:]
	for name, args := range map[string][]string{
		"the command":      nil,
		"3 workers":        {"-workers", "3"},
		"streamed":         {"-stream"},
		"with checkpoints": {"-checkpoint", filepath.Join(t.TempDir(), "c"), "-every", "3"},
	} {
		if q := saved(t, append(args, again...)...); !bytes.Equal(p, q) {
			t.Errorf("%s: %q, want %q", name, q, p)
		}
	}

	c := filepath.Join(t.TempDir(), "c")
	long := []string{"-epochs", "50000", "-loss", "log"}
	want := saved(t, long...)
	keep := append([]string{"-checkpoint", c, "-every", "50000"}, long...)
	first, _ := interruptedAt(t, 1, append([]string{"train", "-json"}, keep...)...)
	for range 2 { // the second time there is nothing left to do
		if q := saved(t, append(keep, "-resume")...); !bytes.Equal(q, want) {
			t.Errorf("resumed after epoch %d: %q, want %q", first.Epochs, q, want)
		}
	}
}

// Every flag of train either matters to the weights, or is known not to.
func TestProvenanceFlags(t *testing.T) {
	matter := strings.Fields("array balanced batch bins cell colour columns delimiter epochs features float64 folds format header ignore " +
		"index-base l2 label labels loss negative no-standardize positive rate seed shuffle size test-fraction threshold tolerance")
	flags := newFlags("train")
	trainCommand.setup(flags)
	flags.VisitAll(func(f *flag.Flag) {
		if slices.Contains(matter, f.Name) == slices.Contains(indifferent, f.Name) {
			t.Errorf("does -%s change the weights? Add it to this test if so, otherwise to indifferent", f.Name)
		}
	})
}

// The command has no folders in it.
func TestProvenanceLabels(t *testing.T) {
	dir := t.TempDir()
	rows, labels := filepath.Join(dir, "x.csv"), filepath.Join(dir, "my labels.csv")
	for path, text := range map[string]string{rows: "1,2\n3,4\n5,6\n7,9\n", labels: "0\n1\n0\n1\n"} {
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	m := decodeModel(t, saved(t, rows, "-labels", labels, "-test-fraction", "0", "-curve", filepath.Join(dir, "c.svg")))
	if want := "neuron train '-labels=my labels.csv' -test-fraction=0 x.csv"; m.Meta["command"] != want {
		t.Errorf("command %s, want %s", m.Meta["command"], want)
	}
}

// A model of an interrupted training carries the command for what it holds.
func TestProvenanceInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m")
	interruptedAt(t, 2, "train", "-json", "-epochs", "10000000", "-out", path)
	p, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	q := saved(t, strings.Fields(decodeModel(t, p).Meta["command"])[2:]...)
	if !bytes.Equal(p, q) {
		t.Errorf("%q, want %q", q, p)
	}
}

// The hash of the data changes with the rows that are trained on, and with
// nothing else.
func TestDataHash(t *testing.T) {
	hash := func(stdin string, flags ...string) string {
		path := filepath.Join(t.TempDir(), "m")
		mustRun(t, stdin, append([]string{"train", "-q", "-epochs", "1", "-", "-test-fraction", "0", "-out", path}, flags...)...)
		m, err := model.Load[float32](path)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Meta["data"]) != 64 {
			t.Fatalf("hash %q", m.Meta["data"])
		}
		return m.Meta["data"]
	}
	want := hash("a,b,y\n1,2,0\n3,4,1\n")
	for name, same := range map[string]string{
		"numbers in other words": "a,b,y\n1.0,2e0,0\n3,+4,1\n",
		"other names":            "c,d,z\n1,2,no\n3,4,yes\n",
	} {
		if got := hash(same); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := hash("y,a,b\n0,1,2\n1,3,4\n", "-label", "1", "-loss", "log"); got != want {
		t.Errorf("label first: %s, want %s", got, want)
	}
	for name, other := range map[string]string{
		"a feature":       "a,b,y\n1,2,0\n3,5,1\n",
		"a label":         "a,b,y\n1,2,1\n3,4,0\n",
		"the order":       "a,b,y\n3,4,1\n1,2,0\n",
		"the sign of 0":   "a,b,y\n1,-0,0\n3,4,1\n",
		"one row more":    "a,b,y\n1,2,0\n3,4,1\n3,4,1\n",
		"another feature": "a,b,c,y\n1,2,0,0\n3,4,0,1\n",
	} {
		if got := hash(other); got == want {
			t.Errorf("%s does not change the hash", name)
		}
	}
}

func TestQuoteWord(t *testing.T) {
	for s, want := range map[string]string{
		"-label=y": "-label=y", "a b.csv": "'a b.csv'", "it's": `'it'\''s'`, "$x;": "'$x;'", "größe": "'größe'",
	} {
		if got := quoteWord(s); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
