package main

import (
	"flag"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel/dataset"
)

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse sets flags from args and returns the other arguments. Flags may stand
// before, between and after them; behind "--" nothing is a flag.
func parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		parsed := args[:len(args)-flags.NArg()]
		args = flags.Args()
		if len(args) == 0 || len(parsed) > 0 && parsed[len(parsed)-1] == "--" {
			return append(rest, args...), nil
		}
		rest = append(rest, args[0])
		args = args[1:]
	}
}

func isHelp(arg string) bool {
	return slices.Contains([]string{"-h", "-help", "--help"}, arg)
}

// A format is how a CSV file is to be read.
type format struct {
	delimiter string
	header    string
}

func (f *format) register(flags *flag.FlagSet) {
	flags.StringVar(&f.delimiter, "delimiter", "", "`character` between fields, or \"tab\" (default , or, if the file's name ends in .tsv or .tsv.gz, tab)")
	flags.StringVar(&f.header, "header", "auto", "the first line names the columns: yes, no or `auto`, which is yes if none of its fields is a number")
}

// options returns what f means to package dataset.
func (f *format) options() (o dataset.Options, err error) {
	switch text := f.delimiter; text {
	case "":
	case "tab":
		o.Delimiter = '\t'
	default:
		delimiter, size := utf8.DecodeRuneInString(text)
		if size != len(text) || delimiter == utf8.RuneError || slices.Contains([]rune("\"\r\n\x00"), delimiter) {
			return o, misuse("-delimiter %q: want one character, such as , or ; or tab", f.delimiter)
		}
		o.Delimiter = delimiter
	}
	switch f.header {
	case "auto":
		o.Header = dataset.Auto
	case "yes":
		o.Header = dataset.Present
	case "no":
		o.Header = dataset.Absent
	default:
		return o, misuse("-header %q: want auto, yes or no", f.header)
	}
	return o, nil
}
