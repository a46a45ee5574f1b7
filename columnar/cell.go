package columnar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

var errMissing = errors.New("the value is missing; fill it in, or remove the row, or leave the column out")

// A cell appends the value in a row of a column to a line of CSV.
type cell func(line []byte, row int) ([]byte, error)

// newCell returns the cells of a column, or nil if its type has no text that a
// neuron could read.
func newCell(column arrow.Array) cell {
	switch c := column.(type) {
	case *array.Int8:
		return signed(c.Value)
	case *array.Int16:
		return signed(c.Value)
	case *array.Int32:
		return signed(c.Value)
	case *array.Int64:
		return signed(c.Value)
	case *array.Uint8:
		return unsigned(c.Value)
	case *array.Uint16:
		return unsigned(c.Value)
	case *array.Uint32:
		return unsigned(c.Value)
	case *array.Uint64:
		return unsigned(c.Value)
	case *array.Float16:
		return float(func(row int) float64 { return float64(c.Value(row).Float32()) })
	case *array.Float32:
		return float(func(row int) float64 { return float64(c.Value(row)) })
	case *array.Float64:
		return float(c.Value)
	case *array.Boolean:
		return func(line []byte, row int) ([]byte, error) {
			if c.Value(row) {
				return append(line, '1'), nil
			}
			return append(line, '0'), nil
		}
	case *array.Decimal32, *array.Decimal64, *array.Decimal128, *array.Decimal256:
		return func(line []byte, row int) ([]byte, error) { return append(line, column.ValueStr(row)...), nil }
	case *array.String:
		return text(c.Value)
	case *array.LargeString:
		return text(c.Value)
	case *array.StringView:
		return text(c.Value)
	case *array.Dictionary:
		values := newCell(c.Dictionary())
		if values == nil {
			return nil
		}
		return func(line []byte, row int) ([]byte, error) {
			k := c.GetValueIndex(row)
			if c.Dictionary().IsNull(k) {
				return nil, errMissing
			}
			return values(line, k)
		}
	}
	return nil
}

func signed[T int8 | int16 | int32 | int64](value func(int) T) cell {
	return func(line []byte, row int) ([]byte, error) {
		return strconv.AppendInt(line, int64(value(row)), 10), nil
	}
}

func unsigned[T uint8 | uint16 | uint32 | uint64](value func(int) T) cell {
	return func(line []byte, row int) ([]byte, error) {
		return strconv.AppendUint(line, uint64(value(row)), 10), nil
	}
}

// float writes the shortest number that is read as the same, in float64 and, if
// it was a float32, in float32.
func float(value func(int) float64) cell {
	return func(line []byte, row int) ([]byte, error) {
		v := value(row)
		if v-v != 0 {
			return nil, fmt.Errorf("%v is not a finite number; fill it in, or remove the row, or leave the column out", v)
		}
		return strconv.AppendFloat(line, v, 'g', -1, 64), nil
	}
}

func text[T ~string](value func(int) T) cell {
	return func(line []byte, row int) ([]byte, error) {
		s := string(value(row))
		if strings.ContainsAny(s, "\",\r\n") || s == "" {
			return append(append(append(line, '"'), strings.ReplaceAll(s, `"`, `""`)...), '"'), nil
		}
		return append(line, s...), nil
	}
}
