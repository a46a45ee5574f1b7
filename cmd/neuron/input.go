package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"io"
	"os"

	"github.com/seed-b3c25b83/kernel/dataset"
)

//go:embed data/breast_cancer.csv
var breastCancer []byte

// open opens a file with a table; "-" is the standard input, and "" the data
// that the program carries.
func open(e *env, path string, f format) (*dataset.Reader, io.Closer, error) {
	options, err := f.options()
	if err != nil {
		return nil, nil, err
	}
	var file io.ReadCloser
	switch path {
	case "":
		if f.labels != "" {
			return nil, nil, misuse("-labels %s: of which file?", f.labels)
		}
		path, options = "breast_cancer.csv", dataset.Options{}
		file = io.NopCloser(bytes.NewReader(breastCancer))
	case "-":
		path = "stdin"
		file = io.NopCloser(newInterruptible(e.ctx, e.stdin))
	default:
		if file, err = os.Open(path); err != nil {
			return nil, nil, err
		}
	}
	closer := io.Closer(file)
	if name := labelsFile(path, f.labels); name != "" {
		labels, err := os.Open(name)
		if err != nil {
			file.Close()
			return nil, nil, err
		}
		options.Labels, options.LabelsName = labels, name
		closer = &labelledFile{file, labels}
	}
	in := io.Reader(file)
	if watch(file) == nil { // a pipe, for which someone may have to wait
		in = announcer{file, e}
	}
	t, err := dataset.NewReader(in, path, options)
	if err != nil {
		closer.Close()
		return nil, nil, err
	}
	return t, closer, nil
}

// labelsFile returns the file with the labels of another: the one that the user
// says, or one beside it with the name that it should have.
func labelsFile(path, wanted string) string {
	if wanted != "" {
		return wanted
	}
	name := dataset.LabelsOf(path)
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return name
}

// A labelledFile is a file and another with the labels of its rows.
type labelledFile struct {
	io.Closer
	labels *os.File
}

func (f *labelledFile) Close() error { return errors.Join(f.Closer.Close(), f.labels.Close()) }

// An interruptible reader stops waiting for input when its context ends.
type interruptible struct {
	ctx    context.Context
	r      io.Reader
	buffer []byte
	chunks chan chunk
}

type chunk struct {
	n   int
	err error
}

func newInterruptible(ctx context.Context, r io.Reader) *interruptible {
	return &interruptible{ctx, r, nil, make(chan chunk, 1)}
}

func (r *interruptible) Read(p []byte) (int, error) {
	if len(r.buffer) < len(p) {
		r.buffer = make([]byte, len(p))
	}
	b := r.buffer[:len(p)]
	go func() {
		n, err := r.r.Read(b)
		r.chunks <- chunk{n, err}
	}()
	select {
	case c := <-r.chunks:
		copy(p, b[:c.n])
		return c.n, c.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}
