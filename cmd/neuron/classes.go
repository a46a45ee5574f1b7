package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-b3c25b83/kernel/dataset"
)

// classes are the names of the two classes, in the order in which they were
// met. They are known from the start if closed.
type classes struct {
	names  []string
	closed bool

	// chosen are the names of the negative and of the positive classes, if the
	// user chose among more than two; nil are all others.
	chosen [2][]string
	others int // rows of other classes
}

const (
	restOfClasses = "rest" // what -negative says of all others
	leftOut       = -1     // the index of a class that was not chosen
)

// choose returns the index of a class, or leftOut.
func (c *classes) choose(name string) int {
	for k, names := range c.chosen {
		if slices.ContainsFunc(names, func(other string) bool { return sameClass(name, other) }) {
			return k
		}
	}
	if c.chosen[0] == nil {
		return 0
	}
	return leftOut
}

// sameClass says whether two names are the same, or the same number.
func sameClass(a, b string) bool { return a == b || sameNumber(a, b) }

// sameNumber says whether two names are the same number. Integers may be greater
// than those that float64 tells apart.
func sameNumber(a, b string) bool {
	i, err := strconv.ParseInt(a, 10, 64)
	k, err2 := strconv.ParseInt(b, 10, 64)
	if err == nil && err2 == nil {
		return i == k
	}
	x, ok := number(a)
	y, ok2 := number(b)
	return ok && ok2 && x == y
}

// index returns the index of the class that column i of the current row
// names, and learns the name if it can. The index may be leftOut.
func (c *classes) index(t *dataset.Reader, i int) (int, error) {
	name, err := t.Class(i)
	if err != nil {
		return 0, err
	}
	if k := slices.Index(c.names, name); k >= 0 && c.chosen[1] == nil {
		return k, nil
	}
	x, isNumber := number(name)
	if isNumber && x-x != 0 {
		return 0, t.Errorf(i, "%s: %s is no class; fill the label in or remove the row", t.Column(i), name)
	}
	if c.chosen[1] != nil {
		return c.choose(name), nil
	}
	for _, known := range c.names {
		if sameNumber(name, known) {
			return 0, t.Errorf(i, "%s: %q and %q are the same number; write each class in one way", t.Column(i), name, known)
		}
	}
	switch {
	case c.closed:
		return 0, t.Errorf(i, "%s: the model does not know class %q; its classes are %q and %q",
			t.Column(i), name, c.names[0], c.names[1])
	case len(c.names) == 2:
		hint := ""
		if t.Columns == nil && t.Format == dataset.CSV && t.Label < 0 {
			hint = "; if the first line names the columns, use -header yes"
		}
		return 0, t.Errorf(i, "%s: %q is a third class after %q and %q; a neuron tells two apart (is this the label? see -label; of more classes, -positive and -negative choose%s)",
			t.Column(i), name, c.names[0], c.names[1], hint)
	}
	c.names = append(c.names, strings.Clone(name))
	return len(c.names) - 1, nil
}

// warnAlike tells the user of two classes that may be one, spelt in two ways.
func warnAlike(e *env, o *trainOptions, names [2]string) {
	spaced := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if !o.quiet && strings.EqualFold(spaced(names[0]), spaced(names[1])) {
		e.warn("warning: the classes %q and %q differ in capitals or spaces alone; if they are one, write it in one way", names[0], names[1])
	}
}

// positive returns the index of the positive class: the named one, else the
// greater one by value if both are numbers, else by name.
func (c *classes) positive(name string) (int, error) {
	if name == "" {
		if less(c.names[1], c.names[0]) {
			return 0, nil
		}
		return 1, nil
	}
	if k := slices.Index(c.names, name); k >= 0 {
		return k, nil
	}
	return 0, fmt.Errorf("no class %q for -positive; the classes are %q and %q", name, c.names[0], c.names[1])
}

func less(a, b string) bool {
	x, isX := number(a)
	y, isY := number(b)
	if isX && isY && x != y {
		return x < y
	}
	return a < b
}

// number returns the number that a name is, if it is one.
func number(name string) (float64, bool) {
	x, err := strconv.ParseFloat(name, 64)
	return x, err == nil
}
