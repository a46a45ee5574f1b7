package main

import (
	"strings"
	"testing"
)

// What goes wrong is told: as a warning, as a note in the report, and in JSON.
func TestFindings(t *testing.T) {
	for _, c := range []struct{ flags, kind, text string }{
		{"", "", ""},
		{"-rate 1e6", "saturated", "warning: σ is flat at the rows"},
		{"-rate 20 -loss log -batch 16", "oscillating", "warning: the cost went up and down between "},
		{"-rate 1000 -loss log -epochs 2", "rising", "warning: the cost rose from 0.6931 to "},
		{"-rate 0.001", "unfinished", "note       the cost falls so slowly"},
		{"-epochs 20", "unfinished", "note       the epochs are used up and the cost still falls"},
		{"-no-standardize", "unscaled", "note       feature 24 is 2"},
		{"-rate 1e40", "diverged", "training diverged in epoch 1 at a rate of 1e+40"},
	} {
		args := append([]string{"train"}, strings.Fields(c.flags)...)
		stdout, stderr, code := neuron("", args...)
		if !strings.Contains(stderr+stdout, c.text) {
			t.Errorf("neuron %q: stdout\n%s\nstderr\n%s\nwant %q", args, stdout, stderr, c.text)
		}
		if failed := code != exitOK; failed != (c.kind == "diverged") || failed && stdout != "" {
			t.Errorf("neuron %q: exit code %d, stdout %q", args, code, stdout)
		}

		stdout, _, asJSON := neuron("", append(args, "-json")...)
		if asJSON != code {
			t.Errorf("neuron %q: exit code %d, with -json %d", args, code, asJSON)
		}
		var findings []findingReport
		if code == exitOK {
			r := decode[trainReport](t, stdout)
			findings = r.Findings
			harmful := 0
			for _, f := range findings {
				if f.Harmful {
					harmful++
				}
			}
			if len(r.Warnings) != harmful || !(r.Rate > 0) {
				t.Errorf("neuron %q: rate %v, %d warnings, %d harmful findings", args, r.Rate, len(r.Warnings), harmful)
			}
		} else {
			findings = decode[failureReport](t, stdout).Findings
		}
		found := c.kind == "" && len(findings) == 0
		for _, f := range findings {
			if f.Kind == c.kind {
				found = f.What != "" && f.Try != "" && f.Figure != nil
			}
		}
		if !found {
			t.Errorf("neuron %q: findings %+v, want %q", args, findings, c.kind)
		}
	}
}

// Each line but the first begins where the text of the first does, and none is
// longer than a terminal is wide.
func TestWrapped(t *testing.T) {
	var b strings.Builder
	text := strings.TrimSpace(strings.Repeat("σ is flat. ", 30)) + " " + strings.Repeat("x", 90) + " end"
	printer{&b}.wrapped("note", text)
	var words []string
	for k, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		head := strings.Repeat(" ", 11)
		if k == 0 {
			head = "note       "
		}
		rest, ok := strings.CutPrefix(line, head)
		if n := len([]rune(line)); !ok || n > 80 && strings.Contains(rest, " ") {
			t.Errorf("line %d, %d characters: %q", k+1, n, line)
		}
		words = append(words, rest)
	}
	if got := strings.Join(words, " "); got != text || len(words) < 5 {
		t.Errorf("%q\nis not\n%q", got, text)
	}
}
