package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/packed"
)

// noise returns a CSV file of two classes.
func noise(rows, cols int) string {
	var b strings.Builder
	r := rand.New(rand.NewPCG(uint64(rows), uint64(cols)))
	for range rows {
		sum := 0
		for range cols {
			x := r.IntN(2001) - 1000
			sum += x
			fmt.Fprintf(&b, "%d.%d,", x, r.IntN(10))
		}
		fmt.Fprintln(&b, []string{"no", "yes"}[min(max(sum/500+r.IntN(3), 0), 1)])
	}
	return b.String()
}

// TestStream: what is read from disk in every epoch gives the same report as in
// memory, to the bit.
func TestStream(t *testing.T) {
	path := filepath.Join(t.TempDir(), "noise.csv")
	if err := os.WriteFile(path, []byte(noise(3000, 20)), 0o666); err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	for _, flags := range []string{
		"",
		"-test-fraction 0",
		"-test-fraction 0.5 -seed 7",
		"-loss log -l2 0.01 -balanced",
		"-batch 256 -shuffle none",
		"-batch 256 -shuffle batches -seed 5",
		"-batch 77 -shuffle batches -float64 -balanced",
		"-batch 100000 -shuffle none",
		"-no-standardize -rate 1e-5",
		"-float64 -tolerance 1e-3",
		"-positive no",
	} {
		args := append([]string{"train", path, "-json", "-epochs", "20"}, strings.Fields(flags)...)
		want := decode[trainReport](t, mustRun(t, "", args...))
		got := decode[trainReport](t, mustRun(t, "", append(args, "-stream", "-scratch", scratch)...))
		want.Speed, got.Speed = speedReport{}, speedReport{}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("flags %q: %+v, want %+v", flags, got, want)
		}
	}
	if names, err := os.ReadDir(scratch); err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// Every input can be streamed.
func TestStreamInputs(t *testing.T) {
	text := noise(500, 3)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, text)
	z.Close()
	hash := func(stdin string, args ...string) string {
		t.Helper()
		return decode[trainReport](t, mustRun(t, stdin, append(args, "-json")...)).Hash
	}
	if got, want := hash("", "train", "-stream"), hash("", "train"); got != want {
		t.Errorf("the data that the program carries: %s, want %s", got, want)
	}
	want := hash(text, "train", "-")
	for name, content := range map[string]string{"text": text, "gzip": zipped.String()} {
		if got := hash(content, "train", "-", "-stream"); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// npy writes a matrix as NumPy does.
func npy[T kernel.Float](t *testing.T, rows [][]T) (path string) {
	t.Helper()
	dict := fmt.Sprintf("{'descr': '<f%d', 'fortran_order': False, 'shape': (%d, %d), }\n", unsafe.Sizeof(T(0)), len(rows), len(rows[0]))
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	binary.Write(&b, binary.LittleEndian, uint16(len(dict)))
	b.WriteString(dict)
	for _, row := range rows {
		binary.Write(&b, binary.LittleEndian, row)
	}
	path = filepath.Join(t.TempDir(), "m.npy")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A file of NumPy is read where it lies, and gives what the same numbers give
// as text.
func TestStreamNPY(t *testing.T) {
	t.Run("float32", testStreamNPY[float32])
	t.Run("float64", testStreamNPY[float64])
}

func testStreamNPY[T kernel.Float](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var rows [][]T
	var text strings.Builder
	for range 700 {
		row := make([]T, 6)
		for j := range row {
			row[j] = T(r.IntN(2001)-1000) / 8
		}
		row[2] = -1.5
		if row[0]+row[5] > 0 {
			row[2] = 3
		}
		rows = append(rows, row)
		fmt.Fprintln(&text, strings.Trim(strings.ReplaceAll(fmt.Sprint(row), " ", ","), "[]"))
	}
	path := npy(t, rows)
	for _, flags := range []string{"", "-ignore 2,5", "-positive -1.5 -balanced"} {
		args := append(strings.Fields(flags), "-label", "3", "-json")
		if unsafe.Sizeof(T(0)) == 8 {
			args = append(args, "-float64")
		}
		want := decode[trainReport](t, mustRun(t, text.String(), append([]string{"train", "-"}, args...)...))
		got := decode[trainReport](t, mustRun(t, "", append([]string{"train", path, "-stream", "-scratch", "/nowhere"}, args...)...))
		want.Speed, got.Speed = speedReport{}, speedReport{}
		want.Dataset.Source = path
		if !reflect.DeepEqual(got, want) {
			t.Errorf("flags %q: %+v, want %+v", flags, got, want)
		}
	}
}

func TestStreamNPYErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		flags, want string
		rows        [][]float32
	}{
		{"-float64", `PATH: column 2: every row is of class "7"`, [][]float32{{1, 7}, {2, 7}}}, // not where it lies
		{"", "PATH: row 3, column 2: 0.5 is a third class after 0 and 0.25", [][]float32{{1, 0}, {2, 0.25}, {3, 0.5}}},
		{"", "PATH: row 2, column 2: NaN is no class", [][]float32{{1, 0}, {2, nan}}},
		{"", `PATH: column 2: every row is of class "7"`, [][]float32{{1, 7}, {2, 7}}},
		{"", "PATH: only column 1, the label", [][]float32{{1}, {2}}},
		{"-label 3", "PATH: no column 3; the file has 2 columns", [][]float32{{1, 7}, {2, 7}}},
		{"-test-fraction 0", "PATH: row 2, column 1: NaN is not a finite number; fill it in or remove the row", [][]float32{{1, 0}, {nan, 1}}},
		{"-label 1 -test-fraction 0.5", "PATH: row 3, column 2: +Inf is not a finite number", [][]float32{{1, 1}, {0, 2}, {1, inf}, {0, 3}}}, // held out, or not
		{"-label 1 -test-fraction 0.5", "PATH: row 1, column 2: -Inf is not a finite number", [][]float32{{1, -inf}, {0, 2}, {1, 2}, {0, 3}}},
	} {
		path := npy(t, c.rows)
		stdout, stderr, code := neuron("", append([]string{"train", path, "-stream"}, strings.Fields(c.flags)...)...)
		want := "neuron: " + strings.ReplaceAll(c.want, "PATH", path)
		if code != exitFailure || stdout != "" || !strings.HasPrefix(stderr, want) {
			t.Errorf("exit code %d, stderr:\n%swant %s", code, stderr, want)
		}
	}
}

