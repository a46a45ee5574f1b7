package oracle

import (
	"math"
	"math/big"
)

// A DD is the number (Hi + Lo)·2^Exp. |Lo| is at most half a unit in the last
// place of Hi. Operations have a relative error of a few 2^-104 as long as Hi
// stays between 2^-400 and 2^400, which is what Exp is for.
type DD struct {
	Hi, Lo float64
	Exp    int
}

func twoSum(a, b float64) (s, e float64) {
	s = a + b
	t := s - a
	return s, (a - (s - t)) + (b - t)
}

func fastTwoSum(a, b float64) (s, e float64) { // |a| ≥ |b|
	s = a + b
	return s, b - (s - a)
}

func twoProd(a, b float64) (p, e float64) {
	p = float64(a * b)
	return p, math.FMA(a, b, -p)
}

// Number returns x as a DD.
func Number(x float64) DD { return DD{Hi: x} }

// Neg returns −a.
func (a DD) Neg() DD { return DD{-a.Hi, -a.Lo, a.Exp} }

// at returns a with the exponent n.
func (a DD) at(n int) DD {
	if a.Exp == n {
		return a
	}
	return DD{math.Ldexp(a.Hi, a.Exp-n), math.Ldexp(a.Lo, a.Exp-n), n}
}

// Add returns a + b. If the exponents lie far apart, the smaller summand is
// lost.
func (a DD) Add(b DD) DD {
	n := max(a.Exp, b.Exp)
	if a.Hi == 0 {
		n = b.Exp
	} else if b.Hi == 0 {
		n = a.Exp
	}
	a, b = a.at(n), b.at(n)
	s, e := twoSum(a.Hi, b.Hi)
	t, f := twoSum(a.Lo, b.Lo)
	s, e = fastTwoSum(s, e+t)
	s, e = fastTwoSum(s, e+f)
	return DD{s, e, n}
}

// Mul returns a·b.
func (a DD) Mul(b DD) DD {
	p, e := twoProd(a.Hi, b.Hi)
	e += float64(a.Hi*b.Lo) + float64(a.Lo*b.Hi)
	p, e = fastTwoSum(p, e)
	return DD{p, e, a.Exp + b.Exp}
}

// Div returns a/b.
func (a DD) Div(b DD) DD {
	q := a.Hi / b.Hi
	r := a.Add(b.Mul(DD{Hi: -q, Exp: a.Exp - b.Exp}))
	q2 := r.at(a.Exp).Hi / b.Hi
	r = r.Add(b.Mul(DD{Hi: -q2, Exp: a.Exp - b.Exp}))
	q3 := r.at(a.Exp).Hi / b.Hi
	q, q2 = fastTwoSum(q, q2)
	q, q2 = fastTwoSum(q, q2+q3)
	return DD{q, q2, a.Exp - b.Exp}
}

const expSteps = 64 // steps of the table within a factor of two

var (
	expTable  [expSteps]DD // 2^(j/64)
	ln2Parts  [3]float64   // ln 2/64 in parts of which the first has 33 bits
	recip     [14]DD       // 1/n!
	logLimit  = 0x1p-20
	stepsPer1 = expSteps / math.Ln2
)

func init() {
	for j := range expTable {
		x := newFloat().Mul(ln2, newFloat().SetFloat64(float64(j)/expSteps))
		expTable[j] = fromBig(Exp(x))
	}
	step := quo(ln2, expSteps)
	head, _ := step.Float64()
	head = math.Float64frombits(math.Float64bits(head) &^ (1<<20 - 1))
	step.Sub(step, float(head))
	rest := fromBig(step)
	ln2Parts = [3]float64{head, rest.Hi, rest.Lo}
	f := float(1)
	for n := range recip {
		if n > 0 {
			f = quo(f, n)
		}
		recip[n] = fromBig(f)
	}
}

func fromBig(x *big.Float) DD {
	hi, _ := x.Float64()
	lo, _ := newFloat().Sub(x, float(hi)).Float64()
	return DD{Hi: hi, Lo: lo}
}

