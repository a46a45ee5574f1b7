package exchange

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	peer "github.com/nlpodyssey/safetensors"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

func safetensors[T kernel.Float](t testing.TB, m *model.Model[T]) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSafetensors(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(p []byte) (*Safetensors, error) {
	return OpenSafetensors(bytes.NewReader(p), int64(len(p)))
}

// Another library reads what is written.
func TestSafetensorsPeerReads(t *testing.T) {
	t.Run("float32", testPeerReads[float32])
	t.Run("float64", testPeerReads[float64])
}

func testPeerReads[T kernel.Float](t *testing.T) {
	m := example[T]()
	p := safetensors(t, m)
	s, err := peer.Deserialize(p)
	if err != nil {
		t.Fatal(err)
	}
	_, meta, err := peer.ReadMetadata(p)
	if want := metadata(m); err != nil || !maps.Equal(meta.Metadata(), want) || want["features"] != `["age","größe","\u003cx\u003e"]` {
		t.Errorf("metadata %q, %v", meta.Metadata(), err)
	}
	for name, want := range map[string]struct {
		shape   []uint64
		numbers []T
	}{
		"weight": {[]uint64{1, 3}, m.Weights},
		"bias":   {[]uint64{1}, []T{m.Bias}},
	} {
		v, ok := s.Tensor(name)
		if !ok || v.DType().String() != fmt.Sprint("F", bits[T]()) || !slices.Equal(v.Shape(), want.shape) || !bytes.Equal(v.Data(), appendNumbers(nil, want.numbers)) {
			t.Errorf("%s: %v %v % x", name, v.DType(), v.Shape(), v.Data())
		}
	}
	if s.Len() != 2 {
		t.Errorf("%d tensors", s.Len())
	}
	if n := binary.LittleEndian.Uint64(p); n%8 != 0 {
		t.Errorf("the header has %d bytes: the numbers are not aligned", n)
	}
}

// What another library writes is read, with all dtypes.
func TestSafetensorsPeerWrites(t *testing.T) {
	view := func(dtype peer.DType, shape []uint64, p ...byte) peer.TensorView {
		v, err := peer.NewTensorView(dtype, shape, p)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	p, err := peer.Serialize(map[string]peer.TensorView{
		"head.weight": view(peer.F32, []uint64{1, 2}, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0),
		"head.bias":   view(peer.F32, []uint64{1}, 0, 0, 0, 0x3f),
		"b":           view(peer.BF16, []uint64{3}, 0x80, 0x3f, 0, 0xc0, 0x80, 0x7f),
		"h":           view(peer.F16, []uint64{5, 1}, 0, 0x3c, 0, 0xc0, 1, 0x80, 0, 0x7c, 0xff, 0x7b),
		"d":           view(peer.F64, []uint64{1}, appendNumbers(nil, []float64{0.1})...),
		"i":           view(peer.I64, []uint64{1}, make([]byte, 8)...),
		"conv.weight": view(peer.F32, []uint64{2, 2}, make([]byte, 16)...),
	}, map[string]string{"format": "pt"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := opened(p)
	if err != nil || len(s.Tensors) != 7 || s.Metadata["format"] != "pt" {
		t.Fatalf("%+v, %v", s, err)
	}
	w, b, err := s.Neuron("", "")
	if err != nil || w.Name != "head.weight" || b.Name != "head.bias" {
		t.Fatalf("%v %v %v", w, b, err)
	}
	inf := math.Inf(1)
	for name, want := range map[string][]float64{
		"head.weight": {1, -2}, "head.bias": {0.5}, "b": {1, -2, inf}, "h": {1, -2, -0x1p-24, inf, 65504}, "d": {0.1},
	} {
		got, err := Numbers[float64](s.find(name))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, want)
		}
		narrow, err := Numbers[float32](s.find(name))
		if name == "d" {
			if err == nil || err.Error() != `tensor "d" is of dtype F64, which float32 cannot hold` {
				t.Errorf("F64 as float32: %v, %v", narrow, err)
			}
		} else if err != nil || float64(narrow[0]) != want[0] {
			t.Errorf("%s as float32: %v, %v", name, narrow, err)
		}
	}
	if w, b, err := s.Neuron("d", ""); err != nil || w.Name != "d" || b != nil {
		t.Errorf("%v %v %v", w, b, err)
	}
	if w, b, err := s.Neuron("b", "head.bias"); err != nil || w.Name != "b" || b.Name != "head.bias" {
		t.Errorf("%v %v %v", w, b, err)
	}
	for names, want := range map[[2]string]string{
		{"x", ""}:           `no tensor "x"; the file has `,
		{"i", ""}:           `tensor "i" is of dtype I64, which is not read: want F64, F32, F16 or BF16`,
		{"conv.weight", ""}: `tensor "conv.weight" has shape [2 2], want that of one neuron: 1 × features`,
		{"b", "x"}:          `no tensor "x"; the file has `,
		{"b", "h"}:          `tensor "h" has shape [5 1], but a neuron has one bias`,
		{"b", "i"}:          `tensor "i" is of dtype I64`,
	} {
		if _, _, err := s.Neuron(names[0], names[1]); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", names, err, want)
		}
	}
}

// Every number of half precision.
func TestFloat16(t *testing.T) {
	for b := range 1 << 16 {
		e, f := b>>10&31, float64(b&0x3ff)
		want := math.Ldexp(1+f/1024, e-15)
		switch {
		case e == 0:
			want = math.Ldexp(f, -24)
		case e == 31 && f == 0:
			want = math.Inf(1)
		case e == 31:
			want = math.NaN()
		}
		if b>>15 == 1 {
			want = -want
		}
		got := float64(float16(uint16(b)))
		if got != want && !(got != got && want != want) || want == 0 && math.Signbit(got) != math.Signbit(want) {
			t.Errorf("%#04x: %g, want %g", b, got, want)
		}
	}
}

// A model comes back as it was, to the byte of its file.
func TestSafetensorsRoundTrip(t *testing.T) {
	t.Run("float32", testSafetensorsRoundTrip[float32])
	t.Run("float64", testSafetensorsRoundTrip[float64])
}

func testSafetensorsRoundTrip[T kernel.Float](t *testing.T) {
	for _, m := range []*model.Model[T]{example[T](), {Weights: []T{1}, Threshold: 0.5}} {
		s, err := opened(safetensors(t, m))
		if err != nil {
			t.Fatal(err)
		}
		w, b, err := s.Neuron("", "")
		if err != nil {
			t.Fatal(err)
		}
		weights, err := Numbers[T](w)
		if err != nil {
			t.Fatal(err)
		}
		bias, err := Numbers[T](b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Model(weights, bias[0], s.Metadata)
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%+v, %v, want %+v", got, err, m)
		}
	}
}

// Weights that were changed by another program do not carry the command that
// trained others.
func TestModelChanged(t *testing.T) {
	m := example[float32]()
	meta := metadata(m)
	m.Weights[0] *= 2
	got, err := Model(m.Weights, m.Bias, meta)
	if err != nil || Same(got, meta) || !reflect.DeepEqual(got.Meta, map[string]string{"seed": "7"}) || got.Label != "ill" {
		t.Errorf("%+v, %v", got, err)
	}
	if delete(meta, "hash"); !Same(got, meta) {
		t.Error("metadata without a hash belong to other weights")
	}
}

// file makes a file of a header and so many bytes.
func file(header string, n int) []byte {
	p := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(p, header...), make([]byte, n)...)
}

