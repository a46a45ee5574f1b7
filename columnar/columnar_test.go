package columnar

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// rows is what testdata/make.mjs writes, as CSV.
const rows = `i8,u16,i32,i64,f32,f64,b,"größe, ""q""",class
1,1,1,1,0.10000000149011612,0.1,1,plain,yes
-128,0,-2147483648,-9007199254740993,-3.4028234663852886e+38,-1.7976931348623157e+308,0,"two
lines",no
127,65535,2147483647,9007199254740993,1.401298464324817e-45,5e-324,1,"a ""quote"", a comma",yes
0,7,0,0,1.6777216e+07,1e+21,0,ümläut,no
`

func load(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func convert(content []byte, columns ...string) (string, error) {
	var out bytes.Buffer
	err := WriteCSV(context.Background(), &out, bytes.NewReader(content), "f", columns)
	return out.String(), err
}

// Whatever wrote the rows, they are the same.
func TestWriteCSV(t *testing.T) {
	for name, want := range map[string]string{
		"file.arrow": rows, "stream.arrows": rows,
		"uncompressed.parquet": rows, "snappy.parquet": rows, "gzip.parquet": rows, "brotli.parquet": rows, "zstd.parquet": rows, "lz4_raw.parquet": rows,
		"batches.arrow":     "i8,f64,b\n1,0.1,1\n-128,-1.7976931348623157e+308,0\n127,5e-324,1\n0,1e+21,0\n",
		"hyparquet.parquet": "x,y,class\n1,0.5,a\n2,1.5,b\n3,2.5,a\n",
	} {
		if got, err := convert(load(t, name)); err != nil || got != want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

// The columns that are wanted come in the order in which they are named.
func TestColumns(t *testing.T) {
	for _, name := range []string{"zstd.parquet", "file.arrow", "stream.arrows"} {
		content := load(t, name)
		got, err := convert(content, "class", "i8")
		if want := "class,i8\nyes,1\nno,-128\nyes,127\nno,0\n"; err != nil || got != want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
		if _, err := convert(content, "class", "x"); err == nil || !strings.HasPrefix(err.Error(), `f: no column "x"; the columns are ["i8" "u16"`) {
			t.Errorf("%s: %v", name, err)
		}
		columns, err := Columns(bytes.NewReader(content), "f")
		if got := strings.Join(columns, "|"); err != nil || got != `i8|u16|i32|i64|f32|f64|b|größe, "q"|class` {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for _, name := range []string{"dates.arrow", "lists.arrow", "lists.parquet"} {
		if got, err := convert(load(t, name), "n"); err != nil || got != "n\n1\n2\n" {
			t.Errorf("%s without the odd column: %v\n%s", name, err, got)
		}
	}
}

func TestErrors(t *testing.T) {
	for name, want := range map[string]string{
		"null.arrow":    `f: row 2, column "a": the value is missing; fill it in, or remove the row, or leave the column out`,
		"null.parquet":  `f: row 2, column "a": the value is missing; fill it in, or remove the row, or leave the column out`,
		"nan.arrow":     `f: row 3, column "a": NaN is not a finite number; fill it in, or remove the row, or leave the column out`,
		"nan.parquet":   `f: row 3, column "a": NaN is not a finite number; fill it in, or remove the row, or leave the column out`,
		"dates.arrow":   `f: column "a": values of type date64 are no numbers; leave the column out, or make it one of numbers or text`,
		"lists.arrow":   `f: column "a": values of type list<item: int32> are no numbers; leave the column out, or make it one of numbers or text`,
		"lists.parquet": `f: column "a": values of type list<item: int32> are no numbers; leave the column out, or make it one of numbers or text`,
	} {
		if _, err := convert(load(t, name)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	for content, want := range map[string]string{
		"":               "f: the file is empty",
		"a,b\n1,2\n":     "f: neither a Parquet nor an Arrow file, as its first bytes tell",
		"PAR1":           "f: cut off, damaged, or of a kind of Parquet that cannot be read: ",
		"PAR1PAR1":       "f: cut off, damaged, or of a kind of Parquet that cannot be read: ",
		"ARROW1\x00\x00": "f: cut off, damaged, or of a kind of Arrow that cannot be read: ",
		"FEA1":           "f: a Feather file of version 1; write it as version 2, which is Arrow",
		"PARE":           "f: an encrypted Parquet file; decrypt it first",
	} {
		if _, err := convert([]byte(content)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// A file that is cut anywhere is refused. (One that is changed may not be: of
// what the formats leave without a checksum, the library takes all.)
func TestCut(t *testing.T) {
	for _, name := range []string{"file.arrow", "stream.arrows", "snappy.parquet", "hyparquet.parquet"} {
		content := load(t, name)
		for n := range content {
			if out, err := convert(content[:n]); err == nil {
				t.Errorf("%s: cut to %d bytes of %d, and no error: %q", name, n, len(content), out)
			} else if !strings.HasPrefix(err.Error(), "f: ") {
				t.Errorf("%s: cut to %d bytes: %v", name, n, err)
			}
		}
	}
}

// What was written before an error ends within a line.
func TestCutOff(t *testing.T) {
	for name, want := range map[string]string{"nan.parquet": "a,c\n1,a\n2,b\ncut off", "null.arrow": "a,c\n1,a\ncut off", "dates.arrow": ""} {
		if got, err := convert(load(t, name)); err == nil || got != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	var w counter
	p := &pipe{w: &w}
	line := []byte("12345,678\n")
	for range 100_000 {
		if err := p.line(line); err != nil {
			t.Fatal(err)
		}
		if w.n%len(line) != 1 && w.n != 0 {
			t.Fatalf("%d bytes were written, which do not end behind the first of a line", w.n)
		}
	}
	if err := p.close(); err != nil || w.n != 100_000*len(line) {
		t.Errorf("%d bytes, %v", w.n, err)
	}
	if w.writes > 20 {
		t.Errorf("%d writes", w.writes)
	}
}

// Two columns of one name are not taken for one.
func TestColumnsOfOneName(t *testing.T) {
	number := func(name string) arrow.Field { return arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Int8} }
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{number("a"), number("b"), number("a")}, nil))
	for i := range 3 {
		b.Field(i).(*array.Int8Builder).Append(int8(i))
	}
	var content bytes.Buffer
	w := ipc.NewWriter(&content, ipc.WithSchema(b.Schema()))
	if err := w.Write(b.NewRecordBatch()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, columns := range [][]string{nil, {"b", "a"}} {
		if out, err := convert(content.Bytes(), columns...); err == nil || err.Error() != `f: two columns are named "a"; rename one` {
			t.Errorf("%q: %q, %v", columns, out, err)
		}
	}
	if out, err := convert(content.Bytes(), "b"); err != nil || out != "b\n1\n" {
		t.Errorf("%q, %v", out, err)
	}
}

type counter struct{ n, writes int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	c.writes++
	return len(p), nil
}
