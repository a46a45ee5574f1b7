package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// A row is an implementation on an architecture.
type row struct {
	name string // shown in the table
	impl string // as kernel.Implementation names it
	arch string // GOARCH
	env  string // one more setting for the build
	tags string

	how    string // how it was run
	absent bool   // this machine cannot run it
	cells  map[string]string
}

var rows = []*row{
	{name: "AVX-512", impl: "AVX-512", arch: "amd64", env: "GOAMD64=v1"},
	{name: "AVX2", impl: "AVX2", arch: "amd64", env: "GOAMD64=v1"},
	{name: "plain Go, amd64 v1", impl: "generic", arch: "amd64", env: "GOAMD64=v1", tags: "purego"},
	{name: "plain Go, amd64 v3", impl: "generic", arch: "amd64", env: "GOAMD64=v3", tags: "purego"},
	{name: "NEON", impl: "NEON", arch: "arm64"},
	{name: "plain Go, arm64", impl: "generic", arch: "arm64", tags: "purego"},
	{name: "plain Go, s390x", impl: "generic", arch: "s390x"},
	{name: "plain Go, riscv64", impl: "generic", arch: "riscv64"},
	{name: "plain Go, 386", impl: "generic", arch: "386"},
	{name: "plain Go, wasm", impl: "generic", arch: "wasm"},
}

// emulators are the programs of qemu-user, by GOARCH.
var emulators = map[string]string{
	"amd64": "qemu-x86_64-static", "arm64": "qemu-aarch64-static", "s390x": "qemu-s390x-static",
	"riscv64": "qemu-riscv64-static", "386": "qemu-i386-static",
}

// runRows builds and runs all rows, as many at a time as there are cores. dir
// is for the binaries.
func runRows(rows []*row, dir string) error {
	errs := make([]error, len(rows))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, r := range rows {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if err := r.run(filepath.Join(dir, fmt.Sprint(i))); err != nil {
				errs[i] = fmt.Errorf("%s: %w", r.name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// run builds the row as bin, runs it and reads its cells.
func (r *row) run(bin string) error {
	target := runtime.GOOS
	if r.arch == "wasm" {
		target = "js"
	}
	build := exec.Command("go", "build", "-tags", r.tags, "-o", bin, "./internal/reproduce")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+target, "GOARCH="+r.arch, r.env)
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	command, how, err := r.command(bin)
	if err != nil {
		return err
	}
	data, err := os.Open(dataFile)
	if err != nil {
		return err
	}
	defer data.Close()
	var stderr bytes.Buffer
	run := exec.Command(command[0], append(command[1:], "-cells", r.impl)...)
	run.Stdin, run.Stderr = data, &stderr
	out, err := run.Output()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, &stderr)
	}
	r.how = how
	if strings.TrimSpace(string(out)) == absent {
		r.absent = true
		return nil
	}
	r.cells, err = parseCells(string(out))
	return err
}

// parseCells reads what printCells prints.
func parseCells(out string) (map[string]string, error) {
	cells := map[string]string{}
	for line := range strings.Lines(out) {
		name, hash, _ := strings.Cut(strings.TrimSpace(line), "\t")
		cells[name] = hash
	}
	if len(cells) != len(columns) {
		return nil, fmt.Errorf("%d cells, want %d", len(cells), len(columns))
	}
	return cells, nil
}

// command returns the command that runs bin, and what to call that.
func (r *row) command(bin string) (command []string, how string, err error) {
	host := runtime.GOARCH
	switch {
	case r.arch == host || r.arch == "386" && host == "amd64":
		return []string{bin}, "natively", nil
	case r.arch == "wasm":
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return nil, "", err
		}
		return []string{filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "go_js_wasm_exec"), bin}, "Node.js", nil
	}
	emulator, err := exec.LookPath(emulators[r.arch])
	if err != nil {
		return nil, "", fmt.Errorf("install qemu-user-static: %w", err)
	}
	return []string{emulator, bin}, "emulated by qemu", nil
}
