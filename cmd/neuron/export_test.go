package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/model"
)

// What is exported to safetensors and imported again is the same file.
func TestExportImport(t *testing.T) {
	dir := t.TempDir()
	for _, flags := range []string{"", "-float64", "-threshold 0.2 -positive benign"} {
		path, r := trained(t, strings.Fields(flags)...)
		out, back := filepath.Join(dir, "m.safetensors"), filepath.Join(dir, "back")
		report := decode[transferReport](t, mustRun(t, "", "export", path, "-out", out, "-json"))
		if report.File != out || report.Format != "safetensors" || report.Features != 30 || report.Hash != r.Hash {
			t.Errorf("%+v", report)
		}
		report = decode[transferReport](t, mustRun(t, "", "import", out, "-out", back, "-json"))
		if report.File != back || report.Format != "safetensors" || report.Features != 30 || report.Hash != r.Hash {
			t.Errorf("%+v", report)
		}
		a, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(back)
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%q: %v\n%q, want\n%q", flags, err, b, a)
		}
		if got := mustRun(t, "", "export", path, "-out", "-", "-to", "safetensors"); got != string(must(os.ReadFile(out))) {
			t.Errorf("standard output has other bytes than the file")
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestExportFormats(t *testing.T) {
	path := written(t, small())
	dir := t.TempDir()
	for name, format := range map[string]string{"m.onnx": "onnx", "M.ONNX": "onnx", "m.go": "go", "m.safetensors": "safetensors"} {
		out := filepath.Join(dir, name)
		got := mustRun(t, "", "export", path, "-out", out, "-package", "score")
		if want := fmt.Sprintf("exported   %s, %s\nweights    4 features of float32, %s\n", out, format, small().Hash()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		p := must(os.ReadFile(out))
		switch format {
		case "go":
			f, err := parser.ParseFile(token.NewFileSet(), "", p, 0)
			if err != nil || f.Name.Name != "score" {
				t.Errorf("package %v, %v", f.Name, err)
			}
		default: // whose contents are tested in package exchange
			if !bytes.Contains(p, []byte("größe")) || bytes.Contains(p, []byte("package")) {
				t.Errorf("%s: %q", name, p)
			}
		}
	}
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{"", "want one model, have 0 arguments", exitUsage},
		{path, "-out FILE says where to write to", exitUsage},
		{path + " -out x", "-to says in which format: onnx, safetensors or go", exitUsage},
		{path + " -out x.onnx -to pickle", `-to "pickle": must be onnx, safetensors or go`, exitUsage},
		{path + " -out " + dir + "/none/m.onnx", "export to " + dir + "/none/m.onnx: ", exitFailure},
		{path + " -out " + dir + "/x.go -package a-b", `export to ` + dir + `/x.go: "a-b" is no name for a package of Go`, exitFailure},
		{path + "none -out x.go", "load model " + path + "none", exitFailure},
	} {
		args := append([]string{"export"}, strings.Fields(c.args)...)
		if stdout, stderr, code := neuron("", args...); code != c.code || stdout != "" || !strings.Contains(stderr, c.want) && c.code == exitUsage {
			t.Errorf("%s: exit code %d, %s%s", c.args, code, stdout, stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "x.go")); err == nil {
		t.Error("a failed export leaves a file")
	}
}

// vectorFile writes a file of NumPy.
func vectorFile(t *testing.T, descr, shape string, numbers any) string {
	t.Helper()
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n", descr, shape)
	b := bytes.NewBufferString("\x93NUMPY\x01\x00")
	binary.Write(b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	binary.Write(b, binary.LittleEndian, numbers)
	path := filepath.Join(t.TempDir(), "v.npy")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestImportNPY(t *testing.T) {
	single := vectorFile(t, "<f4", "(2,)", []float32{0.1, -3})
	double := vectorFile(t, "<f8", "(1, 2)", []float64{0.1, -3})
	bias32 := vectorFile(t, "<f4", "()", []float32{0.25})
	bias64 := vectorFile(t, "<f8", "(1,)", []float64{0.7})
	f32 := func(w ...float32) []float64 {
		var d []float64
		for _, v := range w {
			d = append(d, float64(v))
		}
		return d
	}
	for _, c := range []struct {
		file, bias string
		element    int
		weights    []float64
		b          float64
	}{
		{single, "", 32, f32(0.1, -3), 0},
		{single, "0.1", 32, f32(0.1, -3), f32(0.1)[0]},
		{single, bias32, 32, f32(0.1, -3), 0.25},
		{single, bias64, 64, f32(0.1, -3), 0.7},
		{double, "", 64, []float64{0.1, -3}, 0},
		{double, "0.1", 64, []float64{0.1, -3}, 0.1},
		{double, bias32, 64, []float64{0.1, -3}, 0.25},
	} {
		out := filepath.Join(t.TempDir(), "m")
		mustRun(t, "", "import", c.file, "-bias", c.bias, "-out", out, "-features", `a,"b,c"`, "-classes", "no,yes", "-label", "ill", "-threshold", "0.25")
		d, err := describeModel(out)
		if err != nil {
			t.Fatal(err)
		}
		if d.element != c.element || fmt.Sprint(d.Weights) != fmt.Sprint(c.weights) || d.Bias != c.b ||
			fmt.Sprintf("%q", d.Features) != `["a" "b,c"]` || d.Classes != [2]string{"no", "yes"} || d.Label != "ill" || d.Threshold != 0.25 || d.Meta["source"] != "v.npy" {
			t.Errorf("%+v: %+v", c, d)
		}
	}
}

// Weights that nothing is known of are of the classes 0 and 1.
func TestImportBare(t *testing.T) {
	out := filepath.Join(t.TempDir(), "m")
	mustRun(t, "", "import", vectorFile(t, "<f4", "(1,)", []float32{1}), "-out", out)
	if got := mustRun(t, "3\n-3\n", "predict", out, "-", "-header", "no"); got != "probability,class\n0.95257413,1\n0.047425874,0\n" {
		t.Errorf("%s", got)
	}
	if got := mustRun(t, "3,1\n-3,0\n", "eval", out, "-", "-header", "no", "-label", "2"); !strings.Contains(got, "1.0000") {
		t.Errorf("%s", got)
	}
}

func TestImportLike(t *testing.T) {
	m := small()
	read := map[string]string{pictureKey: "a recipe", "index_base": "0", "positive": "b", "negative": "rest"}
	maps.Copy(m.Meta, read)
	like := written(t, m)
	out := filepath.Join(t.TempDir(), "m")
	mustRun(t, "", "import", vectorFile(t, "<f8", "(4,)", []float64{1, 2, 3, 4}), "-like", like, "-out", out, "-classes", "a,b")
	got, err := model.Load[float64](out)
	if err != nil || fmt.Sprintf("%q", got.Features) != fmt.Sprintf("%q", m.Features) || got.Classes != [2]string{"a", "b"} ||
		got.Label != m.Label || got.Threshold != m.Threshold || got.Meta["command"] != "" {
		t.Errorf("%+v, %v", got, err)
	}
	for key, want := range read {
		if got.Meta[key] != want {
			t.Errorf("%s is %q, want %q", key, got.Meta[key], want)
		}
	}
}

// Weights that were changed lose the command that trained others, aloud.
func TestImportChanged(t *testing.T) {
	out := filepath.Join(t.TempDir(), "m.safetensors")
	mustRun(t, "", "export", written(t, small()), "-out", out)
	p := must(os.ReadFile(out))
	binary.LittleEndian.PutUint32(p[len(p)-4:], math.Float32bits(-0.75)) // the bias
	if err := os.WriteFile(out, p, 0o666); err != nil {
		t.Fatal(err)
	}
	back := filepath.Join(t.TempDir(), "m")
	_, stderr, code := neuron("", "import", out, "-out", back)
	if want := "neuron: " + out + ": the weights are not those that its metadata describe: the command that trained those is left out\n"; code != exitOK || stderr != want {
		t.Errorf("exit code %d, %s, want %s", code, stderr, want)
	}
	m, err := model.Load[float32](back)
	if err != nil || m.Bias != -0.75 || m.Meta["command"] != "" || m.Meta["data"] != "" || m.Meta["seed"] != "7" || m.Classes[1] != "yes" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestImportErrors(t *testing.T) {
	npy := vectorFile(t, "<f4", "(2,)", []float32{1, 2})
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := file("text", "each line of this text is no tensor")
	st := file("t", "\x40\x00\x00\x00\x00\x00\x00\x00"+`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}          `+"\x00\x00\x80\x7f")
	like := written(t, small())
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{"", "import: want one file, have 0 arguments", exitUsage},
		{npy, "import: -out FILE says where to save the model", exitUsage},
		{npy + " -out OUT -threshold 2", "import: -threshold 2: must be greater than 0 and at most 1", exitUsage},
		{npy + " -out OUT -weight w", "import: -weight names a tensor of a safetensors file, but " + npy + " is of NumPy", exitUsage},
		{npy + " -out OUT -features a", "import: -features has 1 name for 2 weights", exitUsage},
		{npy + " -out OUT -classes a", "import: -classes a: want two names, the negative class and the positive", exitUsage},
		{npy + " -out OUT -features a,a", "import: -features a,a: want names that are not empty, each once", exitUsage},
		{npy + " -out OUT -features a,", "import: -features a,: want names that are not empty, each once", exitUsage},
		{npy + " -out OUT -classes ,a", "import: -classes ,a: want two names, the negative class and the positive", exitUsage},
		{npy + " -out OUT -classes a,a", "import: -classes a,a: want two names, the negative class and the positive", exitUsage},
		{npy + " -out OUT -bias none", "-bias is neither a number nor a file: open none", exitFailure},
		{npy + " -out OUT -bias NaN", npy + ": the bias is NaN", exitFailure},
		{npy + " -out OUT -bias " + npy, npy + ": 2 numbers, but a neuron has one bias", exitFailure},
		{npy + " -out OUT -like " + like, like + " has 4 features, the weights are of 2", exitFailure},
		{dir + " -out OUT", dir + ": not a regular file", exitFailure},
		{dir + "/none -out OUT", "open " + dir + "/none", exitFailure},
		{text + " -out OUT", text + ": not a safetensors file: byte 0 says that the header has ", exitFailure},
		{st + " -out OUT", st + `: no tensor is called weight and has the shape 1 × features: name one; the file has "w" F32 [1]; -weight and -bias name tensors`, exitFailure},
		{st + " -out OUT -weight w", st + ": the weight of feature 1 is +Inf", exitFailure},
	} {
		out := filepath.Join(dir, "out")
		args := append([]string{"import"}, strings.Fields(strings.ReplaceAll(c.args, "OUT", out))...)
		stdout, stderr, code := neuron("", args...)
		if code != c.code || stdout != "" || !strings.HasPrefix(stderr, "neuron: "+c.want) {
			t.Errorf("%s: exit code %d, %s%s, want %s", c.args, code, stdout, stderr, c.want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: a model is saved", c.args)
		}
	}
}
