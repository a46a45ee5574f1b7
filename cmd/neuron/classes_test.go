package main

import "testing"

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
