package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// A model file, all numbers little-endian:
//
//	 0  magic      8 bytes
//	 8  version    uint32
//	12  element    uint32, the bits of a weight: 32 or 64
//	16  weights    uint64, their number
//	24  names      uint64, the length of the JSON text
//	32  names      JSON: Features, Classes, Label, Threshold, Meta
//	    weights    IEEE 754 bits
//	    bias       IEEE 754 bits
//	    checksum   SHA-256 of everything before it
//
// Every file that is too short, too long or differs in a single bit is
// refused.
const (
	magic   = "\x93NEURON\n"
	version = 1
	head    = 32
)

// ErrElement is wrapped by the error of Decode and Load when the file holds
// weights of the other element type.
var ErrElement = errors.New("other element type")

// names is the part of a Model that is kept as JSON.
type names struct {
	Features  []string          `json:"features,omitempty"`
	Classes   [2]string         `json:"classes"`
	Label     string            `json:"label,omitempty"`
	Threshold float64           `json:"threshold"`
	Meta      map[string]string `json:"meta,omitempty"`
}

// Encode writes m in the format of a model file. Names are UTF-8. A Threshold
// of 0 is written as the 0.5 that it stands for.
func (m *Model[T]) Encode(w io.Writer) error {
	n := names{m.Features, m.Classes, m.Label, m.Threshold, m.Meta}
	if n.Threshold == 0 {
		n.Threshold = 0.5
	}
	if err := n.check(len(m.Weights)); err != nil {
		return err
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	p := le.AppendUint32([]byte(magic), version)
	p = appendShape[T](p, len(m.Weights))
	p = le.AppendUint64(p, uint64(len(text)))
	p = append(p, text...)
	p = appendParameters(p, m)
	sum := sha256.Sum256(p)
	_, err = w.Write(append(p, sum[:]...))
	return err
}

// Decode reads what Encode wrote, up to the end of r. It allocates memory in
// proportion to what r holds, whatever r claims to hold.
func Decode[T kernel.Float](r io.Reader) (*Model[T], error) {
	p := make([]byte, head)
	if n, err := io.ReadFull(r, p); err != nil {
		return nil, short(p[:n], err)
	}
	le := binary.LittleEndian
	if string(p[:8]) != magic {
		return nil, errors.New("not a model file")
	}
	if v := le.Uint32(p[8:]); v > version {
		return nil, fmt.Errorf("written by a newer version %d, this program reads version %d", v, version)
	} else if v != version {
		return nil, fmt.Errorf("unknown version %d", v)
	}
	bits, count, text := le.Uint32(p[12:]), le.Uint64(p[16:]), le.Uint64(p[24:])
	if bits != 32 && bits != 64 {
		return nil, fmt.Errorf("unknown element type %d", bits)
	}
	const most = 1 << 48 // bytes; keeps the sums below from overflowing
	if count >= most/8 || text >= most {
		return nil, fmt.Errorf("claims %d weights and %d bytes of names", count, text)
	}
	size := text + (count+1)*uint64(bits/8)

	body, err := io.ReadAll(io.LimitReader(r, int64(size+sha256.Size+1)))
	switch n := uint64(len(body)); {
	case err != nil:
		return nil, err
	case n < size+sha256.Size:
		return nil, fmt.Errorf("truncated: %d bytes are missing", size+sha256.Size-n)
	case n > size+sha256.Size:
		return nil, errors.New("something follows the end of the model")
	}
	h := sha256.New()
	h.Write(p)
	h.Write(body[:size])
	if !bytes.Equal(h.Sum(nil), body[size:]) {
		return nil, errors.New("checksum does not match: the file is damaged")
	}

	// From here on the file is as it was written.
	if bits != elementBits[T]() {
		return nil, fmt.Errorf("holds float%d weights, float%d wanted: %w", bits, elementBits[T](), ErrElement)
	}
	var n names
	if err := json.Unmarshal(body[:text], &n); err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	if err := n.check(int(count)); err != nil {
		return nil, err
	}
	m := &Model[T]{
		Weights:  make([]T, count),
		Features: n.Features, Classes: n.Classes, Label: n.Label, Threshold: n.Threshold, Meta: n.Meta,
	}
	body = body[text:size]
	for i := range m.Weights {
		m.Weights[i], body = takeFloat[T](body)
	}
	m.Bias, _ = takeFloat[T](body)
	return m, nil
}

// short explains why less than a head could be read.
func short(p []byte, err error) error {
	switch {
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return err
	case len(p) == 0:
		return errors.New("truncated: the file is empty")
	case !bytes.HasPrefix([]byte(magic), p[:min(len(p), len(magic))]):
		return errors.New("not a model file")
	}
	return errors.New("truncated")
}

func (n *names) check(weights int) error {
	if f := len(n.Features); f != 0 && f != weights {
		return fmt.Errorf("%d names for %d weights", f, weights)
	}
	if !(n.Threshold >= 0 && n.Threshold <= 1) {
		return fmt.Errorf("threshold %v is not between 0 and 1", n.Threshold)
	}
	return nil
}

func elementBits[T kernel.Float]() uint32 {
	if _, ok := any(*new(T)).(float32); ok {
		return 32
	}
	return 64
}

// appendShape appends element type and number of weights.
func appendShape[T kernel.Float](p []byte, weights int) []byte {
	p = binary.LittleEndian.AppendUint32(p, elementBits[T]())
	return binary.LittleEndian.AppendUint64(p, uint64(weights))
}

// appendParameters appends the bits of weights and bias.
func appendParameters[T kernel.Float](p []byte, m *Model[T]) []byte {
	for _, w := range m.Weights {
		p = appendFloat(p, w)
	}
	return appendFloat(p, m.Bias)
}

func appendFloat[T kernel.Float](p []byte, v T) []byte {
	if elementBits[T]() == 32 {
		return binary.LittleEndian.AppendUint32(p, math.Float32bits(float32(v)))
	}
	return binary.LittleEndian.AppendUint64(p, math.Float64bits(float64(v)))
}

// takeFloat returns the first number of p and what follows it.
func takeFloat[T kernel.Float](p []byte) (T, []byte) {
	if elementBits[T]() == 32 {
		return T(math.Float32frombits(binary.LittleEndian.Uint32(p))), p[4:]
	}
	return T(math.Float64frombits(binary.LittleEndian.Uint64(p))), p[8:]
}
