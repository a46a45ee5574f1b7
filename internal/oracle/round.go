package oracle

import (
	"math"
	"math/big"
)

// fast returns σ(x) with a relative error below 2^-50 (measured: 2^-51.6),
// for |x| up to about 10⁴.
func fast(x float64) float64 {
	a := max(-math.Abs(x), -700)
	k := math.Floor(a*stepsPer1 + 0.5)
	r := math.FMA(-k, ln2Parts[0], a)
	r = math.FMA(-k, ln2Parts[1], r)
	p := math.FMA(math.FMA(math.FMA(math.FMA(1./120, r, 1./24), r, 1./6), r, 0.5), r*r, r)
	i := int(k)
	j := i & (expSteps - 1)
	t := math.FMA(expTable[j].Hi, p, expTable[j].Hi)
	t *= math.Float64frombits(uint64(1023+(i-j)/expSteps) << 52)
	if x < 0 {
		return t / (1 + t)
	}
	return 1 / (1 + t)
}

// HardMargin is the distance, in units in the last place of the float32
// nearby, from which σ(z) is called close to a midpoint between two float32.
const HardMargin = 0x1p-20

// Rounded returns σ(z) correctly rounded to float32; NaN for NaN. hard is
// true for every z, NaN apart, for which σ(z) lies within HardMargin of a
// midpoint, and for a few more.
//
// Three levels, each called only where the one before cannot tell on which
// side of a midpoint σ(z) lies: float64 with a margin of HardMargin or more,
// which is 2^6 times its error at least; a DD with a relative margin of 2^-88,
// 2^4 times its error; and math/big.
func Rounded(z float32) (f float32, hard bool) {
	y := fast(float64(z))
	// A unit in the last place is at most 2^-23 of y, or it is 2^-149.
	d := math.FMA(y, 0x1.1p-43, 0x1.1p-20*0x1p-149)
	a, b := float32(y-d), float32(y+d)
	if a == b { // a may be −0
		return b, false
	}
	return rounded(z), true
}

func rounded(z float32) float32 {
	if z != z {
		return z
	}
	d := Logistic(float64(z))
	lo, hi := d, d
	lo.Lo -= 0x1p-88 * d.Hi
	hi.Lo += 0x1p-88 * d.Hi
	if a := lo.Float32(); a == hi.Float32() {
		return a
	}
	return roundedBig(z)
}

func roundedBig(z float32) float32 {
	f, _ := Sigmoid(float64(z)).Float32()
	return f
}

// Margin returns the distance of σ(z) from the next midpoint between two
// float32, in units in the last place, by math/big; negative where σ(z) lies
// below it. z must not be NaN.
func Margin(z float32) float64 {
	s := Sigmoid(float64(z))
	e := max(s.MantExp(nil)-1, -126) - 23 // of a unit in the last place
	s.SetMantExp(s, -e)
	n, _ := s.Int(nil)
	mid := newFloat().SetInt(n)
	mid.Add(mid, big.NewFloat(0.5))
	f, _ := s.Sub(s, mid).Float64()
	return f
}
