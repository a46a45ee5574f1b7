package main

import (
	"bytes"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// TestCells compares the cells of this machine's implementations with the
// published table.
func TestCells(t *testing.T) {
	document, err := os.ReadFile("../../" + document)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../" + dataFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, im := range impl.All() {
		if !im.Available || im.Name == "generic" && testing.Short() {
			continue
		}
		var out bytes.Buffer
		if err := printCells(&out, im.Name, bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		cells, err := parseCells(out.String())
		if err != nil {
			t.Fatalf("%s: %v", im.Name, err)
		}
		r := &row{name: im.Name, cells: cells}
		if n := differing([]*row{r}, cells); n > 0 {
			t.Errorf("%s: workers show in %d cells", im.Name, n)
		}
		if want := hashLine(cells); !strings.Contains(string(document), want) {
			t.Errorf("%s: the table does not have the line\n%s", im.Name, want)
		}
	}
}

// TestDiffering tests that one wrong cell is found and shown.
func TestDiffering(t *testing.T) {
	cells := map[string]string{}
	for _, c := range columns {
		cells[c.name] = wantedFor(c)
	}
	for _, c := range columns {
		wrong := maps.Clone(cells)
		wrong[c.name] = "0123"
		rows := []*row{{name: "a", cells: cells}, {name: "b", cells: wrong}, {name: "c", absent: true}}
		if n := differing(rows, hashes(rows)); n != 1 {
			t.Errorf("%s is wrong in one row: %d cells differ", c.name, n)
		}
		if text := table(rows, hashes(rows)); strings.Count(text, "DIFFERS: `0123`") != 1 {
			t.Errorf("%s is wrong in one row: the table says\n%s", c.name, text)
		}
	}
}

// wantedFor returns a hash for a column: one for those that must agree.
func wantedFor(c column) string {
	if c.same != "" {
		return "hash of " + c.same
	}
	return "hash of " + c.name
}
