package kernel

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// This file holds what the tests of the suite share: the list of
// implementations, the values that are fed to them, and the comparison of
// bits.

var (
	update     = flag.Bool("update", false, "write testdata/golden.txt")
	expected   = flag.String("implementation", "", "fail unless these kernels are chosen")
	exhaustive = flag.Bool("exhaustive", false, "test σ on all 2^32 float32 and on many more float64")
)

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Verbose() {
		var ran, not []string
		for _, im := range impl.All() {
			if im.Available {
				ran = append(ran, im.Name)
			} else {
				not = append(not, im.Name)
			}
		}
		fmt.Fprintf(os.Stderr, "kernel: tested here: %s; not on this machine: %s\n",
			strings.Join(ran, ", "), strings.Join(append(not, "none")[:max(1, len(not))], ", "))
	}
	os.Exit(m.Run())
}

// brief says that the tests should take a small sample: with -short, and under
// the race detector.
func brief() bool { return testing.Short() || raceEnabled }

// each runs f with every implementation of this machine, and says which it
// could not run.
func each(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	for _, im := range impl.All() {
		t.Run(im.Name, func(t *testing.T) {
			if !im.Available {
				t.Skipf("NOT TESTED: this machine cannot run %s", im.Name)
			}
			defer impl.Select(im.Name)()
			f(t)
		})
	}
}

// eachType runs f32 and f64 with every implementation.
func eachType(t *testing.T, f32, f64 func(t *testing.T)) {
	t.Helper()
	each(t, func(t *testing.T) {
		t.Run("float32", f32)
		t.Run("float64", f64)
	})
}

func TestImplementation(t *testing.T) {
	for _, im := range impl.All() {
		if im.Available {
			restore := impl.Select(im.Name)
			if got := Implementation(); got != im.Name {
				t.Errorf("Implementation() = %q, want %q", got, im.Name)
			}
			restore()
		}
	}
	first := ""
	for _, im := range impl.All() {
		if im.Available {
			first = im.Name
			break
		}
	}
	if got := Implementation(); got != first {
		t.Errorf("by default Implementation() = %q, want %q", got, first)
	}
	if got := Implementation(); *expected != "" && got != *expected {
		t.Errorf("Implementation() = %q, but -implementation=%q", got, *expected)
	}
}

// same reports whether a and b are the same bits, or both NaN.
func same[T Float](a, b T) bool {
	if a != a || b != b {
		return a != a && b != b
	}
	return bitsOf(a) == bitsOf(b)
}

// bitsOf returns the bits of x.
func bitsOf[T Float](x T) uint64 {
	if is32[T]() {
		return uint64(math.Float32bits(float32(x)))
	}
	return math.Float64bits(float64(x))
}

// fromBits returns the number with the low bits of b.
func fromBits[T Float](b uint64) T {
	if is32[T]() {
		return T(math.Float32frombits(uint32(b)))
	}
	return T(math.Float64frombits(b))
}

// wantSame fails t at the first element in which got differs from want.
func wantSame[T Float](t *testing.T, got, want []T, format string, args ...any) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", fmt.Sprintf(format, args...), len(got), len(want))
	}
	for i := range want {
		if !same(got[i], want[i]) {
			t.Fatalf("%s: element %d of %d: got %x, want %x", fmt.Sprintf(format, args...), i, len(want), got[i], want[i])
		}
	}
}

// wantSums fails t if two results differ in a bit.
func wantSums(t *testing.T, got, want Sums, format string, args ...any) {
	t.Helper()
	if !same(got.Cost, want.Cost) || !same(got.Delta, want.Delta) || got.Correct != want.Correct {
		t.Fatalf("%s: sums %x %x %d, want %x %x %d", fmt.Sprintf(format, args...),
			got.Cost, got.Delta, got.Correct, want.Cost, want.Delta, want.Correct)
	}
}

// The kinds of values.
const (
	ordinary = iota // of the order of 1
	scaled          // of widely different sizes
	special         // zeros, subnormals, huge numbers, a rare infinity or NaN among ordinary ones
	tiny            // whose products are subnormal
	huge            // whose products overflow, now and then
	zeros           // +0 and −0
	anyBits         // every pattern of bits alike
	kinds           // the number of kinds
)

