package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/internal/impl"
	"github.com/seed-b3c25b83/kernel/internal/oracle"
)

// TestSigmoidSpecial tests the values at the ends, in every lane.
func TestSigmoidSpecial(t *testing.T) {
	eachType(t, testSigmoidSpecial[float32], testSigmoidSpecial[float64])
}

func testSigmoidSpecial[T Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	least := fromBits[T](1)
	for _, c := range [][2]T{{0, 0.5}, {T(math.Copysign(0, -1)), 0.5}, {inf, 1}, {-inf, 0}, {nan, nan}, {-nan, nan},
		{least, 0.5}, {-least, 0.5}, {1000, 1}, {-1000, 0}, {1e30, 1}, {-1e30, 0}} {
		for n := 1; n <= 17; n++ { // in every lane
			z := make([]T, n)
			z[n-1] = c[0]
			Sigmoid(z, z)
			if !same(z[n-1], c[1]) {
				t.Errorf("σ(%v) = %v, want %v (element %d)", c[0], z[n-1], c[1], n-1)
			}
		}
	}
}

// A stratum is a part of the arguments of σ of float64.
type stratum struct {
	name  string
	draw  func(r *rand.Rand) float64
	limit float64 // of the error, in units in the last place
}

// The strata cover all arguments at which σ is neither 0, ½ nor 1, and some
// beyond. A subnormal result is rounded a second time, to fewer bits.
var strata = []stratum{
	{"|x| in [2^-64, 2^-12), every binade alike", func(r *rand.Rand) float64 {
		return math.Ldexp(1+r.Float64(), r.IntN(52)-64) * sign(r)
	}, 0.56},
	{"|x| in [2^-12, 1), every binade alike", func(r *rand.Rand) float64 {
		return math.Ldexp(1+r.Float64(), r.IntN(12)-12) * sign(r)
	}, 0.56},
	{"x in [−1, 1]", func(r *rand.Rand) float64 { return r.Float64() * sign(r) }, 0.56},
	{"x in [1, 8]", func(r *rand.Rand) float64 { return 1 + 7*r.Float64() }, 0.56},
	{"x in [8, 40]", func(r *rand.Rand) float64 { return 8 + 32*r.Float64() }, 0.56},
	{"x in [−40, −1]", func(r *rand.Rand) float64 { return -1 - 39*r.Float64() }, 0.56},
	{"x in [−708, −40]", func(r *rand.Rand) float64 { return -40 - 668*r.Float64() }, 0.56},
	{"x around (k+½)·ln 2, where the reduction changes", func(r *rand.Rand) float64 {
		return (float64(r.IntN(1080)-1022)+0.5)*math.Ln2 + math.Ldexp(r.Float64(), -r.IntN(40)-8)*sign(r)
	}, 0.56},
	{"x in [−746, −708.4], subnormal results", func(r *rand.Rand) float64 { return -708.4 - 37.6*r.Float64() }, 0.78},
}

func sign(r *rand.Rand) float64 { return float64(1 - 2*r.IntN(2)) }

// points64 returns n arguments for σ of float64, from all strata alike.
func points64(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = strata[i%len(strata)].draw(r)
	}
	return x
}

// worst64 are the arguments with the largest errors that a sweep over 1.5·10⁸
// points has found, one for each stratum.
var worst64 = []float64{
	-0x1.adaf000001db2p-37, -0x1.559632a0df78bp-2, -0x1.565c78cb47cf6p-2, 0x1.0700e3dc49574p+0, 0x1.1d969705463d2p+3,
	-0x1.b5e32f9821e6cp+4, -0x1.52134c8e61391p+9, -0x1.00fbfc338846fp+9, -0x1.62457540a0e0ep+9,
}

// errors64 measures one implementation.
type errors64 struct {
	max float64
	at  float64
	n   int
}

// note notes the results y for x, whose exact values are given.
func (e *errors64) note(t *testing.T, name string, x, y []float64, exact []oracle.DD) {
	t.Helper()
	for i := range x {
		if !(y[i] >= 0 && y[i] <= 1) {
			t.Fatalf("%s: σ(%x) = %v", name, x[i], y[i])
		}
		if u := exact[i].Err64(y[i]); !(u <= e.max) {
			e.max, e.at = u, x[i]
		}
	}
	e.n += len(x)
}

