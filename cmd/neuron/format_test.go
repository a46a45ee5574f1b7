package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// foreign is where package dataset keeps files that other programs wrote.
const foreign = "../../dataset/testdata/written/"

// The same rows in any format give the same weights, in memory and not.
func TestFormats(t *testing.T) {
	const rows = "0,1,0,3,0\n7,0,0,0,1\n1,2,3,4,1\n0,0,0,5,0\n0,9,100,0,1\n"
	hash := func(stdin string, args ...string) string {
		return decode[trainReport](t, mustRun(t, stdin, append([]string{"train", "-json", "-test-fraction", "0"}, args...)...)).Hash
	}
	want := hash(rows, "-")
	for _, args := range []string{
		"f4.npy", "f8-fortran.npy", "i4-big.npy", "plain.npz", "pictures.npz", "one.svm", "zero.svm", "rows-i2.idx",
		"train-images-idx3-ubyte", "X.npy -labels " + foreign + "y.npy", "split.npz -array x_train", "split.npz -array x_train -label y_train",
		"onearray.npz -label 5", "one.svm -columns 4 -index-base 1", "f4.npy -format npy", "f4.npy -positive 1 -negative 0", "column.npz -positive 1 -negative rest",
	} {
		if strings.HasPrefix(args, "rows-i2") { // whose label is a column
			args += " -label 5"
		}
		words := strings.Fields(args)
		words[0] = foreign + words[0]
		if got := hash("", words...); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
		if got := hash("", append(words, "-stream")...); got != want {
			t.Errorf("%s -stream: %s, want %s", args, got, want)
		}
		if strings.Contains(words[0], "images") {
			continue // a pipe has no name
		}
		content, err := os.ReadFile(words[0])
		if err != nil {
			t.Fatal(err)
		}
		words[0] = "-"
		if got := hash(gzipped(string(content)), words...); got != want {
			t.Errorf("%s, compressed, from a pipe: %s, want %s", args, got, want)
		}
	}
}

