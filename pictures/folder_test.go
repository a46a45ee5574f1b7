package pictures

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// folder writes files into a new folder; a name that ends in / is a folder.
func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o777); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		content := encoded(scene(10+i, 20))
		if strings.Contains(name, "bad") {
			content = content[:40]
		}
		if err := os.WriteFile(path, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestClasses(t *testing.T) {
	dir := folder(t, "dog/2.jpeg", "dog/10.PNG", "dog/notes.txt", "dog/.hidden.png", "dog/.git/x", "cat/a.jpg", "cat/Thumbs.db",
		".cache/a.png", "README.md", "cat/no-extension", "cat/.png")
	got, err := Classes(dir)
	want := []Class{
		{"cat", []string{filepath.Join(dir, "cat", "a.jpg")}},
		{"dog", []string{filepath.Join(dir, "dog", "10.PNG"), filepath.Join(dir, "dog", "2.jpeg")}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if runtime.GOOS != "windows" { // where links need a privilege
		linked := folder(t, "cat/1.png")
		if err := os.Symlink(filepath.Join(dir, "dog"), filepath.Join(linked, "dog")); err != nil {
			t.Fatal(err)
		}
		if got, err := Classes(linked); err != nil || len(got) != 2 || len(got[1].Files) != 2 {
			t.Errorf("linked: %v, %v", got, err)
		}
	}
	for want, names := range map[string][]string{
		"want a folder of pictures for each class in it": {"a.txt"},
		"cat: no pictures in it, files whose names end":  {"cat/a.gif", "dog/a.png"},
		"want pictures here, not a folder; is ":          {"train/cat/1.png", "test/cat/1.png"},
		"2.png: is in none of the folders beside it":     {"cat/1.png", "2.png"},
	} {
		if got, err := Classes(folder(t, names...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", names, got, err, want)
		}
	}
	if _, err := Classes(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"a.png": true, "A.JPG": true, "b.c.Jpeg": true, "a.gif": false, "png": false, ".a.png": false, ".png": false, "a.png.txt": false,
	} {
		if IsName(name) != want {
			t.Errorf("IsName(%q) = %t", name, !want)
		}
	}
}

func TestQueue(t *testing.T) {
	q := queue{files: 9}
	for want := range 7 {
		if i, ok := q.next(context.Background()); i != want || !ok {
			t.Errorf("file %d, %t, want %d", i, ok, want)
		}
	}
	for _, i := range []int{5, 3, 4} {
		q.fail(i, fmt.Errorf("file %d", i))
	}
	if q.err.Error() != "file 3" {
		t.Errorf("error %v", q.err)
	}
	if i, ok := q.next(context.Background()); ok {
		t.Errorf("file %d is handed out behind a failure", i)
	}
}

func TestRead(t *testing.T) {
	var names []string
	for _, class := range []string{"a/", "b/", "c/"} {
		for _, name := range []string{"1.png", "2.png", "3.png", "4.png", "5.png"} {
			names = append(names, class+name)
		}
	}
	dir := folder(t, names...)
	var files []string
	classes, err := Classes(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range classes {
		files = append(files, c.Files...)
	}
	r := Default()
	for _, cores := range []int{1, 8} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		rows := make([][]float32, len(files))
		if err := r.Read(context.Background(), files, func(i int, features []float32) {
			rows[i] = append([]float32{}, features...)
		}); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			want := features(t, r.String(), scene(10+i, 20))
			if !reflect.DeepEqual(row, want) {
				t.Errorf("%d cores: wrong features of %s", cores, files[i])
			}
		}
	}

	// The first file that is damaged is named, whoever finds it.
	damaged := folder(t, "bad1.png", "bad2.png", "bad3.png")
	inside, err := Files(damaged)
	if err != nil {
		t.Fatal(err)
	}
	files = append(files[:3:3], append(inside, files[3:]...)...)
	for range 20 {
		err := r.Read(context.Background(), files, func(i int, _ []float32) {
			if i >= 3 && i < 6 {
				t.Errorf("features of %s", files[i])
			}
		})
		if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(damaged, "bad1.png")+": ") {
			t.Fatalf("error %v", err)
		}
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Read(ctx, files, func(int, []float32) { t.Error("read in spite of the context") }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
	if err := (Recipe{}).Read(context.Background(), nil, nil); err == nil {
		t.Error("no error for a wrong recipe")
	}
}
