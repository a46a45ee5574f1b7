package main

import (
	"flag"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel/cmd/neuron/internal/table"
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

// options returns what f means to package table for the file at path.
func (f *format) options(path string) (delimiter rune, header table.Header, err error) {
	text := f.delimiter
	switch {
	case text == "tab", text == "" && isTSV(path):
		text = "\t"
	case text == "":
		text = ","
	}
	delimiter, size := utf8.DecodeRuneInString(text)
	if size == 0 || size != len(text) || delimiter == utf8.RuneError || slices.Contains([]rune("\"\r\n\x00"), delimiter) {
		return 0, 0, misuse("-delimiter %q: want one character, such as , or ; or tab", f.delimiter)
	}
	switch f.header {
	case "auto":
		header = table.Auto
	case "yes":
		header = table.Present
	case "no":
		header = table.Absent
	default:
		return 0, 0, misuse("-header %q: want auto, yes or no", f.header)
	}
	return delimiter, header, nil
}

// isTSV says whether a file's name promises tabs between fields.
func isTSV(path string) bool {
	return filepath.Ext(strings.TrimSuffix(strings.ToLower(path), ".gz")) == ".tsv"
}
