package main

import (
	"bytes"
	"context"
	_ "embed"
	"io"
	"os"

	"github.com/seed-b3c25b83/kernel/dataset"
)

//go:embed data/breast_cancer.csv
var breastCancer []byte

// open opens a CSV file; "-" is the standard input, and "" the data that the
// program carries.
func open(e *env, path string, f format) (*dataset.Reader, io.Closer, error) {
	options, err := f.options()
	if err != nil {
		return nil, nil, err
	}
	var file io.ReadCloser
	switch path {
	case "":
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
	t, err := dataset.NewReader(announcer{file, e}, path, options)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return t, file, nil
}

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
