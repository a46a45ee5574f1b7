package kernel

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/internal/impl"
	"github.com/seed-b3c25b83/kernel/internal/oracle"
)

// This file proves that σ of float32 is correctly rounded. The sweep over all
// 2^32 arguments,
//
//	go test -run 32Exhaustive -exhaustive -timeout 1h .
//
// compares every implementation with the oracle, and the oracle with two
// files that an earlier sweep wrote (with -update):
//
//   - hashFile, hashes of all results, 2^24 at a time. What a fast
//     implementation returns for every argument that matters is compared
//     with them whenever the tests run.
//   - hardFile, all arguments at which σ lies within oracle.HardMargin of a
//     midpoint between two float32, where a small error turns the result.
//     They are tested on every architecture, whenever the tests run.
const (
	hashFile = "testdata/sigmoid32.txt"
	hardFile = "testdata/hard32.txt"
)

//go:embed testdata/sigmoid32.txt
var hashText string

//go:embed testdata/hard32.txt
var hardText string

// words returns the words of a text but for comments, which begin with a #.
func words(text string) (w []string) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			w = append(w, strings.Fields(line)...)
		}
	}
	return w
}

// hardest are published hard cases: the argument whose σ lies closest to a
// midpoint without lying near 0 (2^-31 units in the last place), the next one, and
// one that a kernel of float64 lanes got wrong.
var hardest = []uint32{0xba928601, 0x3d21bc81, 0xb4400000}

// hard32 lists arguments at which σ is close to a midpoint between two
// float32, and their neighbours: all ties that the cubic term of the series
// decides, and all others that the sweep has found.
func hard32() []float32 {
	bits := slices.Clone(hardest)
	for _, w := range words(hardText) {
		var b uint32
		if _, err := fmt.Sscanf(w, "%x", &b); err != nil {
			panic(fmt.Sprintf("%s: %q: %v", hardFile, w, err))
		}
		bits = append(bits, b)
	}
	for k := range 1 << 10 { // above ½: z/4 is half an odd multiple of 2^-24
		bits = append(bits, math.Float32bits(float32(2*k+1)*0x1p-23))
	}
	for k := range 1 << 11 { // below ½
		bits = append(bits, math.Float32bits(-float32(2*k+1)*0x1p-24))
	}
	bits = append(bits, math.Float32bits(0x1p-12), math.Float32bits(-0x1p-12))
	z := make([]float32, 0, 3*len(bits))
	for _, b := range bits {
		z = append(z, math.Float32frombits(b-1), math.Float32frombits(b), math.Float32frombits(b+1))
	}
	return z
}

// TestSigmoid32Rounding tests that σ of float32 is correctly rounded, on all
// that is hard and on a sample of every binade.
func TestSigmoid32Rounding(t *testing.T) {
	z := hard32()
	s := source(701)
	for n := size(16, 2048, 2048); n > 0; n-- {
		for e := range uint32(512) {
			z = append(z, math.Float32frombits(e<<23|uint32(s.next())&(1<<23-1)))
		}
	}
	want := make([]float32, len(z))
	for i := range z {
		want[i], _ = oracle.Rounded(z[i])
	}
	// Once more in another order: what is hard, between what is not, in any
	// lane.
	hard := len(hard32())
	for i := range hard {
		j := len(z) - 1 - int(s.next()%uint64(len(z)/2))
		z[i], z[j], want[i], want[j] = z[j], z[i], want[j], want[i]
	}
	z, want = append(z, hard32()...), slices.Grow(want, hard)
	for _, x := range z[len(want):] {
		w, _ := oracle.Rounded(x)
		want = append(want, w)
	}
	each(t, func(t *testing.T) {
		got := make([]float32, len(z))
		wrong := 0
		compare := func(i, j int) {
			Sigmoid(got[i:j], z[i:j])
			for k := i; k < j; k++ {
				if !same(got[k], want[k]) {
					if wrong++; wrong <= 5 {
						t.Errorf("σ(%x) = %x, want %x (bits %08x)", z[k], got[k], want[k], math.Float32bits(z[k]))
					}
				}
			}
		}
		compare(0, len(z))
		for i, n := len(z)-hard, 1; i+n <= len(z); n = n%40 + 1 { // and by few
			compare(i, i+n)
			i += n
		}
		t.Logf("wrong = %d of %d", wrong, len(z))
		if wrong > 0 {
			t.Errorf("wrong = %d of %d", wrong, len(z))
		}
	})
}