// A model remembers which classes were chosen, and how indices count.
func TestFormatsRemembered(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, content string) string {
		t.Helper()
		if err := os.WriteFile(path(name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return path(name)
	}
	digits := write("digits.csv", "1,3\n2,4\n3,9\n4,7\n9,4\n8,9\n1,3.0\n")
	r := decode[trainReport](t, mustRun(t, "", "train", digits, "-json", "-test-fraction", "0", "-positive", "9,4", "-negative", "3", "-out", path("m")))
	if d := r.Dataset; d.Rows != 6 || d.LeftOut != 1 || d.Classes != [2]string{"3", "9,4"} || d.Counts != [2]int{2, 4} {
		t.Errorf("%+v", d)
	}
	if text := mustRun(t, "", "train", digits, "-test-fraction", "0", "-positive", "9,4", "-negative", "3"); !strings.Contains(text, "\n           1 row of other classes left out\n") {
		t.Error(text)
	}
	if e := decode[evalReport](t, mustRun(t, "", "eval", path("m"), digits, "-json")); e.Rows != 6 || e.LeftOut != 1 {
		t.Errorf("%+v", e)
	}
	if e := decode[evalReport](t, mustRun(t, "", "eval", path("m"), digits, "-json", "-positive", "7", "-negative", "rest")); e.Rows != 7 || e.LeftOut != 0 {
		t.Errorf("%+v", e)
	}
	if text := mustRun(t, "", "eval", path("m"), digits); !strings.Contains(text, ": 6 rows\n           1 row of other classes left out\n") {
		t.Error(text)
	}
	if out := mustRun(t, "", "predict", path("m"), digits); strings.Count(out, "\n") != 8 {
		t.Errorf("%s", out)
	}

	zero := write("zero.svm", "1 0:5 2:1\n0 1:2\n1 0:4\n0 2:3\n")
	mustRun(t, "", "train", zero, "-test-fraction", "0", "-out", path("z"))
	some := "1 1:2\n" // from 0, though nothing shows it
	dense := mustRun(t, "0,2,0\n", "predict", path("z"), "-")
	if got := mustRun(t, some, "predict", path("z"), "-"); got != dense {
		t.Errorf("%s, want %s", got, dense)
	}
	if got := mustRun(t, some, "predict", path("z"), "-", "-index-base", "1"); got == dense {
		t.Error("-index-base changes nothing")
	}
	_, stderr, code := neuron("1 3:1\n", "predict", path("z"), "-")
	if want := "neuron: stdin:1:3: index 3, and there are 3 features, from 0 to 2;"; code != exitFailure || !strings.HasPrefix(stderr, want) {
		t.Errorf("%d, %s", code, stderr)
	}
}

func TestFormatErrors(t *testing.T) {
	images := filepath.Join(t.TempDir(), "images-idx3-ubyte")
	content, err := os.ReadFile(foreign + "train-images-idx3-ubyte")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(images, content, 0o666); err != nil {
		t.Fatal(err)
	}
	var long bytes.Buffer // more labels than pictures
	long.WriteString("\x00\x00\x08\x01")
	binary.Write(&long, binary.BigEndian, uint32(6))
	long.WriteString("\x00\x01\x00\x01\x00\x01")
	for _, c := range []struct {
		args, stdin, want string
		code              int
	}{
		{images, "", images + ": the labels of an IDX file are in another one; say which with -labels FILE", exitFailure},
		{foreign + "one.svm -label 2", "", foreign + "one.svm: has labels of its own; leave out -label 2", exitFailure},
		{foreign + "plain.npz -label z", "", foreign + `plain.npz: no array "z" for -label; there are X (5 × 4), y (5)`, exitFailure},
		{foreign + "plain.npz -array z", "", foreign + `plain.npz: no array "z"; there are X (5 × 4), y (5)`, exitFailure},
		{"- -labels " + foreign + "y.npy", "1,2\n3,4\n", foreign + "y.npy: more labels than the 2 rows of stdin; are they of another file?", exitFailure},
		{"- -labels /nowhere", "1,2\n3,4\n", "open /nowhere: ", exitFailure},
		{"-labels x", "", "train: -labels x: of which file?", exitUsage},
		{"- -format xls", "", `train: -format "xls": want csv, libsvm, npy, npz, idx or auto`, exitUsage},
		{"- -format npy", "1,2\n3,4\n", `stdin: byte 0: not a .npy file: it does not begin with \x93NUMPY`, exitFailure},
		{"- -columns -1", "", "train: -columns -1: want the number of features, or 0", exitUsage},
		{"- -index-base 2", "", `train: -index-base "2": want auto, 0 or 1`, exitUsage},
		{"- -negative 1", "", "train: -negative says which classes are negative: say which are positive with -positive", exitUsage},
		{"- -negative 1,2 -positive 3,2.0", "", `train: class "2.0" is in -positive and in -negative`, exitUsage},
		{"- -negative 1,, -positive 3", "", "train: an empty name of a class in -positive or -negative", exitUsage},
		{"- -negative 1 -positive 3", "5,1\n4,1\n", `stdin: no row is of class "3"; there must be two classes`, exitFailure},
		{"- -negative 1 -positive 3", "5,7\n4,8\n", "stdin: no row is of a class that -positive or -negative names", exitFailure},
		{"- -negative rest -positive 3", "5,nan\n4,8\n", "stdin:1:3: column 2: nan is no class; fill the label in or remove the row", exitFailure},
		{"- -stream -negative 1 -positive 3", "5,7\n4,8\n", "", exitFailure},
		{"-", "PAR1", "stdin: a Parquet file; the program neuron-columnar turns it into what can be read: neuron-columnar FILE | neuron train -", exitFailure},
	} {
		stdout, stderr, code := neuron(c.stdin, append([]string{"train"}, strings.Fields(c.args)...)...)
		if code != c.code || stdout != "" || !strings.HasPrefix(stderr, "neuron: "+c.want) {
			t.Errorf("%s: exit code %d, stderr\n%swant\nneuron: %s", c.args, code, stderr, c.want)
		}
	}
	_, stderr, code := neuron("", "eval", "m", "-", "-positive", "1")
	if code != exitUsage || !strings.Contains(stderr, "say which are negative with -negative") {
		t.Errorf("%d, %s", code, stderr)
	}
}
