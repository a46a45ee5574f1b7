// Command reproduce shows that every implementation of the kernels gives the
// same bits: it builds itself for each of them, runs that natively or
// under an emulator, and compares one hash for each kind of result. It ends
// with an error if two cells of a column differ.
//
//	go run ./internal/reproduce          prints the table
//	go run ./internal/reproduce -write   writes it to docs/reproduction.md
//	go run ./internal/reproduce -check   compares it with docs/reproduction.md, too
//
// It must run in the root of the repository. It needs qemu-user (for a host
// with amd64: qemu-aarch64-static, qemu-s390x-static, qemu-riscv64-static) and
// Node.js for WebAssembly.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seed-b3c25b83/kernel/internal/impl"
)

const (
	dataFile = "cmd/neuron/data/breast_cancer.csv"
	document = "docs/reproduction.md"
)

func main() {
	write := flag.Bool("write", false, "write "+document)
	check := flag.Bool("check", false, "compare with "+document)
	cells := flag.String("cells", "", "print the cells of one `implementation` in this process; the training data come from the standard input")
	flag.Parse()
	var err error
	if *cells != "" {
		err = printCells(os.Stdout, *cells, os.Stdin)
	} else {
		err = drive(*write, *check)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "reproduce:", err)
		os.Exit(1)
	}
}

// absent is what printCells prints for an implementation that this machine
// cannot run.
const absent = "absent"

// printCells prints a line with name and hash for every column.
func printCells(w io.Writer, name string, data io.Reader) error {
	for _, im := range impl.All() {
		if im.Name != name {
			continue
		}
		if !im.Available {
			_, err := fmt.Fprintln(w, absent)
			return err
		}
		impl.Select(name)
		tumours, err := readTumours(data)
		if err != nil {
			return err
		}
		for _, c := range columns {
			hash, err := c.hash(tumours)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", name, c.name, err)
			}
			fmt.Fprintf(w, "%s\t%s\n", c.name, hash)
		}
		return nil
	}
	return fmt.Errorf("no implementation %q in this binary", name)
}

// drive runs all rows and compares them.
func drive(write, check bool) error {
	if _, err := os.Stat(dataFile); err != nil {
		return fmt.Errorf("run it in the root of the repository: %w", err)
	}
	dir, err := os.MkdirTemp("", "reproduce")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := runRows(rows, dir); err != nil {
		return err
	}
	reference := hashes(rows)
	text := table(rows, reference)
	fmt.Print(text)
	if n := differing(rows, reference); n > 0 {
		return fmt.Errorf("%d cells differ", n)
	}
	if write {
		for _, r := range rows {
			if r.absent {
				return fmt.Errorf("%s is not rewritten: this machine cannot run %s", document, r.name)
			}
		}
		return os.WriteFile(document, []byte(preface+text), 0o666)
	}
	if check {
		recorded, err := os.ReadFile(document)
		if err != nil {
			return err
		}
		if want := hashLine(reference); !strings.Contains(string(recorded), want) {
			return fmt.Errorf("%s does not have this line; if the change is meant, run with -write:\n%s", document, want)
		}
	}
	return nil
}