// TestHard32 tests that hardFile holds what it says.
func TestHard32(t *testing.T) {
	listed := words(hardText)
	if len(listed) < 1000 || !slices.IsSorted(listed) {
		t.Errorf("%s: %d arguments, sorted %t", hardFile, len(listed), slices.IsSorted(listed))
	}
	for i, w := range listed {
		var b uint32
		fmt.Sscanf(w, "%x", &b)
		if m := oracle.Margin(math.Float32frombits(b)); i%size(64, 8, 1) == 0 && !(math.Abs(m) <= oracle.HardMargin) {
			t.Errorf("%s: %s lies %g units in the last place from a midpoint", hardFile, w, m)
		}
	}
	for _, b := range hardest[:2] {
		if w := fmt.Sprintf("%08x", b); !slices.Contains(listed, w) {
			t.Errorf("%s: %s is missing", hardFile, w)
		}
	}
}

// A chunk is 2^24 arguments that have the first byte in common.
const (
	chunkBits = 24
	chunks    = 1 << (32 - chunkBits)
)

// chunkArguments stores the arguments of a chunk from the i-th on in z.
func chunkArguments(z []float32, chunk, i int) {
	for k := range z {
		z[k] = math.Float32frombits(uint32(chunk)<<chunkBits | uint32(i+k))
	}
}

