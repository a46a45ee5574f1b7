package exchange

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	goarch = flag.String("goarch", "", "`architecture` to run exported source on")
	goexec = flag.String("goexec", "", "`program` that emulates it")
)

// rows are rows of all kinds for a model of d features: of ordinary size, at
// random bits, infinite, NaN, tiny, and such that z is anything from far below
// to far above 0.
func rows[T kernel.Float](d, n int) kernel.Batch[T] {
	r := rand.New(rand.NewPCG(uint64(d), 7))
	x := kernel.Batch[T]{Data: make([]T, d*n), Rows: n, Cols: d}
	for i := range n {
		for j := range d {
			v := r.NormFloat64() * math.Exp2(float64(i%40-30))
			switch {
			case i%8 == 5:
				v = fromBits[T](r.Uint64())
			case i%16 == 7 && j%5 == i%5:
				v = []float64{math.Inf(1), math.Inf(-1), math.NaN(), 0, math.Copysign(0, -1)}[r.IntN(5)]
			case i%8 == 3:
				v *= 0x1p-140
			}
			x.Data[i*d+j] = T(v)
		}
	}
	return x
}

// fromBits returns the number of T with the given bits.
func fromBits[T kernel.Float](bits64 uint64) float64 {
	if bits[T]() == 32 {
		return float64(math.Float32frombits(uint32(bits64)))
	}
	return math.Float64frombits(bits64)
}

