package kernel

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unsafe"

	"github.com/seed-b3c25b83/kernel/internal/checkasm"
	"github.com/seed-b3c25b83/kernel/internal/guard"
	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// This file calls every assembly kernel by itself, at its entry, with
// arguments that lie beside pages which must not be touched, inputs in memory
// that must not be written. Every call is checked for all that can be wrong
// with it: a fault, a byte changed outside of the outputs, a register that
// should have been kept, the stack, the upper halves of the vector registers,
// and every bit of the result.
//
// TestGuardedKernels is the test that internal/mutate runs on each mutant of
// the assembly. So it is quick, and it must know every instruction.

var guardSweep = flag.Bool("guard", false, "call every kernel with all lengths from 1 to 1025 at every alignment between guard pages")

// A routine is an assembly kernel.
type routine struct {
	checkasm.Func
	family string // the name in the source without type and instruction set
	bits   string // "32" or "64"
	impl   string // the name of the implementation
}

var routineName = regexp.MustCompile(`^([a-z][A-Za-z]*)(32|64)(AVX512|AVX2|NEON)$`)

// routines returns all assembly kernels of this binary, as the linker placed
// them: none is forgotten.
func routines(t *testing.T) []routine {
	t.Helper()
	if !checkasm.Supported || !guard.Enabled {
		t.Skip("kernels cannot be called by themselves here")
	}
	type here struct{}
	funcs, err := checkasm.Functions(reflect.TypeFor[here]().PkgPath())
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []routine
	for _, f := range funcs {
		m := routineName.FindStringSubmatch(f.Name)
		if m == nil {
			t.Fatalf("assembly function %s: its name is not that of a kernel", f.Name)
		}
		all = append(all, routine{f, m[1], m[2], strings.Replace(m[3], "AVX512", "AVX-512", 1)})
	}
	if len(all) == 0 && Implementation() != "generic" {
		t.Fatal("found no assembly")
	}
	if len(all) == 0 {
		t.Skip("no assembly in this binary")
	}
	return all
}

// eachRoutine runs f with every kernel that this machine can run.
func eachRoutine(t *testing.T, f32 func(*testing.T, routine, *arena[float32]), f64 func(*testing.T, routine, *arena[float64])) {
	all := routines(t)
	var a32 *arena[float32]
	var a64 *arena[float64]
	for _, k := range all {
		t.Run(k.Name, func(t *testing.T) {
			for _, im := range impl.All() {
				if im.Name == k.impl && !im.Available {
					t.Skipf("NOT TESTED: this machine cannot run %s", im.Name)
				}
			}
			if k.bits == "32" {
				if a32 == nil {
					a32 = newArena[float32]()
				}
				f32(t, k, a32)
			} else {
				if a64 == nil {
					a64 = newArena[float64]()
				}
				f64(t, k, a64)
			}
		})
	}
	a32.free()
	a64.free()
}

// The roles of arguments.
const (
	roleX = iota
	roleW // w and, of a gradient, delta
	roleZ
	roleY
	roleWeights
	roles
)

// hard is a kind of values of its own. Of dot products and gradients x is so
// small, w or delta so small and negative, that all products round to −0, and
// b and what is added to are −0: a lane that a kernel fails to work with zeros
// shows, or one that it works once too often. z are hardZ, y the labels at
// which something changes.
const hard = kinds

// plain is another kind of values, for σ: z for which a short way does, but for
// one in 65 that needs the long one, from each lane in turn.
const plain = kinds + 1

// longZ need the long way of σ of float32: close to the middle between two
// results, subnormal results, and what is not a number.
var longZ = []float64{
	float64(math.Float32frombits(0xba928601)), float64(math.Float32frombits(0x3d21bc81)), -0x1p-23, 3 * 0x1p-23,
	-87.5, -103.25, math.Inf(-1), math.NaN(),
}

// plainZ returns the i-th of the plain arguments.
func plainZ[T Float](r *rand.Rand, i int) T {
	switch {
	case i%65 == 64:
		return T(longZ[i/65/32%len(longZ)])
	case i%65%8 == 3: // where σ is all but 1, and beyond
		return T(15 + 120*r.Float64())
	}
	return T(20 - 106*r.Float64()*r.Float64())
}

// hardLabel is the one of hardZ that gets a label of its own.
const hardLabel = -0x1.9bdefep-1

