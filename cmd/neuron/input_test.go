package main

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong with a file is said with its place and a remedy.
func TestBadFiles(t *testing.T) {
	const text = "; name the label with -label, and columns that are no features with -ignore"
	const first = text + "; if this line names the columns, use -header yes"
	for _, test := range []struct{ flags, content, want string }{
		{"", "", "stdin: the file is empty"},
		{"", "a,y\n", "stdin: a header, but no rows"},
		{"", "y\n0\n1\n", `stdin: only y, the label; there must be at least one feature`},
		{"", "0\n1\n", `stdin: only column 1, the label; there must be at least one feature`},
		{"", "a,y\n1,0\n2,0\n", `stdin: y: every row is of class "0"; there must be two classes`},
		{"", "a,y\n1,0\n2,1\n3,2\n", `stdin:4:3: y: "2" is a third class after "0" and "1"; a neuron tells two apart (is this the label? see -label; of more classes, -positive and -negative choose)`},
		{"", "1,no\n2,yes\n3,maybe\n", `stdin:3:3: column 2: "maybe" is a third class after "no" and "yes"; a neuron tells two apart (is this the label? see -label; of more classes, -positive and -negative choose; if the first line names the columns, use -header yes)`},
		{"", "a,y\n1,0\n2,\n", "stdin:3:3: the name of the class is missing"},
		{"", "a,y\n1,0\n2,\xff\n", `stdin:3:3: the name "\xff" of the class is not UTF-8; convert the file to UTF-8`},
		{"", "a,b,y\n1,2,0\n3,,1\n", "stdin:3:3: b: the value is missing; fill it in or remove the row"},
		{"", "a,y\nNaN,0\n2,1\n", "stdin:2:1: a: NaN stands for a missing value; fill it in or remove the row"},
		{"", "NaN,0\n2,1\n", "stdin:1:1: column 1: NaN stands for a missing value; fill it in or remove the row"},
		{"", "a,y\n1,0\n-Inf,1\n", "stdin:3:1: a: -Inf is not finite; replace it with a number or remove the row"},
		{"", "a,y\n1,0\n0x10,1\n", "stdin:3:1: a: 0x10 is hexadecimal; write it as a decimal number"},
		{"", "a,y\n1,0\n1_000,1\n", "stdin:3:1: a: 1_000 has underscores; write the digits without them"},
		{"", "a,y\n1,0\n\"1,5\",1\n", "stdin:3:1: a: 1,5 has a decimal comma; write a decimal point"},
		{"", "a,y\n1,0\n1e39,1\n", "stdin:3:1: a: 1e39 is too large for float32; scale the column, or use -float64"},
		{"-float64", "a,y\n1,0\n1e309,1\n", "stdin:3:1: a: 1e309 is too large for float64; scale the column"},
		{"-float64", "a,y\n1,0\n1e-400,1\n", "stdin:3:1: a: 1e-400 is too small for float64; write 0 or scale the column"},
		{"", "a,b,y\n1,x,0\n", `stdin:2:3: b: "x" is not a number` + text},
		{"", "a,y\n1,0\n2,1,\n", "stdin:3:5: this line has 3 fields, the first has 2; every line needs the same number"},
		{"", "a,y\n1,0\n\n2,1\n", "stdin:3:1: the line is empty; remove it"},
		{"", "a,2019,y\n1,2,0\n3,4,1\n", `stdin:1:1: column 1: "a" is not a number` + first},
		{"", "1,0\n2,1\nx,1\n", `stdin:3:1: column 1: "x" is not a number` + text},
		{"", "a,y\n1,0\n2,NaN\n", `stdin:3:3: y: NaN is no class; fill the label in or remove the row`},
		{"", "1,nan\n2,1\n", `stdin:1:3: column 2: nan is no class; fill the label in or remove the row`},
		{"", "a,y\n1,0\n2,-Inf\n", `stdin:3:3: y: -Inf is no class; fill the label in or remove the row`},
		{"", "a,y\n1,0\n2,1\n3,?\n", `stdin:4:3: y: "?" is a third class after "0" and "1"; a neuron tells two apart (is this the label? see -label; of more classes, -positive and -negative choose)`},
		{"", "a,y\n1,1\n2,1.0\n", `stdin:3:3: y: "1.0" and "1" are the same number; write each class in one way`},
		{"", "a,y\n1,0\n2,1\n3,0.0\n", `stdin:4:3: y: "0.0" and "0" are the same number; write each class in one way`},
		{"", "a,y\n1,0\n2,1\x00\n", "stdin:3:3: a NUL byte; this is not a text file in UTF-8"},
		{"", "a,y\n1,0\n'2',1\n", `stdin:3:1: a: "'2'" is not a number` + text},
		{"", "a,y\n1,0\n\ufeff2,1\n", "stdin:3:1: a: \"\\ufeff2\" is not a number" + text},
		{"", "a,y\n1,0\n1e-400,1\n", "stdin:3:1: a: 1e-400 is too small for float32; write 0 or scale the column"},
		{"", "a,y\n1,0\n1e-46,1\n", "stdin:3:1: a: 1e-46 is too small for float32; write 0 or scale the column, or use -float64"},
		{"", "a,y\n1,0\n2,\"1\n", "stdin:3:6: a quoted field does not end here as it must; close the quote, and double quotes inside it"},
		{"", "a,y\r1,0\r2,1\r", `stdin:1:3: a carriage return inside "y\r1"; end lines with LF or CRLF`},
		{"", ",y\n1,0\n", "stdin:1:1: the name of the column is missing"},
		{"", "a,a,y\n1,2,0\n", `stdin:1:3: columns 1 and 2 are both named "a"; rename one`},
		{"", "a,y\n1,0\n2\x00,1\n", "stdin:3:1: a NUL byte; this is not a text file in UTF-8"},
		{"", "569,30,malignant,benign\n1,2\n", `stdin:1:8: column 3: "malignant" is not a number` + first},
		{"-label z", "a,y\n1,0\n", `stdin: no column "z"; the columns are "a", "y"`},
		{"-label 3", "a,y\n1,0\n", `stdin: no column "3"; the columns are "a", "y"`},
		{"-label 0", "1,0\n", "stdin: no column 0; the file has 2 columns"},
		{"-header no", "a,y\n1,0\n", `stdin:1:1: column 1: "a" is not a number` + first},
		{"-label 3", "1,0\n", "stdin: no column 3; the file has 2 columns"},
		{"-label y", "1,0\n", `stdin: no column "y", because the file has no header; give its number, 1 to 2`},
		{"-ignore a,b", "a,y\n1,0\n", `stdin: no column "b"; the columns are "a", "y"`},
		{"-ignore a", "a,y\n1,0\n", "stdin: only y, the label; there must be at least one feature"},
		{"-positive 2", "a,y\n1,0\n2,1\n", `stdin: y: no class "2" for -positive; the classes are "0" and "1"`},
		{"", "a,y\n1,0\n2,1\n", "stdin: 2 rows are too few to hold out 0.2 of them; use -test-fraction 0"},
		{"-folds 2", "a,y\n1,0\n2,1\n3,0\n", `stdin: 1 row of class "1" cannot be cut into 2 folds`},
	} {
		stdout, stderr, code := neuron(test.content, append([]string{"train", "-"}, strings.Fields(test.flags)...)...)
		if code != exitFailure || stdout != "" || stderr != "neuron: "+test.want+"\n" {
			t.Errorf("%q, flags %q: exit code %d, stderr\n%swant\nneuron: %s", test.content, test.flags, code, stderr, test.want)
		}
	}
}

