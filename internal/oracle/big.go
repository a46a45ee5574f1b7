// Package oracle computes the functions of a neuron far more precisely than
// the kernels do, so that tests can measure the error of the kernels. Nothing
// in it shares a constant or a method with them.
//
// There are two levels. The functions on [big.Float] are slow and certain.
// Those on [DD], an unevaluated sum of two float64, take some 100 ns and are
// tested against the former.
package oracle

import (
	"math"
	"math/big"
)

// Prec is the precision in bits of all results of type big.Float. Their
// relative error is below 2^-280.
const Prec = 320

func newFloat() *big.Float               { return new(big.Float).SetPrec(Prec) }
func float(x float64) *big.Float         { return newFloat().SetFloat64(x) }
func quo(x *big.Float, n int) *big.Float { return newFloat().Quo(x, newFloat().SetInt64(int64(n))) }

// ln2 is log(1+1).
var ln2 = atanh2(quo(float(1), 3))

// atanh2 returns 2·atanh(s) for |s| ≤ 1/3 by its Taylor series, 2s(1 + s²/3 +
// s⁴/5 + …), whose terms shrink by 9 at least.
func atanh2(s *big.Float) *big.Float {
	sum := newFloat()
	if s.Sign() == 0 {
		return sum
	}
	s2 := newFloat().Mul(s, s)
	power := newFloat().Set(s)
	for k := 1; ; k += 2 {
		term := quo(power, k)
		sum.Add(sum, term)
		if term.MantExp(nil) < sum.MantExp(nil)-Prec {
			return sum.Mul(sum, float(2))
		}
		power.Mul(power, s2)
	}
}

// Log1p returns log(1+t) for t in [0, 1].
func Log1p(t *big.Float) *big.Float {
	return atanh2(newFloat().Quo(t, newFloat().Add(t, float(2))))
}

// Exp returns exp(x) for |x| < 2^20. It takes x = n·ln 2 + 2^16·r, the Taylor
// series of exp(r), and squares that 16 times, which costs 16 bits.
func Exp(x *big.Float) *big.Float {
	n, _ := newFloat().Quo(x, ln2).Int64()
	r := newFloat().Mul(newFloat().SetInt64(n), ln2)
	r.Sub(x, r)
	r.SetMantExp(r, -16)
	sum, term := float(1), float(1)
	for k := 1; ; k++ {
		term.Mul(term, r)
		term = quo(term, k)
		if term.Sign() == 0 || term.MantExp(nil) < -Prec {
			break
		}
		sum.Add(sum, term)
	}
	for range 16 {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(n))
}

// Sigmoid returns 1/(1+exp(−x)). Where |x| is above 10⁴, far outside the
// range of a float64, it returns σ(±10⁴).
func Sigmoid(x float64) *big.Float {
	x = max(-1e4, min(x, 1e4))
	one := float(1)
	if x < 0 { // exp(x)/(1+exp(x)) loses nothing
		e := Exp(float(x))
		return newFloat().Quo(e, newFloat().Add(one, e))
	}
	return newFloat().Quo(one, newFloat().Add(one, Exp(float(-x))))
}

// Cost returns the log loss, −y·log σ(x) − (1−y)·log(1−σ(x)), as log(1 +
// exp(−|x|)) + |x|·m with m = 1−y for x ≥ 0 and y otherwise.
func Cost(x, y float64) *big.Float {
	m := newFloat().Sub(float(1), float(y))
	if x < 0 {
		m.Set(float(y))
	}
	ax := math.Abs(x)
	c := Log1p(Exp(float(max(-ax, -1e4))))
	return c.Add(c, m.Mul(m, float(ax)))
}

// Err returns |got − exact| in units in the last place of the format with p
// bits and least exponent emin, taken at exact.
func errBig(got float64, exact *big.Float, p, emin int) float64 {
	if math.IsNaN(got) || math.IsInf(got, 0) {
		return math.Inf(1)
	}
	d := newFloat().Sub(float(got), exact)
	e := max(exact.MantExp(nil)-1, emin) - (p - 1)
	d.SetMantExp(d, -e)
	f, _ := d.Float64()
	return math.Abs(f)
}

// Err32 returns |got − exact| in units in the last place of a float32.
func Err32(got float32, exact *big.Float) float64 { return errBig(float64(got), exact, 24, -126) }

// Err64 returns |got − exact| in units in the last place of a float64.
func Err64(got float64, exact *big.Float) float64 { return errBig(got, exact, 53, -1022) }

// Distance32 returns how many steps from one float32 to the next lie between
// a and b, neither of which is NaN.
func Distance32(a, b float32) uint32 {
	order := func(x float32) int64 {
		if n := int64(math.Float32bits(x)); n < 1<<31 {
			return n
		} else {
			return 1<<31 - n
		}
	}
	d := order(a) - order(b)
	return uint32(max(d, -d))
}

// Distance64 is Distance32 for float64.
func Distance64(a, b float64) uint64 {
	order := func(x float64) int64 {
		if n := int64(math.Float64bits(x)); n >= 0 {
			return n
		} else {
			return math.MinInt64 - n
		}
	}
	oa, ob := order(a), order(b)
	if oa < ob {
		oa, ob = ob, oa
	}
	return uint64(oa) - uint64(ob)
}