// hardZ are arguments of σ where little decides much: float32 whose σ is within
// 2^-20 ULP of where float32 is rounded the other way, found by a search, and ties; both
// sides of the limit of the linear piece; what overflows on the way; infinities
// and NaN.
var hardZ = []float64{
	0x1.d13002p-11, 0x1.a14ac8p-1, 0x1.9de532p+3, 0x1.fa461ep+0, 0x1.d15002p-11, 0x1.b0a538p+0,
	0x1.251802p-10, 0x1.1bff5ep-2, 0x1.e6c1e6p+1, 0x1.4f740cp-9, 0x1.f5180ap-10, 0x1.f0a43cp-6,
	0x1.e0ff36p-7, 0x1.27802cp+0, 0x1.8e114cp-5, 0x1.008p-14, 0x1.038p-14, -0x1.32c9ap-1,
	-0x1.5ce26ap+6, -0x1.fab1b2p+5, -0x1.90c802p+2, -0x1.c29422p+4, -0x1.9bdefep-1, -0x1.766aep-4,
	-0x1.45f5a2p-5, -0x1.c5615ap-7, -0x1.f51c0ap-10, -0x1.a6a618p-9, -0x1.701bfp-4, -0x1.901a3ep-1,
	-0x1.3bae0ap-9, -0x1.7ba94p+2, -0x1.004p-14, -0x1.024p-14,
	0x1.8p-22, 0x1.cp-21, -0x1.8p-23, -0x1.cp-22,
	0x1p-12, -0x1p-12, 0x1.fffffep-13, -0x1.fffffep-13, 0, math.Copysign(0, -1),
	1e30, -1e30, math.Inf(1), -760, 760, math.Inf(-1), -math.MaxFloat32, 745.5, math.NaN(), -745.5,
}

// The memory of inputs and outputs, in bytes. Any argument of any call fits.
const (
	inputSize  = 192 << 10
	outputSize = 64 << 10
	margin     = 256 // bytes beside an output that are looked at
)

// An arena holds the arguments of kernels. Inputs are filled once, for every
// kind of values, and read-only from then on; an argument is a piece of such
// memory.
type arena[T Float] struct {
	in        [kinds + 2][roles]*guard.Region
	out, sums *guard.Region
	r         *rand.Rand
}

func newArena[T Float]() *arena[T] {
	a := &arena[T]{out: guard.New(outputSize), sums: guard.New(outputSize), r: rand.New(rand.NewPCG(602, 1))}
	for _, r := range []*guard.Region{a.out, a.sums} {
		s := guard.Start[byte](r, r.Size())
		for i := range s {
			s[i] = outside
		}
	}
	return a
}

func (a *arena[T]) free() {
	if a == nil {
		return
	}
	a.out.Free()
	a.sums.Free()
	for _, kind := range a.in {
		for _, r := range kind {
			if r != nil {
				r.Free()
			}
		}
	}
}

// region returns the memory of an input.
func (a *arena[T]) region(kind, role int) *guard.Region {
	if r := a.in[kind][role]; r != nil {
		return r
	}
	g := guard.New(inputSize)
	r := rand.New(rand.NewPCG(uint64(kind), uint64(role)))
	s := guard.Start[T](g, g.Size()/elemSize[T]())
	c := testCase{kind: kind, weighted: true}
	if kind == hard || kind == plain {
		c.kind = ordinary
	}
	switch role {
	case roleZ:
		copy(s, newZ[T](r, len(s), c))
		for i := range s {
			switch kind {
			case hard:
				s[i] = T(hardZ[i%len(hardZ)])
			case plain:
				s[i] = plainZ[T](r, i)
			}
		}
	case roleY:
		copy(s, newLabels[T](r, len(s), c))
		for i := range s {
			if kind == hard {
				s[i] = hardLabels[T](i)
			}
		}
	case roleWeights:
		copy(s, newWeights[T](r, len(s), c))
	default:
		fill(r, s, c.kind)
		if kind == hard {
			scale := T(math.Ldexp(1, -542))
			if is32[T]() {
				scale = T(math.Ldexp(1, -80))
			}
			for i := range s {
				if s[i] = min(1, T(math.Abs(float64(s[i])))) * scale; role == roleW {
					s[i] = -s[i]
				}
			}
		}
	}
	g.ReadOnly(true)
	a.in[kind][role] = g
	return g
}

