package dataset

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
)

// ErrText is wrapped by the error for a field that is not meant as a number.
var ErrText = errors.New("is not a number")

// ParseNumber reads a finite decimal number: digits with at most one decimal
// point, a sign and an exponent if need be. What [strconv.ParseFloat] takes
// beyond that is refused: NaN, infinities, hexadecimal numbers, underscores,
// and numbers that are not 0 but would become 0.
func ParseNumber[T kernel.Float](s string) (T, error) {
	bits := 8 * int(unsafe.Sizeof(*new(T)))
	if !decimal(s) {
		return 0, explain(s)
	}
	v, err := strconv.ParseFloat(s, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, rangeError(s, bits, "large", "scale the column")
	case err != nil:
		return 0, explain(s)
	case v == 0 && !zero(s):
		return 0, rangeError(s, bits, "small", "write 0 or scale the column")
	}
	return T(v), nil
}

// IsNumber reports whether s is meant as a number, valid or not.
func IsNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// decimal reports whether s consists of the bytes that decimal numbers have.
func decimal(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return false
		}
	}
	return true
}

// zero reports whether the digits before the exponent are all 0.
func zero(s string) bool {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		s = s[:i]
	}
	return !strings.ContainsAny(s, "123456789")
}

func rangeError(s string, bits int, size, remedy string) error {
	if bits == 32 {
		if _, err := ParseNumber[float64](s); err == nil {
			remedy += ", or use -float64"
		}
	}
	return fmt.Errorf("%s is too %s for float%d; %s", s, size, bits, remedy)
}

// explain says why s, which is no decimal number, is not one.
func explain(s string) error {
	lower := strings.ToLower(strings.TrimLeft(s, "+-"))
	switch {
	case s == "":
		return errors.New("the value is missing; fill it in or remove the row")
	case lower == "nan" || lower == "na" || lower == "n/a" || lower == "null" || s == "?":
		return fmt.Errorf("%s stands for a missing value; fill it in or remove the row", s)
	case lower == "inf" || lower == "infinity":
		return fmt.Errorf("%s is not finite; replace it with a number or remove the row", s)
	case strings.HasPrefix(lower, "0x"):
		return fmt.Errorf("%s is hexadecimal; write it as a decimal number", s)
	case IsNumber(strings.ReplaceAll(s, "_", "")):
		return fmt.Errorf("%s has underscores; write the digits without them", s)
	case IsNumber(strings.Replace(s, ",", ".", 1)):
		return fmt.Errorf("%s has a decimal comma; write a decimal point", s)
	}
	return fmt.Errorf("%q %w", s, ErrText)
}
