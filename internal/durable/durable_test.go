package durable

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// wantFiles compares the files of a folder and their contents.
func wantFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := make(map[string]string)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		got[e.Name()] = string(content)
	}
	if !maps.Equal(got, want) {
		t.Errorf("folder holds %q, want %q", got, want)
	}
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	for _, content := range []string{"first", "second"} {
		if err := Replace(path, text(content)); err != nil {
			t.Fatal(err)
		}
		wantFiles(t, dir, map[string]string{"f": content})
		if runtime.GOOS != "windows" {
			if content == "second" {
				if info, err := os.Stat(path); err != nil || info.Mode() != 0o640 {
					t.Errorf("mode %v, %v", info.Mode(), err)
				}
			}
			if err := os.Chmod(path, 0o640); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestReplaceErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := Replace(path, text("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken disk")
	err := Replace(path, func(w io.Writer) error {
		io.WriteString(w, "half of the n")
		return broken
	})
	if err != broken {
		t.Errorf("error %v, want %v", err, broken)
	}
	for _, path := range []string{dir, filepath.Join(dir, "none", "f"), filepath.Join(path, "f")} {
		err := Replace(path, text("new"))
		if err == nil {
			t.Errorf("%s: no error", path)
		} else if probe := Probe(path); probe == nil || probe.Error() != err.Error() {
			t.Errorf("%s: Probe says %v, Replace %v", path, probe, err)
		}
	}
	if err := errors.Join(Probe(path), Probe(filepath.Join(dir, "new"))); err != nil {
		t.Error(err)
	}
	wantFiles(t, dir, map[string]string{"f": "old"})
}

func TestReplaceLink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "f"), filepath.Join(dir, "link")
	if err := os.Symlink("f", link); err != nil {
		t.Skip(err)
	}
	const want = "a symbolic link to a file that does not exist"
	if err := Replace(link, text("new")); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Replace(link, text("new")); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, map[string]string{"f": "new", "link": "new"})
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v", err)
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	keep := map[string]string{}
	for _, name := range []string{
		"f", "f.tmp", "g.0123456789abcdef.tmp", "f.0123456789abcdef", "f.0123456789ABCDEF.tmp", "f.0123456789abcde.tmp",
		"f.+123456789abcdef.tmp", "f.0123456789abcdef.tmp2", "ff.0123456789abcdef.tmp",
	} {
		keep[name] = name
		os.WriteFile(filepath.Join(dir, name), []byte(name), 0o666)
	}
	for _, name := range []string{"f.0123456789abcdef.tmp", "f.ffffffffffffffff.tmp"} {
		os.WriteFile(filepath.Join(dir, name), nil, 0o666)
	}
	if runtime.GOOS == "windows" { // which takes F for f
		delete(keep, "f.0123456789ABCDEF.tmp")
		os.Remove(filepath.Join(dir, "f.0123456789ABCDEF.tmp"))
	}
	if err := Sweep(filepath.Join(dir, "f")); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, dir, keep)

	// Sweep knows the names that Replace gives.
	Replace(filepath.Join(dir, "f"), func(io.Writer) error {
		temps, err := filepath.Glob(filepath.Join(dir, "f.*.tmp"))
		known := 0
		for _, temp := range temps {
			if leftover(filepath.Base(temp), "f") {
				known++
			}
		}
		if err != nil || known != 1 {
			t.Errorf("%q, %v: not one leftover", temps, err)
		}
		return errors.New("stop")
	})
	wantFiles(t, dir, keep)
	if err := Sweep(filepath.Join(dir, "none", "f")); err == nil {
		t.Error("no error")
	}
}
