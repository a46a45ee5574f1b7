package packed

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A full folder is an error that says so, and nothing is left in it.
func TestFull(t *testing.T) {
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w, err := Create[float32](dir, 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 300_000, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for err == nil && rows < 10_000 {
		err = w.Append(make([]float32, 100), true)
		rows++
	}
	unix.Setrlimit(unix.RLIMIT_FSIZE, &old)
	if !errors.Is(err, syscall.EFBIG) || rows != 768 || !strings.HasPrefix(err.Error(), "scratch file in "+dir+", behind row 768: write ") {
		t.Errorf("%d rows: %v", rows, err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}
