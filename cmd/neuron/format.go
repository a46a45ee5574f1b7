package main

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
)

// indexBaseKey is where a model keeps from which number the indices counted in
// the LIBSVM file that it was trained on.
const indexBaseKey = "index_base"

// A format is how a file is to be read.
type format struct {
	name      string
	delimiter string
	header    string
	label     string // its flag is of the command, which says what the default is
	labels    string
	array     string
	columns   int
	indexBase string
	positive  string // its flag, too
	negative  string
}

// anyFormat is what a format is without flags.
var anyFormat = format{name: autoFlag, header: autoFlag, indexBase: autoFlag}

// given says whether there is a flag for tables.
func (f format) given() bool {
	f.positive, f.negative = "", "" // are for pictures, too
	return f != anyFormat
}

func (f *format) register(flags *flag.FlagSet) {
	*f = anyFormat
	flags.StringVar(&f.name, "format", f.name, "`format` of the file: "+formatNames()+", or auto, which tells by the content and the name")
	flags.StringVar(&f.delimiter, "delimiter", "", "`character` between fields, or \"tab\" (default , or, if the file's name ends in .tsv or .tsv.gz, tab)")
	flags.StringVar(&f.header, "header", f.header, "the first line names the columns: yes, no or `auto`, which is yes if none of its fields is a number")
	flags.StringVar(&f.labels, "labels", "", "another `file` with the labels, one for each row (default for IDX pictures: the file named like theirs)")
	flags.StringVar(&f.array, "array", "", "`name` of the array with the rows in a .npz file; -label names the one with the labels (default: those that fit, or X and y)")
	flags.IntVar(&f.columns, "columns", 0, "`number` of features in a LIBSVM file; 0 means as many as its greatest index says, or those of the model")
	flags.StringVar(&f.indexBase, "index-base", f.indexBase, "`number` from which a LIBSVM file counts features, 0 or 1; auto means 0 if any index is 0, or as in training")
}

// formatNames lists the names of formats.
func formatNames() string {
	var names []string
	for _, name := range dataset.Formats() {
		names = append(names, string(name))
	}
	return strings.Join(names, ", ")
}

// registerNegative registers -negative, for commands that have -positive.
func (f *format) registerNegative(flags *flag.FlagSet) {
	flags.StringVar(&f.negative, "negative", "", "`classes` that are negative, separated by commas, where there are more than two, or rest; -positive names the others, and rows of neither are left out")
}

// options returns what f means to package dataset.
func (f *format) options() (o dataset.Options, err error) {
	if f.name != autoFlag {
		o.Format = dataset.Format(f.name)
		if !slices.Contains(dataset.Formats(), o.Format) {
			return o, misuse("-format %q: want %s or auto", f.name, formatNames())
		}
	}
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
	case autoFlag:
		o.Header = dataset.Auto
	case "yes":
		o.Header = dataset.Present
	case "no":
		o.Header = dataset.Absent
	default:
		return o, misuse("-header %q: want auto, yes or no", f.header)
	}
	if f.columns < 0 || f.columns >= 1<<31-1 {
		return o, misuse("-columns %d: want the number of features, or 0", f.columns)
	}
	o.Features = f.columns
	switch f.indexBase {
	case autoFlag:
	case "0":
		o.IndexBase = dataset.FromZero
	case "1":
		o.IndexBase = dataset.FromOne
	default:
		return o, misuse("-index-base %q: want auto, 0 or 1", f.indexBase)
	}
	o.Label, o.Array = f.label, f.array
	_, err = f.classes()
	return o, err
}

// classes returns what the flags know of the classes.
func (f *format) classes() (c classes, err error) {
	if f.negative == "" {
		return c, nil
	}
	if f.positive == "" {
		return c, misuse("-negative says which classes are negative: say which are positive with -positive")
	}
	c.closed = true
	c.names = []string{f.negative, f.positive}
	c.chosen[1] = strings.Split(f.positive, ",")
	if f.negative != restOfClasses {
		c.chosen[0] = strings.Split(f.negative, ",")
	}
	for _, name := range c.chosen[1] {
		if slices.ContainsFunc(c.chosen[0], func(other string) bool { return sameClass(name, other) }) {
			return c, misuse("class %q is in -positive and in -negative", name)
		}
	}
	for _, names := range c.chosen {
		if slices.Contains(names, "") {
			return c, misuse("an empty name of a class in -positive or -negative")
		}
	}
	return c, nil
}

// forModel is f for a file that m is applied to.
func forModel[T kernel.Float](f format, m *model.Model[T]) format {
	if f.columns == 0 {
		f.columns = len(m.Weights)
	}
	if base := m.Meta[indexBaseKey]; f.indexBase == autoFlag && base != "" {
		f.indexBase = base
	}
	if f.negative == "" && f.positive == "" {
		f.positive, f.negative = m.Meta["positive"], m.Meta["negative"]
	}
	return f
}

// knownLabel returns the label's column if the format knows it; wanted is what
// the user says.
func knownLabel(t *dataset.Reader, wanted string) (i int, known bool, err error) {
	if t.Label < 0 {
		return 0, false, nil
	}
	if _, notNumber := strconv.Atoi(wanted); wanted == "" || t.Format == dataset.NPZ && notNumber != nil {
		return t.Label, true, nil
	}
	if i, err := column(t, wanted); err != nil || i != t.Label {
		return 0, true, fmt.Errorf("%s: has labels of its own; leave out -label %s", t.Name, wanted)
	}
	return t.Label, true, nil
}

// modelClasses returns the classes of a model, and how to choose among those of
// a file that has more.
func modelClasses[T kernel.Float](a *applied, m *model.Model[T]) (*classes, error) {
	f := forModel(a.format, m)
	c, err := f.classes()
	c.names, c.closed = m.Classes[:], true
	return &c, err
}
