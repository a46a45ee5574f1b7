package kernel

import "math"

// σ of float32 is defined by mathematics, the float32 next to 1/(1+exp(−z)), so
// each implementation may get there in its own way. This is a short one: it
// computes σ in float64 with an error that is known, and gives up where the
// error might reach the middle between two float32. sigmoid32_amd64.s does
// the same with vectors.
//
// n = round(−z·16/ln 2), r = z + n·ln 2/16, |r| ≤ ln 2/32, and exp(−z) =
// 2^(n/16)·exp(−r). The polynomial of degree 5 for exp(−r) is the minimax one
// for its relative error, 2^-47.3. That of n·ln 2/16, half a place of the
// constant, is 2^-47.4 for |z| ≤ 88, and nothing else errs by more than a few
// times 2^-53. So the relative error of σ is below 2^-46, 128 places of a
// float64.
const (
	shortLog2e = -0x1.71547652b82fep+4 // −16/ln 2
	shortShift = 0x1.8p52              // leaves n in the low bits
	shortLn2   = 0x1.62e42fefa39efp-5  // ln 2/16

	short2 = 0x1.fffffffdc0194p-2
	short3 = -0x1.555555576aa1ap-3
	short4 = 0x1.55573b7349d92p-5
	short5 = -0x1.11108d3319822p-7

	// Adding shortMiddle to the bits of a float64 makes all of shortPlaces 0
	// if the number is within 256 places of the middle between two normal
	// float32, which lack 29 places.
	shortMiddle = 1<<28 + 1<<8
	shortPlaces = 1<<29 - 1<<9
)

// shortTable holds the bits of 2^(i/16) less i<<48: adding n<<48 to that of i =
// n mod 16 makes 2^(n/16).
var shortTable = [16]uint64{
	0x3FF0000000000000, 0x3FEFB5586CF9890F, 0x3FEF72B83C7D517B, 0x3FEF387A6E756238,
	0x3FEF06FE0A31B715, 0x3FEEDEA64C123422, 0x3FEEBFDAD5362A27, 0x3FEEAB07DD485429,
	0x3FEEA09E667F3BCD, 0x3FEEA11473EB0187, 0x3FEEACE5422AA0DB, 0x3FEEC49182A3F090,
	0x3FEEE89F995AD3AD, 0x3FEF199BDD85529C, 0x3FEF5818DCFBA487, 0x3FEFA4AFA2A490DA,
}

// sigmoid32Short returns σ(z), correctly rounded, unless ok is false: within
// 2^-21 of a float32's place from the middle between two, where σ is subnormal,
// and for NaN.
func sigmoid32Short(z float32) (y float32, ok bool) {
	if !(z >= -87) {
		return 0, false
	}
	x := float64(min(z, 110)) // σ is 1 from 17.4 on
	k := math.FMA(x, shortLog2e, shortShift)
	n := k - shortShift
	r := math.FMA(n, shortLn2, x)
	r2 := float64(r * r)
	p := math.FMA(math.FMA(short5, r, short4), r2, math.FMA(short3, r, short2))
	s := math.FMA(p, r2, -r)
	bits := math.Float64bits(k)
	t := math.Float64frombits(shortTable[bits%16] + bits<<48)
	v := 1 / (1 + math.FMA(t, s, t))
	return float32(v), (math.Float64bits(v)+shortMiddle)&shortPlaces != 0
}
