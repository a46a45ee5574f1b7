package main

import (
	"flag"
	"strings"
)

const (
	helpHead = `Neuron trains a single sigmoid neuron on a table of numbers, or on pictures, and
applies it.

Usage:

	neuron                    train on the data that the program carries
	neuron <command> [flags] [arguments]

Commands:
`
	helpTail = `
"neuron help <command>" describes a command and its flags.

Files: the format is told by the content, and by the end of the name. Any file may
be compressed by gzip, and "-" is the standard input.

	csv     fields set apart by commas, by tabs in files named .tsv, or by -delimiter;
	        they may stand in double quotes. The first line names the columns if none
	        of its fields is a number (or if -header says so)
	libsvm  of LIBSVM and SVMlight: lines of label index:value index:value ...
	npy     of NumPy: a matrix, of which the last column is the label (or -label, or
	        another file: -labels)
	npz     of NumPy: an array with the rows and one with the labels
	idx     of MNIST: train-images-idx3-ubyte, with train-labels-idx1-ubyte beside it

Every value must be a finite number. NaN, Inf, hexadecimal numbers, missing
values, lines of different length and files that are cut off are errors that name
file, line and column (in binary files the byte). The program neuron-columnar
turns Parquet and Arrow files into a pipe: neuron-columnar FILE | neuron train -
docs/formats.md says more.

Exit codes: 0 success, 1 failure, 2 a command line that makes no sense,
130 interrupted; what was done until then is printed and saved. 141 nobody reads
the output. Compare has exit codes of its own.`
)

// helpCommand is a function because help lists all commands, itself included.
func helpCommand() command {
	return command{
		name:  "help",
		args:  "[command]",
		short: "describe a command",
		long: `Help describes a command and its flags, with examples, or lists the commands. With
-man it prints the man page, which does all of that: neuron help -man | man -l -`,
		setup: func(flags *flag.FlagSet) runner {
			man := flags.Bool("man", false, "print the man page")
			return func(e *env, args []string) error {
				switch {
				case *man && len(args) > 0:
					return misuse("-man describes all commands")
				case *man:
					printMan(e.stdout)
					return nil
				}
				return help(e, args)
			}
		},
	}
}

func help(e *env, args []string) error {
	switch len(args) {
	case 0:
		w := printer{e.stdout}
		w.line("%s", helpHead)
		for _, c := range commands() {
			w.line("	%-10s %s", c.name, c.short)
		}
		w.line("%s", helpTail)
		return nil
	case 1:
		c, ok := find(args[0])
		if !ok {
			return misuse("unknown command %q", args[0])
		}
		return printHelp(e, c)
	}
	return misuse("want one command")
}

// rest returns what follows the name of a command, for the usage line.
func (c command) rest() string {
	if len(flagsOf(c)) == 0 {
		return c.args
	}
	return strings.TrimSpace("[flags] " + c.args)
}

// printHelp describes a command.
func printHelp(e *env, c command) error {
	w := printer{e.stdout}
	w.line("Usage: %s\n\n%s", strings.TrimSpace("neuron "+c.name+" "+c.rest()), c.long)
	if len(flagsOf(c)) > 0 {
		w.line("\nFlags:")
		flags := newFlags(c.name)
		c.setup(flags)
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
	w.line("\nExamples:")
	for _, x := range examples()[c.name] {
		w.line("  neuron %s", x.line)
		w.line("    \t%s", x.what)
	}
	return nil
}
