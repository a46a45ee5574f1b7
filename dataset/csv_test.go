package dataset

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// readAll returns the columns and the rows of a file.
func readAll(content string, delimiter rune, header Header) (columns []string, rows [][]string, err error) {
	t, err := NewReader(strings.NewReader(content), "f", Options{Delimiter: delimiter, Header: header})
	if err != nil {
		return nil, nil, err
	}
	for {
		err := t.Next()
		if err == io.EOF {
			return t.Columns, rows, nil
		}
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, slices.Clone(t.rows.(*csvRows).record))
	}
}

func TestReader(t *testing.T) {
	plain := [][]string{{"1", "2"}, {"3", "4"}}
	for _, test := range []struct {
		name, content string
		delimiter     rune
		header        Header
		columns       []string
		rows          [][]string
	}{
		{"header", "a,b\n1,2\n3,4\n", ',', Auto, []string{"a", "b"}, plain},
		{"no header", "1,2\n3,4\n", ',', Auto, nil, plain},
		{"class in the first row", "1,yes\n2,no\n", ',', Auto, nil, [][]string{{"1", "yes"}, {"2", "no"}}},
		{"names that are numbers", "y,0\n1,2\n3,4\n", ',', Present, []string{"y", "0"}, plain},
		{"names only", "a,b\nc,d\n", ',', Absent, nil, [][]string{{"a", "b"}, {"c", "d"}}},
		{"CRLF", "a,b\r\n1,2\r\n3,4\r\n", ',', Auto, []string{"a", "b"}, plain},
		{"no final newline", "a,b\n1,2\n3,4", ',', Auto, []string{"a", "b"}, plain},
		{"byte order mark", "\ufeffa,b\n1,2\n3,4\n", ',', Auto, []string{"a", "b"}, plain},
		{"quotes", "\"a\",\"b, \"\"c\"\"\"\n\"1\",2\n3,\"4\"\n", ',', Auto, []string{"a", `b, "c"`}, plain},
		{"CRLF and LF", "a,b\r\n1,2\n3,4\r\n", ',', Auto, []string{"a", "b"}, plain},
		{"carriage return at the end", "a,b\r\n1,2\r\n3,4\r", ',', Auto, []string{"a", "b"}, plain},
		{"CRLF in quotes", "a,\"b\r\nc\"\r\n1,2\r\n3,4\r\n", ',', Auto, []string{"a", "b\nc"}, plain},
		{"spaces in quotes", "\" a \",b\n1,\" 2\"\n3,4\n", ',', Auto, []string{"a", "b"}, plain},
		{"empty fields", "a,b\n1,2\n,\n", ',', Auto, []string{"a", "b"}, [][]string{{"1", "2"}, {"", ""}}},
		{"quoted empty lines", "1\n\"\"\n", ',', Auto, nil, [][]string{{"1"}, {""}}},
		{"comments are none", "# a,b\n1,2\n", ',', Auto, []string{"# a", "b"}, [][]string{{"1", "2"}}},
		{"a mark elsewhere is text", "a,\ufeffb\n1,2\n", ',', Auto, []string{"a", "\ufeffb"}, [][]string{{"1", "2"}}},
		{"newline in quotes", "a,\"b\nc\"\n1,2\n3,4\n", ',', Auto, []string{"a", "b\nc"}, plain},
		{"spaces", "a , b\n 1,\t2\n3 ,4\n", ',', Auto, []string{"a", "b"}, plain},
		{"empty lines at the end", "1,2\n3,4\n\n\r\n\n", ',', Auto, nil, plain},
		{"semicolons", "a;b\n1;2\n3;4\n", ';', Auto, []string{"a", "b"}, plain},
		{"tabs", "a\tb\n1\t2\n3\t4\n", '\t', Auto, []string{"a", "b"}, plain},
	} {
		columns, rows, err := readAll(test.content, test.delimiter, test.header)
		if err != nil || !slices.Equal(columns, test.columns) || !slices.EqualFunc(rows, test.rows, slices.Equal) {
			t.Errorf("%s: columns %q, rows %q, error %v", test.name, columns, rows, err)
		}
	}
}

