// Neuron-columnar writes the rows of a Parquet or Arrow file as CSV, for neuron.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"

	"github.com/seed-b3c25b83/kernel/columnar"
)

const usage = `Usage: neuron-columnar [-columns NAMES] [-list] FILE

Neuron-columnar writes the rows of a Parquet file, or of an Arrow file or stream
(Feather), as CSV with a header, for neuron to read:

	neuron-columnar data.parquet | neuron train - -label class

FILE is told by its content; "-" is the standard input, which is read into memory.
Values that are missing or not finite are errors, as they are for neuron.

Flags:
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes a command line and returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("neuron-columnar", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	names := flags.String("columns", "", "`names` of the columns that are wanted, separated by commas (default all)")
	list := flags.Bool("list", false, "list the columns instead")
	switch err := flags.Parse(args); {
	case err == flag.ErrHelp:
		return 0
	case err != nil:
		return 2
	case flags.NArg() != 1:
		fmt.Fprintf(stderr, "neuron-columnar: want one file, have %d\n", flags.NArg())
		return 2
	}
	var columns []string
	if *names != "" {
		columns = strings.Split(*names, ",")
	}
	if err := convert(ctx, flags.Arg(0), columns, *list, stdin, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "neuron-columnar: %v\n", err)
		if ctx.Err() != nil {
			return 130
		}
		return 1
	}
	return 0
}

func convert(ctx context.Context, path string, columns []string, list bool, stdin io.Reader, stdout, stderr io.Writer) error {
	var f columnar.File
	if path == "-" {
		all, err := io.ReadAll(stdin)
		if err != nil {
			return err
		}
		path, f = "stdin", bytes.NewReader(all)
	} else {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		f = file
	}
	have, err := columnar.Columns(f, path)
	if err != nil {
		return err
	}
	if list {
		for _, name := range have {
			fmt.Fprintln(stdout, name)
		}
		return nil
	}
	if columns != nil {
		have = columns
	}
	for _, name := range have {
		if _, err := strconv.ParseFloat(name, 64); err == nil {
			fmt.Fprintf(stderr, "neuron-columnar: the name of column %q is a number; neuron takes the first line for names with -header yes\n", name)
			break
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return columnar.WriteCSV(ctx, stdout, f, path, columns)
}
