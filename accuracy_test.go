package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/internal/impl"
	"github.com/seed-b3c25b83/kernel/internal/oracle"
)

// size returns short, usual or long, as the flags -short and -exhaustive say.
func size(short, usual, long int) int {
	switch {
	case *exhaustive:
		return long
	case brief():
		return short
	}
	return usual
}

func TestSigmoidSpecial(t *testing.T) {
	eachType(t, testSigmoidSpecial[float32], testSigmoidSpecial[float64])
}

func testSigmoidSpecial[T Float](t *testing.T) {
	inf, nan := T(math.Inf(1)), T(math.NaN())
	least := fromBits[T](1)
	for _, c := range [][2]T{{0, 0.5}, {T(math.Copysign(0, -1)), 0.5}, {inf, 1}, {-inf, 0}, {nan, nan}, {-nan, nan},
		{least, 0.5}, {-least, 0.5}, {1000, 1}, {-1000, 0}, {1e30, 1}, {-1e30, 0}} {
		for n := 1; n <= 9; n++ { // in every lane
			z := make([]T, n)
			z[n-1] = c[0]
			Sigmoid(z, z)
			if !same(z[n-1], c[1]) {
				t.Errorf("σ(%v) = %v, want %v (element %d)", c[0], z[n-1], c[1], n-1)
			}
		}
	}
}

// hard32 lists arguments at which σ is next to a midpoint between two
// float32: the two hardest, and around 0 all ties that the cubic term of the
// series decides, with their neighbours.
func hard32() []float32 {
	var z []float32
	for _, b := range []uint32{0xba928601, 0x3d21bc81} {
		for d := range uint32(5) {
			z = append(z, math.Float32frombits(b+d-2))
		}
	}
	around := func(x float32) {
		b := math.Float32bits(x)
		z = append(z, math.Float32frombits(b-1), x, math.Float32frombits(b+1))
	}
	for k := range 1 << 10 { // above ½: z/4 is half an odd multiple of 2^-24
		around(float32(2*k+1) * 0x1p-23)
	}
	for k := range 1 << 11 { // below ½
		around(-float32(2*k+1) * 0x1p-24)
	}
	around(0x1p-12)
	around(-0x1p-12)
	return z
}

// TestSigmoid32Rounding tests that σ of float32 is correctly rounded, on a
// sample of every binade and on all that is hard.
func TestSigmoid32Rounding(t *testing.T) {
	z := hard32()
	s := source(701)
	for n := size(16, 2048, 2048); n > 0; n-- {
		for e := range uint32(512) {
			z = append(z, math.Float32frombits(e<<23|uint32(s.next())&(1<<23-1)))
		}
	}
	want := make([]float32, len(z))
	for i := range z {
		want[i] = oracle.Rounded(z[i])
	}
	each(t, func(t *testing.T) {
		got := make([]float32, len(z))
		Sigmoid(got, z)
		wrong := 0
		for i := range z {
			if !same(got[i], want[i]) {
				if wrong++; wrong <= 5 {
					t.Errorf("σ(%x) = %x, want %x (bits %08x)", z[i], got[i], want[i], math.Float32bits(z[i]))
				}
			}
		}
		t.Logf("wrong = %d of %d", wrong, len(z))
		if wrong > 0 {
			t.Errorf("wrong = %d of %d", wrong, len(z))
		}
	})
}

// TestSigmoid32Exhaustive tests it on all 2^32 arguments, on all cores.
func TestSigmoid32Exhaustive(t *testing.T) {
	if !*exhaustive {
		t.Skip("runs with -exhaustive")
	}
	type run struct {
		name  string
		got   []float32
		wrong int
	}
	const chunk = 1 << 24
	var runs []*run
	for _, im := range impl.All() {
		if im.Available {
			runs = append(runs, &run{name: im.Name, got: make([]float32, chunk)})
		}
	}
	z, want := make([]float32, chunk), make([]float32, chunk)
	parallel := func(f func(i, j int)) {
		n := runtime.GOMAXPROCS(0) * 8
		var wg sync.WaitGroup
		for k := range n {
			wg.Go(func() { f(chunk/n*k, min(chunk/n*(k+1), chunk)) })
		}
		if r := chunk % n; r != 0 {
			f(chunk-r, chunk)
		}
		wg.Wait()
	}
	total, start := 0, time.Now()
	for base := uint64(0); base < 1<<32; base += chunk {
		parallel(func(i, j int) {
			for k := i; k < j; k++ {
				z[k] = math.Float32frombits(uint32(base) + uint32(k))
				want[k] = oracle.Rounded(z[k])
			}
		})
		total += chunk
		for _, r := range runs {
			restore := impl.Select(r.name)
			parallel(func(i, j int) { Sigmoid(r.got[i:j], z[i:j]) })
			restore()
			for k := range z {
				if !same(r.got[k], want[k]) {
					if r.wrong++; r.wrong <= 5 {
						t.Errorf("%s: σ(%x) = %x, want %x (bits %08x)", r.name, z[k], r.got[k], want[k], math.Float32bits(z[k]))
					}
				}
			}
		}
	}
	for _, r := range runs {
		fmt.Printf("σ of float32, %s: wrong = %d of %d\n", r.name, r.wrong, total)
		if r.wrong > 0 {
			t.Errorf("%s: wrong = %d of %d", r.name, r.wrong, total)
		}
	}
	t.Logf("%v", time.Since(start).Round(time.Second))
}

