package train

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

// reference is what testdata/reference.py recorded.
type reference struct {
	X          [][]float64
	Y, Weights []float64
	Cases      []struct {
		Loss    string
		Options struct {
			Rate, L2              float64
			Epochs, Batch         int
			Seed                  uint64
			Classes               [2]float64
			Standardize, Balanced bool
			Weighted              bool
		}
		Result struct {
			W, Costs []float64
			B        float64
		}
	}
	Permutations []struct {
		Seed, Stream uint64
		Order        []int
	}
	Draws struct{ Below, Numbers []uint64 }
}

func loadReference(t *testing.T) (r reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReference(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testReference[float32](t, 1e-4) })
	t.Run("float64", func(t *testing.T) { testReference[float64](t, 1e-10) })
}

func testReference[T kernel.Float](t *testing.T, tolerance float64) {
	r := loadReference(t)
	convert := func(v []float64) []T {
		c := make([]T, len(v))
		for i := range v {
			c[i] = T(v[i])
		}
		return c
	}
	var x []T
	for _, row := range r.X {
		x = append(x, convert(row)...)
	}
	for _, c := range r.Cases {
		d := Data[T]{X: kernel.Batch[T]{Data: x, Rows: len(r.X), Cols: len(r.X[0])}, Y: convert(r.Y)}
		if c.Options.Weighted {
			d.Weights = convert(r.Weights)
		}
		var costs []float64
		o := Options{
			Rate: c.Options.Rate, L2: c.Options.L2, Epochs: c.Options.Epochs, BatchSize: c.Options.Batch,
			Seed: c.Options.Seed, ClassWeights: c.Options.Classes, Standardize: c.Options.Standardize,
			Balanced: c.Options.Balanced,
			OnEpoch:  func(e Epoch) { costs = append(costs, e.Cost) },
		}
		if c.Loss == "log" {
			o.Loss = kernel.LogLoss
		}
		name := fmt.Sprintf("%s %+v", c.Loss, c.Options)
		got, err := Fit(context.Background(), d, o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Epochs != o.Epochs || len(costs) != o.Epochs || got.Cost != costs[len(costs)-1] {
			t.Errorf("%s: %d epochs, %d reports, cost %v", name, got.Epochs, len(costs), got.Cost)
		}
		var largest float64
		for _, w := range c.Result.W {
			largest = max(largest, math.Abs(w))
		}
		for j, want := range c.Result.W {
			if diff := math.Abs(float64(got.Weights[j]) - want); !(diff <= tolerance*largest) {
				t.Errorf("%s: weight %d is %v, want %v", name, j, got.Weights[j], want)
			}
		}
		if diff := math.Abs(float64(got.Bias) - c.Result.B); !(diff <= tolerance*max(1, math.Abs(c.Result.B))) {
			t.Errorf("%s: bias %v, want %v", name, got.Bias, c.Result.B)
		}
		for i, want := range c.Result.Costs {
			if !(math.Abs(costs[i]-want) <= tolerance*want) {
				t.Errorf("%s: epoch %d: cost %v, want %v", name, i+1, costs[i], want)
			}
		}
		if o.Standardize && got.Weights[1] != 0 {
			t.Errorf("%s: constant column has weight %v", name, got.Weights[1])
		}
	}
}

func TestShuffle(t *testing.T) {
	r := loadReference(t)
	for _, p := range r.Permutations {
		order := make([]int, len(p.Order))
		if err := shuffle(context.Background(), order, p.Seed, p.Stream); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(order, p.Order) {
			t.Errorf("seed %d, stream %d: %v, want %v", p.Seed, p.Stream, order, p.Order)
		}
	}
	// Of a range that is no power of two some draws have to be rejected, here
	// up to half.
	var pcg rand.PCG
	pcg.Seed(1, 2)
	for i, n := range r.Draws.Below {
		if got := draw(&pcg, n); got != r.Draws.Numbers[i] {
			t.Errorf("draw %d below %d: %d, want %d", i, n, got, r.Draws.Numbers[i])
		}
	}
	// Each of the 24 permutations of 4 comes as often as any other.
	const n = 24000
	count := make(map[[4]int]int)
	for seed := range uint64(n) {
		var order [4]int
		shuffle(context.Background(), order[:], seed, 1)
		count[order]++
	}
	var chi2 float64
	for _, c := range count {
		chi2 += float64((c-n/24)*(c-n/24)) / (n / 24)
	}
	if len(count) != 24 || chi2 > 49.7 { // 23 degrees of freedom, p = 0.001
		t.Errorf("%d permutations, χ² = %.1f", len(count), chi2)
	}
}
