package kernel

import (
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// Each fuzz target feeds one kernel of every implementation, and its
// definition in kernel_generic.go, with numbers made of bytes, and compares
// the bits of the results. For a minute:
//
//	go test -run xxx -fuzz FuzzForward -fuzztime 1m .
//
// The fuzzer cannot see which way assembly goes. TestFuzz does without it: it
// feeds the same functions with bytes of its own, ten times as fast.

// A feed makes numbers of bytes, which it repeats as often as need be.
type feed struct {
	p []byte
	i int
}

// numbers returns n numbers at an offset in a larger array.
func numbers[T Float](f *feed, n, off int) []T {
	s := make([]T, off+n)[off:]
	if len(s) == 0 || len(f.p) == 0 {
		return s
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), n*elemSize[T]())
	for len(b) > 0 {
		k := copy(b, f.p[f.i:])
		b = b[k:]
		f.i = (f.i + k) % len(f.p)
	}
	return s
}

// A fuzzShape is the shape of a problem, made of the bits of a number.
type fuzzShape struct{ rows, cols, stride, off int }

func shapeOf(bits uint32) fuzzShape {
	s := fuzzShape{rows: int(bits & 15), cols: int(bits >> 4 & 255), off: int(bits >> 14 & 15)}
	switch bits >> 12 & 3 {
	case 0:
		s.cols &= 31
	case 1:
		s.cols &= 127
	case 2: // around the limits of the wide class
		s.cols = 120 + s.cols*3/4
	}
	s.stride = s.cols + int(bits>>18&7)
	return s
}

func (s fuzzShape) dataLen() int { return max(0, (s.rows-1)*s.stride+s.cols) }

// fuzzMargin is the number of elements before and behind an output that must not
// change.
const fuzzMargin = 16

// A fuzzOutput is a slice with a margin.
type fuzzOutput[T Float] struct{ all, s []T }

func newFuzzOutput[T Float](init []T, off int) fuzzOutput[T] {
	all := make([]T, 2*fuzzMargin+off+len(init))
	for i := range all {
		all[i] = 12345
	}
	s := all[fuzzMargin+off:][:len(init):len(init)]
	copy(s, init)
	return fuzzOutput[T]{all, s}
}

// want compares an output with what it should be.
func (o fuzzOutput[T]) want(t *testing.T, want []T, format string, args ...any) {
	for i := range want {
		if !same(o.s[i], want[i]) {
			t.Helper() // which is slow
			wantSame(t, o.s, want, format, args...)
		}
	}
	for i := range fuzzMargin {
		if o.all[i] != 12345 || o.all[len(o.all)-1-i] != 12345 {
			t.Fatalf(format+": wrote outside of its slice", args...)
		}
	}
}

// eachAvailable runs f with every implementation of this machine.
func eachAvailable(f func(name string)) {
	for _, im := range impl.All() {
		if im.Available {
			restore := impl.Select(im.Name)
			f(im.Name)
			restore()
		}
	}
}

// addSeeds adds inputs to begin with: bytes of all sorts, and shapes.
func addSeeds(f *testing.F) {
	var special []byte
	for _, x := range []float64{1, -0.5, 0, math.Copysign(0, -1), math.Inf(1), math.NaN(), 1e-310, math.MaxFloat64, 0x1p-1074, 36.7, -709.5} {
		special = binary.LittleEndian.AppendUint64(special, math.Float64bits(x))
		special = binary.LittleEndian.AppendUint32(special, math.Float32bits(float32(x)))
	}
	for i, p := range [][]byte{nil, {0x3f}, special, []byte("the quick brown fox jumps over the lazy dog")} {
		for k := range uint32(8) {
			f.Add(p, k*0x9e3779b9+uint32(i)*0x1f123bb5, (k+uint32(i))&1 == 0)
		}
	}
}

// A fuzzed function is for one type.
type fuzzed func(t *testing.T, d *feed, s fuzzShape, bits uint32)

// fuzz fuzzes both types.
func fuzz(f *testing.F, f32, f64 fuzzed) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, p []byte, bits uint32, narrow bool) {
		if narrow {
			f32(t, &feed{p: p}, shapeOf(bits), bits>>21)
		} else {
			f64(t, &feed{p: p}, shapeOf(bits), bits>>21)
		}
	})
}

var executions = flag.Int("executions", 20_000, "how often TestFuzz runs kernels")

