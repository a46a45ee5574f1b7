package main

import (
	"strings"
	"testing"
)

func TestSameClass(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"yes", "yes", true},
		{"yes", "Yes", false},
		{"1", "1.0", true},
		{"+1", "1", true},
		{"-1", "1", false},
		{"1e2", "100", true},
		{"1", "yes", false},
		{"9007199254740992", "9007199254740993", false}, // the same in float64
		{"9007199254740993", "+9007199254740993", true},
	} {
		if sameClass(c.a, c.b) != c.same || sameClass(c.b, c.a) != c.same {
			t.Errorf("%s and %s: want %v", c.a, c.b, c.same)
		}
	}
}

func TestWarnAlike(t *testing.T) {
	const warning = "neuron: warning: the classes "
	for _, c := range []struct {
		rows, flags string
		warned      bool
	}{
		{"1,no\n2,No\n3,no\n4,No\n", "", true},
		{"1,no\n2,No\n3,no\n4,No\n", "-stream", true},
		{"1,no\n2,No\n3,no\n4,No\n", "-q", false},
		{"1,new york\n2,New  York\n", "", true},
		{"1,no\n2,yes\n", "", false},
		{"1,\"a b\"\n2,ab\n", "", false},
	} {
		args := append([]string{"train", "-", "-test-fraction", "0", "-epochs", "2"}, strings.Fields(c.flags)...)
		_, stderr, code := neuron(c.rows, args...)
		if code != exitOK || strings.HasPrefix(stderr, warning) != c.warned {
			t.Errorf("%q %s: exit code %d, %s", c.rows, c.flags, code, stderr)
		}
	}
}
