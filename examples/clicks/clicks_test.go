package main

import (
	"io"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// The neuron learns what clicks depend on: on impressions that it has not seen.
func TestRun(t *testing.T) {
	r, err := run(t.Context(), io.Discard, 10_000, 4)
	if err != nil {
		t.Fatal(err)
	}
	if r.between < 0.35 || r.between > 1 || r.loss >= r.base || r.best >= r.loss {
		t.Errorf("%+v", r)
	}
}

// A row has a 1 for every value, where the hash says.
func TestHashed(t *testing.T) {
	h := hashed(impressions(300, 3))
	stride := kernel.PaddedStride[float32](columns)
	room := train.Data[float32]{
		X: kernel.Batch[float32]{Data: make([]float32, 100*stride), Rows: 100, Cols: columns, Stride: stride},
		Y: make([]float32, 100),
	}
	for i := range room.X.Data {
		room.X.Data[i] = 7 // nobody may rely on what was there
	}
	d, err := h.Read(t.Context(), 150, 250, room)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		want := map[int]float32{}
		for f, v := range h[150+i].values {
			want[column(fields[f], v)]++
		}
		for j, x := range d.X.Row(i) {
			if x != want[j] {
				t.Fatalf("row %d, column %d: %v, want %v", i, j, x, want[j])
			}
		}
		if (d.Y[i] == 1) != h[150+i].clicked {
			t.Fatalf("row %d: label %v", i, d.Y[i])
		}
	}
	// Another program finds the same columns.
	if a, b := column("site", 0), column("country", 59); a != 411 || b != 110 {
		t.Errorf("columns %d, %d", a, b)
	}
}
