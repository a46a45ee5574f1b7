package oracle

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func rel(t *testing.T, got DD, want *big.Float) float64 {
	t.Helper()
	g := newFloat().Add(float(got.Hi), float(got.Lo))
	g.SetMantExp(g, got.Exp)
	f, _ := g.Quo(g.Sub(g, want), want).Float64()
	return math.Abs(f)
}

func arguments(n int) []float64 {
	r := rand.New(rand.NewPCG(1, 1))
	x := []float64{0, 1, -1, 745, -745, 1e-300, -1e-300, 40, -40, 0x1p-12, -0x1p-23}
	for range n {
		x = append(x, math.Ldexp(1+r.Float64(), r.IntN(70)-60)*float64(1-2*r.IntN(2)), 1600*r.Float64()-800)
	}
	return x
}

// TestBig compares the functions of math/big with each other and with
// decimals that are known.
func TestBig(t *testing.T) {
	for _, c := range []struct {
		got  *big.Float
		want string
	}{
		{Exp(float(1)), "2.71828182845904523536028747135266249775724709369995957496696762772"},
		{Exp(float(-1)), "0.367879441171442321595523770161460867445811131031767834507836801697"},
		{ln2, "0.693147180559945309417232121458176568075500134360255254120680009493"},
		{Log1p(float(0.5)), "0.405465108108164381978013115464349136571990423462494197614014324144"},
		{Sigmoid(1), "0.73105857863000487925115924182183627436514464016505651927636590791904"},
	} {
		want, _ := newFloat().SetString(c.want)
		d, _ := newFloat().Quo(newFloat().Sub(c.got, want), want).Float64()
		if math.Abs(d) > 1e-60 {
			t.Errorf("got %.65g, want %.65g", c.got, want)
		}
	}
	for _, x := range arguments(20) {
		if math.Abs(x) > 700 {
			continue
		}
		// exp(x)·exp(−x) = 1, σ(x) + σ(−x) = 1.
		p := newFloat().Mul(Exp(float(x)), Exp(float(-x)))
		if d, _ := p.Sub(p, float(1)).Float64(); math.Abs(d) > 0x1p-280 {
			t.Errorf("exp(%g)·exp(−%g) − 1 = %g", x, x, d)
		}
		s := newFloat().Add(Sigmoid(x), Sigmoid(-x))
		if d, _ := s.Sub(s, float(1)).Float64(); math.Abs(d) > 0x1p-280 {
			t.Errorf("σ(%g) + σ(−%g) − 1 = %g", x, x, d)
		}
	}
}

func TestDD(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 50
	}
	var e, s, l, f float64
	for _, x := range arguments(n) {
		e = max(e, rel(t, ExpNeg(x), Exp(float(-math.Abs(x)))))
		s = max(s, rel(t, Logistic(x), Sigmoid(x)))
		if p := math.Exp(-math.Abs(x)); p > 0 {
			l = max(l, rel(t, Log1pDD(p), Log1p(float(p))))
		}
		if math.Abs(x) < 690 {
			f = max(f, Logistic(x).Rel(fast(x)))
		}
	}
	t.Logf("log₂ of the relative error: ExpNeg %.1f, Logistic %.1f, Log1pDD %.1f, fast %.1f",
		math.Log2(e), math.Log2(s), math.Log2(l), math.Log2(f))
	if e > 0x1p-95 || s > 0x1p-92 || l > 0x1p-75 || f > 0x1p-50 {
		t.Error("too large")
	}
}

func TestRounded(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, c := range []struct{ z, want uint32 }{
		{0, 0x3f000000}, {1 << 31, 0x3f000000}, {0x7f800000, 0x3f800000}, {0xff800000, 0},
	} {
		f, _ := Rounded(math.Float32frombits(c.z))
		if got := math.Float32bits(f); got != c.want {
			t.Errorf("σ(%08x) = %08x, want %08x", c.z, got, c.want)
		}
	}
	check := func(z float32) {
		want, _ := Sigmoid(float64(z)).Float32()
		if got, _ := Rounded(z); got != want {
			t.Errorf("σ(%08x) = %08x, want %08x", math.Float32bits(z), math.Float32bits(got), math.Float32bits(want))
		}
		if got := rounded(z); got != want {
			t.Errorf("rounded(%08x) = %08x, want %08x", math.Float32bits(z), math.Float32bits(got), math.Float32bits(want))
		}
	}
	// Published hard cases.
	for _, b := range []uint32{0xba928601, 0x3d21bc81, 0xb4400000} {
		check(math.Float32frombits(b - 1))
		check(math.Float32frombits(b))
		check(math.Float32frombits(b + 1))
	}
	for range 300 {
		check(float32(120*r.Float64() - 110))
		check(float32(2*r.IntN(1<<10)+1) * 0x1p-23)
		check(-float32(2*r.IntN(1<<11)+1) * 0x1p-24)
	}
}

