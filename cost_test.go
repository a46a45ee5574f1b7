package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/oracle"
)

// TestDeltaCancels tests δ where ŷ comes as close to the label as it can.
// With p = σ(−|z|), m the distance of the label from the end to which z
// points, and e = ŷ−y, the error of e is at most (4p + m + |e|)·2^-53: it is
// relative to the smaller of ŷ and 1−ŷ, not to 1.
func TestDeltaCancels(t *testing.T) {
	eachType(t, testDeltaCancels[float32], testDeltaCancels[float64])
}

func testDeltaCancels[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(708, 1))
	n := size(1<<9, 1<<13, 1<<20)
	z, y, delta := make([]T, n), make([]T, n), make([]T, n)
	for i := range z {
		x := 80*r.Float64() - 40
		if i%2 == 0 {
			x = -700 * r.Float64()
		}
		if is32[T]() && x < -80 {
			x /= 9
		}
		z[i] = T(x)
		y[i] = T(oracle.Logistic(float64(z[i])).Float64())
		for range r.IntN(4) { // next to ŷ
			y[i] = T(math.Nextafter32(float32(y[i]), 1))
		}
	}
	for _, loss := range []Loss{Quadratic, LogLoss} {
		Delta(delta, z, y, nil, loss)
		worst := 0.0
		for i := range z {
			zi, yi := float64(z[i]), float64(y[i])
			p, q := oracle.Logistic(-math.Abs(zi)).Float64(), oracle.Logistic(math.Abs(zi)).Float64()
			m := yi
			if zi >= 0 {
				m = 1 - yi
			}
			exact := exactDelta(zi, yi, loss)
			e := math.Abs(exactDelta(zi, yi, LogLoss).Float64())
			bound := (4*p + m + e) * 0x1p-53
			if is32[T]() { // t and so p is off by 2^-33 more
				bound += p * 0x1p-33
			}
			if loss == Quadratic {
				bound = bound*p*q + 8*0x1p-53*e*p*q
				if is32[T]() {
					bound += 0x1p-33 * e * p * q
				}
			}
			ulp, least := 0.0, 0x1p-1074
			if is32[T]() { // and the last rounding
				least = 0x1p-149
				ulp = 0x1p-24 * math.Abs(exact.Float64())
			}
			d := exact.Add(oracle.Number(float64(delta[i])).Neg())
			off := math.Abs(d.Float64())
			if off > ulp+bound+least {
				t.Fatalf("%v: z = %x, y = %x: δ = %x, off by %g, want at most %g", loss, z[i], y[i], delta[i], off, ulp+bound+least)
			}
			if bound > least*0x1p60 {
				worst = max(worst, (off-ulp)/bound)
			}
		}
		t.Logf("%v: max error %.3f of the bound", loss, worst)
	}
}

// TestLogLossBetween tests the relative error of the log loss of rows with
// labels between 0 and 1, up to the largest numbers.
func TestLogLossBetween(t *testing.T) {
	eachType(t, testLogLossBetween[float32], testLogLossBetween[float64])
}

func testLogLossBetween[T Float](t *testing.T) {
	limit, largest, exps := 8*0x1p-53, math.MaxFloat64, 1023
	if is32[T]() {
		limit, largest, exps = 0x1p-31, math.MaxFloat32, 127
	}
	r := rand.New(rand.NewPCG(709, 1))
	z := []T{T(largest), T(-largest), 800, -800, 0, 1, -1}
	for range size(30, 150, 20000) {
		z = append(z, T(math.Ldexp((1+r.Float64())*sign(r), r.IntN(exps+20)-20)), T(60*r.Float64()-30))
	}
	worst := 0.0
	for _, z := range z {
		for _, y := range []T{0, 1, 0.5, T(r.Float64()), T(0x1p-30 * r.Float64())} {
			var delta [1]T
			s := Delta(delta[:], []T{z}, []T{y}, nil, LogLoss)
			exact := oracle.Cost(float64(z), float64(y))
			if v, _ := exact.Float64(); v < 0x1p-1000 {
				continue // subnormal, or next to it
			}
			if math.IsInf(s.Cost, 0) || math.IsNaN(s.Cost) {
				t.Fatalf("z = %x, y = %v: the cost is %v", z, y, s.Cost)
			}
			d := new(big.Float).SetPrec(oracle.Prec).SetFloat64(s.Cost)
			d.Sub(d, exact).Quo(d, exact)
			e, _ := d.Float64()
			if e = math.Abs(e); e > limit {
				t.Fatalf("z = %x, y = %x: cost %x, relative error %g, want at most %g", z, y, s.Cost, e, limit)
			}
			worst = max(worst, e)
		}
	}
	t.Logf("max relative error %.3g, %.2f of the bound", worst, worst/limit)
}

// TestSeparated steps over a set that a plane separates perfectly, with
// weights that grow until z is the largest number there is: the cost goes to
// 0 and stays right to its last bits, and with the labels exchanged it grows
// without becoming infinite before its time.
func TestSeparated(t *testing.T) { eachType(t, testSeparated[float32], testSeparated[float64]) }

func testSeparated[T Float](t *testing.T) {
	const rows, cols = 50, 4
	limit, top := 16*0x1p-53, 1010
	if is32[T]() {
		limit, top = 0x1p-31, 118
	}
	r := rand.New(rand.NewPCG(710, 1))
	x := Batch[T]{Data: make([]T, rows*cols), Rows: rows, Cols: cols}
	y, wrong := make([]T, rows), make([]T, rows)
	for i := range y {
		y[i] = T(i & 1)
		wrong[i] = 1 - y[i]
		for j := range x.Row(i) {
			x.Row(i)[j] = T(r.IntN(64)+1) / 64 // z below is exact
			if i&1 == 0 {
				x.Row(i)[j] *= -1
			}
		}
	}
	for k := -20; k <= top; k += size(128, 31, 1) {
		w := make([]T, cols)
		for j := range w {
			w[j] = T(math.Ldexp(1, k))
		}
		z := make([]T, rows)
		Forward(z, x, w, 0)
		for _, labels := range [][]T{y, wrong} {
			want := new(big.Float).SetPrec(oracle.Prec)
			for i := range z {
				want.Add(want, oracle.Cost(float64(z[i]), float64(labels[i])))
			}
			g := make([]T, cols)
			s := Step(g, x, labels, nil, w, 0, LogLoss)
			exact, _ := want.Float64()
			if math.IsInf(s.Cost, 0) || !(math.Abs(s.Cost-exact) <= limit*exact+rows*0x1p-1074) {
				t.Fatalf("w = 2^%d, labels %v …: cost %g, want %g", k, labels[:2], s.Cost, exact)
			}
			// Every row pulls the weights the same way.
			for j := range g {
				if up := labels[1] == 0; !(up && g[j] >= 0 || !up && g[j] <= 0) {
					t.Fatalf("w = 2^%d, labels %v …: g[%d] = %v", k, labels[:2], j, g[j])
				}
			}
		}
	}
}
