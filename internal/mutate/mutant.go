package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A mutant is one change of the machine code.
type mutant struct {
	function string
	line     int // in the source
	text     string
	before   string // of a conditional jump, the instruction in front of it and "; "
	kind     string
	nth      int   // of those with the same function, text and kind
	offset   int64 // in the binary
	old, new []byte
	verdict  string
}

// The verdicts.
const (
	survived = "survived"
	failing  = "failing" // the test failed
	crashed  = "crashed"
	endless  = "endless"
)

// key identifies a mutant as long as its kernel does not change much.
func (m *mutant) key() string {
	return fmt.Sprintf("%s | %s | %s | %d", m.function, m.kind, m.text, m.nth)
}

func (m *mutant) String() string {
	return fmt.Sprintf("%s | %s | %s | number %d, line %d: %x → %x", m.function, m.kind, m.described(), m.nth, m.line, m.old, m.new)
}

// described is the text of the instruction; a condition says little without
// what it is about.
func (m *mutant) described() string { return m.before + m.text }

var target = regexp.MustCompile(`\b\d+$`)

// instructionText is the text of an instruction in keys: without the address
// that a jump leads to, which changes whenever anything does.
func instructionText(op, args string) string {
	if jump := op != "JMP" && op[0] == 'J' || op == "JMP" || op[0] == 'B' && !strings.ContainsAny(args, "$[") || strings.HasPrefix(op, "CB") || strings.HasPrefix(op, "TB"); jump {
		args = strings.TrimSuffix(target.ReplaceAllString(args, ""), ", ")
	}
	return strings.TrimSpace(op + " " + args)
}

// A change is a mutation of one instruction.
type change struct {
	kind string
	new  []byte
}

// elementSize returns the size of the elements of a kernel.
func elementSize(function string) int {
	if strings.Contains(function, "64") {
		return 8
	}
	return 4
}
