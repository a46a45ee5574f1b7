package dataset

import (
	"math"
	"testing"
)

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]float64{
		"0": 0, "-0": math.Copysign(0, -1), "1": 1, "+1.5": 1.5, "-.5": -0.5, "5.": 5, "1e3": 1000, "1E-3": 0.001,
		"0e-999": 0, "00.000": 0, "5e-324": 5e-324, "1.7976931348623157e308": math.MaxFloat64,
	} {
		got, err := ParseNumber[float64](s)
		if err != nil || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("ParseNumber[float64](%q) = %v, %v; want %v", s, got, err, want)
		}
	}
	for s, want := range map[string]float32{
		"0.1": 0.1, "3.4028235e38": math.MaxFloat32, "1e-45": math.SmallestNonzeroFloat32,
		"16777217":            16777216, // rounded once, to even
		"1.00000017881393433": 1.0000002,
	} {
		got, err := ParseNumber[float32](s)
		if err != nil || math.Float32bits(got) != math.Float32bits(want) {
			t.Errorf("ParseNumber[float32](%q) = %v, %v; want %v", s, got, err, want)
		}
	}
}

func TestParseNumberErrors(t *testing.T) {
	for s, want := range map[string]string{
		"":             "the value is missing; fill it in or remove the row",
		"?":            "? stands for a missing value; fill it in or remove the row",
		"NaN":          "NaN stands for a missing value; fill it in or remove the row",
		"-nan":         "-nan stands for a missing value; fill it in or remove the row",
		"NA":           "NA stands for a missing value; fill it in or remove the row",
		"null":         "null stands for a missing value; fill it in or remove the row",
		"Inf":          "Inf is not finite; replace it with a number or remove the row",
		"-infinity":    "-infinity is not finite; replace it with a number or remove the row",
		"0x1p-2":       "0x1p-2 is hexadecimal; write it as a decimal number",
		"0x_1p4":       "0x_1p4 is hexadecimal; write it as a decimal number",
		"1_000":        "1_000 has underscores; write the digits without them",
		"1,5":          "1,5 has a decimal comma; write a decimal point",
		"1e400":        "1e400 is too large for float64; scale the column",
		"-1e400":       "-1e400 is too large for float64; scale the column",
		"1e-400":       "1e-400 is too small for float64; write 0 or scale the column",
		"-0.0001e-390": "-0.0001e-390 is too small for float64; write 0 or scale the column",
		"abc":          `"abc" is not a number`,
		"e":            `"e" is not a number`,
		"1e":           `"1e" is not a number`,
		"1.2.3":        `"1.2.3" is not a number`,
		"--1":          `"--1" is not a number`,
		"1 000":        `"1 000" is not a number`,
		"12abc":        `"12abc" is not a number`,
		"１２":           `"１２" is not a number`,
	} {
		if v, err := ParseNumber[float64](s); err == nil || err.Error() != want {
			t.Errorf("ParseNumber[float64](%q) = %v, %v\nwant %s", s, v, err, want)
		}
	}
	for s, want := range map[string]string{
		"1e39":   "1e39 is too large for float32; scale the column, or use -float64",
		"1e-46":  "1e-46 is too small for float32; write 0 or scale the column, or use -float64",
		"1e400":  "1e400 is too large for float32; scale the column",
		"1e-400": "1e-400 is too small for float32; write 0 or scale the column",
	} {
		if v, err := ParseNumber[float32](s); err == nil || err.Error() != want {
			t.Errorf("ParseNumber[float32](%q) = %v, %v\nwant %s", s, v, err, want)
		}
	}
}

// FuzzParseNumber checks that what is accepted is finite and keeps its sign
// and its distance from 0.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1", "-0", "1e-400", "0x1", "1_0", "inf", "nan", "1e39"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		narrow, err := ParseNumber[float32](s)
		wide, wideErr := ParseNumber[float64](s)
		if err == nil && wideErr != nil {
			t.Fatalf("%q is a float32, but not a float64: %v", s, wideErr)
		}
		for _, v := range []float64{float64(narrow), wide} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%q: %v", s, v)
			}
		}
		if err == nil && (narrow == 0) != (wide == 0) {
			t.Fatalf("%q: float32 %v, float64 %v", s, narrow, wide)
		}
	})
}
