package exchange

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

// A safetensors file is the length of its header (uint64, little-endian), the
// header in JSON, and the numbers of the tensors, one behind the other.

// maxHeader is the longest header that readers take.
const maxHeader = 100_000_000

// stInfo describes a tensor in a header.
type stInfo struct {
	DType   string  `json:"dtype"`
	Shape   []int64 `json:"shape"`
	Offsets []int64 `json:"data_offsets"` // begin and end, in bytes behind the header
}

// stSizes are the sizes in bytes of the numbers of a dtype.
var stSizes = map[string]int64{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1,
	"I16": 2, "U16": 2, "F16": 2, "BF16": 2,
	"I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8,
}

// WriteSafetensors writes m as a file in the format safetensors. It holds weight,
// of shape 1 × features, and bias, of shape 1, in the element type of the model.
// The metadata hold names and threshold.
func WriteSafetensors[T kernel.Float](w io.Writer, m *model.Model[T]) error {
	if err := check(m); err != nil {
		return err
	}
	n, size := int64(len(m.Weights)), int64(bits[T]()/8)
	dtype := fmt.Sprint("F", bits[T]())
	header, err := json.Marshal(struct {
		Metadata map[string]string `json:"__metadata__"`
		Weight   stInfo            `json:"weight"`
		Bias     stInfo            `json:"bias"`
	}{
		metadata(m),
		stInfo{dtype, []int64{1, n}, []int64{0, n * size}},
		stInfo{dtype, []int64{1}, []int64{n * size, (n + 1) * size}},
	})
	if err != nil {
		return err
	}
	for len(header)%8 != 0 { // so that the numbers are aligned
		header = append(header, ' ')
	}
	if len(header) > maxHeader {
		return fmt.Errorf("the names take %d bytes, readers of safetensors take %d", len(header), maxHeader)
	}
	p := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	p = append(p, header...)
	p = appendNumbers(p, m.Weights)
	p = appendNumbers(p, []T{m.Bias})
	_, err = w.Write(p)
	return err
}

// Safetensors is an open file of that format.
type Safetensors struct {
	Metadata map[string]string
	Tensors  []*Tensor // in the order of their numbers
}

// A Tensor is one of a file.
type Tensor struct {
	Name  string
	DType string // F64, F32, F16, BF16, or one that is not read
	Shape []int64

	file       io.ReaderAt
	begin, end int64 // in the file
}

