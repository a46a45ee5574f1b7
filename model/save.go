package model

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"

	"github.com/seed-b3c25b83/kernel"
)

// Save writes m to a file, at once or not at all: whoever opens path, even
// after a crash, finds the old file or the new one, complete. It writes to a
// new file in the same folder, which takes the old one's place and
// permissions when it is safely on disk. If path is a symbolic link, the file
// behind it is replaced.
func Save[T kernel.Float](path string, m *Model[T]) error {
	if err := save(path, m.Encode); err != nil {
		return fmt.Errorf("save model %s: %w", path, err)
	}
	return nil
}

// Load reads the file that Save wrote.
func Load[T kernel.Float](path string) (*Model[T], error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	defer f.Close()
	m, err := Decode[T](f)
	if err != nil {
		return nil, fmt.Errorf("load model %s: %w", path, err)
	}
	return m, nil
}

// save replaces the file at path by what encode writes.
func save(path string, encode func(w io.Writer) error) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	old, err := os.Stat(path)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return errors.New("not a regular file")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}

	temp := fmt.Sprintf("%s.%016x.tmp", path, rand.Uint64())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(temp)
		}
	}()
	if old != nil {
		if err := f.Chmod(old.Mode().Perm()); err != nil {
			return err
		}
	}
	if err := encode(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename in a folder survive a crash.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // cannot be done to a folder
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
