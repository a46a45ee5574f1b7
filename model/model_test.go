package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

func example[T kernel.Float]() *Model[T] {
	return &Model[T]{
		Weights: []T{1, -2.5, T(math.Copysign(0, -1))}, Bias: 0.1,
		Features: []string{"age", "größe", "<x>"}, Classes: [2]string{"no", "yes"}, Label: "ill",
		Threshold: 0.3, Meta: map[string]string{"loss": "log", "seed": "7"},
	}
}

func encode[T kernel.Float](t *testing.T, m *Model[T]) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	t.Run("float32", testRoundTrip[float32])
	t.Run("float64", testRoundTrip[float64])
}

func testRoundTrip[T kernel.Float](t *testing.T) {
	inf := T(math.Inf(1))
	for _, m := range []*Model[T]{
		example[T](),
		{Weights: []T{}, Bias: -inf, Threshold: 1},
		{Weights: []T{inf, T(math.SmallestNonzeroFloat32)}, Threshold: 0.5},
	} {
		p := encode(t, m)
		got, err := Decode[T](bytes.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, m) || got.Hash() != m.Hash() {
			t.Errorf("%+v, want %+v", got, m)
		}
		if q := encode(t, got); !bytes.Equal(p, q) {
			t.Errorf("%q, want %q", q, p)
		}
	}
	got, err := Decode[T](bytes.NewReader(encode(t, &Model[T]{})))
	if err != nil || got.Threshold != 0.5 {
		t.Errorf("zero model: %+v, %v", got, err)
	}
}

// Files of version 1 stay readable.
func TestFormat(t *testing.T) {
	le := binary.LittleEndian
	text := `{"features":["a"],"classes":["",""],"threshold":0.5}`
	p := append([]byte("\x93NEURON\n"), 1, 0, 0, 0, 32, 0, 0, 0)
	p = le.AppendUint64(p, 1)
	p = le.AppendUint64(p, uint64(len(text)))
	p = append(p, text...)
	p = append(p, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0) // 1, −2
	sum := sha256.Sum256(p)
	p = append(p, sum[:]...)
	m, err := Decode[float32](bytes.NewReader(p))
	want := &Model[float32]{Weights: []float32{1}, Bias: -2, Features: []string{"a"}, Threshold: 0.5}
	if err != nil || !reflect.DeepEqual(m, want) {
		t.Errorf("%+v, %v, want %+v", m, err, want)
	}
	if q := encode(t, want); !bytes.Equal(p, q) {
		t.Errorf("%q, want %q", q, p)
	}
}

func TestHash(t *testing.T) {
	m := example[float32]()
	if got, want := m.Hash(), "8eb556910602"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := example[float64]().Hash(), "c8b9d9376d6d"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	seen := map[string]bool{m.Hash(): true}
	for i, change := range []func(m *Model[float32]){
		func(m *Model[float32]) { m.Bias++ },
		func(m *Model[float32]) { m.Weights[2] = 0 }, // was −0
		func(m *Model[float32]) { m.Weights = append(m.Weights, 0) },
		func(m *Model[float32]) { m.Weights[0], m.Weights[1] = m.Weights[1], m.Weights[0] },
	} {
		m := example[float32]()
		change(m)
		if seen[m.Hash()] {
			t.Errorf("change %d leaves the hash as it was", i)
		}
		seen[m.Hash()] = true
	}
	m.Meta, m.Features, m.Threshold = nil, nil, 0
	if !seen[m.Hash()] {
		t.Error("names enter the hash")
	}
}

func TestPredict(t *testing.T) {
	m := &Model[float64]{Weights: []float64{1, 2}, Bias: -1}
	yhat := make([]float64, 2)
	m.Predict(yhat, kernel.Batch[float64]{Data: []float64{1, 0, 2, -1}, Rows: 2, Cols: 2})
	if want := 1 / (1 + math.E); yhat[0] != 0.5 || math.Abs(yhat[1]-want) > 1e-15 {
		t.Errorf("%v, want [0.5 %v]", yhat, want)
	}
}

// damaged matches what Decode says of a file in which one bit is wrong.
var damaged = regexp.MustCompile("^(checksum does not match: the file is damaged|not a model file|" +
	"unknown version 0|written by a newer version [0-9]+, this program reads version 1|unknown element type [0-9]+|" +
	"truncated: [0-9]+ bytes are missing|something follows the end of the model|claims .*: the file is damaged)$")

func TestDamage(t *testing.T) {
	p := encode(t, example[float32]())
	for n := range p {
		if m, err := Decode[float32](bytes.NewReader(p[:n])); m != nil || err == nil || !strings.Contains(err.Error(), "truncated") {
			t.Errorf("%d of %d bytes: %v, %v", n, len(p), m, err)
		}
	}
	for i := range p {
		for bit := range 8 {
			q := slices.Clone(p)
			q[i] ^= 1 << bit
			for _, r := range []io.Reader{bytes.NewReader(q), io.MultiReader(bytes.NewReader(q), bytes.NewReader(p))} {
				if m, err := Decode[float32](r); m != nil || err == nil || !damaged.MatchString(err.Error()) {
					t.Errorf("bit %d of byte %d: %v, %v", bit, i, m, err)
				}
			}
			if m, err := Decode[float64](bytes.NewReader(q)); m != nil || err == nil {
				t.Errorf("bit %d of byte %d, as float64: %v, %v", bit, i, m, err)
			}
		}
	}
	for _, tail := range []string{"\x00", "\n", string(p)} {
		if m, err := Decode[float32](strings.NewReader(string(p) + tail)); m != nil || err == nil || !strings.Contains(err.Error(), "follows") {
			t.Errorf("with %d bytes behind the end: %v, %v", len(tail), m, err)
		}
	}
}

