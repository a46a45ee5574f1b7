// Package sealed is the format of files that hold the numbers of a neuron and
// a text that belongs to them, under a checksum. All numbers are little-endian:
//
//	 0  magic      8 bytes
//	 8  version    uint32
//	12  element    uint32, the bits of a weight: 32 or 64
//	16  weights    uint64, their number
//	24  text       uint64, its length
//	32  text
//	    weights    IEEE 754 bits
//	    bias       IEEE 754 bits
//	    checksum   SHA-256 of everything before it
//
// Every file that is too short, too long or differs in a single bit is
// refused.
package sealed

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// A Format is a kind of file.
type Format struct {
	Magic   string // 8 bytes
	Version uint32 // that is written, and the only one that is read
	Kind    string // "model", for messages
}

// A File is the content of a file.
type File[T kernel.Float] struct {
	Text    []byte
	Numbers []T // the weights and, last, the bias
}

const head = 32

// ErrElement is wrapped by the error of Decode when the file holds numbers of
// the other element type.
var ErrElement = errors.New("other element type")

// Encode writes a file in one piece.
func Encode[T kernel.Float](w io.Writer, format Format, f File[T]) error {
	p := binary.LittleEndian.AppendUint32([]byte(format.Magic), format.Version)
	p = AppendShape[T](p, len(f.Numbers)-1)
	p = binary.LittleEndian.AppendUint64(p, uint64(len(f.Text)))
	p = append(p, f.Text...)
	p = AppendNumbers(p, f.Numbers)
	sum := sha256.Sum256(p)
	_, err := w.Write(append(p, sum[:]...))
	return err
}

// Decode reads what Encode wrote, up to the end of r. It allocates memory in
// proportion to what r holds, whatever r claims to hold.
func Decode[T kernel.Float](r io.Reader, format Format) (f File[T], err error) {
	p := make([]byte, head)
	if n, err := io.ReadFull(r, p); err != nil {
		return f, format.short(p[:n], err)
	}
	le := binary.LittleEndian
	if string(p[:8]) != format.Magic {
		return f, format.foreign()
	}
	if v := le.Uint32(p[8:]); v > format.Version {
		return f, fmt.Errorf("written by a newer version %d, this program reads version %d", v, format.Version)
	} else if v != format.Version {
		return f, fmt.Errorf("unknown version %d", v)
	}
	bits, count, text := le.Uint32(p[12:]), le.Uint64(p[16:]), le.Uint64(p[24:])
	if bits != 32 && bits != 64 {
		return f, fmt.Errorf("unknown element type %d", bits)
	}
	const most = 1 << 48 // bytes; keeps the sums below from overflowing
	if count >= most/8 || text >= most {
		return f, fmt.Errorf("claims %d weights and %d bytes of text: the file is damaged", count, text)
	}
	size := text + (count+1)*uint64(bits/8)

	body, err := io.ReadAll(io.LimitReader(r, int64(size+sha256.Size+1)))
	switch n := uint64(len(body)); {
	case err != nil:
		return f, err
	case n < size+sha256.Size:
		return f, fmt.Errorf("truncated: %d bytes are missing", size+sha256.Size-n)
	case n > size+sha256.Size:
		return f, fmt.Errorf("something follows the end of the %s", format.Kind)
	}
	h := sha256.New()
	h.Write(p)
	h.Write(body[:size])
	if !bytes.Equal(h.Sum(nil), body[size:]) {
		return f, errors.New("checksum does not match: the file is damaged")
	}

	// From here on the file is as it was written.
	if bits != elementBits[T]() {
		return f, fmt.Errorf("holds float%d weights, float%d wanted: %w", bits, elementBits[T](), ErrElement)
	}
	f.Text, body = body[:text], body[text:size]
	f.Numbers = make([]T, count+1)
	for i := range f.Numbers {
		f.Numbers[i], body = takeNumber[T](body)
	}
	return f, nil
}

func (f *Format) foreign() error { return fmt.Errorf("not a %s file", f.Kind) }

// short explains why less than a head could be read.
func (f *Format) short(p []byte, err error) error {
	switch {
	case err != io.EOF && err != io.ErrUnexpectedEOF:
		return err
	case len(p) == 0:
		return errors.New("truncated: the file is empty")
	case !bytes.HasPrefix([]byte(f.Magic), p[:min(len(p), len(f.Magic))]):
		return f.foreign()
	}
	return errors.New("truncated: the file ends within its first 32 bytes")
}

func elementBits[T kernel.Float]() uint32 {
	if _, ok := any(*new(T)).(float32); ok {
		return 32
	}
	return 64
}

// AppendShape appends element type and number of weights.
func AppendShape[T kernel.Float](p []byte, weights int) []byte {
	p = binary.LittleEndian.AppendUint32(p, elementBits[T]())
	return binary.LittleEndian.AppendUint64(p, uint64(weights))
}

// AppendNumbers appends the bits of numbers.
func AppendNumbers[T kernel.Float](p []byte, numbers []T) []byte {
	for _, v := range numbers {
		if elementBits[T]() == 32 {
			p = binary.LittleEndian.AppendUint32(p, math.Float32bits(float32(v)))
		} else {
			p = binary.LittleEndian.AppendUint64(p, math.Float64bits(float64(v)))
		}
	}
	return p
}

// takeNumber returns the first number of p and what follows it.
func takeNumber[T kernel.Float](p []byte) (T, []byte) {
	if elementBits[T]() == 32 {
		return T(math.Float32frombits(binary.LittleEndian.Uint32(p))), p[4:]
	}
	return T(math.Float64frombits(binary.LittleEndian.Uint64(p))), p[8:]
}