var badHeaders = []struct {
	header string
	n      int
	want   string
}{
	{``, 0, "not a safetensors file: byte 8: the header does not begin with {"},
	{`[]`, 0, "not a safetensors file: byte 8: the header does not begin with {"},
	{` {}`, 0, "not a safetensors file: byte 8: the header does not begin with {"},
	{`{`, 0, "byte 8: the header is not JSON: unexpected end of JSON input"},
	{`{"a"`, 0, "byte 11: the header is not JSON: unexpected end of JSON input"},
	{`{"a":`, 0, "byte 12: the header is not JSON: unexpected end of JSON input"},
	{`{"a":{]`, 0, "byte 14: the header is not JSON: invalid character ']'"},
	{`{} x`, 0, "byte 11: the header is not JSON: invalid character 'x' after top-level value"},
	{`{}{}`, 0, "byte 10: the header is not JSON: invalid character '{' after top-level value"},
	{"{\"\xff\":1}", 0, "byte 10: the header is not UTF-8"},
	{`{"a":1}`, 0, `tensor "a": json: cannot unmarshal number`},
	{`{"__metadata__":{"a":1}}`, 0, `__metadata__: json: cannot unmarshal number`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8, `"a" comes twice`},
	{`{"a":{}}`, 0, `byte 15: tensor "a": no dtype`},
	{`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4, `tensor "a": no shape`},
	{`{"a":{"dtype":"F32","shape":[1]}}`, 4, `tensor "a": 0 data_offsets, want a begin and an end`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}`, 4, `tensor "a": 3 data_offsets, want a begin and an end`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 4, `tensor "a": data_offsets 4 and 0`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 4, `tensor "a": data_offsets -4 and 0`},
	{`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,9223372036854775807]}}`, 4, `tensor "a": data_offsets 0 and 9223372036854775807`},
	{`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4, `tensor "a": shape [2] of F32, but 4 bytes`},
	{`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4, `tensor "a": shape [-1]`},
	{`{"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,4]}}`, 4, `tensor "a": shape [4611686018427387905 4]`},
	{`{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, 4, `tensor "a": json: cannot unmarshal number 1.5`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8, `tensor "a" begins at byte 66, the one before it ends at byte 62`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 8, `tensor "b" begins at byte 115, the one before it ends at byte 119`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 3, `truncated: tensor "a" ends at byte 66, the file at byte 65`},
	{`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 5, `byte 66: 1 bytes behind the last tensor`},
}

