package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"unsafe"
)

type float interface{ float32 | float64 }

// A problem holds the data of a case, the same for all contestants, and the
// buffers they write to.
type problem[T float] struct {
	Case
	x    []T // Rows rows of Cols columns, Stride apart; the padding is zero
	w    []T // Cols weights; behind them, up to cap(w) = Stride, zeros
	y    []T // Rows labels, 0 or 1
	b    T
	yhat []T // out: ŷ, and scratch in a Step; as long as the result is
	d, t []T // scratch of the same length
	g    []T // out: the gradient; cap(g) = Stride
	s    []T // scratch like g
	gb   float64

	// What a contestant has computed in memory of its own; nil if it wrote to
	// yhat and g.
	ownYhat, ownG []T

	ref reference
}

// reference is what a contestant should compute, in float64.
type reference struct {
	yhat  []float64
	g     []float64
	gb    float64
	scale float64   // the largest Σ|d·x| of a column
	abs   float64   // Σ|d|
	w     []float64 // of Train
	b     float64
}

// page is the alignment of X. The vectors start at different cache lines of
// a page, so that they do not meet X, nor each other, in a set of the L1 cache.
const page = 4096

// arenas hold X, one for each problem of a case, and are kept from one case to
// the next.
var arenas [3][]byte

// arenaFor returns n elements at the start of a page. They are shared with
// whatever an earlier call returned for that arena. At least 64 bytes follow
// them.
func arenaFor[T float](n, arena int) []T {
	size := n*sizeof[T]() + 2*page
	if len(arenas[arena]) < size {
		arenas[arena] = nil // let go of the old one first
		arenas[arena] = make([]byte, size)
	}
	return unsafe.Slice((*T)(aligned(arenas[arena], 0)), n)
}

// vector returns n elements that start at the given line of a page.
func vector[T float](n, line int) []T {
	buf := make([]byte, n*sizeof[T]()+2*page)
	return unsafe.Slice((*T)(aligned(buf, line)), n)
}

func aligned(buf []byte, line int) unsafe.Pointer {
	p := unsafe.Pointer(unsafe.SliceData(buf))
	return unsafe.Add(p, -uintptr(p)&(page-1)+uintptr(line)*64)
}

// newProblem makes the data of a case. A problem is good until the next one
// is made with the same arena, since they share the memory of X.
func newProblem[T float](c Case, arena int) *problem[T] {
	n := c.Rows
	if c.Op == Sigmoid {
		n = c.Cols
	}
	p := &problem[T]{
		Case: c,
		x:    arenaFor[T](c.Rows*c.Stride, arena),
		w:    vector[T](c.Stride, 9)[:c.Cols],
		g:    vector[T](c.Stride, 17)[:c.Cols],
		s:    vector[T](c.Stride, 25)[:c.Cols],
		y:    vector[T](n, 33),
		yhat: vector[T](n, 41),
		d:    vector[T](n, 49),
		t:    vector[T](n, 57),
		b:    0.1,
	}
	r := rand.New(rand.NewPCG(1, 2))
	if c.Op == Sigmoid {
		for i := range p.x {
			p.x[i] = T(8 * r.NormFloat64())
		}
	} else {
		clear(p.x)
		for i := range c.Rows {
			row := p.x[i*c.Stride:][:c.Cols]
			for j := range row {
				row[j] = value[T](r)
			}
		}
	}
	// The standard deviation of z is 2 for any number of columns.
	amplitude := T(6 / math.Sqrt(float64(c.Cols)))
	for j := range p.w {
		p.w[j] = amplitude * value[T](r)
	}
	for i := range p.y {
		p.y[i] = T(r.IntN(2))
	}
	if c.Op == Train {
		p.ref = p.trainReference()
	} else {
		p.ref = p.reference()
	}
	return p
}

