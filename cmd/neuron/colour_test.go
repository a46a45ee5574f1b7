package main

import (
	"bufio"
	"bytes"
	"context"
	"strings"
	"testing"
)

// Colours are for terminals that can show them and people who want them.
func TestColours(t *testing.T) {
	for _, c := range []struct {
		terminal      bool
		noColor, term string
		want          bool
	}{
		{true, "", "xterm-256color", true},
		{true, "1", "xterm-256color", false},
		{true, "", "dumb", false},
		{true, "", "", false},
		{false, "", "xterm-256color", false},
	} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		t.Setenv("WT_SESSION", "")
		for args, colour := range map[string]string{
			"-rate 1e6 -loss quadratic": "\x1b[33mneuron: warning:\x1b[0m σ is flat",
			"-rate 1e40":                "\x1b[31mneuron:\x1b[0m training diverged",
			"fly":                       "\x1b[31mneuron:\x1b[0m unknown command",
		} {
			var stdout, stderr bytes.Buffer
			e := &env{ctx: context.Background(), stdin: strings.NewReader(""), stdout: bufio.NewWriter(&stdout), stderr: &stderr, terminal: c.terminal}
			e.run(strings.Fields(args))
			if got := strings.Contains(stderr.String(), colour); got != c.want {
				t.Errorf("%+v, neuron %s: %q", c, args, stderr.String())
			}
			if !c.want && strings.Contains(stderr.String(), "\x1b[3") || strings.Contains(stdout.String(), "\x1b") {
				t.Errorf("%+v, neuron %s: colours in %q, %q", c, args, stderr.String(), stdout.String())
			}
		}
	}
}
