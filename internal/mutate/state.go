package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// A state keeps the verdicts of an unfinished run in a file: the hash of the
// binary, then a line for each mutant.
type state struct {
	results map[string]string
	file    *os.File
}

func openState(name string, b *build) (*state, error) {
	st := &state{results: map[string]string{}}
	if name == "" {
		return st, nil
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	st.file = f
	lines := bufio.NewScanner(f)
	if !lines.Scan() {
		fmt.Fprintln(f, b.hash)
		return st, lines.Err()
	}
	if lines.Text() != b.hash {
		return nil, fmt.Errorf("%s: belongs to another build: remove it to begin anew", name)
	}
	for lines.Scan() {
		verdict, key, ok := strings.Cut(lines.Text(), "\t")
		if !ok {
			return nil, fmt.Errorf("%s: line %q: want a verdict, a tab and a mutant", name, lines.Text())
		}
		st.results[key] = verdict
	}
	return st, lines.Err()
}

func (st *state) add(m *mutant) {
	if st.file != nil && m.verdict != "" {
		fmt.Fprintf(st.file, "%s\t%s\n", m.verdict, m.key())
	}
}

func (st *state) close() {
	if st.file != nil {
		st.file.Close()
	}
}
