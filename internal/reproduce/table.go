package main

import (
	"fmt"
	"strings"

	"github.com/seed-b3c25b83/kernel"
)

const preface = `# The reproduction matrix

Every implementation, on every architecture, gives the same bits. Each column
is a kind of result; its hash (SHA-256, the first 6 bytes) covers all results of
that kind, NaN being one value. A cell says that an implementation has the
hash of its column, or which one it has instead. CI computes the table anew and
fails if one cell differs from the others or from this page.

This command computes the table and fails if two cells of a column differ; with
-write it writes this page:

    go run ./internal/reproduce

What each column holds is written in internal/reproduce/columns.go. Inputs are
made of integers and of the breast cancer data; those with other purposes,
testdata/golden.txt and testdata/sigmoid32.txt, cover more of each kind. The
columns "1 worker" to "64 workers" are the same training, so they
must not only agree with the other rows but also with each other.

`

// hashes returns the hash of each column: that of the first row that ran.
func hashes(rows []*row) map[string]string {
	for _, r := range rows {
		if !r.absent {
			return r.cells
		}
	}
	return nil
}

// wanted returns the hash that the cells of a column should have: workers
// must not show.
func wanted(reference map[string]string, c column) string {
	if c.same != "" {
		return reference[c.same]
	}
	return reference[c.name]
}

func differing(rows []*row, reference map[string]string) (n int) {
	for _, r := range rows {
		for _, c := range columns {
			if !r.absent && r.cells[c.name] != wanted(reference, c) {
				n++
			}
		}
	}
	return n
}

func hashLine(reference map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| **hash, order %d** | |", kernel.Order)
	for _, c := range columns {
		fmt.Fprintf(&b, " `%s` |", wanted(reference, c))
	}
	return b.String() + "\n"
}

func table(rows []*row, reference map[string]string) string {
	var b strings.Builder
	b.WriteString("| implementation | run |")
	for _, c := range columns {
		fmt.Fprintf(&b, " %s |", c.name)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(columns)) + "\n" + hashLine(reference))
	for _, r := range rows {
		if r.absent {
			fmt.Fprintf(&b, "| %s | not on this machine |%s\n", r.name, strings.Repeat(" |", len(columns)))
			continue
		}
		fmt.Fprintf(&b, "| %s | %s |", r.name, r.how)
		for _, c := range columns {
			if got := r.cells[c.name]; got == wanted(reference, c) {
				b.WriteString(" same |")
			} else {
				fmt.Fprintf(&b, " **DIFFERS: `%s`** |", got)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
