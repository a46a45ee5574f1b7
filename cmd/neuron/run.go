package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/seed-b3c25b83/kernel/train"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130
	exitUnread      = 141 // nobody reads the output: what a shell says of SIGPIPE, too
)

// An env is the world as a command sees it.
type env struct {
	ctx    context.Context
	stdin  io.Reader
	stdout *bufio.Writer
	stderr io.Writer

	terminal bool // stderr is one

	args []string // the command line, without the name of the program

	onEpoch func(train.Epoch) // if not nil, for tests

	idle func() error // if not nil, is called before input is waited for
}

// warn tells the user something that is not a result.
func (e *env) warn(format string, args ...any) {
	fmt.Fprint(e.stderr, e.paint(visible(fmt.Sprintf("neuron: "+format+"\n", args...))))
}

// A runner executes a command whose flags are set.
type runner func(e *env, args []string) error

// A command is a verb of the command line.
type command struct {
	name  string
	args  string // what follows the flags, for the usage line
	short string
	long  string
	setup func(*flag.FlagSet) runner
}

// commands returns all commands, in the order in which help lists them.
func commands() []command {
	return []command{
		trainCommand, predictCommand, evalCommand, fetchCommand, showCommand, compareCommand, exportCommand, importCommand,
		infoCommand, benchCommand, descendCommand, completionCommand(), versionCommand, helpCommand(),
	}
}

func find(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

// run executes a command line in the world as it is.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	e := &env{ctx: ctx, stdin: stdin, stdout: bufio.NewWriter(stdout), stderr: stderr, terminal: isTerminal(stderr)}
	return e.run(args)
}

// run executes a command line and returns its exit code.
func (e *env) run(args []string) int {
	e.args = args
	err := dispatch(e, args)
	if flush := e.stdout.Flush(); err == nil && flush != nil {
		err = fmt.Errorf("writing the output: %w", flush)
	}
	var usage usageError
	var status statusError
	var broken *interruption
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, syscall.EPIPE):
		return exitUnread
	case errors.As(err, &status):
		if status.err != nil {
			e.warn("%v", status.err)
		}
		return status.code
	case errors.As(err, &usage):
		e.warn("%v\nRun %q for usage.", err, strings.TrimSpace("neuron help "+usage.command))
		return exitUsage
	case errors.As(err, &broken):
		e.warn("%v", err)
		return exitInterrupted
	case errors.Is(err, context.Canceled):
		e.warn("interrupted")
		return exitInterrupted
	}
	e.warn("%v", err)
	return exitFailure
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// dispatch runs the command that args ask for. Without a verb that is train.
func dispatch(e *env, args []string) error {
	name := "train"
	switch {
	case len(args) == 0:
	case isHelp(args[0]):
		name, args = "help", args[1:]
	case isVersion(args[0]):
		name, args = "version", args[1:]
	case !strings.HasPrefix(args[0], "-"):
		name, args = args[0], args[1:]
	}
	c, ok := find(name)
	if !ok {
		hint := ""
		if _, err := os.Stat(name); err == nil {
			hint = fmt.Sprintf("; to train on the file: neuron train %s", quote(name))
		}
		return usageError{"", fmt.Sprintf("unknown command %q%s", name, hint)}
	}
	flags := newFlags(c.name)
	runner := c.setup(flags)
	args, err := parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		return printHelp(e, c)
	}
	if err != nil {
		return usageError{c.name, err.Error()}
	}
	err = runner(e, args)
	var usage usageError
	if errors.As(err, &usage) {
		usage.command = c.name
		return usage
	}
	return err
}

// A statusError is an exit code that a command has for itself.
type statusError struct {
	code int
	err  error // nil if the report says it all
}

func (s statusError) Error() string { return fmt.Sprint(s.err) }

// A usageError says that the command line makes no sense.
type usageError struct{ command, message string }

func (u usageError) Error() string {
	if u.command == "" {
		return u.message
	}
	return u.command + ": " + u.message
}

// misuse returns a usageError; dispatch adds the command.
func misuse(format string, args ...any) error {
	return usageError{message: fmt.Sprintf(format, args...)}
}