func randomModel[T kernel.Float](d int) *model.Model[T] {
	r := rand.New(rand.NewPCG(uint64(d), 3))
	m := &model.Model[T]{Bias: T(r.NormFloat64()), Classes: [2]string{"no", `a "b" \`}, Threshold: 0.25, Meta: map[string]string{"command": "neuron train 'x\ny\x00\ufeff\x1b\xff'"}}
	for j := range d {
		m.Weights = append(m.Weights, T(r.NormFloat64()*math.Exp2(float64(r.IntN(30)-20))))
		m.Features = append(m.Features, fmt.Sprintf("f\n%d \"", j))
	}
	if d > 1 {
		m.Weights[0] = T(math.Copysign(0, -1))
	}
	return m
}

// identity returns a model for which z is the row.
func identity[T kernel.Float]() *model.Model[T] {
	return &model.Model[T]{Weights: []T{1}, Features: []string{"z"}, Classes: [2]string{"no", "yes"}}
}

// sweep returns z from where σ is 0 to where it is 1, and those next to 0 for
// which σ lies between two float32.
func sweep[T kernel.Float]() kernel.Batch[T] {
	x := kernel.Batch[T]{Cols: 1}
	for z := -760.0; z < 40; z += 0.37 {
		x.Data = append(x.Data, T(z))
	}
	for k := -255; k < 256; k += 2 {
		x.Data = append(x.Data, T(float64(k)*0x1p-23), T(float64(k)*0x1p-22))
	}
	x.Rows = len(x.Data)
	return x
}

// ties returns a model and rows for which a multiplication and an addition in
// float64 end in the middle between two float32, but one rounding would not.
// Columns 0 and 16 are of one lane, and the bias takes the greater part of their
// sum away.
func ties() (*model.Model[float32], kernel.Batch[float32]) {
	r := rand.New(rand.NewPCG(1, 9))
	for {
		w := 1 + r.Float32()
		half := float32(0x1p-24 / float64(w))                                 // whose product with w is almost half a place of 1
		if d := float64(half)*float64(w) - 0x1p-24; d >= 0 || d <= -0x1p-53 { // below the middle, where σ shows the difference
			continue
		}
		m := &model.Model[float32]{Weights: make([]float32, 17), Features: make([]string, 17), Classes: [2]string{"no", "yes"}, Bias: -1}
		m.Weights[0], m.Weights[16] = 1, w
		x := kernel.Batch[float32]{Data: make([]float32, 400*17), Rows: 400, Cols: 17}
		for i := range x.Rows {
			x.Data[i*17], x.Data[i*17+16] = 1+float32(i)*0x1p-23, half
		}
		return m, x
	}
}

// A program is a module of exported models, each a package, and of a main that
// reads rows for each of them and writes predictions, as bits.
type program struct {
	dir, imports, body string
	packages           int
	input              bytes.Buffer
	checks             []func(t *testing.T, output io.Reader)
}

func (p *program) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.dir, name)
	os.MkdirAll(filepath.Dir(path), 0o777)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// add takes a model and rows for it.
func add[T kernel.Float](t *testing.T, p *program, m *model.Model[T], x kernel.Batch[T]) {
	t.Helper()
	d := x.Cols
	var source bytes.Buffer
	name := fmt.Sprint("neuron", p.packages)
	if err := WriteGo(&source, m, name); err != nil {
		t.Fatal(err)
	}
	p.write(t, filepath.Join(name, name+".go"), source.String())
	p.packages++

	p.input.Write(appendNumbers(nil, x.Data))
	p.imports += fmt.Sprintf("\t\"example.com/a/%s\"\n", name)
	p.body += strings.NewReplacer("FLOAT", fmt.Sprint("float", bits[T]()), "COLUMNS", fmt.Sprint(d), "ROWS", fmt.Sprint(x.Rows), "neuron", name).Replace(`
	for range ROWS {
		row := make([]FLOAT, COLUMNS)
		if err := binary.Read(in, binary.LittleEndian, row); err != nil {
			panic(err)
		}
		binary.Write(out, binary.LittleEndian, neuron.Predict(row))
	}
	out.WriteString(neuron.Class(neuron.Threshold) + neuron.Class(0) + neuron.Features[COLUMNS-1])
`)
	p.checks = append(p.checks, func(t *testing.T, output io.Reader) {
		want, got := make([]T, x.Rows), make([]T, x.Rows)
		kernel.Predict(want, x, m.Weights, m.Bias)
		if err := binary.Read(output, binary.LittleEndian, got); err != nil {
			t.Fatal(err)
		}
		seen := map[T]bool{}
		for i := range got {
			if got[i] != want[i] && !(got[i] != got[i] && want[i] != want[i]) {
				t.Errorf("float%d, %d features, row %d: %v, want %v", bits[T](), d, i, got[i], want[i])
			}
			seen[got[i]] = true
		}
		if len(seen) < min(x.Rows/4, 20) {
			t.Errorf("float%d, %d features: only %d results differ of %d", bits[T](), d, len(seen), x.Rows)
		}
		names := []byte(m.Classes[1] + m.Classes[0] + m.Features[d-1])
		text := make([]byte, len(names))
		if _, err := io.ReadFull(output, text); err != nil || !bytes.Equal(text, names) {
			t.Errorf("names %q, %v, want %q", text, err, names)
		}
	})
}

// The source that is exported passes vet, and gives the bits of the kernels.
func TestGo(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short: runs the Go compiler")
	}
	p := &program{dir: t.TempDir()}
	for _, d := range []int{1, 30, 127, 128, 133} {
		add(t, p, randomModel[float64](d), rows[float64](d, 4096/d+256))
	}
	for _, d := range []int{1, 30, 255, 256, 261} {
		add(t, p, randomModel[float32](d), rows[float32](d, 4096/d+256))
	}
	add(t, p, identity[float64](), sweep[float64]())
	add(t, p, identity[float32](), sweep[float32]())
	m, x := ties()
	add(t, p, m, x)
	p.write(t, "go.mod", "module example.com/a\n\ngo 1.22\n")
	p.write(t, "main.go", "package main\n\nimport (\n\t\"bufio\"\n\t\"encoding/binary\"\n\t\"os\"\n\n"+p.imports+`)

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
`+p.body+"}\n")
	run := "run ."
	if *goexec != "" {
		run = "run -exec " + *goexec + " ."
	}
	for _, args := range []string{"vet ./...", run} {
		cmd := exec.Command("go", strings.Fields(args)...)
		cmd.Dir, cmd.Stdin = p.dir, bytes.NewReader(p.input.Bytes())
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOOS=", "GOARCH="+*goarch)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", args, err, stderr.String())
		}
		if args == run {
			output := bytes.NewReader(out)
			for _, check := range p.checks {
				check(t, output)
			}
			if output.Len() > 0 {
				t.Errorf("%d bytes more than there should be", output.Len())
			}
		}
	}
}

// The file is what it was when someone last looked at it.
func TestGoText(t *testing.T) {
	m := example[float32]()
	for _, name := range []string{"named", "nameless"} {
		var got bytes.Buffer
		if err := WriteGo(&got, m, "neuron"); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name+".go.txt")
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got.Bytes(), want)
		}
		m = &model.Model[float32]{Weights: m.Weights, Bias: m.Bias}
	}
}

func TestGoErrors(t *testing.T) {
	for _, name := range []string{"", "a b", "func", "_", "x;y"} {
		if err := WriteGo(&bytes.Buffer{}, example[float32](), name); err == nil || !strings.Contains(err.Error(), "is no name for a package of Go") {
			t.Errorf("package %q: %v", name, err)
		}
	}
}

// BenchmarkGo compares exported source, which a benchmark of its own measures,
// with the kernels, for one row of 30 numbers.
func BenchmarkGo(b *testing.B) {
	dir := b.TempDir()
	m := randomModel[float32](30)
	var source bytes.Buffer
	if err := WriteGo(&source, m, "main"); err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":    "module example.com/a\n\ngo 1.22\n",
		"neuron.go": source.String(),
		"a_test.go": "package main\n\nimport \"testing\"\n\nfunc BenchmarkPredict(b *testing.B) {\n\trow := make([]float32, 30)\n\tfor i := range row {\n\t\trow[i] = float32(i)\n\t}\n\tfor range b.N {\n\t\tPredict(row)\n\t}\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("exported", func(b *testing.B) {
		cmd := exec.Command("go", "test", "-bench", ".", "-benchtime", fmt.Sprint(b.N, "x"))
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		var n int
		var ns float64
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "BenchmarkPredict") {
				fmt.Sscan(strings.Join(strings.Fields(line)[1:], " "), &n, &ns)
			}
		}
		b.ReportMetric(ns, "ns/op")
	})
	b.Run("kernel", func(b *testing.B) {
		row := rows[float32](30, 1)
		yhat := make([]float32, 1)
		for b.Loop() {
			kernel.Predict(yhat, row, m.Weights, m.Bias)
		}
	})
}
