package exchange

import (
	"encoding/binary"
	"math"

	"github.com/seed-b3c25b83/kernel"
)

// appendNumbers appends the bits of numbers, little-endian.
func appendNumbers[T kernel.Float](p []byte, numbers []T) []byte {
	for _, v := range numbers {
		if narrow, ok := any(v).(float32); ok {
			p = binary.LittleEndian.AppendUint32(p, math.Float32bits(narrow))
		} else {
			p = binary.LittleEndian.AppendUint64(p, math.Float64bits(float64(v)))
		}
	}
	return p
}