// TestMargin compares distances from midpoints with published ones and with
// the series around 0, where ½ + z/4 is a midpoint and −z³/48 the distance.
func TestMargin(t *testing.T) {
	if m := Margin(math.Float32frombits(0xba928601)); math.Abs(math.Log2(math.Abs(m))+31) > 0.5 {
		t.Errorf("σ(ba928601) lies %g units in the last place from a midpoint, published is 2^-31", m)
	}
	for k := range 20 {
		z := float32(2*k+1) * 0x1p-23
		x := float64(z)
		if m, want := Margin(z), -x*x*x/48*0x1p24; math.Abs(m/want-1) > 1e-10 {
			t.Errorf("σ(%x) lies %g units in the last place from a midpoint, want %g", z, m, want)
		}
		if m, want := Margin(-z/2), x*x*x/8/48*0x1p25; math.Abs(m/want-1) > 1e-10 {
			t.Errorf("σ(%x) lies %g units in the last place from a midpoint, want %g", -z/2, m, want)
		}
	}
	// A subnormal result, σ ≈ exp(z): the distance from half a last place.
	for range 20 {
		z := float32(-103 + 0.01*rand.Float64())
		y := math.Exp(float64(z)) * 0x1p149
		if m, want := Margin(z), y-math.Floor(y)-0.5; math.Abs(m-want) > 1e-9 {
			t.Errorf("σ(%x) lies %g units in the last place from a midpoint, want %g", z, m, want)
		}
	}
	// All that is close is called hard, and not much more.
	hard := 0
	const n = 1 << 16
	for k := range uint32(n) {
		z := math.Float32frombits(0xbf000000 + k<<7)
		_, h := Rounded(z)
		if h {
			hard++
		} else if k%64 == 0 && math.Abs(Margin(z)) <= HardMargin {
			t.Errorf("σ(%x) is hard", z)
		}
	}
	if hard > n/1000 {
		t.Errorf("%d of %d arguments are called hard", hard, n)
	}
}

func TestErr(t *testing.T) {
	for _, c := range []struct {
		got, exact, want float64
	}{
		{1, 1, 0}, {1 + 0x1p-52, 1, 1}, {1 - 0x1p-53, 1, 0.5}, {2, 2 - 0x1p-52, 1},
		{5e-324, 0x1p-1075, 0.5}, {0, 5e-324, 1}, {-1, -1 - 0x1p-52, 1},
	} {
		exact := float(c.exact)
		d := DD{Hi: c.exact}
		if c.exact == 0 && c.want == 0.5 {
			exact.SetMantExp(float(1), -1075)
			d = DD{Hi: 1, Exp: -1075}
		}
		if e := Err64(c.got, exact); e != c.want {
			t.Errorf("Err64(%g, %g) = %g, want %g", c.got, c.exact, e, c.want)
		}
		if e := d.Err64(c.got); e != c.want {
			t.Errorf("DD.Err64(%g, %g) = %g, want %g", c.got, c.exact, e, c.want)
		}
	}
	if e := Err32(1+0x1p-23, float(1)); e != 1 {
		t.Errorf("Err32 = %g, want 1", e)
	}
	if d := Distance32(math.Float32frombits(1), -math.Float32frombits(1)); d != 2 {
		t.Errorf("Distance32(least, −least) = %d, want 2", d)
	}
	if d := Distance64(-math.MaxFloat64, math.Inf(1)); d != 2*(0x7ff<<52)-1 {
		t.Errorf("Distance64(−max, Inf) = %#x", d)
	}
	if d := Distance64(1, math.Nextafter(1, 2)); d != 1 {
		t.Errorf("Distance64 of neighbours = %d", d)
	}
}