// seal gives a changed file the checksum that belongs to it.
func seal(p []byte, change func(p []byte)) []byte {
	p = slices.Clone(p[:len(p)-sha256.Size])
	change(p)
	sum := sha256.Sum256(p)
	return append(p, sum[:]...)
}

func TestErrors(t *testing.T) {
	p := encode(t, example[float32]())
	for _, c := range []struct {
		want string
		file []byte
	}{
		{"empty", nil},
		{"not a model", []byte("age,height\n1,2\n")},
		{"not a model", []byte("age,height,weight,shoe size,label\n1,2\n")},
		{"newer version 2, this program reads version 1", seal(p, func(p []byte) { p[8] = 2 })},
		{"unknown version 0", seal(p, func(p []byte) { p[8] = 0 })},
		{"unknown element type 16", seal(p, func(p []byte) { p[12] = 16 })},
		{"checksum", append(slices.Clone(p[:len(p)-1]), p[len(p)-1]^1)},
		{"names: ", seal(p, func(p []byte) { p[32] = 'x' })},
		{"3 names for 2 weights", seal(append(slices.Clone(p[:len(p)-36]), p[len(p)-32:]...), func(p []byte) { p[16] = 2 })},
		{"threshold", seal(p, func(p []byte) {
			i := bytes.Index(p, []byte("0.3"))
			copy(p[i:], "7.3")
		})},
	} {
		_, err := Decode[float32](bytes.NewReader(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
	_, err := Decode[float64](bytes.NewReader(p))
	if !errors.Is(err, ErrElement) || !strings.Contains(err.Error(), "holds float32 weights, float64 wanted") {
		t.Errorf("error %v", err)
	}
	broken := errors.New("broken disk")
	if _, err := Decode[float32](io.MultiReader(bytes.NewReader(p[:40]), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	for _, m := range []*Model[float32]{{Features: []string{"a"}}, {Threshold: 2}, {Threshold: math.NaN()}} {
		if err := m.Encode(io.Discard); err == nil {
			t.Errorf("encodes %+v", m)
		}
	}
}

// failing fails to read and to write.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

// Whatever a short file claims, it costs little memory.
func TestMemory(t *testing.T) {
	// 2^61 + 1 weights of 8 bytes are 8 bytes, if one does not look.
	p := seal(encode(t, &Model[float64]{}), func(p []byte) { p[16+7] = 1 << 5 })
	if m, err := Decode[float64](bytes.NewReader(p)); m != nil || err == nil {
		t.Errorf("%v, %v", m, err)
	}
	p = encode(t, example[float64]())
	for _, at := range []int{16, 24} {
		for shift := range 64 {
			q := slices.Clone(p)
			binary.LittleEndian.PutUint64(q[at:], 1<<shift)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Decode[float64](bytes.NewReader(q))
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; err == nil || n > 1<<16 {
				t.Errorf("count 2^%d at %d: %d bytes, error %v", shift, at, n, err)
			}
		}
	}
}

// Nor does a file whose checksum is right cost more than a multiple of its
// size, whatever its text.
func TestMemoryOfText(t *testing.T) {
	empty := encode(t, &Model[float32]{})
	for _, piece := range []string{
		`{"features":["` + "%s" + `"]}`, `{"meta":{%s"z":""}}`, `{"x":%s0}`, `[%s1]`, `{"classes":[%s""]}`,
	} {
		for _, fill := range []string{"a", `","`, `"":"",`, `[`, `{"a":`, `1,`, `"\u0041",`} {
			text := strings.Replace(piece, "%s", strings.Repeat(fill, 200_000/len(fill)), 1)
			p := append([]byte(nil), empty[:24]...)
			p = binary.LittleEndian.AppendUint64(p, uint64(len(text)))
			p = append(append(p, text...), 0, 0, 0, 0)
			p = seal(append(p, make([]byte, sha256.Size)...), func([]byte) {})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			Decode[float32](bytes.NewReader(p))
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 40*uint64(len(p)) {
				t.Errorf("%.20s, filled with %s: %d bytes for a file of %d", piece, fill, n, len(p))
			}
		}
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.neuron")
	m := example[float32]()
	if err := Save(path, m); err != nil {
		t.Fatal(err)
	}
	m.Bias = 5
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if err := Save(path, m); err != nil {
		t.Fatal(err)
	}
	if got, err := Load[float32](path); err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("%+v, %v, want %+v", got, err, m)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}

	// On any error the old file stays, and nothing else.
	old, _ := os.ReadFile(path)
	for _, err := range []error{
		Save(path, &Model[float32]{Threshold: 2}),
		Save(dir, m),
		Save(filepath.Join(dir, "none", "m"), m),
		Save(filepath.Join(path, "m"), m),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
	wantFiles(t, dir, map[string]string{"m.neuron": string(old)})

	if _, err := Load[float64](path); !errors.Is(err, ErrElement) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if _, err := Load[float64](filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}

	link := filepath.Join(dir, "link")
	if err := os.Symlink("m.neuron", link); err != nil {
		t.Skip(err)
	}
	m.Bias = 6
	if err := Save(link, m); err != nil {
		t.Fatal(err)
	}
	if got, err := Load[float32](path); err != nil || got.Bias != 6 {
		t.Errorf("behind the link: %+v, %v", got, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
}

func wantFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := make(map[string]string)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		got[e.Name()] = string(text)
	}
	if !maps.Equal(got, want) {
		t.Errorf("folder holds %q, want %q", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	example[float32]().Encode(&b)
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, q := range [][]byte{p, seal(append(slices.Clone(p), make([]byte, sha256.Size)...), func([]byte) {})} {
			m, err := Decode[float32](bytes.NewReader(q))
			if err == nil && m.Hash() == "" {
				t.Error("no hash")
			}
		}
	})
}