// A trial describes one call of a kernel. Every argument lies off elements from
// the end or from the start of its memory, where a guard stands. If off is not
// 0, each argument has a distance of its own, up to 64 bytes.
type trial struct {
	rows, cols, stride int
	kind               int
	end                bool
	off                int
	skip               int  // lines of 64 bytes that are left free besides
	ahead              bool // of a wide kernel: fetch ahead
	weighted           bool
	inPlace            bool // the output is z
	infinite           bool // the last columns of x and w are +∞
	chosen, start      int  // of fused steps: arguments chosen value by value, from which of them on
	compare            bool // with the generic kernel
}

func (c trial) String() string {
	at := "start"
	if c.end {
		at = "end"
	}
	return fmt.Sprintf("rows %d, cols %d, stride %d, kind %d, %d elements from the %s, ahead %t, weighted %t, in place %t",
		c.rows, c.cols, c.stride, c.kind, c.off, at, c.ahead, c.weighted, c.inPlace)
}

// place returns n elements of r, for the argument with the given number.
func place[T Float](r *guard.Region, c trial, n, argument int) []T {
	line := 64 / elemSize[T]()
	off := 0
	if c.off > 0 {
		off = 1 + (c.off*(2*argument+1)-1)%(line-1)
	}
	off += c.skip * line
	if c.end {
		return guard.End[T](r, n+off)[:n:n]
	}
	return guard.Start[T](r, n+off)[off:]
}

// An output is an argument that a kernel writes.
type output struct {
	name        string
	region      []byte // all of it
	from, to    int    // what the kernel may write
	before, now []byte // its contents before the call; its memory
}

func newOutput[T Float](name string, r *guard.Region, s, contents []T) output {
	o := output{name: name, region: guard.Start[byte](r, r.Size())}
	o.now = bytesOf(s)
	o.before = bytesOf(append([]T(nil), contents...))
	o.from = int(uintptr(unsafe.Pointer(unsafe.SliceData(s))) - uintptr(unsafe.Pointer(unsafe.SliceData(o.region))))
	o.to = o.from + len(o.now)
	return o
}

func bytesOf[T Float](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*elemSize[T]())
}

var untouched = bytes.Repeat([]byte{outside}, margin)

// check tells whether a byte beside the output has changed, and makes the
// output look untouched again.
func (o output) check() string {
	before := o.region[max(0, o.from-margin):o.from]
	behind := o.region[o.to:min(len(o.region), o.to+margin)]
	if !bytes.Equal(before, untouched[:len(before)]) {
		return "wrote in front of " + o.name
	}
	if !bytes.Equal(behind, untouched[:len(behind)]) {
		return "wrote behind " + o.name
	}
	return ""
}

func address[T any](s []T) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(s)))) }

// do calls k as c says and fails t if anything is wrong.
func do[T Float](t *testing.T, k routine, a *arena[T], c trial) {
	if err := try(t, k, a, c); err != "" {
		t.Fatalf("%s, %v: %s", k.Name, c, err)
	}
}

// spoil fills what lies between the rows of x with NaN, and, if c says so, the
// last column with +∞: a kernel that multiplies it by 0 once more gives NaN. It
// returns a function that undoes it.
func spoil[T Float](r *guard.Region, x []T, c trial) (undo func()) {
	x = guard.Writable(r, x)
	each := func(f func(x *T, last bool)) {
		for i := 0; i < len(x); i += c.stride {
			row := x[i:min(i+c.stride, len(x))]
			if c.infinite {
				f(&row[c.cols-1], true)
			}
			for j := c.cols; j < len(row); j++ {
				f(&row[j], false)
			}
		}
	}
	before := make([]T, 0, c.rows*(c.stride-c.cols+1)+1)
	each(func(x *T, last bool) {
		before = append(before, *x)
		if *x = T(math.NaN()); last {
			*x = T(math.Inf(1))
		}
	})
	return func() {
		each(func(x *T, _ bool) { *x, before = before[0], before[1:] })
	}
}

