package main

import (
	"context"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/dataset"
)

// FuzzDataset checks that a file to train on is refused with an error that
// names it, or gives data that make sense.
func FuzzDataset(f *testing.F) {
	for _, s := range []string{
		"a,b,y\n1,2,0\n3,4,1\n", "1,no\n2,yes\n", "y,a\n0,1\n1,2\n", "a,y\n1,0\n1e39,1\n", "a,y\n1,0\n2,1\n3,2\n",
		"1,1\n2,1.0\n", "a,y\n1,NaN\n", "\ufeffa;y\r\n1;0\r\n2;1", "a,\"y\nz\"\n1,0\n2,\"1\"\n", "id,a,y\nx,1,0\n",
	} {
		f.Add(s, "", "", byte(0))
	}
	f.Add("a,b,y\n1,2,0\n3,4,1\n", "b", "1", byte(0))
	f.Fuzz(func(t *testing.T, content, label, ignore string, choice byte) {
		reader, err := dataset.NewReader(strings.NewReader(content), "f", dataset.Options{Delimiter: rune(",;"[choice&1]), Header: dataset.Header(choice >> 1 % 3)})
		if err == nil {
			o := trainOptions{ignore: ignore}
			var d *labelled[float32]
			if d, err = readDataset[float32](context.Background(), reader, format{label: label}, o.ignored()); err == nil {
				checkDataset(t, d)
				return
			}
		}
		if !strings.HasPrefix(err.Error(), "f:") {
			t.Fatalf("%q: error %v", content, err)
		}
	})
}

func checkDataset(t *testing.T, d *labelled[float32]) {
	t.Helper()
	if n := d.X.Rows; n < 2 || len(d.Y) != n || d.counts[0]+d.counts[1] != n || d.counts[0] == 0 || d.counts[1] == 0 {
		t.Fatalf("%d rows, %d labels, counts %v", n, len(d.Y), d.counts)
	}
	if d.X.Cols < 1 || d.features != nil && len(d.features) != d.X.Cols || d.classes[0] == d.classes[1] || d.classes[0] == "" {
		t.Fatalf("%d columns, features %q, classes %q", d.X.Cols, d.features, d.classes)
	}
	for i := range d.X.Rows {
		for j, v := range d.X.Row(i) {
			if v-v != 0 {
				t.Fatalf("row %d, column %d: %v", i, j, v)
			}
		}
		if y := d.Y[i]; y != 0 && y != 1 {
			t.Fatalf("row %d: label %v", i, y)
		}
	}
}
