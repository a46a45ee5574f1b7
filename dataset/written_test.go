package dataset

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

// written are the rows of the files in testdata/written, which testdata/make.py
// makes. The last column is the label.
var written = [][]float64{{0, 1, 0, 3, 0}, {7, 0, 0, 0, 1}, {1, 2, 3, 4, 1}, {0, 0, 0, 5, 0}, {0, 9, 100, 0, 1}}

// numbers reads all rows of a file, whose label is a number, too.
func numbers[T kernel.Float](r *Reader) (rows [][]T, err error) {
	columns := make([]int, r.Width)
	for i := range columns {
		columns[i] = i
	}
	for {
		if err := r.Next(); err == io.EOF {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
		row := make([]T, r.Width)
		if err := Read(r, row, columns); err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

// labels reads the classes of all rows.
func labels(r *Reader) (classes []string, err error) {
	for {
		if err := r.Next(); err == io.EOF {
			return classes, nil
		} else if err != nil {
			return nil, err
		}
		class, err := r.Class(r.Label)
		if err != nil {
			return nil, err
		}
		classes = append(classes, class)
	}
}

func load(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "written", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func compress(content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(content)
	z.Close()
	return b.Bytes()
}

// Whatever wrote the rows, and however they arrive, they are the same.
func TestWritten(t *testing.T) {
	var names []string
	for _, pattern := range []string{"[fiu][1248].npy", "*-big.npy", "*-fortran.npy", "version?.npy", "plain.npz", "compressed.npz", "pictures*.npz", "column.npz", "onearray.npz", "zero.svm", "one.svm", "rows-*.idx"} {
		files, err := filepath.Glob(filepath.Join("testdata", "written", pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, f := range files {
			names = append(names, filepath.Base(f))
		}
	}
	if len(names) < 50 {
		t.Fatalf("only %d files", len(names))
	}
	for _, name := range names {
		content := load(t, name)
		for way, open := range map[string]func() (io.Reader, string){
			"file": func() (io.Reader, string) {
				f, err := os.Open(filepath.Join("testdata", "written", name))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { f.Close() })
				return f, name
			},
			"pipe":                func() (io.Reader, string) { return bytes.NewReader(content), "stdin" },
			"one byte at a time":  func() (io.Reader, string) { return &slow{content}, "stdin" },
			"compressed":          func() (io.Reader, string) { return bytes.NewReader(compress(content)), "stdin" },
			"compressed, in file": func() (io.Reader, string) { return inFile(t, compress(content)), "stdin" },
		} {
			r, name := open()
			checkWritten[float32](t, name+", "+way, r, name, Options{})
			r, name = open()
			checkWritten[float64](t, name+", "+way, r, name, Options{})
		}
	}
}

// inFile returns an open file that holds something.
func inFile(t *testing.T, content []byte) *os.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// slow is a reader that gives a byte at a time.
type slow struct{ rest []byte }

func (s *slow) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:1], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func checkWritten[T kernel.Float](t *testing.T, what string, r io.Reader, name string, o Options) {
	t.Helper()
	reader, err := NewReader(r, name, o)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	got, err := numbers[T](reader)
	var want [][]T
	for _, row := range written {
		var w []T
		for _, v := range row {
			w = append(w, T(v))
		}
		want = append(want, w)
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, %v", what, got, err)
	}
}

// Labels may be in another file, of another format.
func TestLabels(t *testing.T) {
	X := map[string]string{"X.npy": "", "train-images-idx3-ubyte": "", "X.csv": "0,1,0,3\n7,0,0,0\n1,2,3,4\n0,0,0,5\n0,9,100,0\n", "named.csv": "a,b,c,d\n0,1,0,3\n7,0,0,0\n1,2,3,4\n0,0,0,5\n0,9,100,0\n"}
	Y := map[string]string{"y.npy": "", "train-labels-idx1-ubyte": "", "y.csv": "0\n1\n1\n0\n1\n", "named.csv": "y\n0\n1\n1\n0\n1\n"}
	for x, content := range X {
		if content == "" {
			content = string(load(t, x))
		}
		for y, labels := range Y {
			if labels == "" {
				labels = string(load(t, y))
			}
			checkWritten[float32](t, x+" with "+y, strings.NewReader(content), x, Options{Labels: strings.NewReader(labels), LabelsName: y})
		}
	}
	r, err := NewReader(strings.NewReader("a,b\n1,2\n"), "x", Options{Labels: strings.NewReader("class\nyes\n"), LabelsName: "y"})
	if err != nil || !reflect.DeepEqual(r.Columns, []string{"a", "b", "class"}) || r.Label != 2 || r.Width != 3 {
		t.Errorf("%+v, %v", r, err)
	}
	for _, c := range []struct{ x, y, want string }{
		{"1,2\n3,4\n", "0\n", "y: 1 label only, and x has more rows; are they of another file?"},
		{"1,2\n3,4\n", "no\n1\n", `y: 1 label only below the name "no" of their column, and x has more rows; are they of another file? (if "no" is a label, put a line with a name above it)`},
		{"1,2\n3,4\n", "0\n1\n0\n", "y: more labels than the 2 rows of x; are they of another file?"},
		{"1,2\n3,4\n", "0,1\n1,1\n", "y: 2 columns, not one label for each row of x"},
		{"1 1:2\n0 1:3\n", "0\n1\n", "x: has labels of its own; leave out those of y"},
		{"a,y\n3,4\n", "y\n1\n", `x: a column is named "y", as the labels of y are; rename one`},
		{"1,2\n3,4\n", "", "y: the file is empty"},
		{"1,2\n3,4\n", string(load(t, "X.npy")), "y: the shape 5 × 4 is not one label for each row"},
		{"1,2\n3,4\n", "0\n\n1\n", "y:2:1: the line is empty; remove it"},
		{string(load(t, "y.npy")), "0\n1\n", "x: a list of 5 numbers, not rows of them; if they belong to 5 rows, reshape them"},
	} {
		r, err := NewReader(strings.NewReader(c.x), "x", Options{Labels: strings.NewReader(c.y), LabelsName: "y"})
		if err == nil {
			_, err = numbers[float32](r)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%q, %q: %v\nwant %s", c.x, c.y, err, c.want)
		}
	}
}

// Classes are named as they are written.
func TestClasses(t *testing.T) {
	for name, want := range map[string]string{
		"text.npz": "no größer größer no größer", "bytes.npz": "no yes yes no yes", "column.npz": "0 1 1 0 1",
		"plain.npz": "0 1 1 0 1", "compressed.npz": "0 1 1 0 1", "qid.svm": "-1 1 1 -1 1",
	} {
		r, err := NewReader(bytes.NewReader(load(t, name)), name, Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := labels(r)
		if s := strings.Join(got, " "); err != nil || s != want {
			t.Errorf("%s: %s, %v, want %s", name, s, err, want)
		}
	}
	for name, want := range map[string]string{"f2.npy": "100", "f4.npy": "100", "f8.npy": "100", "i1.npy": "100", "u8-big.npy": "100", "bool.npy": "1"} {
		r, err := NewReader(bytes.NewReader(load(t, name)), name, Options{})
		for err == nil {
			if err = r.Next(); err == nil {
				var class string
				if class, err = r.Class(2); class == want {
					break
				}
			}
		}
		if err != nil {
			t.Errorf("%s: no class %s: %v", name, want, err)
		}
	}
}

// A binary file that is cut anywhere, or has something behind its end, is
// refused; an .npz file that is changed anywhere gives the same rows or none.
func TestCut(t *testing.T) {
	for _, name := range []string{"f4.npy", "i8-fortran.npy", "version2.npy", "compressed.npz", "plain.npz", "rows-f8.idx"} {
		content := load(t, name)
		for n := range content {
			if err := readAs(content[:n], name); err == nil {
				t.Fatalf("%s: cut to %d bytes of %d, and no error", name, n, len(content))
			} else if !strings.HasPrefix(err.Error(), name) {
				t.Fatalf("%s: cut to %d bytes: %v", name, n, err)
			}
		}
		if !strings.HasSuffix(name, ".npz") {
			if err := readAs(append(bytes.Clone(content), 0), name); err == nil || !strings.Contains(err.Error(), "something follows the") {
				t.Errorf("%s: a byte more: %v", name, err)
			}
			continue
		}
		want, _ := allNumbers(content, name)
		for i := range content {
			damaged := bytes.Clone(content)
			damaged[i] ^= 0x10
			if got, err := allNumbers(damaged, name); err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("%s: byte %d changed: rows %v and no error", name, i, got)
			}
		}
	}
}

func allNumbers(content []byte, name string) ([][]float64, error) {
	r, err := NewReader(bytes.NewReader(content), name, Options{})
	if err != nil {
		return nil, err
	}
	return numbers[float64](r)
}

func readAs(content []byte, name string) error {
	_, err := allNumbers(content, name)
	return err
}

// header returns a .npy file with a header and nothing else.
func header(dict string) string {
	return npyMagic + "\x01\x00" + string([]byte{byte(len(dict)), byte(len(dict) >> 8)}) + dict
}

func shaped(descr, shape string) string {
	return header(fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape))
}

// What a header claims takes no memory.
func TestLies(t *testing.T) {
	fortran := header("{'descr': '<f8', 'fortran_order': True, 'shape': (1000000, 100000), }")
	for name, content := range map[string]string{
		"columns":          shaped("<f8", "(1, 1000000000000)"),
		"rows":             shaped("<f8", "(1000000000000, 10)") + "12345678",
		"fortran":          fortran,
		"text":             shaped("<U60000", "(1000000, 1)"),
		"overflow":         shaped("<f8", "(4294967296, 4294967296, 4294967296)"),
		"idx":              "\x00\x00\x0e\x03\x7f\xff\xff\xff\x00\x00\xff\xff\x00\x00\xff\xff",
		"idx overflow":     "\x00\x00\x0e\x08" + strings.Repeat("\x7f\xff\xff\xff", 8),
		"libsvm":           "1 2147483646:1\n",
		"header of 4 GiB":  npyMagic + "\x02\x00\xff\xff\xff\xff",
		"zeros, rows":      shaped("<f8", "(0, 10)"),
		"zeros, columns":   shaped("<f8", "(10, 0)"),
		"zero and billion": shaped("<f8", "(0, 1000000000000)"),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := NewReader(strings.NewReader(content), "f", Options{})
		runtime.ReadMemStats(&after)
		if err == nil || !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%s: %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
			t.Errorf("%s: takes %d bytes", name, n)
		}
	}
}

// What cannot be read says why, where, and what to do.
func TestBinaryErrors(t *testing.T) {
	const offset = 70 // of the first element behind shaped("<f4", "(2, 2)")
	if n := len(shaped("<f4", "(2, 2)")); n != offset {
		t.Fatal(n)
	}
	const one, nan, inf, huge = "\x00\x00\x80\x3f", "\x00\x00\xc0\x7f", "\x00\x00\x80\xff", "\x00\x00\x00\x00\x00\x00\xf0\x7e"
	for _, c := range []struct{ content, want string }{
		{shaped("<f4", "(2, 2)") + one + one + one + nan, "f: byte 82, row 2: column 2: NaN stands for a missing value; fill it in or remove the row"},
		{shaped("<f4", "(2, 2)") + one + inf + one + one, "f: byte 74, row 1: column 2: -Inf is not finite; replace it with a number or remove the row"},
		{strings.Replace(shaped("<f4", "(2, 2)"), "False", "True ", 1) + one + nan + one + one, "f: byte 74, row 2: column 1: NaN stands for a missing value; fill it in or remove the row"},
		{shaped("<f8", "(1, 1)") + huge, "f: byte 70, row 1: column 1: 2.7430620343968443e+303 is too large for float32; scale the column, or use -float64"},
		{shaped("<f8", "(1, 1)") + "\x01\x00\x00\x00\x00\x00\x00\x00", "f: byte 70, row 1: column 1: 5e-324 is too small for float32; write 0 or scale the column, or use -float64"},
		{shaped("<f4", "(2, 2)") + one + one + one, "f: cut off at byte 82: 2 × 2 elements of 4 bytes are promised, which end at byte 86; get a whole copy of it"},
		{shaped("<f4", "(2, 2)") + one + one + one + one + one, "f: byte 86: something follows the 2 × 2 elements that the header promises; keep one array in a file"},
		{shaped("<f4", "()") + one, "f: one number, not rows of them"},
		{shaped("<f4", "(2,)") + one + one, "f: a list of 2 numbers, not rows of them; if they belong to 2 rows, reshape them"},
		{shaped("<f4", "(2, 0)"), "f: the shape 2 × 0 has no rows, or no columns"},
		{shaped("<f16", "(2, 2)"), `f: byte 10: elements of type "<f16"; convert it before it is saved: x.astype(numpy.float32)`},
		{shaped("|f4", "(2, 2)"), `f: byte 10: elements of type "|f4"; convert it before it is saved: x.astype(numpy.float32)`},
		{shaped("<M8[D]", "(2, 2)"), `f: byte 10: elements of type "<M8[D]"; convert it before it is saved: x.astype(numpy.float32)`},
		{shaped("<U3", "(1, 1)") + "a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "f: text, not numbers"},
		{string(load(t, "objects.npy")), "f: byte 10: elements are Python objects, which only Python can read; convert it before it is saved: x.astype(numpy.float32)"},
		{string(load(t, "records.npy")), "f: byte 10: an array of records; save a plain matrix, such as one column for each field"},
		{string(load(t, "complex.npy")), `f: byte 10: elements of type "<c16"; convert it before it is saved: x.astype(numpy.float32)`},
		{header("{'descr': '<f4', 'fortran_order': False, 'fortran_order': False, }"), "f: byte 10: the header does not say shape; the file is damaged"},
		{header("import os"), "f: byte 10: the header is not what numpy writes; the file is damaged"},
		{npyMagic + "\x04\x00", "f: byte 6: version 4.0 of the format; versions 1 to 3 are known"},
		{npyMagic + "\x01\x00\xff\x00{", "f: cut off at byte 11, within the header; get a whole copy of it"},
		{"\x00\x00\x08\x03\x00\x00", "f: cut off at byte 6, within the header; get a whole copy of it"},
		{"\x00\x00\x08\x01\x00\x00\x00\x02\x00\x01", "f: a list of 2 numbers, not rows of them; if they belong to 2 rows, reshape them"},
		{"\x00\x00\x08\x02\x80\x00\x00\x02\x00\x00\x00\x02", "f: a dimension of 2147483650 elements; the header is damaged"},
		{"PK\x03\x04rubbish", "f: the .npz file is cut off or damaged; get a whole copy of it: zip: not a valid zip file"},
		{"PK\x05\x06" + strings.Repeat("\x00", 18), "f: nothing is in it"},
		{string(load(t, "split.npz")), "f: which array has the rows? -array NAME says it; there are x_train (5 × 4), y_train (5), x_test (2 × 4), y_test (2)"},
		{"\x00\x00\x08\x09\x00", "f:1:1: a NUL byte; this is not a text file in UTF-8"},
		{npyMagic + "\x02\x00\x00\x00\x02\x00", "f: byte 8: a header of 131072 bytes; the file is damaged, or an array of records"},
		{archive(t, "X", shaped("<u1", "(2, 1)")+"12", "y", shaped("<u1", "(3,)")+"123"), "f: no array has a label for each row of X; -label NAME says which, -label NUMBER which column of X, -array X that there is none; there are X (2 × 1), y (3)"},
		{archive(t, "X", shaped("<u1", "(2, 1)")+"12", "y", "rubbish"), "f, y.npy: cut off at byte 7, within the header; get a whole copy of it"},
		{"PAR1", "f: a Parquet file; the program neuron-columnar turns it into what can be read: neuron-columnar FILE | neuron train -"},
		{"ARROW1\x00\x00more", "f: an Arrow (Feather) file; the program neuron-columnar turns it into what can be read: neuron-columnar FILE | neuron train -"},
	} {
		if err := readAs32([]byte(c.content)); err == nil || err.Error() != c.want {
			t.Errorf("%.100q: %v\nwant %s", c.content, err, c.want)
		}
	}
}

// archive returns a .npz file with two arrays.
func archive(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i] + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, pairs[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func readAs32(content []byte) error {
	r, err := NewReader(bytes.NewReader(content), "f", Options{})
	if err == nil {
		_, err = numbers[float32](r)
	}
	return err
}

// The user says which arrays are meant.
func TestArrays(t *testing.T) {
	content := load(t, "split.npz")
	checkWritten[float64](t, "train", bytes.NewReader(content), "split.npz", Options{Array: "x_train"})
	checkWritten[float64](t, "train", bytes.NewReader(content), "split.npz", Options{Array: "x_train", Label: "y_train"})
	checkWritten[float64](t, "a column", bytes.NewReader(load(t, "onearray.npz")), "f", Options{Label: "5"})
	for _, c := range []struct {
		array, label, want string
	}{
		{"x", "", `f: no array "x"; there are x_train (5 × 4), y_train (5), x_test (2 × 4), y_test (2)`},
		{"x_train", "y", `f: no array "y" for -label; there are x_train (5 × 4), y_train (5), x_test (2 × 4), y_test (2)`},
		{"x_train", "y_test", "f, y_test.npy: 2 labels only, and f, x_train.npy has more rows; are they of another file?"},
		{"y_train", "", "f, y_train.npy: a list of 5 numbers, not rows of them; if they belong to 5 rows, reshape them"},
	} {
		r, err := NewReader(bytes.NewReader(content), "f", Options{Array: c.array, Label: c.label})
		if err == nil {
			_, err = numbers[float32](r)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Half precision is widened exactly, every number of it.
func TestFloat16(t *testing.T) {
	for _, c := range []struct {
		bits uint16
		want float32
	}{{0x0000, 0}, {0x3c00, 1}, {0xc000, -2}, {0x7bff, 65504}, {0x0400, 1.0 / (1 << 14)}, {0x0001, 1.0 / (1 << 24)}, {0x83ff, -1023.0 / (1 << 24)}, {0x3555, 0.333251953125}} {
		if got := float16(c.bits); got != c.want {
			t.Errorf("%#04x: %v, want %v", c.bits, got, c.want)
		}
	}
	if v := float16(0x7e00); v == v {
		t.Errorf("NaN becomes %v", v)
	}
	if v := float16(0xfc00); v-v == 0 || v > 0 {
		t.Errorf("-Inf becomes %v", v)
	}
	last := float16(0)
	for h := uint16(1); h < 0x7c00; h++ { // they ascend
		if v := float16(h); !(v > last) || float16(h|0x8000) != -v {
			t.Fatalf("%#04x: %v behind %v", h, v, last)
		} else {
			last = v
		}
	}
}

func TestLabelsOf(t *testing.T) {
	for images, want := range map[string]string{
		"d/train-images-idx3-ubyte.gz": "d/train-labels-idx1-ubyte.gz", "t10k-images.idx3-ubyte": "t10k-labels.idx1-ubyte",
		"train-labels-idx1-ubyte": "", "f.csv": "",
	} {
		if got := LabelsOf(images); got != want {
			t.Errorf("%s: %s, want %s", images, got, want)
		}
	}
}

// The format is told by the content first, and by the name where it is text.
func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		content, name string
		o             Options
		want          Format
	}{
		{"1,2\n", "f", Options{}, CSV},
		{"1 1:2\n", "f", Options{}, LIBSVM},
		{"+1 qid:3 1:2 5:0.5 # x\n", "f", Options{}, LIBSVM},
		{"# x\n\n-1 1:2\n", "f.txt", Options{}, LIBSVM},
		{"\ufeff-1 1:2\n", "f.txt", Options{}, LIBSVM},
		{"-1 1:2", "f", Options{}, LIBSVM},
		{"-1 1:2\n", "f.csv", Options{}, CSV},
		{"-1 1:2\n", "f", Options{Header: Absent}, CSV},
		{"-1 1:2\n", "f", Options{Delimiter: ' '}, CSV},
		{"-1 1:2\n", "f", Options{Format: CSV}, CSV},
		{"yes 1:2\n", "f", Options{}, CSV},
		{"yes 1:2\n", "f.svm", Options{}, LIBSVM},
		{"yes 1:2\n", "f.libsvm.gz", Options{}, LIBSVM},
		{"time 12:30,5\n", "f", Options{}, CSV},
		{"1 12:30\n2 12:31\n", "f", Options{}, LIBSVM}, // and what else could it be?
		{"0 " + strings.Repeat("1:1 ", 1<<17), "f", Options{Format: CSV}, CSV},
		{string(load(t, "f4.npy")), "f.csv", Options{}, NPY},
		{string(load(t, "plain.npz")), "f", Options{}, NPZ},
		{string(load(t, "rows-i1.idx")), "f", Options{}, IDX},
	} {
		r, err := NewReader(strings.NewReader(c.content), c.name, c.o)
		if err != nil || r.Format != c.want {
			t.Errorf("%.60q, %s: %+v, %v, want %s", c.content, c.name, r, err, c.want)
		}
	}
	for _, c := range []struct{ content, name, want string }{
		{"1,2\n", "f.npy", "f.npy: its name ends in .npy, but it does not begin as such a file does; if it is another format, say so with -format"},
		{"1,2\n", "f.npz", "f.npz: its name ends in .npz, but it does not begin as such a file does; if it is another format, say so with -format"},
		{"", "f.npy", "f.npy: the file is empty"},
		{"\x00\x00", "f", "f:1:1: a NUL byte; this is not a text file in UTF-8"},
	} {
		if _, err := NewReader(strings.NewReader(c.content), c.name, Options{}); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v\nwant %s", c.content, err, c.want)
		}
	}
	for _, f := range Formats() {
		if _, err := NewReader(strings.NewReader(""), "f", Options{Format: f}); err == nil || !strings.HasPrefix(err.Error(), "f: ") {
			t.Errorf("empty %s: %v", f, err)
		}
	}
}
