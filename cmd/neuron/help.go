package main

import "flag"

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
		long:  `Help describes a command and its flags, or lists the commands.`,
		setup: func(*flag.FlagSet) runner { return help },
	}
}

func help(e *env, args []string) error {
	switch len(args) {
	case 0:
		w := printer{e.stdout}
		w.line("%s", helpHead)
		for _, c := range commands() {
			w.line("	%-9s %s", c.name, c.short)
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

// printHelp describes a command.
func printHelp(e *env, c command) error {
	flags := newFlags(c.name)
	c.setup(flags)
	count := 0
	flags.VisitAll(func(*flag.Flag) { count++ })

	usage := "neuron " + c.name
	if count > 0 {
		usage += " [flags]"
	}
	if c.args != "" {
		usage += " " + c.args
	}
	w := printer{e.stdout}
	w.line("Usage: %s\n\n%s", usage, c.long)
	if count > 0 {
		w.line("\nFlags:")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
	return nil
}
