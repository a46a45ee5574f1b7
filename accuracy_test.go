package kernel

import (
	"math"
	"testing"

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