// TestSigmoid64 measures the error of σ of float64 in every stratum, and
// tests that it does not decrease from one argument to the next. With
// -exhaustive it takes 1.5·10⁸ points:
//
//	go test -v -run 'TestSigmoid64$' -exhaustive -timeout 1h .
func TestSigmoid64(t *testing.T) {
	const block = 1 << 12
	blocks := size(1, 4, 1<<12)
	var names []string
	for _, im := range impl.All() {
		if im.Available {
			names = append(names, im.Name)
		}
	}
	start, total := time.Now(), 0
	for si, s := range strata {
		found := make([][]errors64, len(names)) // by implementation and block
		for i := range found {
			found[i] = make([]errors64, blocks)
		}
		const group = 64 // blocks whose exact values are kept
		for b := 0; b < blocks; b += group {
			n := min(group, blocks-b)
			x, exact := make([][]float64, n), make([][]oracle.DD, n)
			spread(n, func(i int) {
				r := rand.New(rand.NewPCG(702+uint64(si), uint64(b+i)))
				x[i], exact[i] = make([]float64, block), make([]oracle.DD, block)
				for k := range x[i] {
					x[i][k] = s.draw(r)
					exact[i][k] = oracle.Logistic(x[i][k])
				}
			})
			for j, name := range names {
				restore := impl.Select(name)
				spread(n, func(i int) {
					y, next := make([]float64, block), make([]float64, block)
					Sigmoid(y, x[i])
					found[j][b+i].note(t, name, x[i], y, exact[i])
					for k, v := range x[i] {
						next[k] = math.Nextafter(v, math.Inf(1))
					}
					Sigmoid(next, next)
					for k, v := range x[i] {
						if next[k] < y[k] {
							t.Errorf("%s: σ(%x) = %x, but σ of the next argument is %x", name, v, y[k], next[k])
						}
					}
				})
				restore()
			}
		}
		for j, name := range names {
			e := slices.MaxFunc(found[j], func(a, b errors64) int {
				if a.max < b.max {
					return -1
				}
				return 1
			})
			e.n = blocks * block
			t.Logf("%s: %s: max error %.4f ULP at %x, %d points", s.name, name, e.max, e.at, e.n)
			if !(e.max <= s.limit) {
				t.Errorf("%s: %s: max error %.4f ULP at %x, want at most %v", s.name, name, e.max, e.at, s.limit)
			}
		}
		total += blocks * block
	}
	if *exhaustive {
		fmt.Printf("σ of float64: %d points, %v\n", total, time.Since(start).Round(time.Second))
	}
}

// TestSigmoid64Worst tests the arguments with the largest errors known, by
// math/big.
func TestSigmoid64Worst(t *testing.T) {
	each(t, func(t *testing.T) {
		for _, x := range worst64 {
			limit := 0.56
			if x < -708.396 {
				limit = 0.78
			}
			y := []float64{x, x, x, x, x, x, x, x, x, x, x} // whole registers, and what remains
			Sigmoid(y, y)
			for _, y := range y {
				if e := oracle.Err64(y, oracle.Sigmoid(x)); !(e <= limit) {
					t.Errorf("σ(%x) = %x, %.4f ULP off, want at most %v", x, y, e, limit)
				}
			}
		}
	})
}

// TestSigmoid64Monotone tests that σ of float64 never decreases over runs of
// neighbours, at random places and where the argument reduction changes from
// one multiple of ln 2 to the next.
func TestSigmoid64Monotone(t *testing.T) {
	const run = 64
	starts := points64(size(200, 4000, 1<<20), 703)
	for k := -1080; k <= 80; k++ {
		starts = append(starts, (float64(k)+0.5)*math.Ln2)
	}
	starts = append(starts, 0, 0x1p-12, -0x1p-12)
	each(t, func(t *testing.T) {
		var x, y [run]float64
		for _, s := range starts {
			for range run / 2 {
				s = math.Nextafter(s, math.Inf(-1))
			}
			for i := range x {
				x[i] = s
				s = math.Nextafter(s, math.Inf(1))
			}
			Sigmoid(y[:], x[:])
			for i := 1; i < run; i++ {
				if y[i] < y[i-1] {
					t.Fatalf("σ(%x) = %x, but σ(%x) = %x", x[i-1], y[i-1], x[i], y[i])
				}
			}
		}
	})
}
