// Package durable replaces files so that whoever opens one, even after a
// crash, finds the old content or the new, complete.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// Replace replaces the file at path by what write writes, at once or not at
// all: into a new file in the same folder, which takes the place and the
// permissions of the old one when it is safely on disk. If path is a symbolic
// link, the file behind it is replaced.
//
// When Replace returns an error, the new file is gone and the old one is as it
// was, unless the error came from writing the folder to disk, behind all else;
// then the new one is in its place, complete. A process that is killed may
// leave the new file behind, under the name of the old one with a number and
// ".tmp" added; see Sweep.
func Replace(path string, write func(w io.Writer) error) (err error) {
	path, old, f, err := create(path)
	if err != nil {
		return err
	}
	temp := f.Name()
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
	if err := write(f); err != nil {
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

// Probe returns the error with which Replace would end before it writes anything,
// if there is one: that no file may be made in the folder, or that path is no file.
func Probe(path string) error {
	_, _, f, err := create(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// create makes the new file that is to take the place of path. It returns the
// file behind path, and what is known of it, nil if there is none.
func create(path string) (end string, old fs.FileInfo, f *os.File, err error) {
	if end, err = target(path); err != nil {
		return end, nil, nil, err
	}
	old, err = os.Stat(end)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return end, nil, nil, errors.New("not a regular file")
	case errors.Is(err, fs.ErrNotExist):
		old = nil
	case err != nil:
		return end, nil, nil, err
	}
	temp := fmt.Sprintf("%s.%016x.tmp", end, rand.Uint64())
	f, err = os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if path := (*fs.PathError)(nil); errors.As(err, &path) { // its name would tell nobody anything
		err = fmt.Errorf("no new file in %s: %w", filepath.Dir(end), path.Err)
	}
	return end, old, f, err
}

// Sweep removes what killed processes left behind while they replaced path. No
// process may be about to replace it.
func Sweep(path string) error {
	path, err := target(path)
	if err != nil {
		return err
	}
	folder, name := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(folder))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if leftover(e.Name(), name) && e.Type().IsRegular() {
			if err := os.Remove(folder + e.Name()); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftover reports whether temp is a name that Replace makes of name.
func leftover(temp, name string) bool {
	var number uint64
	if len(temp) != len(name)+len(".0123456789abcdef.tmp") || temp[:len(name)] != name {
		return false
	}
	_, err := fmt.Sscanf(temp[len(name):], ".%016x.tmp", &number)
	return err == nil && temp == fmt.Sprintf("%s.%016x.tmp", name, number)
}

// target follows symbolic links. A file that does not exist yet is its own
// target.
func target(path string) (string, error) {
	end, err := filepath.EvalSymlinks(path)
	if err == nil {
		return end, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", errors.New("a symbolic link to a file that does not exist")
	}
	return path, nil
}

// syncFolder makes a rename in a folder survive a crash, where that can be
// done.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // no folder can be synced
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	err = f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil // no folder of this file system can
	}
	return err
}