// value returns a random value v with 2^-8 ≤ |v| < 1: products of a few of
// them are far from subnormal.
func value[T float](r *rand.Rand) T {
	u := r.Uint64()
	v := T(1./256) + T(u>>42)*T(255./256/(1<<22))
	if u&1 != 0 {
		return -v
	}
	return v
}

// reference computes the case in float64.
func (p *problem[T]) reference() reference {
	ref := reference{yhat: make([]float64, len(p.yhat))}
	if p.Op == Sigmoid {
		for i, x := range p.x {
			ref.yhat[i] = sigmoid64(float64(x))
		}
		return ref
	}
	g, abs := make([]float64, p.Cols), make([]float64, p.Cols)
	for i := range p.Rows {
		row := p.x[i*p.Stride:][:p.Cols]
		z := float64(p.b)
		for j, x := range row {
			z += float64(x) * float64(p.w[j])
		}
		a := sigmoid64(z)
		ref.yhat[i] = a
		if p.Op != Step && p.Op != Workers {
			continue
		}
		d := (a - float64(p.y[i])) * a * (1 - a)
		ref.gb += d
		ref.abs += math.Abs(d)
		for j, x := range row {
			t := d * float64(x)
			g[j] += t
			abs[j] += math.Abs(t)
		}
	}
	for _, a := range abs {
		ref.scale = max(ref.scale, a)
	}
	ref.g = g
	return ref
}

// sigmoid64 is σ, precise for small results as well.
func sigmoid64(z float64) float64 {
	if z < 0 {
		e := math.Exp(z)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-z))
}

// spoil overwrites what a contestant is to compute.
func (p *problem[T]) spoil() {
	nan := T(math.NaN())
	for _, s := range [][]T{p.yhat, p.d, p.t, p.g, p.s} {
		for i := range s {
			s[i] = nan
		}
	}
	p.gb = math.NaN()
	p.ownYhat, p.ownG = nil, nil
}

// tolerance is the largest error that passes: of a gradient relative to the
// largest Σ|d·x| of a column, of Σd relative to Σ|d|, of ŷ from a product
// absolute, and of Sigmoid in ULP. Sums of 65536 float32 terms in plain order
// stay far below it. The float64 reference is itself good to about 2 ULP.
func tolerance[T float](op Op) float64 {
	is32 := sizeof[T]() == 4
	switch {
	case op == Sigmoid && is32:
		return 50
	case op == Sigmoid:
		return 8
	case is32:
		return 1e-5
	}
	return 1e-12
}

// check compares what a contestant has written with the reference and returns
// the largest error in the measure of tolerance.
func (p *problem[T]) check() (worst float64, err error) {
	limit := tolerance[T](p.Op)
	see := func(what string, i int, got, want, scale float64) {
		e := math.Abs(got-want) / scale
		if !(e <= limit) && err == nil {
			err = fmt.Errorf("%s[%d] = %v, want %v: error %.2g, limit %.2g", what, i, got, want, e, limit)
		}
		if !(e <= worst) { // NaN counts
			worst = e
		}
	}
	copy(p.yhat, p.ownYhat)
	copy(p.g, p.ownG)
	switch p.Op {
	case Step, Workers:
		for j, g := range p.g {
			see("g", j, float64(g), p.ref.g[j], p.ref.scale)
		}
		see("gb", 0, p.gb, p.ref.gb, p.ref.abs)
	case Sigmoid:
		for i, a := range p.yhat {
			see("yhat", i, float64(a), p.ref.yhat[i], ulp[T](p.ref.yhat[i]))
		}
	default:
		for i, a := range p.yhat {
			see("yhat", i, float64(a), p.ref.yhat[i], 1)
		}
	}
	return worst, err
}

// ulp returns the distance of the values of T around v, a positive number.
func ulp[T float](v float64) float64 {
	_, e := math.Frexp(v)
	if sizeof[T]() == 4 {
		return math.Ldexp(1, max(e-24, -149))
	}
	return math.Ldexp(1, max(e-53, -1074))
}