// chunkHash returns a hash of the results for a chunk, every NaN being the
// same. results fills the slice it is given with those from the i-th on.
func chunkHash(results func(y []float32, i int)) string {
	const block = 1 << 13
	h := sha256.New()
	y := make([]float32, block)
	buf := make([]byte, 4*block)
	for i := 0; i < 1<<chunkBits; i += block {
		results(y, i)
		for k, v := range y {
			b := math.Float32bits(v)
			if v != v {
				b = 0x7fc00000
			}
			binary.LittleEndian.PutUint32(buf[4*k:], b)
		}
		h.Write(buf)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// spread calls f for 0 to n-1, on all cores.
func spread(n int, f func(i int)) {
	var wg sync.WaitGroup
	work := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range work {
				f(i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
}

// slow says that the implementation in use takes over 100 ns for σ, as it
// does under an emulator.
func slow() bool {
	var z [1 << 12]float32
	chunkArguments(z[:], 0xbf, 0)
	start := time.Now()
	Sigmoid(z[:], z[:])
	return time.Since(start)/time.Duration(len(z)) > 100*time.Nanosecond
}

// TestSigmoid32Hashes compares the results of this machine's kernels, for
// all of the 520 million arguments at which σ is neither 0, ½ nor 1, with the
// hashes that the sweep recorded; plain Go's for a few chunks of them.
func TestSigmoid32Hashes(t *testing.T) {
	if brief() {
		t.Skip("not with -short, nor with the race detector")
	}
	recorded := words(hashText)
	each(t, func(t *testing.T) {
		list := []int{0x33, 0x3d, 0xba, 0xc2}
		if Implementation() != "generic" {
			list = nil
			for c := 0x33; c <= 0x41; c++ {
				list = append(list, c, c|0x80)
			}
			list = append(list, 0xc2)
		}
		if slow() {
			t.Skip("too slow here")
		}
		spread(len(list), func(i int) {
			got := chunkHash(func(y []float32, k int) {
				chunkArguments(y, list[i], k)
				Sigmoid(y, y)
			})
			if want := recorded[list[i]]; got != want {
				t.Errorf("arguments with bits %02x……: hash %s, want %s", list[i], got, want)
			}
		})
	})
}

// TestSigmoid32Exhaustive compares every implementation with the oracle on all 2^32
// arguments. It has a part for each first digit of the bits, so that
// -run 32Exhaustive/[0-7] takes the positive ones.
func TestSigmoid32Exhaustive(t *testing.T) {
	if !*exhaustive {
		t.Skip("runs with -exhaustive")
	}
	start := time.Now()
	var s sweep32
	for _, im := range impl.All() {
		if im.Available {
			s.names = append(s.names, im.Name)
		}
	}
	s.wrong = make([]int, len(s.names))
	s.want = make([]float32, 1<<chunkBits)
	s.recorded = words(hashText)
	for part := range 16 {
		t.Run(fmt.Sprintf("%x", part), func(t *testing.T) {
			for c := range chunks / 16 {
				s.chunk(t, part*chunks/16+c)
			}
		})
	}
	for i, name := range s.names {
		fmt.Printf("σ of float32, %s: wrong = %d of %d\n", name, s.wrong[i], s.total)
	}
	fmt.Printf("%d arguments within 2^%.0f units in the last place of a midpoint, %v\n",
		len(s.hard), math.Log2(oracle.HardMargin), time.Since(start).Round(time.Second))
	if *update && uint64(s.total) == 1<<32 {
		s.write(t)
	}
}

// A sweep32 is the state of the sweep.
type sweep32 struct {
	names    []string
	wrong    []int // by implementation
	total    int
	want     []float32 // the results of the oracle for a chunk
	recorded []string  // the hashes of hashFile
	hashes   []string
	hard     []uint32
}

func (s *sweep32) chunk(t *testing.T, c int) {
	const block = 1 << 16
	const blocks = 1 << chunkBits / block
	var mu sync.Mutex
	var hard []uint32
	spread(blocks, func(i int) {
		var near []uint32
		z := make([]float32, block)
		chunkArguments(z, c, i*block)
		for k, z := range z {
			w, hard := oracle.Rounded(z)
			s.want[i*block+k] = w
			if hard && z == z && math.Abs(oracle.Margin(z)) <= oracle.HardMargin {
				near = append(near, math.Float32bits(z))
			}
		}
		mu.Lock()
		hard = append(hard, near...)
		mu.Unlock()
	})
	slices.Sort(hard)
	hash := chunkHash(func(y []float32, i int) { copy(y, s.want[i:]) })
	if !*update && hash != s.recorded[c] {
		t.Errorf("%s: the oracle's hash for %02x…… is %s, recorded is %s", hashFile, c, hash, s.recorded[c])
	}
	var listed []uint32
	for _, w := range words(hardText) {
		var b uint32
		fmt.Sscanf(w, "%x", &b)
		if int(b>>chunkBits) == c {
			listed = append(listed, b)
		}
	}
	if !*update && !slices.Equal(hard, listed) {
		t.Errorf("%s: lists %d arguments that begin with %02x, want %d", hardFile, len(listed), c, len(hard))
	}
	s.hashes, s.hard = append(s.hashes, hash), append(s.hard, hard...)
	s.total += 1 << chunkBits

	for i, name := range s.names {
		restore := impl.Select(name)
		spread(blocks, func(b int) {
			z, got := make([]float32, block), make([]float32, block)
			chunkArguments(z, c, b*block)
			Sigmoid(got, z)
			for k, want := range s.want[b*block:][:block] {
				if !same(got[k], want) {
					mu.Lock()
					if s.wrong[i]++; s.wrong[i] <= 5 {
						t.Errorf("%s: σ(%x) = %x, want %x (bits %08x)", name, z[k], got[k], want, math.Float32bits(z[k]))
					}
					mu.Unlock()
				}
			}
		})
		restore()
		if s.wrong[i] > 0 {
			t.Errorf("%s: wrong = %d of %d", name, s.wrong[i], s.total)
		}
	}
}

// write records what the sweep has found.
func (s *sweep32) write(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("# SHA-256 (the first 12 bytes) of σ of all 2^32 float32, for 2^24 arguments at a time,\n" +
		"# in the order of their bits: of the results as little-endian bits, every NaN as 7fc00000.\n" +
		"# go test -run 32Exhaustive -exhaustive -update -timeout 1h .\n")
	for _, h := range s.hashes {
		fmt.Fprintln(&b, h)
	}
	var h bytes.Buffer
	fmt.Fprintf(&h, "# All arguments (bits of a float32) at which σ lies within 2^%.0f units in the last\n"+
		"# place of a midpoint between two float32. Written by the same sweep.\n", math.Log2(oracle.HardMargin))
	for i, v := range s.hard {
		sep := " "
		if i%12 == 11 || i == len(s.hard)-1 {
			sep = "\n"
		}
		fmt.Fprintf(&h, "%08x%s", v, sep)
	}
	for name, text := range map[string][]byte{hashFile: b.Bytes(), hardFile: h.Bytes()} {
		if err := os.WriteFile(name, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