// values fills s with numbers of a kind.
func values[T Float](r *rand.Rand, s []T, kind int) {
	maxExp, minExp := 1023, -1074
	if is32[T]() {
		maxExp, minExp = 127, -149
	}
	exp2 := func(e int) float64 { return math.Ldexp(1, e) }
	for i := range s {
		v := r.NormFloat64()
		switch kind {
		case scaled:
			v *= exp2(r.IntN(maxExp/2) - maxExp/4)
		case special:
			switch r.IntN(32) {
			case 0, 1:
				v = 0
			case 2, 3:
				v = math.Copysign(0, -1)
			case 4:
				v *= exp2(minExp + r.IntN(24))
			case 5:
				v = exp2(maxExp)
			case 6:
				v = exp2(minExp)
			case 7:
				if r.IntN(8) == 0 {
					v = [...]float64{math.Inf(1), math.Inf(-1), math.NaN()}[r.IntN(3)]
				}
			}
		case tiny:
			v *= exp2(minExp/2 + r.IntN(16))
		case huge:
			v *= exp2(maxExp/2 - r.IntN(8))
		case zeros:
			v = math.Copysign(0, v)
		case anyBits:
			s[i] = fromBits[T](r.Uint64())
			continue
		}
		s[i] = T(v)
	}
}

// A field is a slice at an offset in a larger array, the rest of which is
// filled with a NaN that must neither matter nor change.
type field[T Float] struct {
	s    []T
	all  []byte
	from int
	to   int
}

const outside = 0xff // all bytes outside: a NaN of both types

func newField[T Float](n, off int) *field[T] {
	size := elemSize[T]()
	all := make([]T, off+n+17)
	f := &field[T]{s: all[off : off+n : off+n], from: off * size, to: (off + n) * size}
	f.all = unsafe.Slice((*byte)(unsafe.Pointer(&all[0])), len(all)*size)
	for i := range f.all {
		f.all[i] = outside
	}
	return f
}

// check fails t if something outside of the slice changed.
func (f *field[T]) check(t *testing.T, format string, args ...any) {
	t.Helper()
	for i, b := range f.all {
		if b != outside && (i < f.from || i >= f.to) {
			t.Fatalf("%s: wrote outside of its slice, %d bytes from the start, %d from the end",
				fmt.Sprintf(format, args...), i-f.from, i-f.to)
		}
	}
}

// newBatch returns a batch in a field. What lies between the rows is NaN.
func newBatch[T Float](r *rand.Rand, c testCase) Batch[T] {
	n := 0
	if c.rows > 0 {
		n = (c.rows-1)*c.stride + c.cols
	}
	x := Batch[T]{Data: newField[T](n, c.off).s, Rows: c.rows, Cols: c.cols, Stride: c.stride}
	for i := range c.rows {
		fill(r, x.Data[i*c.stride:i*c.stride+c.cols], c.kind)
	}
	return x
}

// pool holds some values of each kind, since making them takes longer than
// any kernel.
type pool[T Float] [kinds][]T

var (
	pool32 = sync.OnceValue(newPool[float32])
	pool64 = sync.OnceValue(newPool[float64])
)

func newPool[T Float]() (p pool[T]) {
	r := rand.New(rand.NewPCG(5, 5))
	for kind := range p {
		p[kind] = make([]T, 20011)
		values(r, p[kind], kind)
	}
	return p
}

// fill fills s with values of a kind, many at a time.
func fill[T Float](r *rand.Rand, s []T, kind int) {
	var from []T
	if is32[T]() {
		from = any(pool32()[kind]).([]T)
	} else {
		from = any(pool64()[kind]).([]T)
	}
	for len(s) > 0 {
		s = s[copy(s, from[r.IntN(len(from)):]):]
	}
}

// newVector returns a vector in a field.
func newVector[T Float](r *rand.Rand, n int, c testCase) []T {
	s := newField[T](n, (c.off*5+3)&15).s
	fill(r, s, c.kind)
	return s
}

// newLabels returns labels: 0, 1, something between, and for kind anyBits
// now and then anything.
func newLabels[T Float](r *rand.Rand, n int, c testCase) []T {
	s := newField[T](n, (c.off*3+1)&15).s
	for i := range s {
		switch k := r.IntN(8); {
		case k < 6:
			s[i] = T(k & 1)
		case k == 6 && c.kind == anyBits:
			s[i] = fromBits[T](r.Uint64())
		default:
			s[i] = T(r.IntN(257)) / 256
		}
	}
	return s
}

// newWeights returns sample weights, or nil.
func newWeights[T Float](r *rand.Rand, n int, c testCase) []T {
	if !c.weighted {
		return nil
	}
	s := newField[T](n, (c.off*7+2)&15).s
	for i := range s {
		s[i] = T(r.IntN(9)) / 4
	}
	if c.kind == anyBits {
		values(r, s, anyBits)
	}
	return s
}