// OpenSafetensors reads the header of a file of the given size, and checks that
// it makes sense. Errors say where, in bytes from the start of the file. It takes
// memory in proportion to the header that is there, not to what that claims.
func OpenSafetensors(r io.ReaderAt, size int64) (*Safetensors, error) {
	var length [8]byte
	if size < int64(len(length)) {
		return nil, fmt.Errorf("not a safetensors file: %d bytes, it begins with 8 that hold the length of the header", size)
	}
	if _, err := r.ReadAt(length[:], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	switch {
	case n > maxHeader:
		return nil, fmt.Errorf("not a safetensors file: byte 0 says that the header has %d bytes, at most %d are allowed", n, maxHeader)
	case int64(n) > size-8:
		return nil, fmt.Errorf("truncated: byte 0 says that the header has %d bytes, the file has %d behind it", n, size-8)
	}
	header := make([]byte, n)
	if _, err := r.ReadAt(header, 8); err != nil && n > 0 {
		return nil, err
	}
	if n == 0 || header[0] != '{' {
		return nil, errors.New("not a safetensors file: byte 8: the header does not begin with {")
	}
	s, err := parseHeader(header)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.Tensors, func(a, b *Tensor) int { // those without numbers before others
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	first := 8 + int64(n)
	at := first
	for _, t := range s.Tensors {
		t.file = r
		t.begin += first
		t.end += first
		if t.begin != at {
			return nil, fmt.Errorf("tensor %q begins at byte %d, the one before it ends at byte %d", t.Name, t.begin, at)
		}
		at = t.end
		if at > size {
			return nil, fmt.Errorf("truncated: tensor %q ends at byte %d, the file at byte %d", t.Name, at, size)
		}
	}
	if at != size {
		return nil, fmt.Errorf("byte %d: %d bytes behind the last tensor", at, size-at)
	}
	return s, nil
}

// parseHeader reads a header. The tensors begin and end where it says, without
// the header.
func parseHeader(header []byte) (*Safetensors, error) {
	for i := 0; i < len(header); {
		r, size := utf8.DecodeRune(header[i:])
		if r == utf8.RuneError && size == 1 {
			return nil, fmt.Errorf("byte %d: the header is not UTF-8", 8+i)
		}
		i += size
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(header, new(json.RawMessage)); errors.As(err, &syntax) {
		return nil, fmt.Errorf("byte %d: the header is not JSON: %w", 8+syntax.Offset-1, err)
	}
	d := json.NewDecoder(bytes.NewReader(header))
	where := func(err error) error { return fmt.Errorf("byte %d: %w", 8+d.InputOffset(), err) }
	if _, err := d.Token(); err != nil { // {
		return nil, where(err)
	}
	s := &Safetensors{}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, where(err)
		}
		name := key.(string) // the decoder takes no other key
		if seen[name] {
			return nil, where(fmt.Errorf("%q comes twice", name))
		}
		seen[name] = true
		if name == "__metadata__" {
			if err := d.Decode(&s.Metadata); err != nil {
				return nil, where(fmt.Errorf("__metadata__: %w", err))
			}
			continue
		}
		var info stInfo
		if err := d.Decode(&info); err != nil {
			return nil, where(fmt.Errorf("tensor %q: %w", name, err))
		}
		if err := info.check(); err != nil {
			return nil, where(fmt.Errorf("tensor %q: %w", name, err))
		}
		s.Tensors = append(s.Tensors, &Tensor{Name: name, DType: info.DType, Shape: info.Shape, begin: info.Offsets[0], end: info.Offsets[1]})
	}
	return s, nil
}

// check returns an error if the description of a tensor makes no sense.
func (t *stInfo) check() error {
	switch {
	case t.DType == "":
		return errors.New("no dtype")
	case t.Shape == nil:
		return errors.New("no shape")
	case len(t.Offsets) != 2:
		return fmt.Errorf("%d data_offsets, want a begin and an end", len(t.Offsets))
	}
	const most = 1 << 60 // keeps sums from overflowing
	begin, end := t.Offsets[0], t.Offsets[1]
	if begin < 0 || end < begin || end > most {
		return fmt.Errorf("data_offsets %d and %d", begin, end)
	}
	count := int64(1)
	for _, n := range t.Shape {
		if n < 0 || n > most || n > 0 && count > most/n {
			return fmt.Errorf("shape %v", t.Shape)
		}
		count *= n
	}
	size, ok := stSizes[t.DType]
	if ok && (count > most/size || count*size != end-begin) {
		return fmt.Errorf("shape %v of %s, but %d bytes", t.Shape, t.DType, end-begin)
	}
	return nil
}

// Neuron finds the tensors that hold the weights and the bias of one neuron. Names
// that are "" it guesses: the weights are the tensor called weight or
// something.weight that may be those of one neuron, if there is one such, and
// the bias is called alike. There need not be a bias: then it is nil.
func (s *Safetensors) Neuron(weight, bias string) (w, b *Tensor, err error) {
	if weight != "" {
		if w = s.find(weight); w == nil {
			return nil, nil, fmt.Errorf("no tensor %q; %s", weight, s.list())
		}
	} else {
		for _, t := range s.Tensors {
			if t.Name != "weight" && !strings.HasSuffix(t.Name, ".weight") || t.vector() != nil {
				continue
			}
			if w != nil {
				return nil, nil, fmt.Errorf("both %q and %q may be the weights: name one; %s", w.Name, t.Name, s.list())
			}
			w = t
		}
		if w == nil {
			return nil, nil, fmt.Errorf("no tensor is called weight and has the shape 1 × features: name one; %s", s.list())
		}
	}
	if err := w.vector(); err != nil {
		return nil, nil, err
	}
	if bias != "" {
		if b = s.find(bias); b == nil {
			return nil, nil, fmt.Errorf("no tensor %q; %s", bias, s.list())
		}
	} else if stem, ok := strings.CutSuffix(w.Name, "weight"); ok {
		b = s.find(stem + "bias")
	}
	if b == nil {
		return w, nil, nil
	}
	if err := b.vector(); err != nil {
		return nil, nil, err
	}
	if n := b.count(); n != 1 {
		return nil, nil, fmt.Errorf("tensor %q has shape %v, but a neuron has one bias", b.Name, b.Shape)
	}
	return w, b, nil
}

func (s *Safetensors) find(name string) *Tensor {
	for _, t := range s.Tensors {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// list names the tensors for a message, the first few of them if they are many.
func (s *Safetensors) list() string {
	if len(s.Tensors) == 0 {
		return "the file has no tensors"
	}
	const most = 12
	var names []string
	for _, t := range s.Tensors[:min(len(s.Tensors), most)] {
		names = append(names, fmt.Sprintf("%q %s %v", t.Name, t.DType, t.Shape))
	}
	text := "the file has " + strings.Join(names, ", ")
	if n := len(s.Tensors) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// vector returns an error unless t may be the weights of one neuron.
func (t *Tensor) vector() error {
	wide := 0
	for _, n := range t.Shape {
		if n != 1 {
			wide++
		}
	}
	switch {
	case t.DType != "F64" && t.DType != "F32" && t.DType != "F16" && t.DType != "BF16":
		return fmt.Errorf("tensor %q is of dtype %s, which is not read: want F64, F32, F16 or BF16", t.Name, t.DType)
	case wide > 1:
		return fmt.Errorf("tensor %q has shape %v, want that of one neuron: 1 × features", t.Name, t.Shape)
	case t.count() == 0:
		return fmt.Errorf("tensor %q has shape %v: no numbers", t.Name, t.Shape)
	}
	return nil
}

// count returns how many numbers t has.
func (t *Tensor) count() int64 {
	n := int64(1)
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Is64 reports whether the numbers of t need float64.
func (t *Tensor) Is64() bool { return t.DType == "F64" }

// Numbers reads the numbers of t. T must be able to hold them: float32 does for
// all but F64.
func Numbers[T kernel.Float](t *Tensor) ([]T, error) {
	if t.Is64() && bits[T]() == 32 {
		return nil, fmt.Errorf("tensor %q is of dtype F64, which float32 cannot hold", t.Name)
	}
	size, ok := stSizes[t.DType]
	if !ok || t.DType[0] != 'F' && t.DType[0] != 'B' || size == 1 {
		return nil, fmt.Errorf("tensor %q is of dtype %s, which is not read: want F64, F32, F16 or BF16", t.Name, t.DType)
	}
	p := make([]byte, t.end-t.begin)
	if _, err := t.file.ReadAt(p, t.begin); err != nil && len(p) > 0 {
		return nil, err
	}
	le := binary.LittleEndian
	numbers := make([]T, t.count())
	for i := range numbers {
		q := p[int64(i)*size:]
		switch t.DType {
		case "F64":
			numbers[i] = T(math.Float64frombits(le.Uint64(q)))
		case "F32":
			numbers[i] = T(math.Float32frombits(le.Uint32(q)))
		case "F16":
			numbers[i] = T(float16(le.Uint16(q)))
		case "BF16":
			numbers[i] = T(math.Float32frombits(uint32(le.Uint16(q)) << 16))
		}
	}
	return numbers, nil
}

// float16 returns the number with the given bits in half precision.
func float16(b uint16) float32 {
	sign, exponent, fraction := uint32(b>>15)<<31, uint32(b>>10&31), uint32(b&0x3ff)
	switch exponent {
	case 31: // infinities and NaN
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	case 0: // zeros and subnormals, which are normal as float32
		x := float32(fraction) * 0x1p-24
		return math.Float32frombits(math.Float32bits(x) | sign)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// Model makes a neuron of weights and a bias, and of the metadata that
// [WriteSafetensors] wrote with them, or none. Everything must be finite. If the
// metadata belong to other weights, as their hash tells, the command that
// trained those and the hash of its data are left out.
func Model[T kernel.Float](weights []T, bias T, metadata map[string]string) (*model.Model[T], error) {
	m := &model.Model[T]{Weights: weights, Bias: bias, Threshold: 0.5}
	if err := setMetadata(m, metadata); err != nil {
		return nil, err
	}
	if err := check(m); err != nil {
		return nil, err
	}
	if !Same(m, metadata) {
		delete(m.Meta, "command")
		delete(m.Meta, "data")
	}
	return m, nil
}

// Same says whether metadata are those of the weights of m, or have nothing to
// say about it.
func Same[T kernel.Float](m *model.Model[T], metadata map[string]string) bool {
	hash, ok := metadata[keyHash]
	return !ok || hash == m.Hash()
}