// ExpNeg returns exp(−|x|) with a relative error below 2^-95.
func ExpNeg(x float64) DD {
	a := -math.Abs(x)
	if a < -1e5 {
		a = -1e5
	}
	k := math.RoundToEven(a * stepsPer1)
	// k has at most 24 bits, so that k times the head is exact, and so is
	// the first difference.
	r := Number(math.FMA(-k, ln2Parts[0], a))
	p, e := twoProd(-k, ln2Parts[1])
	r = r.Add(DD{Hi: p, Lo: e})
	r = r.Add(Number(float64(-k * ln2Parts[2])))

	// |r| < 0.0055: the term of degree 13 is below 2^-130. From degree 8
	// on, a float64 will do.
	tail := 0.0
	for n := 12; n >= 8; n-- {
		tail = math.FMA(tail, r.Hi, recip[n].Hi)
	}
	t := Number(tail)
	for n := 7; n >= 0; n-- {
		t = t.Mul(r).Add(recip[n])
	}
	i := int(k)
	j := i & (expSteps - 1)
	t = t.Mul(expTable[j])
	t.Exp = (i - j) / expSteps
	return t
}

// Logistic returns σ(x) with a relative error below 2^-92.
func Logistic(x float64) DD {
	t := ExpNeg(x)
	den := Number(1)
	if t.Exp > -150 {
		den = den.Add(t)
	}
	num := Number(1)
	if x < 0 {
		num = t
	}
	return num.Div(den)
}

// Log1pDD returns log(1+t) for t in [0, 1] with a relative error below 2^-75.
func Log1pDD(t float64) DD {
	x := Number(t)
	if t < logLimit {
		s := Number(0)
		for n := 6; n >= 1; n-- {
			c := Number(1).Div(Number(float64(n)))
			if n%2 == 0 {
				c = c.Neg()
			}
			s = s.Mul(x).Add(c)
		}
		return s.Mul(x)
	}
	// With y near the result, (1+t)·exp(−y) is 1+e, and log(1+t) is y +
	// log(1+e).
	y := math.Log1p(t)
	e := Number(1).Add(x).Mul(ExpNeg(y)).at(0).Add(Number(-1))
	half := DD{Hi: -0.5 * e.Hi}
	return Number(y).Add(e).Add(e.Mul(half))
}

// Float64 returns a rounded to float64; twice, where that is subnormal.
func (a DD) Float64() float64 { return math.Ldexp(a.Hi, a.Exp) }

// odd returns a rounded to odd in float64: the last bit set where a is not a
// float64. It must lie in the normal range.
func (a DD) odd() float64 {
	b := math.Float64bits(a.Hi)
	if a.Lo != 0 && b&1 == 0 {
		if (a.Lo > 0) == (a.Hi > 0) {
			b++
		} else {
			b--
		}
	}
	return math.Ldexp(math.Float64frombits(b), a.Exp)
}

// Float32 returns a rounded to float32, once.
func (a DD) Float32() float32 {
	if a.Exp < -300 {
		return 0
	}
	return float32(a.odd())
}

// err returns |got − a| in units in the last place of a format.
func (a DD) err(got float64, p, emin int) float64 {
	if math.IsNaN(got) || math.IsInf(got, 0) {
		return math.Inf(1)
	}
	d := (math.Ldexp(got, -a.Exp) - a.Hi) - a.Lo
	e := max(math.Ilogb(a.Hi)+a.Exp, emin) - (p - 1)
	if a.Hi == 0 {
		e = emin - (p - 1)
	}
	return math.Abs(math.Ldexp(d, a.Exp-e))
}

// Err32 returns |got − a| in units in the last place of a float32, taken at a.
func (a DD) Err32(got float32) float64 { return a.err(float64(got), 24, -126) }

// Err64 returns |got − a| in units in the last place of a float64, taken at a.
func (a DD) Err64(got float64) float64 { return a.err(got, 53, -1022) }

// Rel returns |got − a|/|a|.
func (a DD) Rel(got float64) float64 {
	if a.Hi == 0 {
		return math.Abs(got)
	}
	return math.Abs((math.Ldexp(got, -a.Exp)-a.Hi)-a.Lo) / math.Abs(a.Hi)
}
