package main

import (
	"bytes"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/seed-b3c25b83/kernel/pictures/icons"
)

// Icons of artists that it has not seen are told apart better than by saying cat.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, icons.FS); err != nil {
		t.Fatal(err)
	}
	dogs, err := filepath.Glob(filepath.Join(dir, "train", "dog", "*.png"))
	if err != nil || len(dogs) == 0 {
		t.Fatal(dogs, err)
	}
	weights := filepath.Join(dir, "weights.png")
	var out bytes.Buffer
	test, err := run(t.Context(), &out, icons.FS, weights, dogs[:1])
	if err != nil {
		t.Fatal(err)
	}
	cats := float64(test.TN+test.FP) / float64(test.Rows)
	if test.Accuracy < 0.8 || test.Accuracy <= cats {
		t.Errorf("accuracy %v, %v are cats", test.Accuracy, cats)
	}
	if want := regexp.QuoteMeta(dogs[0]) + `: a dog, with probability 0\.\d\d\n$`; !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("printed\n%s", out.String())
	}
	f, err := os.Open(weights)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := png.Decode(f); err != nil {
		t.Error(err)
	}
	// The same pictures in a folder are the same.
	if again, err := run(t.Context(), io.Discard, os.DirFS(dir), "", nil); err != nil || again != test {
		t.Errorf("%+v, %v, want %+v", again, err, test)
	}
	if err := os.WriteFile(filepath.Join(dir, "train", "cat", "x.png"), []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t.Context(), io.Discard, os.DirFS(dir), "", nil); err == nil {
		t.Error("no error for a file that is no picture")
	}
	if _, err := run(t.Context(), io.Discard, os.DirFS(t.TempDir()), "", nil); err == nil {
		t.Error("no error for an empty folder")
	}
}