func try[T Float](t *testing.T, k routine, a *arena[T], c trial) string {
	undo := func() {}
	defer func() { undo() }()
	x := func() []T {
		r := a.region(c.kind, roleX)
		x := place[T](r, c, (c.rows-1)*c.stride+c.cols, 1)
		if c.compare && (c.stride > c.cols || c.infinite) {
			undo = spoil(r, x, c)
		}
		return x
	}
	input := func(role, n int) []T { return place[T](a.region(c.kind, role), c, n, 1+role) }
	// w is +∞ where the last column of x is.
	weight := func() []T {
		w := input(roleW, c.cols)
		if c.infinite {
			first, second := undo, spoil(a.region(c.kind, roleW), w, trial{cols: c.cols, stride: c.cols, infinite: true})
			undo = func() { first(); second() }
		}
		return w
	}
	// some returns n numbers to start from.
	some := func(n int) []T {
		s := make([]T, n)
		if c.kind != hard {
			fill(a.r, s, c.kind)
			return s
		}
		for i := range s {
			s[i] = T(math.Copysign(0, -1))
		}
		return s
	}

	var (
		args    []uint64
		outs    []output
		result  []T       // of the kernel
		sums    []float64 // of the kernel
		generic func(result []T, sums []float64)
	)
	out := func(n int, contents []T) {
		result = place[T](a.out, c, n, 0)
		if contents == nil {
			contents = make([]T, n)
			for i := range contents {
				contents[i] = fromBits[T](0x7ff4_dead_7fa0_dead)
			}
		}
		outs = append(outs, newOutput("the output", a.out, result, contents))
	}
	outSums := func(n int) {
		// float64 lie at multiples of their size
		cc := c
		cc.off = c.off & 7
		sums = place[float64](a.sums, cc, n, 0)
		contents := make([]float64, n)
		if c.chosen == 0 {
			values(a.r, contents, ordinary)
		}
		for i := sumLanes; i < min(n, 2*sumLanes); i++ { // correct rows, which a kernel may count as integers
			contents[i] = math.Trunc(math.Abs(contents[i]) * 100)
		}
		if c.kind == hard && n == sumLanes { // sums of cost begin with +0, so that they never are −0
			for i := range contents {
				contents[i] = math.Copysign(0, -1)
			}
		}
		outs = append(outs, newOutput("the sums", a.sums, sums, contents))
	}
	ahead := func() {
		if k.impl == "NEON" {
			return // there it is no argument
		}
		p := uint64(0)
		if c.ahead { // into the guard
			p = address(guard.End[T](a.region(c.kind, roleX), 0))
		}
		args = append(args, p)
	}
	size := elemSize[T]()

	switch k.family {
	case "forwardNarrow", "forwardWide":
		lanes := narrowLaneBytes / size
		if k.family == "forwardWide" {
			lanes = wideLaneBytes / size
		}
		x, w, b := x(), weight(), some(1)[0]
		out(c.rows, nil)
		args = []uint64{address(result), address(x), address(w), bitsOf(b), uint64(c.rows), uint64(c.cols), uint64(c.stride)}
		if k.family == "forwardWide" {
			ahead()
		}
		generic = func(z []T, _ []float64) { forwardGeneric(z, x, w, b, c.stride, lanes) }
	case "predictRow":
		c.rows, c.stride = 1, c.cols
		x, w, b := x(), weight(), some(1)[0]
		out(2, nil)
		args = []uint64{address(result), address(x), address(w), bitsOf(b), uint64(c.cols)}
		generic = func(out []T, _ []float64) {
			forwardGeneric(out[:1], x, w, b, c.stride, lanesOf[T](c.cols))
			out[1] = T(math.NaN())
			if y, ok := sigmoid32Short(float32(out[0])); ok {
				out[1] = T(y)
			}
		}
	case "dot":
		lanes := wideLaneBytes / size
		c.rows, c.stride = 1, c.cols
		x, w := x(), weight()
		out(lanes, some(lanes))
		args = []uint64{address(result), address(x), address(w), uint64(c.cols)}
		generic = func(acc []T, _ []float64) { dotGeneric(acc, x, w) }
	case "gradientNarrow", "gradientWide":
		x, delta := x(), input(roleW, c.rows)
		out(c.cols, some(c.cols))
		args = []uint64{address(result), address(x), address(delta), uint64(c.rows), uint64(c.cols), uint64(c.stride)}
		if k.family == "gradientWide" {
			ahead()
		}
		generic = func(g []T, _ []float64) { gradientGeneric(g, x, delta, c.stride, k.family == "gradientNarrow") }
	case "sum":
		delta := input(roleW, c.cols)
		if c.kind == hard {
			delta = place[T](a.region(zeros, roleW), c, c.cols, 1+roleW)
		}
		outSums(sumLanes)
		args = []uint64{address(sums), address(delta), uint64(c.cols)}
		generic = func(_ []T, lanes []float64) { sumGeneric((*[sumLanes]float64)(lanes), delta) }
	case "sigmoid":
		z := input(roleZ, c.cols)
		src := z
		if c.inPlace {
			out(c.cols, z)
			src = result
		} else {
			out(c.cols, nil)
		}
		args = []uint64{address(result), address(src), uint64(c.cols)}
		generic = func(dst []T, _ []float64) { sigmoidGeneric(dst, z) }
	case "deltaQuadratic", "deltaLog":
		loss := Quadratic
		if k.family == "deltaLog" {
			loss = LogLoss
		}
		z, y := input(roleZ, c.cols), input(roleY, c.cols)
		var weights []T
		if c.weighted {
			weights = input(roleWeights, c.cols)
		}
		src := z
		if c.inPlace {
			out(c.cols, z)
			src = result
		} else {
			out(c.cols, nil)
		}
		outSums(2 * sumLanes)
		args = []uint64{address(result), address(sums), address(src), address(y), address(weights), uint64(c.cols)}
		generic = func(delta []T, sums []float64) {
			deltaGeneric(delta, (*partials)(unsafe.Pointer(unsafe.SliceData(sums))), z, y, weights, loss)
		}
	case "stepThin", "stepNarrow", "stepWide":
		unit := map[string]int{"stepThin": 16, "stepNarrow": 8, "stepWide": 4}[k.family]
		narrow, loss := k.family != "stepWide", Loss(c.rows/unit&1)
		lanes := narrowLaneBytes / size
		if !narrow {
			lanes = wideLaneBytes / size
		}
		x, w, b := x(), weight(), some(1)[0]
		y := input(roleY, c.rows)
		var weights []T
		if c.weighted {
			weights = input(roleWeights, c.rows)
		}
		if c.chosen != 0 {
			x, w, y, b = choose[T](c)
		}
		distance := 0
		if c.ahead {
			distance = inputSize
		}
		out(c.cols, some(c.cols))
		outSums(3 * sumLanes)
		if k.family == "stepThin" {
			weights = nil
			if c.cols == 32 {
				b += 0 // −0 is not for this kernel
			}
			args = []uint64{address(result), address(x), address(w), address(y), address(sums), bitsOf(b),
				uint64(c.rows), uint64(c.cols), uint64(c.stride), uint64(loss)}
		} else {
			args = []uint64{address(result), address(x), address(w), address(y), address(weights), address(sums), bitsOf(b),
				uint64(c.rows), uint64(c.cols), uint64(c.stride), uint64(distance), uint64(loss)}
		}
		generic = func(g []T, sums []float64) {
			acc := (*accumulator)(unsafe.Pointer(unsafe.SliceData(sums)))
			z := make([]T, c.rows)
			forwardGeneric(z, x, w, b, c.stride, lanes)
			deltaGeneric(z, &acc.partials, z, y, weights, loss)
			sumGeneric(&acc.delta, z)
			gradientGeneric(g, x, z, c.stride, narrow)
		}
	default:
		t.Fatalf("assembly function %s: add a case for it to the function try in kernels_test.go", k.Name)
	}

	restore := func() {
		for _, o := range outs {
			copy(o.now, o.before)
		}
	}
	defer func() {
		for _, o := range outs {
			for i := range o.now {
				o.now[i] = outside
			}
		}
	}()
	for range 20 { // once is enough: only an interruption makes a call look dirty
		restore()
		var damage string
		var dirty bool
		if err := guard.Fault(func() { damage, dirty = checkasm.Call(k.Func, args...) }); err != nil {
			return fmt.Sprintf("touched memory beyond its arguments, or wrote to an input: %v", err)
		}
		for _, o := range outs {
			if s := o.check(); s != "" {
				return s
			}
		}
		if damage != "" {
			return damage
		}
		if dirty {
			continue
		}
		if !c.compare {
			return ""
		}
		want, wantSums := make([]T, len(result)), make([]float64, len(sums))
		for _, o := range outs {
			if o.name == "the sums" {
				copy(bytesOf(wantSums), o.before)
			} else {
				copy(bytesOf(want), o.before)
			}
		}
		generic(want, wantSums)
		for i := range want {
			if !same(result[i], want[i]) {
				return fmt.Sprintf("element %d of %d is %x, want %x", i, len(want), result[i], want[i])
			}
		}
		for i := range wantSums {
			if !same(sums[i], wantSums[i]) {
				return fmt.Sprintf("sum %d is %x, want %x", i, sums[i], wantSums[i])
			}
		}
		return ""
	}
	return "leaves the upper halves of the vector registers in use"
}