// The command in a model that was streamed trains the same model in memory, even
// where a step would take other rows there.
func TestStreamCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("f.csv", []byte(noise(6000, 2)), 0o666); err != nil {
		t.Fatal(err)
	}
	p := saved(t, "f.csv", "-stream", "-epochs", "3")
	command := decodeModel(t, p).Meta["command"]
	if command != "neuron train -epochs=3 -shuffle=batches f.csv" {
		t.Errorf("command %q", command)
	}
	if explicit := decodeModel(t, saved(t, "f.csv", "-stream", "-batch", "0", "-shuffle", "rows")).Meta["command"]; explicit != "neuron train -batch=0 -shuffle=rows f.csv" {
		t.Errorf("command %q", explicit)
	}
	if !bytes.Equal(p, saved(t, strings.Fields(command)[2:]...)) {
		t.Errorf("%q trains another model", command)
	}
}

// A training goes on, from disk or from memory, where it was interrupted.
func TestStreamResume(t *testing.T) {
	c := filepath.Join(t.TempDir(), "c")
	args := []string{"train", "-", "-json", "-q", "-checkpoint", c, "-resume"}
	text := noise(500, 3)
	want := decode[trainReport](t, mustRun(t, text, "train", "-", "-json", "-epochs", "30"))
	for _, more := range []string{"-epochs 5 -stream", "-epochs 10", "-epochs 20 -stream", "-epochs 30 -stream"} {
		got := decode[trainReport](t, mustRun(t, text, append(args, strings.Fields(more)...)...))
		if got.Epochs == 30 && (got.Hash != want.Hash || got.Resumed != 20) {
			t.Errorf("%+v, want %s", got, want.Hash)
		}
	}
	_, stderr, code := neuron(noise(500, 4), append(args, "-stream")...)
	if code != exitFailure || !strings.Contains(stderr, "on 400 rows of 3 features, not 400 of 4") {
		t.Errorf("exit code %d, stderr:\n%s", code, stderr)
	}
}

func TestStreamErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		flags, stdin, want string
		code               int
	}{
		{"-folds 3", "", "train: -stream: -folds needs all rows in memory", exitUsage},
		{"-batch 3 -shuffle rows", "", "train: -stream: -shuffle rows takes the rows of every step from all over the file", exitUsage},
		{"-shuffle rows", "", "train: -stream: -shuffle rows takes the rows of every step from all over the file", exitUsage},
		{"-scratch " + file, "1,2", "no scratch file: open " + file, exitFailure},
		{"-header yes", "a,b\n", "stdin: a header, but no rows", exitFailure},
		{"", "", "stdin: the file is empty", exitFailure},
		{"", "1,a\n2,a\n", `stdin: column 2: every row is of class "a"`, exitFailure},
		{"", "1,a\n2,b\nx,a\n", "stdin:3:1: column 1: \"x\" is not a number; name the label", exitFailure},
		{"", "1,a\n2,b\n3\n", "stdin:3:1: this line has 1 field", exitFailure},
		{"", "1,a\n2,b\n3,c\n", `stdin:3:3: column 2: "c" is a third class`, exitFailure},
		{"-positive c", "1,a\n2,b\n", `stdin: column 2: no class "c" for -positive`, exitFailure},
		{"", "1,a\n2,b\n", "stdin: 2 rows are too few to hold out 0.2 of them", exitFailure},
	} {
		stdout, stderr, code := neuron(c.stdin, append([]string{"train", "-", "-stream"}, strings.Fields(c.flags)...)...)
		if code != c.code || stdout != "" || !strings.HasPrefix(stderr, "neuron: "+c.want) {
			t.Errorf("%+v: exit code %d, stderr:\n%s", c, code, stderr)
		}
	}
}

// meddler is a context that does something when it is looked at for the n-th
// time.
type meddler struct {
	context.Context
	n      int
	meddle func()
}

func (m *meddler) Err() error {
	if m.n--; m.n == 0 {
		m.meddle()
	}
	return m.Context.Err()
}

// A file that is written to while it is read is not trained on.
func TestStreamChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.csv")
	line := strings.Index(noise(8000, 10)[500_000:], "\n") + 500_001 // a row ends
	for want, meddle := range map[string]func() error{
		"cut short while it was read: it had": func() error { return os.Truncate(path, int64(line)) },
		"changed while it was read; wait": func() error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err == nil {
				_, err = f.WriteString(noise(1, 10))
				f.Close()
			}
			return err
		},
		"changed while it was read; wait until": func() error { return os.Chtimes(path, time.Time{}, time.Unix(1, 0)) },
	} {
		if err := os.WriteFile(path, []byte(noise(8000, 10)), 0o666); err != nil {
			t.Fatal(err)
		}
		m := &meddler{t.Context(), 100, func() {
			if err := meddle(); err != nil {
				t.Error(err)
			}
		}}
		var stdout, stderr bytes.Buffer
		code := run(m, []string{"train", path, "-stream"}, nil, &stdout, &stderr)
		if code != exitFailure || stdout.Len() > 0 || !strings.HasPrefix(stderr.String(), "neuron: "+path+": "+want) {
			t.Errorf("exit code %d, stderr:\n%s, want %s", code, stderr.String(), want)
		}
	}
}

// Ctrl-C while rows are read ends the program, and leaves nothing.
func TestStreamInterrupt(t *testing.T) {
	scratch := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	var stdout, stderr bytes.Buffer
	code := run(&meddler{ctx, 100, cancel}, []string{"train", "-", "-stream", "-scratch", scratch}, strings.NewReader(noise(500, 3)), &stdout, &stderr)
	if code != exitInterrupted || stdout.Len() > 0 {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
	}
	if names, err := os.ReadDir(scratch); err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

// What a file needs is known before the folder is full.
func TestStreamSpace(t *testing.T) {
	dir := t.TempDir()
	free, ok := packed.Free(dir)
	if !ok {
		t.Skip("nobody knows how much space there is")
	}
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, make([]byte, 1000), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(10, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if err := checkSpace(watch(f), dir, free/110); err != nil { // 0.91 of what is free
		t.Error(err)
	}
	err = checkSpace(watch(f), dir, free/50) // twice as much
	if err == nil || !strings.HasPrefix(err.Error(), "the rows take about ") || !strings.Contains(err.Error(), dir+" has room for ") {
		t.Error(err)
	}
	if err := checkSpace(watch(io.NopCloser(f)), dir, free); err != nil { // of unknown length
		t.Error(err)
	}
	for n, want := range map[int64]string{7: "7 bytes", 1536: "1.5 KiB", 1 << 30: "1 GiB", 5 << 40: "5 TiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
