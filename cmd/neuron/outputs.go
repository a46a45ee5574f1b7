package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-b3c25b83/kernel/internal/durable"
)

// An output is a file that a flag names, to be written when work is done.
type output struct {
	flag, path string
	replaced   bool // by a new file, rather than written to
}

// checkOutputs refuses, before any work is done, files that cannot be written,
// and those that would take the place of a file that is read, or of one another.
func checkOutputs(inputs []string, outputs ...output) error {
	for i, o := range outputs {
		if o.path == "" {
			continue
		}
		if o.path == "-" {
			return misuse("%s -: want the name of a file", o.flag)
		}
		for _, path := range inputs {
			if path != "" && path != "-" && sameFile(o.path, path) {
				return misuse("%s %s would take the place of the file that is read; name another", o.flag, o.path)
			}
		}
		for _, other := range outputs[:i] {
			if other.path != "" && sameFile(o.path, other.path) {
				return misuse("%s and %s name the same file, %s; name two", other.flag, o.flag, o.path)
			}
		}
		if err := o.check(); err != nil {
			return fmt.Errorf("%s %s: %w", o.flag, o.path, err)
		}
	}
	return nil
}

// check returns an error if the file cannot be written, as far as is known
// without writing it.
func (o output) check() error {
	if isFolder(o.path) {
		return errors.New("is a folder; name a file")
	}
	if folder := filepath.Dir(o.path); !isFolder(folder) {
		return fmt.Errorf("there is no folder %s; make it first", folder)
	}
	if o.replaced {
		return durable.Probe(o.path)
	}
	return nil
}

// sameFile says whether two paths lead to the same file, or would if there were
// one.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return os.SameFile(x, y)
	}
	if !errors.Is(errX, fs.ErrNotExist) || !errors.Is(errY, fs.ErrNotExist) || filepath.Base(a) != filepath.Base(b) {
		return false
	}
	x, errX = os.Stat(filepath.Dir(a))
	y, errY = os.Stat(filepath.Dir(b))
	return errX == nil && errY == nil && os.SameFile(x, y)
}