func TestReaderErrors(t *testing.T) {
	for _, test := range []struct{ content, want string }{
		{"", "f: the file is empty"},
		{"\n\n", "f: the file is empty"},
		{"\ufeff", "f: the file is empty"},
		{"\na,b\n1,2\n", "f:1:1: the line is empty; remove it"},
		{"a,b\n\n1,2\n", "f:2:1: the line is empty; remove it"},
		{"a,b\r\n1,2\r\n\r\n3,4\r\n", "f:3:1: the line is empty; remove it"},
		{"a,\"b\nc\"\n1,2\n\n3,4\n", "f:4:1: the line is empty; remove it"},
		{"a,b\n1,2,3\n", "f:2:5: this line has 3 fields, the first has 2; every line needs the same number"},
		{"1,2\n3\n", "f:2:1: this line has 1 field, the first has 2; every line needs the same number"},
		{"1,2\n3,4\n5,6,\n", "f:3:5: this line has 3 fields, the first has 2; every line needs the same number"},
		{"1,2\n3\n\n4,5\n", "f:2:1: this line has 1 field, the first has 2; every line needs the same number"},
		{"1,2\n \n3,4\n", "f:2:1: this line has 1 field, the first has 2; every line needs the same number"},
		{"1,2,3\n4,56\n", "f:2:3: this line has 2 fields, the first has 3; every line needs the same number"},
		{"a,b,a\n1,2,3\n", `f:1:5: columns 1 and 3 are both named "a"; rename one`},
		{"a,\n1,2\n", "f:1:3: the name of the column is missing"},
		{"a,b\xe9\n1,2\n", `f:1:3: the name "b\xe9" of the column is not UTF-8; convert the file to UTF-8`},
		{"a,b\r1,2\r3,4", `f:1:3: a carriage return inside "b\r1"; end lines with LF or CRLF`},
		{"a,b\n1,\x002\n", "f:2:3: a NUL byte; this is not a text file in UTF-8"},
		{"a\x00,b\n1,2\n", "f:1:1: a NUL byte; this is not a text file in UTF-8"},
		{"a,b\n1,2\r\r\n", `f:2:3: a carriage return inside "2\r"; end lines with LF or CRLF`},
		{"a,b\n1, \"2\"\n", "f:2:4: a quote inside a field without quotes; put quotes around the field and double the inner one"},
		{"a,b\n1,2\"3\n", "f:2:4: a quote inside a field without quotes; put quotes around the field and double the inner one"},
		{"a,b\n1,\"2\"3\n", "f:2:5: a quoted field does not end here as it must; close the quote, and double quotes inside it"},
		{"a,b\n1,\"2\n", "f:2:6: a quoted field does not end here as it must; close the quote, and double quotes inside it"},
		{"\xff\xfea\x00", "f: the file is UTF-16; save it as UTF-8"},
		{"\xfe\xff\x00a", "f: the file is UTF-16; save it as UTF-8"},
	} {
		_, rows, err := readAll(test.content, ',', Auto)
		if err == nil || err.Error() != test.want {
			t.Errorf("%q: rows %q, error %v\nwant %s", test.content, rows, err, test.want)
		}
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken disk")
	r := io.MultiReader(strings.NewReader("1,2\n"), iotest.ErrReader(broken))
	table, err := NewReader(r, "f", Options{})
	if err == nil {
		err = table.Next()
	}
	if err == nil {
		err = table.Next()
	}
	if !errors.Is(err, broken) || err.Error() != "f: broken disk" {
		t.Errorf("error %v, want f: broken disk", err)
	}
}

// FuzzReader checks that no row and no field is dropped or changed in silence:
// a file that is read gives as many rows as it has lines, and its rows, written
// anew, are read as the same. Every error names the file.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n3,4\n", "1,2\r\n3,4", "\ufeffa,b\n1,2\n", "\"a\",\"b, \"\"c\"\"\"\n\"1\",2\n", "a,\"b\nc\"\n1,2\n",
		"1,2\n\n", "\n1,2\n", "1,2\n3\n", "a,b\r1,2\r", "1,\x00\n", "a,a\n1,2\n", " 1 ,\t2\n", "\xff\xfe", "1,\"2\n", ",\n,\n",
	} {
		f.Add(s, byte(0))
	}
	f.Fuzz(func(t *testing.T, content string, choice byte) {
		delimiter, header := rune(",;\t|"[choice&3]), Header(choice>>2%3)
		columns, rows, err := readAll(content, delimiter, header)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") || columns != nil || rows != nil {
				t.Fatalf("%q: columns %q, rows %q, error %v", content, columns, rows, err)
			}
			return
		}
		var all [][]string
		if columns != nil {
			all = append(all, columns)
		}
		all = append(all, rows...)
		var again strings.Builder
		for _, row := range all {
			if len(row) != len(all[0]) {
				t.Fatalf("%q: %d fields in %q, %d in %q", content, len(row), row, len(all[0]), all[0])
			}
			for i, field := range row {
				if i > 0 {
					again.WriteRune(delimiter)
				}
				again.WriteString(`"` + strings.ReplaceAll(field, `"`, `""`) + `"`)
			}
			again.WriteByte('\n')
		}
		if !strings.Contains(content, `"`) {
			text := strings.TrimRight(strings.TrimPrefix(content, "\ufeff"), "\r\n")
			if n := strings.Count(text, "\n") + 1; n != len(all) {
				t.Fatalf("%q: %d lines, %d rows", content, n, len(all))
			}
			if n := strings.Count(text, string(delimiter)); n != len(all)*(len(all[0])-1) {
				t.Fatalf("%q: %d delimiters, %d rows of %d fields", content, n, len(all), len(all[0]))
			}
		}
		mode := Absent
		if columns != nil {
			mode = Present
		}
		columns2, rows2, err := readAll(again.String(), delimiter, mode)
		if err != nil || !slices.Equal(columns, columns2) || !slices.EqualFunc(rows, rows2, slices.Equal) {
			t.Fatalf("%q: columns %q, rows %q;\nwritten as %q: columns %q, rows %q, error %v", content, columns, rows, again.String(), columns2, rows2, err)
		}
	})
}
