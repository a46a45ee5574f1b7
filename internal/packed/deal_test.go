package packed

import (
	"errors"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

func TestDeal(t *testing.T) {
	t.Run("float32", testDeal[float32])
	t.Run("float64", testDeal[float64])
}

// Every row with its label is in its place, whether there are a few buckets or
// one.
func testDeal[T kernel.Float](t *testing.T) {
	for _, shape := range [][2]int{{1, 1}, {5000, 5}, {290_000, 20}} {
		rows, cols := shape[0], shape[1]
		if rows*cols > 1<<20 && (testing.Short() || size[T]() == 8) {
			continue
		}
		d := random[T](rows, cols)
		dir := t.TempDir()
		r := rand.New(rand.NewPCG(8, 9))
		place := r.Perm(rows)
		src := write(t, d, false)
		dealt, err := Dealt[T](src, dir).Deal(ctx, func(i int) int { return place[i] })
		if err != nil {
			t.Fatal(err)
		}
		order := make([]int, rows)
		for i, p := range place {
			order[p] = i
		}
		checkRead(t, dealt.(*Rows[T]), d.Select(order), 0, rows)
		if err := dealt.(*Rows[T]).Close(); err != nil {
			t.Error(err)
		}
		if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
			t.Errorf("left behind: %v, %v", names, err)
		}
	}
}

// Training by shuffled batches gives what it gives in memory.
func TestTrainDealt(t *testing.T) {
	d := random[float32](9000, 30)
	for _, batch := range []int{64, 1000, train.AutoBatch} {
		o := train.Options{Rate: 0.5, Epochs: 3, BatchSize: batch, Shuffle: train.ShuffleBatches, Standardize: true, Balanced: batch == 64, Seed: 3}
		want, err := train.Fit(ctx, d, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := train.Fit(ctx, Dealt[float32](write(t, d, false), t.TempDir()), o)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("batches of %d: %+v, %v, want %+v", batch, got, err, want)
		}
	}
}

func TestDealErrors(t *testing.T) {
	d := random[float32](2000, 3)
	same := func(i int) int { return i }
	if _, err := Dealt[float32](d, t.TempDir()+"/none").Deal(ctx, same); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	weighted := d
	weighted.Weights = d.Y
	if _, err := Dealt[float32](weighted, t.TempDir()).Deal(ctx, same); err == nil || !strings.Contains(err.Error(), "weights") {
		t.Error(err)
	}
	half := d
	half.Y = append([]float32{1, 0.5}, d.Y[2:]...)
	if _, err := Dealt[float32](half, t.TempDir()).Deal(ctx, same); err == nil || !strings.HasPrefix(err.Error(), "row 2: a row with the label 0.5 ") {
		t.Error(err)
	}
	r := write(t, d, false)
	if err := r.file.Truncate(1000); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := Dealt[float32](r, dir).Deal(ctx, same); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}

	// What is damaged between the passes is noticed.
	w, err := Create[float32](dir, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	b := newBuckets(w, 2000)
	if err := b.deal(ctx, d, same); err != nil {
		t.Fatal(err)
	}
	if _, err := w.file.WriteAt([]byte{42}, 1999*64+1); err != nil {
		t.Fatal(err)
	}
	if _, err := b.sort(ctx); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
}
