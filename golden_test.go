package kernel

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"hash"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// The golden file holds a hash of the results of every operation, the same
// for all architectures. A change of any bit shows here; it is a new version
// of the order of operations, see Order. Write the file with
//
//	go test -run Golden -update

//go:embed testdata/golden.txt
var goldenFile string

const goldenPath = "testdata/golden.txt"

// A source is a generator of numbers made of integer operations alone, so
// that it is the same on every architecture (splitmix64).
type source uint64

func (s *source) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// fixed returns an integer of the given number of bits beside the sign.
func (s *source) fixed(bits int) int64 { return int64(s.next()) >> (63 - bits) }

// goldenVector returns n numbers, most of them of the order of size, a power
// of two; of mixed signs, some with few bits and some with many, some zero,
// and of very different sizes where wild.
func goldenVector[T Float](s *source, n int, size float64, wild bool) []T {
	v := make([]T, n)
	for i := range v {
		x := float64(s.fixed(20+int(s.next()%3))) * 0x1p-20 * size
		switch s.next() % 16 {
		case 0:
			x = 0
		case 1:
			x = math.Copysign(0, -1)
		case 2, 3:
			x *= 0x1p-9
		case 4:
			x *= 0x1p6
		}
		if wild {
			x *= math.Float64frombits(uint64(1023-70+s.next()%140) << 52)
		}
		v[i] = T(x)
	}
	return v
}

func goldenLabels[T Float](s *source, n int) []T {
	y := make([]T, n)
	for i := range y {
		y[i] = T(s.next() & 1)
		if s.next()%8 == 0 {
			y[i] = T(s.next()%257) / 256
		}
	}
	return y
}

func goldenWeights[T Float](s *source, n int) []T {
	w := make([]T, n)
	for i := range w {
		w[i] = T(s.next()%33) / 8
	}
	return w
}

// A digest hashes numbers as little-endian bits, every NaN being the same.
type digest struct {
	hash.Hash
	buf []byte
}

func newDigest() *digest { return &digest{Hash: sha256.New()} }

func (d *digest) sum() string { return fmt.Sprintf("%x", d.Sum(nil)[:12]) }

func addBits[T Float](d *digest, s ...T) {
	d.buf = d.buf[:0]
	for _, x := range s {
		switch {
		case is32[T]() && x != x:
			d.buf = binary.LittleEndian.AppendUint32(d.buf, 0x7fc00000)
		case is32[T]():
			d.buf = binary.LittleEndian.AppendUint32(d.buf, uint32(bitsOf(x)))
		case x != x:
			d.buf = binary.LittleEndian.AppendUint64(d.buf, 0x7ff8000000000000)
		default:
			d.buf = binary.LittleEndian.AppendUint64(d.buf, bitsOf(x))
		}
	}
	d.Write(d.buf)
}

func addSums(d *digest, s Sums) { addBits(d, s.Cost, s.Delta, float64(s.Correct)) }

// goldens returns the name of every entry and the function that computes its
// hash.
func goldens() (names []string, entries map[string]func() string) {
	entries = map[string]func() string{}
	add := func(name string, f func() string) {
		names = append(names, name)
		entries[name] = f
	}
	goldensOf[float32](add)
	goldensOf[float64](add)
	return names, entries
}

func goldensOf[T Float](add func(name string, f func() string)) {
	typ := fmt.Sprintf("%T", T(0))
	shapes := map[string][][2]int{ // rows, cols
		"narrow": {{1, 1}, {3, 2}, {17, 7}, {40, 8}, {33, 15}, {70, 16}, {21, 17}, {130, 30}, {37, 64}, {9, 100}, {18, 127}},
		"wide":   {{1, 256}, {5, 257}, {17, 300}, {3, 511}, {16, 512}, {9, 784}, {4, 1023}, {7, 1024}, {1, 4099}, {2, 17001}},
	}
	for _, class := range []string{"narrow", "wide"} {
		// A width keeps its class, whichever the type.
		add(fmt.Sprintf("forward %s %s", typ, class), func() string {
			s, d := source(1), newDigest()
			for i, sh := range shapes[class] {
				x, w := goldenVector[T](&s, sh[0]*sh[1], 1, i%3 == 2), goldenVector[T](&s, sh[1], 0.25, i%3 == 2)
				z := make([]T, sh[0])
				Forward(z, Batch[T]{Data: x, Rows: sh[0], Cols: sh[1]}, w, 0.625)
				addBits(d, z...)
			}
			return d.sum()
		})
		add(fmt.Sprintf("gradient %s %s", typ, class), func() string {
			s, d := source(2), newDigest()
			for i, sh := range shapes[class] {
				x, delta := goldenVector[T](&s, sh[0]*sh[1], 1, i%3 == 2), goldenVector[T](&s, sh[0], 0.125, i%3 == 2)
				g := goldenVector[T](&s, sh[1], 1, false)
				addBits(d, Gradient(g, Batch[T]{Data: x, Rows: sh[0], Cols: sh[1]}, delta))
				addBits(d, g...)
			}
			return d.sum()
		})
		for _, loss := range []Loss{Quadratic, LogLoss} {
			add(fmt.Sprintf("step-%v %s %s", loss, typ, class), func() string {
				s, d := source(3), newDigest()
				for i, sh := range shapes[class] {
					x, w := goldenVector[T](&s, sh[0]*sh[1], 1, false), goldenVector[T](&s, sh[1], 0x1p-4, false)
					y, weights := goldenLabels[T](&s, sh[0]), goldenWeights[T](&s, sh[0])
					if i%2 == 0 {
						weights = nil
					}
					g := goldenVector[T](&s, sh[1], 1, false)
					addSums(d, Step(g, Batch[T]{Data: x, Rows: sh[0], Cols: sh[1]}, y, weights, w, -0.375, loss))
					addBits(d, g...)
				}
				return d.sum()
			})
		}
		for _, workers := range []int{1, 2, 7} {
			add(fmt.Sprintf("stepper-%d %s %s", workers, typ, class), func() string {
				s, d := source(4), newDigest()
				sh := map[string][2]int{"narrow": {5*1024 + 100, 30}, "wide": {64*8 + 7, 260}}[class]
				x, w := make([]T, sh[0]*sh[1]), goldenVector[T](&s, sh[1], 0x1p-4, false)
				for i := range x {
					x[i] = T(s.fixed(20)) * 0x1p-20
				}
				y, weights := goldenLabels[T](&s, sh[0]), goldenWeights[T](&s, sh[0])
				st := NewStepper[T](sh[1], workers)
				defer st.Close()
				g := make([]T, sh[1])
				addSums(d, st.Step(g, Batch[T]{Data: x, Rows: sh[0], Cols: sh[1]}, y, weights, w, 0.125, Quadratic))
				addBits(d, g...)
				return d.sum()
			})
		}
	}
	add(fmt.Sprintf("sigmoid %s all", typ), func() string {
		d := newDigest()
		z := sigmoidPoints[T](64)
		Sigmoid(z, z)
		addBits(d, z...)
		return d.sum()
	})
	for _, loss := range []Loss{Quadratic, LogLoss} {
		add(fmt.Sprintf("delta-%v %s all", loss, typ), func() string {
			s, d := source(6), newDigest()
			z := sigmoidPoints[T](8)
			y, weights := goldenLabels[T](&s, len(z)), goldenWeights[T](&s, len(z))
			delta := make([]T, len(z))
			addSums(d, Delta(delta, z, y, weights, loss))
			addBits(d, delta...)
			// Finite sums: without the largest arguments.
			for i := range z {
				if !(math.Abs(float64(z[i])) < 1000) {
					z[i] = T(i%64) - 32
				}
			}
			addSums(d, Delta(delta, z, y, nil, loss))
			addBits(d, delta...)
			return d.sum()
		})
	}
}

