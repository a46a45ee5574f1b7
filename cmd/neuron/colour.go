package main

import (
	"os"
	"runtime"
	"strings"
)

// Colours of what is said on the standard error, as terminals understand them.
const (
	red    = "31"
	yellow = "33"
)

// coloured says whether the standard error shows colours: it is a terminal that
// can, and the user has nothing against them (no-color.org).
func (e *env) coloured() bool {
	if !e.terminal || os.Getenv("NO_COLOR") != "" {
		return false
	}
	switch os.Getenv("TERM") {
	case "dumb":
		return false
	case "": // the console of Windows, of which only newer ones can
		return runtime.GOOS == "windows" && os.Getenv("WT_SESSION") != ""
	}
	return true
}

// paint colours the name of the program and, of a warning, what says that it is
// one, in front of a message.
func (e *env) paint(message string) string {
	if !e.coloured() {
		return message
	}
	for _, c := range []struct{ head, colour string }{{"neuron: warning:", yellow}, {"neuron:", red}} {
		if rest, ok := strings.CutPrefix(message, c.head); ok {
			return "\x1b[" + c.colour + "m" + c.head + "\x1b[0m" + rest
		}
	}
	return message
}