// The same table, written in other ways, gives the same weights.
func TestGoodFiles(t *testing.T) {
	plain := "a,b,y\n1,2,0\n3,4,1\n5,7,0\n6,8,1\n"
	hash := func(content string, flags ...string) string {
		args := append([]string{"train", "-", "-test-fraction", "0", "-json"}, flags...)
		return decode[trainReport](t, mustRun(t, content, args...)).Hash
	}
	first := hash(plain)
	_, rows, _ := strings.Cut(plain, "\n")
	for _, test := range []struct{ name, content, flags string }{
		{"no header", rows, ""},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n"), ""},
		{"no final newline", strings.TrimSpace(plain), ""},
		{"empty lines at the end", plain + "\n\n", ""},
		{"byte order mark", "\ufeff" + plain, ""},
		{"quotes", strings.NewReplacer("1", `"1"`, "a", `"a"`).Replace(plain), ""},
		{"semicolons", strings.ReplaceAll(plain, ",", ";"), "-delimiter ;"},
		{"tabs", strings.ReplaceAll(plain, ",", "\t"), "-delimiter tab"},
		{"gzip", gzipped(plain), ""},
		{"class names", strings.NewReplacer(",0\n", ",no\n", ",1\n", ",yes\n").Replace(plain), ""},
		{"classes as numbers", strings.NewReplacer(",0\n", ",10\n", ",1\n", ",9\n").Replace(plain), "-positive 9"},
		{"classes −1 and 1", strings.ReplaceAll(plain, ",0\n", ",-1\n"), ""},
		{"label by number", "y,a,b\n0,1,2\n1,3,4\n0,5,7\n1,6,8\n", "-label 1"},
		{"label by name", "a,y,b\n1,0,2\n3,1,4\n5,0,7\n6,1,8\n", "-label y"},
		{"ignored column", "a,id,b,y\n1,n1,2,0\n3,n2,4,1\n5,n3,7,0\n6,n4,8,1\n", "-ignore id"},
		{"numbers for names", "1,2,3\n1,2,0\n3,4,1\n5,7,0\n6,8,1\n", "-header yes"},
	} {
		if got := hash(test.content, strings.Fields(test.flags)...); got != first {
			t.Errorf("%s: weights %s, want %s", test.name, got, first)
		}
	}
	if hash(rows, "-header", "yes") == first {
		t.Error("-header yes did not make names of the first row")
	}
	if hash(plain, "-positive", "0") == first {
		t.Error("-positive 0 changes nothing")
	}
}

