package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What is read is never overwritten, and no work is done for a file that cannot
// be written.
func TestOutputs(t *testing.T) {
	model := written(t, small())
	t.Chdir(t.TempDir())
	files := map[string][]byte{"d.csv": breastCancer, "m": must(os.ReadFile(model)), "w.npy": []byte("\x93NUMPY")}
	for name, content := range files {
		if err := os.WriteFile(name, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Link("d.csv", filepath.Join("folder", "link.csv")); err != nil {
		t.Fatal(err)
	}
	const place = " would take the place of the file that is read; name another"
	for _, test := range []struct {
		args, want string
		code       int
	}{
		{"train d.csv -out d.csv", "train: -out d.csv" + place, exitUsage},
		{"train d.csv -out folder/../d.csv", "train: -out folder/../d.csv" + place, exitUsage},
		{"train folder/link.csv -stream -out d.csv", "train: -out d.csv" + place, exitUsage},
		{"train d.csv -report d.csv", "train: -report d.csv" + place, exitUsage},
		{"train d.csv -checkpoint d.csv -resume", "train: -checkpoint d.csv" + place, exitUsage},
		{"train - -labels d.csv -out d.csv", "train: -out d.csv" + place, exitUsage},
		{"train d.csv -out new -checkpoint ./new", "train: -out and -checkpoint name the same file, ./new; name two", exitUsage},
		{"train d.csv -out new.svg -curve new.svg", "train: -out and -curve name the same file, new.svg; name two", exitUsage},
		{"train d.csv -out -", "train: -out -: want the name of a file", exitUsage},
		{"train d.csv -out folder", "-out folder: is a folder; name a file", exitFailure},
		{"train d.csv -out none/m", "-out none/m: there is no folder none; make it first", exitFailure},
		{"train d.csv -report none/r.html", "-report none/r.html: there is no folder none; make it first", exitFailure},
		{"train d.csv -curve d.csv/c.png", "-curve d.csv/c.png: there is no folder d.csv; make it first", exitFailure},
		{"export m -out m -to onnx", "export: -out m" + place, exitUsage},
		{"export m -out none/m.go", "-out none/m.go: there is no folder none; make it first", exitFailure},
		{"import w.npy -out w.npy", "import: -out w.npy" + place, exitUsage},
		{"import w.npy -out -", "import: -out -: want the name of a file", exitUsage},
	} {
		stdout, stderr, code := neuron("", strings.Fields(test.args)...)
		if first, _, _ := strings.Cut(stderr, "\n"); code != test.code || stdout != "" || first != "neuron: "+test.want {
			t.Errorf("neuron %s: exit code %d, stdout %q, stderr\n%s\nwant\nneuron: %s", test.args, code, stdout, stderr, test.want)
		}
	}
	if runtime.GOOS == "linux" { // a device is no regular file
		if _, stderr, code := neuron("", "train", "-out", os.DevNull); code != exitFailure || stderr != "neuron: -out /dev/null: not a regular file\n" {
			t.Errorf("a device: exit code %d, %s", code, stderr)
		}
	}
	for name, content := range files {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s has changed: %v", name, err)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil || len(entries) != len(files)+1 {
		t.Errorf("files are left: %v, %v", entries, err)
	}
}

// A model may be replaced by the next one.
func TestOutputExists(t *testing.T) {
	m := filepath.Join(t.TempDir(), "m")
	mustRun(t, "", "train", "-epochs", "1", "-out", m)
	mustRun(t, "", "train", "-epochs", "2", "-out", m)
	if got := mustRun(t, "", "show", m); !strings.Contains(got, "epochs 2") {
		t.Errorf("the model is not the second one:\n%s", got)
	}
}

// A file of which the fields are set apart by something else looks like one
// column.
func TestOtherDelimiter(t *testing.T) {
	for delimiter, name := range map[string]string{";": `';'`, "\t": "tab", "|": `'|'`, " ": "' '"} {
		if runtime.GOOS == "windows" {
			name = strings.Trim(name, "'")
			if delimiter == "|" || delimiter == " " {
				name = `"` + delimiter + `"`
			}
		}
		in := strings.ReplaceAll("a,b,y\n1,2,0\n3,4,1\n5,6,0\n7,8,1\n", ",", delimiter)
		_, stderr, code := neuron(in, "train", "-")
		if want := "say so with -delimiter " + name + "\n"; code != exitFailure || !strings.HasSuffix(stderr, want) {
			t.Errorf("%q: exit code %d, %s, want %s", delimiter, code, stderr, want)
		}
		mustRun(t, in, "train", "-", "-test-fraction", "0.5", "-q", "-delimiter", strings.ReplaceAll(delimiter, "\t", "tab"))
	}
}