// sigmoidPoints returns arguments for σ: per numbers of every exponent and
// both signs, the ends of each binade, the hard ones of float32, and a grid
// over the range where σ is neither 0 nor 1.
func sigmoidPoints[T Float](per int) []T {
	s := source(5)
	exps, mant := 2048, 52 // of the exponents of float64 every fourth
	if is32[T]() {
		exps, mant = 256, 23
	}
	sign := uint64(exps) << mant
	z := make([]T, 0, exps*(per+6)+20_000+1024*per)
	for e := range exps {
		if !is32[T]() && e&3 != 3 && (e < 960 || e > 1034) && e != 0 {
			continue
		}
		base := uint64(e) << mant
		z = append(z, fromBits[T](base), fromBits[T](base|sign), fromBits[T](base+1), fromBits[T](base+1|sign),
			fromBits[T](base+1<<mant-1), fromBits[T](base+1<<mant-1|sign))
		for range per {
			z = append(z, fromBits[T](base|s.next()&(1<<mant-1)|s.next()&sign))
		}
	}
	for _, b := range []uint32{0xba928601, 0x3d21bc81, 0xb4400000, 0x34c00000, 0xc2cff1b5, 0xc2ce8ed0} {
		z = append(z, T(math.Float32frombits(b)))
	}
	for k := range 2048 {
		z = append(z, T(2*k+1)*0x1p-23, -T(2*k+1)*0x1p-24) // ties of float32
	}
	for k := -110 * 32; k <= 40*32; k++ {
		z = append(z, T(k)/32+T(s.next()%1024)*0x1p-20)
	}
	if !is32[T]() {
		for k := -750 * 8; k <= 40*8; k++ {
			z = append(z, T(k)/8+T(s.next()%1024)*0x1p-20)
		}
		for range 1024 * per {
			z = append(z, T(s.fixed(53))*0x1p-51)
		}
	}
	return z
}

func TestGolden(t *testing.T) {
	names, entries := goldens()
	if *update {
		defer impl.Select("generic")()
		var b strings.Builder
		fmt.Fprintf(&b, "order %d\n", Order)
		for _, name := range names {
			fmt.Fprintf(&b, "%s %s\n", name, entries[name]())
		}
		if b.String() == goldenFile {
			return
		}
		if err := os.WriteFile(goldenPath, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s has changed; run the tests again, without -update", goldenPath)
	}
	want := map[string]string{}
	for line := range strings.Lines(strings.ReplaceAll(goldenFile, "\r", "")) {
		line = strings.TrimSpace(line)
		if i := strings.LastIndexByte(line, ' '); i > 0 {
			want[line[:i]] = line[i+1:]
		}
	}
	if want["order"] != fmt.Sprint(Order) {
		t.Errorf("%s is of order %s, the package of order %d", goldenPath, want["order"], Order)
	}
	if len(want) != len(names)+1 {
		t.Errorf("%s has %d entries, want %d", goldenPath, len(want)-1, len(names))
	}
	each(t, func(t *testing.T) {
		for _, name := range names {
			if got := entries[name](); got != want[name] {
				t.Errorf("%s: hash %s, want %s", name, got, want[name])
			}
		}
	})
	for _, typ := range []string{"float32", "float64"} {
		for _, class := range []string{"narrow", "wide"} {
			one := want[fmt.Sprintf("stepper-1 %s %s", typ, class)]
			for _, n := range []int{2, 7} {
				if want[fmt.Sprintf("stepper-%d %s %s", n, typ, class)] != one {
					t.Errorf("%s: stepper %s %s: %d workers have another hash than one", goldenPath, typ, class, n)
				}
			}
		}
	}
}