// Which class is positive does not depend on the order of the rows.
func TestPositive(t *testing.T) {
	for _, test := range [][2]string{ // the second is positive
		{"0", "1"}, {"-1", "1"}, {"9", "10"}, {"-10", "-9"}, {"no", "yes"}, {"benign", "malignant"}, {"1", "1.0"}, {"10", "b"},
	} {
		for first := range 2 {
			c := classes{names: []string{test[first], test[1-first]}}
			if k, err := c.positive(""); err != nil || c.names[k] != test[1] {
				t.Errorf("%q: positive is %q, want %q", c.names, c.names[k], test[1])
			}
		}
	}
}

func gzipped(content string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	io.WriteString(z, content)
	z.Close()
	return b.String()
}

// The name of a file says what stands between its fields, unless the user does.
func TestTSV(t *testing.T) {
	const commas, tabs = "a,y\n1,0\n2,1\n", "a\ty\n1\t0\n2\t1\n"
	for _, test := range []struct{ name, content, flags string }{
		{"d.csv", commas, ""},
		{"d.tsv", tabs, ""},
		{"D.TSV", tabs, ""},
		{"d.tsv.gz", gzipped(tabs), ""},
		{"d.tsv", commas, "-delimiter ,"},
		{"tsv", commas, ""},
	} {
		path := filepath.Join(t.TempDir(), test.name)
		if err := os.WriteFile(path, []byte(test.content), 0o666); err != nil {
			t.Fatal(err)
		}
		args := append([]string{"train", "-json", "-test-fraction", "0", path}, strings.Fields(test.flags)...)
		r := decode[trainReport](t, mustRun(t, "", args...))
		if r.Dataset.Features != 1 || r.Dataset.Rows != 2 {
			t.Errorf("%s: %+v", test.name, r.Dataset)
		}
	}
}