// TestFuzz fuzzes all kernels in turn, without a fuzzer: with random bytes, and
// with numbers of every kind.
func TestFuzz(t *testing.T) {
	n := *executions
	if brief() {
		n = min(n, 3000)
	}
	seed := uint64(1)
	if n > 20_000 {
		seed = uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
	}
	r := rand.New(rand.NewPCG(seed, 3))
	all := []fuzzed{
		fuzzForward[float32], fuzzForward[float64], fuzzDot[float32], fuzzDot[float64], fuzzGradient[float32], fuzzGradient[float64],
		fuzzSum[float32], fuzzSum[float64], fuzzSigmoid[float32], fuzzSigmoid[float64], fuzzDelta[float32], fuzzDelta[float64],
		fuzzStep[float32], fuzzStep[float64],
	}
	var p [512]byte
	for i := range n {
		d := &feed{p: p[:1+r.IntN(len(p))]}
		kind := r.IntN(kinds)
		for k := 0; k < len(d.p); k += 8 {
			var x [1]float64
			switch {
			case kind == anyBits:
				x[0] = math.Float64frombits(r.Uint64())
			case i&1 != 0: // the odd functions are for float64
				values(r, x[:], kind)
			default:
				var pair [2]float32
				values(r, pair[:], kind)
				x[0] = math.Float64frombits(uint64(math.Float32bits(pair[0])) | uint64(math.Float32bits(pair[1]))<<32)
			}
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(x[0]))
			copy(d.p[k:], b[:])
		}
		bits := r.Uint32()
		all[i%len(all)](t, d, shapeOf(bits), bits>>21)
	}
}

func FuzzForward(f *testing.F) { fuzz(f, fuzzForward[float32], fuzzForward[float64]) }

func fuzzForward[T Float](t *testing.T, d *feed, s fuzzShape, bits uint32) {
	if s.rows == 0 || s.cols == 0 {
		return // never passed to a kernel
	}
	x, w, b := numbers[T](d, s.dataLen(), s.off), numbers[T](d, s.cols, s.off/2), numbers[T](d, 1, 0)[0]
	want := make([]T, s.rows)
	forwardGeneric(want, x, w, b, s.stride, lanesOf[T](s.cols))
	var ahead *T
	if bits&1 != 0 {
		ahead = &x[len(x)-1]
	}
	eachAvailable(func(name string) {
		z := newFuzzOutput(make([]T, s.rows), s.off/4)
		forward(z.s, x, w, b, s.stride, ahead)
		z.want(t, want, "%s: forward, %+v", name, s)
	})
}

func FuzzDot(f *testing.F) { fuzz(f, fuzzDot[float32], fuzzDot[float64]) }

func fuzzDot[T Float](t *testing.T, d *feed, s fuzzShape, _ uint32) {
	if s.cols == 0 {
		return
	}
	x, w, acc := numbers[T](d, s.cols, s.off), numbers[T](d, s.cols, s.off/2), numbers[T](d, maxLanes, 0)
	lanes := wideLaneBytes / elemSize[T]()
	want := append([]T(nil), acc...)
	dotGeneric(want[:lanes], x, w)
	eachAvailable(func(name string) {
		got := newFuzzOutput(acc, s.off/4)
		dot((*[maxLanes]T)(got.s), x, w)
		got.want(t, want, "%s: dot, %+v", name, s)
	})
}

func FuzzGradient(f *testing.F) { fuzz(f, fuzzGradient[float32], fuzzGradient[float64]) }

func fuzzGradient[T Float](t *testing.T, d *feed, s fuzzShape, bits uint32) {
	if s.rows == 0 || s.cols == 0 {
		return
	}
	x, delta, g := numbers[T](d, s.dataLen(), s.off), numbers[T](d, s.rows, s.off/2), numbers[T](d, s.cols, 0)
	want := append([]T(nil), g...)
	class := gradientClasses[bits%3]
	gradientGeneric(want, x, delta, s.stride, class == "narrow")
	eachAvailable(func(name string) {
		got := newFuzzOutput(g, s.off/4)
		runGradient(got.s, x, delta, s.stride, class)
		got.want(t, want, "%s: gradient, %s, %+v", name, class, s)
	})
}

func FuzzSum(f *testing.F) { fuzz(f, fuzzSum[float32], fuzzSum[float64]) }

func fuzzSum[T Float](t *testing.T, d *feed, s fuzzShape, _ uint32) {
	delta, lanes := numbers[T](d, s.cols, s.off), numbers[float64](d, sumLanes, 0)
	want := append([]float64(nil), lanes...)
	sumGeneric((*[sumLanes]float64)(want), delta)
	eachAvailable(func(name string) {
		got := newFuzzOutput(lanes, s.off/4)
		sum((*[sumLanes]float64)(got.s), delta)
		got.want(t, want, "%s: sum, %+v", name, s)
	})
}