// points64 returns n arguments for σ of float64: from every binade in which
// it is not trivial, and evenly from where it is not constant.
func points64(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		switch i % 4 {
		case 0:
			x[i] = math.Ldexp(1+r.Float64(), r.IntN(75)-64) * float64(1-2*r.IntN(2))
		case 1:
			x[i] = 90*r.Float64() - 50
		case 2:
			x[i] = 8*r.Float64() - 4
		default:
			x[i] = -746 * r.Float64()
			if i%32 == 3 { // σ is subnormal
				x[i] = -708 - 38*r.Float64()
			}
		}
	}
	return x
}

// TestSigmoid64Error measures the error of σ of float64.
func TestSigmoid64Error(t *testing.T) {
	x := points64(size(1<<11, 1<<17, 1<<24), 702)
	exact := make([]oracle.DD, len(x))
	for i := range x {
		exact[i] = oracle.Logistic(x[i])
	}
	each(t, func(t *testing.T) {
		got := make([]float64, len(x))
		Sigmoid(got, x)
		// A subnormal result is rounded a second time, to fewer bits.
		for _, c := range []struct {
			name      string
			subnormal bool
			limit     float64
		}{{"normal", false, 0.56}, {"subnormal", true, 0.78}} {
			worst, at, n := 0.0, 0.0, 0
			for i := range x {
				if (exact[i].Float64() < 0x1p-1022) != c.subnormal {
					continue
				}
				n++
				if e := exact[i].Err64(got[i]); !(e <= worst) {
					worst, at = e, x[i]
				}
				if !(got[i] >= 0 && got[i] <= 1) {
					t.Fatalf("σ(%v) = %v", x[i], got[i])
				}
			}
			t.Logf("%s results: max error %.4f ULP at %x, %d points", c.name, worst, at, n)
			if !(worst <= c.limit) {
				t.Errorf("%s results: max error %.4f ULP at %x, want at most %v", c.name, worst, at, c.limit)
			}
		}
	})
}

// TestSigmoid64Monotone tests that σ of float64 never decreases from one
// argument to the next, at random places and where the argument reduction
// changes from one multiple of ln 2 to the next.
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

// TestExpLog tests the errors that kernel_generic.go states for exp and log1p.
func TestExpLog(t *testing.T) {
	points := points64(size(1<<11, 1<<16, 1<<22), 704)
	var e, es float64
	for _, x := range points {
		exact := oracle.ExpNeg(x)
		if math.Abs(x) > 708 {
			continue // subnormal
		}
		e = max(e, exact.Rel(expNeg(x)))
		es = max(es, exact.Rel(expNegShort(x)))
	}
	var l, ls float64
	for i, x := range points {
		p := math.Exp(-math.Abs(x))
		if i%3 == 0 {
			p = float64(i) / float64(len(points))
		}
		if p < 0x1p-1000 {
			continue
		}
		exact := oracle.Log1pDD(p)
		l = max(l, exact.Rel(log1p(p)))
		ls = max(ls, exact.Rel(log1pShort(p)))
	}
	t.Logf("max relative error: expNeg %.4f·2^-53, log1p %.4f·2^-53, expNegShort 2^%.2f, log1pShort 2^%.2f",
		e*0x1p53, l*0x1p53, math.Log2(es), math.Log2(ls))
	if e > 1.5*0x1p-53 {
		t.Errorf("expNeg: max relative error %.4f·2^-53, want at most 1.5·2^-53", e*0x1p53)
	}
	if l > 4*0x1p-53 {
		t.Errorf("log1p: max relative error %.4f·2^-53, want at most 4·2^-53", l*0x1p53)
	}
	if es > 0x1p-33 {
		t.Errorf("expNegShort: max relative error 2^%.2f, want at most 2^-33", math.Log2(es))
	}
	if ls > 0x1p-32 {
		t.Errorf("log1pShort: max relative error 2^%.2f, want at most 2^-32", math.Log2(ls))
	}
	if got := expNeg(math.Inf(1)); got != 0 {
		t.Errorf("expNeg(∞) = %v", got)
	}
	if got := log1p(0); got != 0 {
		t.Errorf("log1p(0) = %v", got)
	}
}

// exactDelta returns δ for z = x and label y.
func exactDelta(x, y float64, loss Loss) oracle.DD {
	p, q := oracle.Logistic(x), oracle.Logistic(-x) // ŷ, 1−ŷ
	var e oracle.DD
	switch y {
	case 0:
		e = p
	case 1:
		e = q.Neg()
	default:
		e = p.Add(oracle.Number(y).Neg())
	}
	if loss == Quadratic {
		return e.Mul(p.Mul(q))
	}
	return e
}