// widths returns the numbers of columns with which to call a kernel: all from
// 1 to dense, then those close to a multiple of 16, up to limit.
func widths(dense, limit int) []int {
	var all []int
	for n := 1; n <= limit; n++ {
		if m := n & 15; n <= dense || m <= 1 || m == 15 {
			all = append(all, n)
		}
	}
	return all
}

func TestGuardedKernels(t *testing.T) {
	eachRoutine(t, testGuardedKernel[float32], testGuardedKernel[float64])
}

// testGuardedKernel calls a kernel with all the lengths that take other paths
// through it.
func testGuardedKernel[T Float](t *testing.T, k routine, a *arena[T]) {
	r := rand.New(rand.NewPCG(603, 1))
	narrow := 1024 / elemSize[T]() // the least wide row
	kind := deck{r: r, n: 2 * kinds}
	pad := deck{r: r, n: 4}
	flags := deck{r: r, n: 8}
	place := deck{r: r, n: 8}
	skip, infinite := 0, false
	runKind := func(rows, cols, kind int) { // no t.Helper, which takes as long as a small kernel
		c := trial{rows: rows, cols: cols, kind: kind, skip: skip, infinite: infinite, compare: true}
		c.stride = cols + []int{0, 0, PaddedStride[T](cols) - cols, 5}[pad.deal()]
		f := flags.deal()
		c.ahead, c.weighted, c.inPlace = f&1 != 0, f&2 != 0, f&4 != 0
		switch p := place.deal(); {
		case p < 3:
			c.end = true
		case p < 6:
		default:
			c.end, c.off = p == 6, 1+r.IntN(15)
		}
		do(t, k, a, c)
	}
	run := func(rows, cols int) {
		k := kind.deal()
		runKind(rows, cols, max(0, k-kinds)) // half of them ordinary
	}
	rowsOf := func(rows []int) *deck { return &deck{r: r, n: len(rows)} }
	few := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}
	many := append([]int{14, 15, 16, 17, 18, 20, 23, 24, 25, 31, 32, 33, 35, 40, 47, 49}, few...)
	switch k.family {
	case "forwardNarrow":
		rows := rowsOf(many)
		for _, cols := range widths(66, narrow-1) {
			for range 6 {
				run(many[rows.deal()], cols)
			}
			runKind(16+8+4+1, cols, hard)
			infinite = true
			runKind(16+8+4+1, cols, hard)
			infinite = false
		}
	case "forwardWide":
		rows := rowsOf(few)
		for _, cols := range widths(34, 160) {
			for range 2 {
				run(few[rows.deal()], narrow-1+cols)
			}
			runKind(8+4+2+1, narrow-1+cols, hard)
			infinite = true
			runKind(8+4+2+1, narrow-1+cols, hard)
			infinite = false
		}
		for _, cols := range []int{512, 784, 1023, 1024, 1025} {
			run(few[rows.deal()], cols)
		}
	case "gradientNarrow", "gradientWide":
		rows := rowsOf(many)
		for _, cols := range widths(66, 290) {
			for range 3 {
				run(many[rows.deal()], cols)
			}
			runKind(1+rows.deal()%9, cols, hard)
		}
		for _, cols := range []int{512, 784, 1023, 1024, 1025} {
			run(few[rows.deal()%len(few)], cols)
		}
	case "stepNarrow":
		rows := deck{r: r, n: 6}
		for _, cols := range append(widths(66, narrow-1), 80, 81, 95, 96, 97, 111, 112, 113, 127, 128, 129, 144, 145) {
			for range 3 {
				run(8*(1+rows.deal()), cols)
			}
			runKind(8*(1+rows.deal()), cols, hard)
			infinite = true
			runKind(8*(1+rows.deal()), cols, hard)
			infinite = false
		}
		run(8*20, 20)
		lanes := narrowLaneBytes / elemSize[T]()
		testZeros[T](t, k.impl, 8, []int{lanes + 2, 2*lanes - 1, 2 * lanes})
		testZeros[T](t, k.impl, 24, []int{2*lanes + 1, 3*lanes - 1, 3 * lanes, 8*lanes - 1, 8 * lanes})
		testChosenSteps(t, k, a, 8, 16, 33, 160)
	case "stepThin":
		rows := deck{r: r, n: 6}
		for cols := 17; cols <= 32; cols++ {
			for range 4 {
				run(16*(1+rows.deal()), cols)
			}
			runKind(16, cols, hard)
			runKind(16*(1+rows.deal()), cols, hard)
			infinite = true
			runKind(16+16*(rows.deal()&1), cols, hard)
			runKind(32, cols, ordinary)
			infinite = false
		}
		testZeros[T](t, k.impl, 16, rangeOf(17, 32))
		testChosenSteps(t, k, a, 16, 17, 32)
	case "stepWide":
		rows := deck{r: r, n: 8}
		for _, cols := range append(widths(34, 160), 300, 400, 512-narrow, 784-narrow, 1025-narrow) {
			for range 3 {
				run(2*(1+rows.deal()), narrow-1+cols)
			}
			runKind(2*(1+rows.deal()), narrow-1+cols, hard)
		}
		lanes := wideLaneBytes / elemSize[T]()
		for _, ahead := range []bool{false, true} { // rows of more groups than a cache line has bytes
			do(t, k, a, trial{rows: 4, cols: 129 * lanes, stride: 129 * lanes, ahead: ahead, compare: true})
		}
		testChosenSteps(t, k, a, 2, narrow, narrow+lanes, narrow+lanes-1, narrow+lanes+1)
		testChosenSteps(t, k, a, 4, narrow, narrow+lanes-4, narrow+1, narrow+3*lanes/4, narrow+lanes/4)
	case "dot", "predictRow":
		for _, n := range widths(130, 1025) {
			run(1, n)
			runKind(1, n, hard)
			infinite = true
			runKind(1, n, hard)
			infinite = false
		}
		if k.family == "predictRow" {
			for range 8 {
				run(1, narrow-1)
				run(1, narrow)
			}
			testPredictRow(t, k)
		}
	default:
		for _, n := range widths(130, 300) {
			run(1, n)
			run(1, n)
			for range 3 {
				runKind(1, n, hard)
			}
		}
		for range 8 {
			run(1, 1000+r.IntN(1048))
		}
		if k.family == "sigmoid" {
			testSigmoidLanes[T](t, k)
			for range 2 {
				runKind(1, 2000*32/elemSize[T](), plain)
			}
			for n := range 65 {
				skip = 4 * n
				runKind(1, 1+n, plain)
			}
		}
		for n := range 700 { // tails, of many values
			skip = r.IntN(400)
			run(1, 1+n%7)
		}
	}
}

