package icons

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/pictures"
)

// TestIcons checks that every picture is of the size that is promised, comes
// from a set that ATTRIBUTION.md names, and that there are not too many bytes.
func TestIcons(t *testing.T) {
	attribution, err := fs.ReadFile(FS, "ATTRIBUTION.md")
	if err != nil {
		t.Fatal(err)
	}
	count, bytes := 0, int64(0)
	err = fs.WalkDir(FS, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		bytes += info.Size()
		if !strings.Contains(name, "/") {
			return nil
		}
		count++
		set, _, _ := strings.Cut(path.Base(name), "-")
		if !strings.Contains(string(attribution), "| `"+set+"` |") {
			t.Errorf("%s: ATTRIBUTION.md does not name %s", name, set)
		}
		if test := strings.HasPrefix(name, "test/"); test != (set == "fluent") {
			t.Errorf("%s: an artist of both parts", name)
		}
		f, err := FS.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		m, err := pictures.Decode(f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if b := m.Bounds(); b.Dx() != 32 || b.Dy() != 32 {
			t.Errorf("%s: %v", name, b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count != 103 || bytes > 300<<10 {
		t.Errorf("%d pictures, %d bytes", count, bytes)
	}
}
