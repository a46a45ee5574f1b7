package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

func checkFMA(t *testing.T, x, y, z float32) {
	t.Helper()
	if got, want := fma32(x, y, z), bigFMA32(x, y, z); !same(got, want) {
		t.Fatalf("fma32(%x, %x, %x) = %x, want %x", x, y, z, got, want)
	}
}

// TestFMA32 compares fma32 with math/big on all kinds of arguments.
func TestFMA32(t *testing.T) {
	r := rand.New(rand.NewPCG(901, 1))
	n := size(2000, 40_000, 4_000_000)
	bits := func() float32 { return math.Float32frombits(r.Uint32()) }
	exp := func(e int) float32 { return float32(math.Ldexp(1, e)) }
	mant := func() float32 { return float32(1<<23+r.IntN(1<<23)) * 0x1p-23 * float32(1-2*r.IntN(2)) }

	t.Run("bits", func(t *testing.T) {
		for range n {
			checkFMA(t, bits(), bits(), bits())
		}
	})
	t.Run("close", func(t *testing.T) { // summands of similar size
		for range n {
			x, y := mant(), mant()
			checkFMA(t, x, y, mant()*exp(r.IntN(60)-30))
			checkFMA(t, x, y, -x*y) // cancels
		}
	})
	t.Run("tie", func(t *testing.T) {
		// x·y has few bits, so that x·y + z is half a unit of float32 away
		// from one, exactly or but for a bit of a z far below.
		for range n {
			x := float32(r.IntN(1<<12)*2 + 1)
			y := float32(r.IntN(1<<12)*2 + 1)
			e := r.IntN(80) - 40
			checkFMA(t, x*exp(e), y, mant()*exp(e+r.IntN(60)-30))
			checkFMA(t, x*exp(e), y, float32(r.IntN(1<<24)-1<<23)*exp(e+r.IntN(6)-3))
			p := float32(1<<24 + 2*r.IntN(1<<22)) // z = 2^24…, x·y = ±1 is a tie
			s := exp(e) * float32(1-2*r.IntN(2))
			checkFMA(t, s, 1, p*exp(e))
			checkFMA(t, s*(1+0x1p-23), 1-0x1p-24, p*exp(e)) // a tie but for 2^-24 and less
			checkFMA(t, s*(1+0x1p-23), 1-0x1p-23, p*exp(e)) // a tie but for 2^-46
			checkFMA(t, s*(1-0x1p-12), 1+0x1p-12, p*exp(e)) // a tie but for 2^-24
		}
	})
	t.Run("far", func(t *testing.T) { // a tiny summand decides
		for range n {
			x, y := float32(2*r.IntN(1<<11)+1), float32(2*r.IntN(1<<12)+1)*4097
			checkFMA(t, x, y, mant()*exp(-r.IntN(120)))
			checkFMA(t, mant()*exp(-r.IntN(60)), mant()*exp(-r.IntN(60)), float32(2*r.IntN(1<<23)+1))
		}
	})
	t.Run("subnormal", func(t *testing.T) {
		for range n {
			e := -75 - r.IntN(2)
			checkFMA(t, mant()*exp(e), mant()*exp(-r.IntN(6)-70), mant()*exp(-r.IntN(25)-126))
			checkFMA(t, mant()*exp(e), mant()*exp(-r.IntN(6)-70), math.Float32frombits(r.Uint32()&(1<<31|1<<23-1)))
			checkFMA(t, mant()*exp(-64), mant()*exp(-62-r.IntN(24)), 0)
			checkFMA(t, float32(2*r.IntN(1<<10)+1)*exp(-100), exp(-50), math.Float32frombits(uint32(r.IntN(64)))) // ties
			// z + 2^-150, half a unit, but for 2^-46 of that, which float64 loses.
			s := float32(1 - 2*r.IntN(2))
			checkFMA(t, s*(1+0x1p-23)*exp(-75), (1-0x1p-23)*exp(-75), math.Float32frombits(1<<21+uint32(r.IntN(1<<22))))
			checkFMA(t, s*(1+0x1p-12)*exp(-75), (1-0x1p-12)*exp(-75), math.Float32frombits(1<<31+1<<22+uint32(r.IntN(1<<22))))
			checkFMA(t, exp(-75), exp(-75), math.Float32frombits(uint32(r.IntN(1<<23)))*float32(1-2*r.IntN(2)))
		}
	})
	t.Run("overflow", func(t *testing.T) {
		for range n {
			checkFMA(t, mant()*exp(63+r.IntN(2)), mant()*exp(63+r.IntN(2)), mant()*exp(127-r.IntN(26)))
			checkFMA(t, exp(102), float32(1-2*r.IntN(2)), math.MaxFloat32) // half a unit above the greatest
			checkFMA(t, exp(102), 1-exp(-24)*float32(r.IntN(2)), math.MaxFloat32)
		}
	})
	t.Run("special", func(t *testing.T) {
		nan, inf := float32(math.NaN()), float32(math.Inf(1))
		s := []float32{0, float32(math.Copysign(0, -1)), 1, -1, inf, -inf, nan, exp(-149), -exp(-149), exp(-126), math.MaxFloat32, -math.MaxFloat32, 0.5}
		for _, x := range s {
			for _, y := range s {
				for _, z := range s {
					checkFMA(t, x, y, z)
				}
			}
		}
	})
}

// TestFMA32Hardware compares fma32 with the instruction that the kernel for
// wide gradients is made of: g = fma(δ, x, g).
func TestFMA32Hardware(t *testing.T) {
	each(t, func(t *testing.T) {
		if Implementation() == "generic" {
			t.Skip("generic has no such instruction")
		}
		r := rand.New(rand.NewPCG(902, 1))
		const cols = 512
		var x, g, want [cols]float32
		for k := range size(100, 4000, 2_000_000) {
			delta := []float32{math.Float32frombits(r.Uint32())}
			kind := k % 3
			if kind != 0 {
				delta[0] = float32(r.Uint32()|1) * 0x1p-32
			}
			for j := range x {
				x[j], g[j] = math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32())
				switch kind {
				case 1: // of similar size
					x[j] = float32(int32(r.Uint32())) * 0x1p-32
					g[j] = float32(int32(r.Uint32())>>r.IntN(31)) * 0x1p-32
				case 2: // subnormal
					x[j] = math.Float32frombits(r.Uint32() & (1<<31 | 1<<25 - 1))
					g[j] = math.Float32frombits(r.Uint32() & (1<<31 | 1<<24 - 1))
				}
				want[j] = fma32(delta[0], x[j], g[j])
			}
			start := g
			runGradient(g[:], x[:], delta, cols, "wide")
			for j := range g {
				if !same(g[j], want[j]) {
					t.Fatalf("fma32(%x, %x, %x) = %x, the hardware says %x", delta[0], x[j], start[j], want[j], g[j])
				}
			}
		}
	})
}