func rangeOf(first, last int) (r []int) {
	for i := first; i <= last; i++ {
		r = append(r, i)
	}
	return r
}

// testZeros takes the zeros of which a fused step may lose the sign: in z, where
// all products of a row are −0, exactly or by underflow, and in δ, where z is far
// away.
func testZeros[T Float](t *testing.T, implementation string, rows int, widths []int) {
	t.Helper()
	defer impl.Select(implementation)()
	for _, cols := range widths {
		for k := range 64 {
			c := testCase{rows: rows, cols: cols, stride: cols, loss: Loss(k & 1)}
			x := Batch[T]{Data: make([]T, c.rows*cols), Rows: c.rows, Cols: cols}
			w, y, b := make([]T, cols), make([]T, c.rows), T(0)
			if k < 4 {
				b = minusZeros(x, w, y)
				if k >= 2 {
					clear(x.Data)
				}
			} else if k < 6 {
				// The label is what a register may hold where a zero belongs: s⁸.
				b = -0.75
				v := expNeg(-0.75)
				v /= 2 + v
				for range 3 {
					v *= v
				}
				for i := range y {
					y[i] = T(v)
				}
			} else {
				far := T(math.Pow(10, float64(k)/2))
				for i := range x.Data {
					x.Data[i] = far
				}
				for j := range w {
					w[j] = -1
				}
				for i := range y {
					y[i] = T(k >> 1 & 1)
				}
			}
			got, want := make([]T, cols), make([]T, cols)
			for j := range want {
				want[j] = T(math.Copysign(0, -1))
			}
			copy(got, want)
			var acc, wantAcc accumulator
			z := make([]T, c.rows)
			forwardGeneric(z, x.Data, w, b, cols, lanesOf[T](cols))
			deltaGeneric(z, &wantAcc.partials, z, y, nil, c.loss)
			sumGeneric(&wantAcc.delta, z)
			gradientGeneric(want, x.Data, z, cols, isNarrow[T](cols))
			stepBatch(&acc, got, x.Data, y, nil, w, b, cols, c.loss, false)
			wantSame(t, got, want, "%d: %v", k, c)
			wantSums(t, acc.sums(), wantAcc.sums(), "%d: %v", k, c)
		}
	}
}