// Tensors without numbers may stand anywhere, in any order.
func TestSafetensorsEmpty(t *testing.T) {
	for _, order := range [][2]string{{"weight", "none"}, {"none", "weight"}} {
		tensors := map[string]string{
			"weight": `"weight":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}`,
			"none":   `"none":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
		}
		s, err := opened(file("{"+tensors[order[0]]+","+tensors[order[1]]+"}", 4))
		if err != nil || len(s.Tensors) != 2 || s.Tensors[1].Name != "weight" {
			t.Errorf("%q: %+v, %v", order, s, err)
		}
	}
}

func TestSafetensorsMalformed(t *testing.T) {
	for _, c := range badHeaders {
		if s, err := opened(file(c.header, c.n)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v, want %s", c.header, s, err, c.want)
		}
	}
	for want, p := range map[string][]byte{
		"not a safetensors file: 3 bytes, it begins with 8 that hold the length of the header":                             []byte("abc"),
		"not a safetensors file: byte 0 says that the header has 7956009103172788581 bytes, at most 100000000 are allowed": []byte("each line of this"),
		"truncated: byte 0 says that the header has 3 bytes, the file has 2 behind it":                                     append(binary.LittleEndian.AppendUint64(nil, 3), "{}"...),
		"truncated: byte 0 says that the header has 100000000 bytes, the file has 2 behind it":                             append(binary.LittleEndian.AppendUint64(nil, 100000000), "{}"...),
	} {
		if s, err := opened(p); err == nil || err.Error() != want {
			t.Errorf("%+v, %v, want %s", s, err, want)
		}
	}
	// Every file that is cut short is refused.
	p := safetensors(t, example[float32]())
	for n := range p {
		if s, err := opened(p[:n]); err == nil {
			t.Errorf("%d of %d bytes: %+v", n, len(p), s)
		}
	}
	if _, err := opened(append(p, 0)); err == nil {
		t.Error("a byte behind the end is accepted")
	}
}

func TestNeuronErrors(t *testing.T) {
	for header, want := range map[string]string{
		`{}`: "no tensor is called weight and has the shape 1 × features: name one; the file has no tensors",
		`{"a.weight":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"weight":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}`:  `both "a.weight" and "weight" may be the weights: name one; the file has "a.weight" F16 [1], "weight" F16 [1]`,
		`{"weight":{"dtype":"F16","shape":[1,0],"data_offsets":[0,0]},"weights":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`: `no tensor is called weight and has the shape 1 × features: name one; the file has "weight" F16 [1 0], "weights" F32 [1]`,
	} {
		s, err := opened(file(header, strings.Count(header, `"F16","shape":[1],`)*2+strings.Count(header, "F32")*4))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Neuron("", ""); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestModelErrors(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"features", `["a"]`, `metadata "features": 1 names for 2 weights`},
		{"features", `a,b`, `metadata "features": invalid character`},
		{"features", `["a","a"]`, `metadata "features": "a" comes twice`},
		{"features", `["a",""]`, `metadata "features": an empty name`},
		{"classes", `["a","a"]`, `metadata "classes": "a" comes twice`},
		{"classes", `["a"]`, `metadata "classes": 1 names, want 2`},
		{"classes", `{}`, `metadata "classes": json: cannot unmarshal`},
		{"threshold", "2", `metadata "threshold": 2 is not greater than 0 and at most 1`},
		{"threshold", "NaN", `metadata "threshold": NaN is not greater than 0 and at most 1`},
		{"threshold", "x", `metadata "threshold": strconv.ParseFloat`},
	} {
		if m, err := Model([]float32{1, 2}, 0, map[string]string{c.key: c.value}); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %+v, %v, want %s", c.key, m, err, c.want)
		}
	}
	if _, err := Model([]float32{1, float32(math.NaN())}, 0, nil); err == nil {
		t.Error("a weight that is NaN is accepted")
	}
}

// Memory is in proportion to the header that is there.
func TestSafetensorsMemory(t *testing.T) {
	path := t.TempDir() + "/large"
	header := `{"other":{"dtype":"U8","shape":[4294967296],"data_offsets":[0,4294967296]},"weight":{"dtype":"F32","shape":[1],"data_offsets":[4294967296,4294967300]}}`
	if err := os.WriteFile(path, file(header, 0), 0o666); err != nil {
		t.Fatal(err)
	}
	size := int64(8+len(header)+4) + 1<<32
	if err := os.Truncate(path, size); err != nil {
		t.Skipf("no sparse file of 4 GiB: %v", err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := OpenSafetensors(f, size)
	if err != nil {
		t.Fatal(err)
	}
	w, _, err := s.Neuron("", "")
	if err != nil {
		t.Fatal(err)
	}
	numbers, err := Numbers[float32](w)
	runtime.ReadMemStats(&after)
	if err != nil || len(numbers) != 1 || after.TotalAlloc-before.TotalAlloc > 1<<16 {
		t.Errorf("%v, %v, %d bytes allocated", numbers, err, after.TotalAlloc-before.TotalAlloc)
	}
}

// Whatever is in a file, it is refused, or its tensors lie in it one behind the
// other.
func FuzzSafetensors(f *testing.F) {
	f.Add(safetensors(f, example[float32]()))
	f.Add(safetensors(f, example[float64]()))
	for _, c := range badHeaders {
		f.Add(file(c.header, c.n))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		s, err := opened(p)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		at := 8 + int64(binary.LittleEndian.Uint64(p))
		for _, v := range s.Tensors {
			if v.begin != at || v.end < v.begin {
				t.Errorf("tensor %q from %d to %d, behind %d", v.Name, v.begin, v.end, at)
			}
			at = v.end
			numbers, err := Numbers[float64](v)
			if size := stSizes[v.DType]; err == nil && int64(len(numbers))*size != v.end-v.begin {
				t.Errorf("tensor %q: %d numbers in %d bytes", v.Name, len(numbers), v.end-v.begin)
			}
		}
		if at != int64(len(p)) {
			t.Errorf("tensors end at %d of %d", at, len(p))
		}
		if w, b, err := s.Neuron("", ""); err == nil {
			if _, err := Numbers[float64](w); err != nil || b != nil && b.count() != 1 {
				t.Errorf("weights %+v, bias %+v: %v", w, b, err)
			}
		}
	})
}