func FuzzSigmoid(f *testing.F) { fuzz(f, fuzzSigmoid[float32], fuzzSigmoid[float64]) }

func fuzzSigmoid[T Float](t *testing.T, d *feed, s fuzzShape, bits uint32) {
	if s.cols == 0 {
		return
	}
	src := numbers[T](d, s.cols, s.off)
	want := make([]T, s.cols)
	sigmoidGeneric(want, src)
	for i, y := range want {
		if x := src[i]; !(y >= 0 && y <= 1) && x == x || x != x && y == y {
			t.Fatalf("σ(%x) = %x", x, y)
		}
	}
	eachAvailable(func(name string) {
		if bits&1 == 0 {
			got := newFuzzOutput(make([]T, s.cols), s.off/4)
			sigmoid(got.s, src)
			got.want(t, want, "%s: sigmoid, %+v", name, s)
			return
		}
		got := newFuzzOutput(src, s.off/4)
		sigmoid(got.s, got.s)
		got.want(t, want, "%s: sigmoid in place, %+v", name, s)
	})
}

func FuzzDelta(f *testing.F) { fuzz(f, fuzzDelta[float32], fuzzDelta[float64]) }

func fuzzDelta[T Float](t *testing.T, d *feed, s fuzzShape, bits uint32) {
	if s.cols == 0 {
		return
	}
	loss := Loss(bits & 1)
	z, y := numbers[T](d, s.cols, s.off), numbers[T](d, s.cols, s.off/2)
	if bits&2 != 0 { // labels as they should be
		for i := range y {
			y[i] = T(bitsOf(y[i]) & 1)
		}
	}
	var weights []T
	if bits&4 != 0 {
		weights = numbers[T](d, s.cols, s.off/3)
	}
	init := numbers[float64](d, 2*sumLanes, 0)
	for i := range init[sumLanes:] { // correct rows, which a kernel may count as integers
		init[sumLanes+i] = float64(math.Float64bits(init[sumLanes+i]) % 1e9)
	}
	sums := func(s []float64) *partials {
		return &partials{cost: [sumLanes]float64(s), correct: [sumLanes]float64(s[sumLanes:])}
	}
	want, wantSums := make([]T, s.cols), sums(init)
	deltaGeneric(want, wantSums, z, y, weights, loss)
	eachAvailable(func(name string) {
		got, gotSums := newFuzzOutput(make([]T, s.cols), s.off/4), sums(init)
		deltaBlock(got.s, gotSums, z, y, weights, loss)
		got.want(t, want, "%s: delta, %v, %+v", name, loss, s)
		wantSame(t, gotSums.cost[:], wantSums.cost[:], "%s: cost, %v, %+v", name, loss, s)
		wantSame(t, gotSums.correct[:], wantSums.correct[:], "%s: correct, %v, %+v", name, loss, s)
	})
}

func FuzzStep(f *testing.F) { fuzz(f, fuzzStep[float32], fuzzStep[float64]) }

// fuzzStep compares the fused step with its parts, one row at a time for the
// forward pass.
func fuzzStep[T Float](t *testing.T, d *feed, s fuzzShape, bits uint32) {
	loss := Loss(bits & 1)
	s.rows += int(bits >> 2 & 63)
	s.cols %= 64
	s.stride = s.cols + s.off&3
	x := Batch[T]{Data: numbers[T](d, s.dataLen(), s.off), Rows: s.rows, Cols: s.cols, Stride: s.stride}
	w, y, b := numbers[T](d, s.cols, s.off/2), numbers[T](d, s.rows, s.off/3), numbers[T](d, 1, 0)[0]
	var weights []T
	if bits&2 != 0 {
		weights = numbers[T](d, s.rows, 1)
	}
	init := numbers[T](d, s.cols, 0)

	restore := impl.Select("generic")
	z, want := make([]T, s.rows), append([]T(nil), init...)
	for i := range z {
		Forward(z[i:i+1], x.Slice(i, i+1), w, b)
	}
	wantS := Delta(z, z, y, weights, loss)
	wantS.Delta = Gradient(want, x, z)
	restore()
	eachAvailable(func(name string) {
		got := newFuzzOutput(init, s.off/4)
		gotS := Step(got.s, x, y, weights, w, b, loss)
		got.want(t, want, "%s: Step, %v, %+v", name, loss, s)
		wantSums(t, gotS, wantS, "%s: Step, %v, %+v", name, loss, s)
	})
}