// TestDeltaError measures the error of δ for labels 0 and 1 in ULP, and for
// labels between them, where ŷ−y may cancel, in absolute terms.
func TestDeltaError(t *testing.T) {
	eachType(t, testDeltaError[float32], testDeltaError[float64])
}

func testDeltaError[T Float](t *testing.T) {
	x := points64(size(1<<10, 1<<14, 1<<20), 705)
	z, y, delta := make([]T, len(x)), make([]T, len(x)), make([]T, len(x))
	limits, slack := map[Loss]float64{Quadratic: 9, LogLoss: 3}, 3*0x1p-53
	if is32[T]() {
		limits, slack = map[Loss]float64{Quadratic: 0.51, LogLoss: 0.51}, 0x1p-32
	}
	s := source(7)
	for i := range x {
		if is32[T]() && i%4 == 3 { // into the range of float32
			x[i] *= 110. / 746
		}
		z[i] = T(x[i])
	}
	for _, loss := range []Loss{Quadratic, LogLoss} {
		worst, at, label := 0.0, T(0), T(0)
		for _, l := range []T{0, 1} {
			for i := range y {
				y[i] = l
			}
			Delta(delta, z, y, nil, loss)
			for i := range z {
				exact := exactDelta(float64(z[i]), float64(l), loss)
				e := exact.Err64(float64(delta[i]))
				if is32[T]() {
					e = exact.Err32(float32(delta[i]))
				}
				if !(e <= worst) {
					worst, at, label = e, z[i], l
				}
			}
		}
		t.Logf("%v: max error %.4f ULP at z = %x, y = %v, %d points", loss, worst, at, label, 2*len(z))
		if !(worst <= limits[loss]) {
			t.Errorf("%v: max error %.4f ULP at z = %x, y = %v, want at most %v", loss, worst, at, label, limits[loss])
		}

		for i := range y {
			y[i] = T(s.next()%(1<<20)) * 0x1p-20
			if i%2 == 0 { // close to ŷ
				y[i] = T(oracle.Logistic(float64(z[i])).Float64())
			}
		}
		Delta(delta, z, y, nil, loss)
		worst = 0
		for i := range z {
			exact := exactDelta(float64(z[i]), float64(y[i]), loss)
			d := math.Abs(float64(delta[i]) - exact.Float64())
			if is32[T]() {
				d -= 0.5 * math.Ldexp(1, max(math.Ilogb(exact.Float64()), -126)-23)
			}
			worst = max(worst, d)
		}
		t.Logf("%v, labels between 0 and 1: max error 2^%.2f beside the last rounding", loss, math.Log2(worst))
		if worst > slack {
			t.Errorf("%v, labels between 0 and 1: max error 2^%.2f beside the last rounding, want at most 2^%.2f", loss, math.Log2(worst), math.Log2(slack))
		}
	}
}

// TestCostError measures the relative error of the cost of single rows for
// labels 0 and 1; for float32, the polynomials are short.
func TestCostError(t *testing.T) {
	eachType(t, testCostError[float32], testCostError[float64])
}

func testCostError[T Float](t *testing.T) {
	x := points64(size(1<<9, 1<<13, 1<<19)&^7, 706)
	limit := 8 * 0x1p-53
	if is32[T]() {
		limit = 0x1p-31
	}
	for _, loss := range []Loss{Quadratic, LogLoss} {
		worst, at := 0.0, T(0)
		for i := 0; i < len(x); i += sumLanes {
			var z, y, delta [sumLanes]T
			var p partials
			for k := range z {
				z[k], y[k] = T(x[i+k]), T((i/sumLanes+k)&1)
			}
			deltaBlock(delta[:], &p, z[:], y[:], nil, loss)
			for k := range z {
				zk := float64(z[k])
				away := (zk >= 0) == (y[k] == 0) // z points to the other label
				var exact oracle.DD
				if loss == Quadratic {
					exact = oracle.Logistic(zk)
					if y[k] == 1 {
						exact = oracle.Logistic(-zk)
					}
					exact = exact.Mul(exact)
				} else {
					exact = oracle.Log1pDD(math.Exp(-math.Abs(zk)))
					if math.Abs(zk) < 700 {
						// log1p at the exact t: t·(1+e) makes a difference of t·e/(1+t).
						tt := oracle.ExpNeg(zk)
						d := tt.Add(oracle.Number(math.Exp(-math.Abs(zk))).Neg())
						exact = exact.Add(d.Div(oracle.Number(1).Add(tt)))
					}
					if away {
						exact = exact.Add(oracle.Number(math.Abs(zk)))
					}
				}
				if v := exact.Float64(); v < 0x1p-1000 {
					continue // subnormal, or close to it
				}
				if e := exact.Rel(p.cost[k]); !(e <= worst) {
					worst, at = e, z[k]
				}
			}
		}
		t.Logf("%v: max relative error of the cost 2^%.2f (%.2f·2^-53) at z = %x, %d points", loss, math.Log2(worst), worst*0x1p53, at, len(x))
		if !(worst <= limit) {
			t.Errorf("%v: max relative error of the cost 2^%.2f at z = %x, want at most 2^%.2f", loss, math.Log2(worst), at, math.Log2(limit))
		}
	}
}