// TestGuardSweep calls every kernel with every length from 1 to 1025 and some
// beyond, flush at either guard and at every element-aligned start.
func TestGuardSweep(t *testing.T) {
	if !*guardSweep {
		t.Skip("only with -guard")
	}
	total, kernels := 0, 0
	eachRoutine(t,
		func(t *testing.T, k routine, a *arena[float32]) { total += testGuardSweep(t, k, a); kernels++ },
		func(t *testing.T, k routine, a *arena[float64]) { total += testGuardSweep(t, k, a); kernels++ })
	t.Logf("%d calls of %d kernels, no fault, nothing changed; pages of %d bytes", total, kernels, os.Getpagesize())
}

// testGuardSweep returns the number of calls.
func testGuardSweep[T Float](t *testing.T, k routine, a *arena[T]) (calls int) {
	r := rand.New(rand.NewPCG(604, 1))
	line := 64 / elemSize[T]()
	few := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17}
	rows, pads, flags := deck{r: r, n: len(few)}, deck{r: r, n: 4}, deck{r: r, n: 8}
	narrow := 1024 / elemSize[T]()
	step := strings.HasPrefix(k.family, "step")
	twoDim := strings.HasPrefix(k.family, "forward") || strings.HasPrefix(k.family, "gradient") || step
	everywhere := func(rows func() int, cols int) {
		class := strings.HasPrefix(k.family, "forward") || step
		if class && strings.HasSuffix(k.family, "Narrow") && cols >= narrow || class && strings.HasSuffix(k.family, "Wide") && cols < narrow {
			return // never called so
		}
		if k.family == "stepThin" && (cols < 17 || cols > 32) {
			return // neither
		}
		for off := range line {
			for _, end := range []bool{true, false} {
				f := flags.deal()
				c := trial{rows: rows(), cols: cols, end: end, off: off, compare: off == 0 && calls%8 == 0}
				c.stride = cols + []int{0, 0, PaddedStride[T](cols) - cols, 5}[pads.deal()]
				c.ahead, c.weighted, c.inPlace = f&1 != 0, f&2 != 0, f&4 != 0
				do(t, k, a, c)
				calls++
			}
		}
	}
	lengths := make([]int, 0, 1100)
	for n := 1; n <= 1025; n++ {
		lengths = append(lengths, n)
	}
	for _, n := range []int{1280, 1536, 2048, 3072, 4096} {
		for e := -2; e <= 2; e++ {
			lengths = append(lengths, n+e)
		}
	}
	for _, n := range lengths {
		everywhere(func() int {
			if !twoDim {
				return 1
			}
			m := few[rows.deal()]
			if n > 1030 {
				m = 1 + m&3
			}
			switch k.family {
			case "stepThin":
				m = 16 * (1 + m&1)
			case "stepNarrow":
				m = 8 * (1 + m&3)
			case "stepWide":
				if m = 2 * (1 + m&3); n > 1030 {
					m = 2
				}
			}
			return m
		}, n)
		if !twoDim {
			continue
		}
		for _, cols := range []int{1, 3, 16, 30} { // so many rows
			if n > 1025 || k.family == "forwardWide" || k.family == "stepWide" || k.family == "stepThin" && n%16 != 0 || step && n%8 != 0 {
				break
			}
			if k.family == "stepThin" && cols < 17 {
				continue
			}
			for _, end := range []bool{true, false} {
				if n*(cols+5)*elemSize[T]() > inputSize {
					break
				}
				do(t, k, a, trial{rows: n, cols: cols, stride: cols + n%3, end: end, ahead: n&1 != 0})
				calls++
			}
		}
	}
	return calls
}
