package main

import (
	"strings"
	"testing"
)

// Names from files do not command the terminal.
func TestVisible(t *testing.T) {
	const evil = "a\x1b[2J\u009b31m"
	for _, rows := range []string{
		evil + ",y\nx,1\n", // an error that names the column
		"a,y\n1," + evil + "\n2,no\n3," + evil + "\n4,no\n", // a report that names the class
	} {
		stdout, stderr, _ := neuron(rows, "train", "-", "-test-fraction", "0", "-epochs", "3")
		if all := stdout + stderr; strings.ContainsAny(all, "\x1b\u009b") || !strings.Contains(all, "a\ufffd[2J\ufffd31m") {
			t.Errorf("%q", all)
		}
	}
}