// runGradient calls the gradient kernel: in the narrow class, in the wide one,
// or in the wide one with an address from which to fetch ahead. That must
// change nothing, not even if it leads out of x.
func runGradient[T Float](g, x, delta []T, stride int, class string) {
	var ahead *T
	if class == "wide, ahead" {
		ahead = &x[len(x)-1]
	}
	gradient(g, x, delta, stride, class == "narrow", ahead)
}

var gradientClasses = []string{"narrow", "wide", "wide, ahead"}

// A deck deals the numbers below n in random order, again and again, so that
// each comes up equally often.
type deck struct {
	r     *rand.Rand
	n     int
	cards []int
}

func (d *deck) deal() int {
	if len(d.cards) == 0 {
		d.cards = d.r.Perm(d.n)
	}
	c := d.cards[0]
	d.cards = d.cards[1:]
	return c
}

// A testCase is the shape of a problem.
type testCase struct {
	rows, cols, stride, off, kind int
	weighted                      bool
	loss                          Loss
}

func (c testCase) String() string {
	return fmt.Sprintf("rows %d cols %d stride %d offset %d kind %d weighted %t %v", c.rows, c.cols, c.stride, c.off, c.kind, c.weighted, c.loss)
}

// cases yields test cases that cover every width of testCols per times, and
// every number of rows from 0 to 70, every padding, offset and kind about
// equally often.
func cases[T Float](seed uint64, per int) func(yield func(*rand.Rand, testCase) bool) {
	if brief() {
		per = 1
	}
	return func(yield func(*rand.Rand, testCase) bool) {
		r := rand.New(rand.NewPCG(seed, 1))
		rows, offs, kind, pads := deck{r: r, n: 71}, deck{r: r, n: 16}, deck{r: r, n: kinds}, deck{r: r, n: 8}
		for k := range per {
			for i, cols := range testCols() {
				if brief() && i%3 != int(seed%3) && (cols < 250 || cols > 260) {
					continue // the tests together have them all
				}
				c := testCase{rows: rows.deal(), cols: cols, off: offs.deal(), kind: kind.deal(), weighted: r.IntN(2) == 0, loss: Loss(r.IntN(2))}
				if cols > 600 {
					c.rows %= 24
				}
				if cols > 300 && brief() {
					c.rows %= 7
				}
				switch pad := pads.deal(); {
				case pad < 3:
					c.stride = cols
				case pad < 5:
					c.stride = PaddedStride[T](cols)
				default:
					c.stride = cols + []int{1, 3, 7, 13, 16, 33}[r.IntN(6)]
				}
				if !yield(r, c) {
					return
				}
			}
			if k > 0 {
				continue
			}
			for _, c := range longCases() {
				c.kind, c.off, c.weighted, c.loss = kind.deal(), offs.deal(), r.IntN(2) == 0, Loss(r.IntN(2))
				if !yield(r, c) {
					return
				}
			}
		}
	}
}

// testCols lists every width from 0 to 130, and those around the limits of
// the classes and around usual numbers of features.
func testCols() []int {
	var c []int
	for d := 0; d <= 130; d++ {
		c = append(c, d)
	}
	for _, d := range []int{160, 192, 224, 256, 288, 320, 512, 784, 1024, 4096} {
		for e := -3; e <= 3; e++ {
			c = append(c, d+e)
		}
	}
	return c
}

// longCases lists shapes that the public functions cut into several calls:
// rows longer than a call, columns of the gradient, and many rows.
func longCases() []testCase {
	c := []testCase{
		{rows: 1, cols: 16385, stride: 16385},
		{rows: 130, cols: 70, stride: 71},
		{rows: 2100, cols: 3, stride: 16},
	}
	if brief() {
		return c
	}
	return append(c,
		testCase{rows: 2, cols: 8193, stride: 8200},
		testCase{rows: 300, cols: 70, stride: 71},
		testCase{rows: 530, cols: 1030, stride: 1031}, // above fetchBytes
		testCase{rows: 3, cols: 40001, stride: 40016},
		testCase{rows: 1, cols: 16384, stride: 16384},
		testCase{rows: 17, cols: 8192, stride: 8193},
		testCase{rows: 33, cols: 2500, stride: 2501},
		testCase{rows: 600, cols: 260, stride: 263},
		testCase{rows: 5000, cols: 3, stride: 3},
		testCase{rows: 4113, cols: 1, stride: 5},
		testCase{rows: 5000, cols: 0, stride: 0},
	)
}
