package dataset

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Format is a way to keep rows in a file.
type Format string

const (
	Recognise Format = ""       // by content and name
	CSV       Format = "csv"    // fields separated by commas, tabs or what [Options] say
	LIBSVM    Format = "libsvm" // of LIBSVM, LIBLINEAR and SVMlight: label index:value index:value …
	NPY       Format = "npy"    // a matrix of NumPy
	NPZ       Format = "npz"    // several arrays of NumPy
	IDX       Format = "idx"    // of MNIST
)

// Formats returns all formats that can be read.
func Formats() []Format { return []Format{CSV, LIBSVM, NPY, NPZ, IDX} }

// foreign are the first bytes of files that others read.
var foreign = []struct{ magic, what string }{
	{"PAR1", "a Parquet file; the program neuron-columnar turns it into what can be read: neuron-columnar FILE | neuron train -"},
	{"ARROW1\x00\x00", "an Arrow (Feather) file; the program neuron-columnar turns it into what can be read: neuron-columnar FILE | neuron train -"},
	{"FEA1", "a Feather file of version 1, which nobody writes any more; write it as version 2, or as CSV"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd; decompress it: zstd -dc FILE | neuron train -"},
	{"BZh", "compressed by bzip2; decompress it: bzip2 -dc FILE | neuron train -"},
	{"\xfd7zXZ\x00", "compressed by xz; decompress it: xz -dc FILE | neuron train -"},
	{"\x89HDF", "an HDF5 file; write its rows as .npy or CSV"},
	{"\x80\x04\x95", "a Python pickle, which is a program; write the rows as .npy (numpy.save) or CSV"},
	{"\x80\x05\x95", "a Python pickle, which is a program; write the rows as .npy (numpy.save) or CSV"},
	{"\x89PNG", "a picture"},
	{"\xff\xd8\xff", "a picture"},
	{"SQLite format 3", "an SQLite database; write the rows as CSV: sqlite3 -header -csv FILE 'SELECT …'"},
}

const (
	zipMagic      = "PK\x03\x04"
	emptyZipMagic = "PK\x05\x06"
	idxMagic      = "\x00\x00\x08\x01" // or other bytes behind the zeros
)

// recognise finds the format of what b holds.
func recognise(b *bufio.Reader, name string, o Options) (Format, error) {
	if o.Format != Recognise {
		if !slices.Contains(Formats(), o.Format) {
			return "", fmt.Errorf("%s: no format %q", name, o.Format)
		}
		return o.Format, nil
	}
	start := peekStart(b)
	for _, f := range foreign {
		if bytes.HasPrefix(start, []byte(f.magic)) {
			return "", fmt.Errorf("%s: %s", name, f.what)
		}
	}
	switch {
	case bytes.HasPrefix(start, []byte(npyMagic)):
		return NPY, nil
	case bytes.HasPrefix(start, []byte(zipMagic)), bytes.HasPrefix(start, []byte(emptyZipMagic)):
		return NPZ, nil
	case isIDX(start):
		return IDX, nil
	}
	switch ext := extension(name); ext {
	case ".csv", ".tsv":
		return CSV, nil
	case ".libsvm", ".svm", ".svmlight":
		return LIBSVM, nil
	case ".npy", ".npz":
		if len(start) > 0 {
			return "", fmt.Errorf("%s: its name ends in %s, but it does not begin as such a file does; if it is another format, say so with -format", name, ext)
		}
	}
	if o.Delimiter == 0 && o.Header == Auto && isLIBSVM(peekLine(b)) {
		return LIBSVM, nil
	}
	return CSV, nil
}

// extension returns how a file's name ends, before .gz, in lower case.
func extension(name string) string {
	return path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))
}

// peekStart returns the first bytes of b, as many as it takes to know that they
// are, or are not, those of a format. It does not wait for more: who writes the
// first line of a table may want an answer before the second.
func peekStart(b *bufio.Reader) []byte {
	magics := []string{npyMagic, zipMagic, emptyZipMagic, idxMagic}
	for _, f := range foreign {
		magics = append(magics, f.magic)
	}
	for n := 1; ; n++ {
		start, err := b.Peek(n)
		if err != nil || !slices.ContainsFunc(magics, func(m string) bool {
			return n < len(m) && strings.HasPrefix(m, string(start)) || m == idxMagic && n < 4 && start[0] == 0
		}) {
			return start
		}
	}
}

// peekLine returns what b holds up to the end of its first line that is neither
// empty nor a comment, or more. It does not wait for what follows that line.
func peekLine(b *bufio.Reader) []byte {
	for {
		have, _ := b.Peek(b.Buffered())
		for line := range bytes.Lines(have) {
			bare := bytes.TrimSpace(line)
			if len(bare) > 0 && bare[0] != '#' && line[len(line)-1] == '\n' {
				return have
			}
		}
		if len(have) == b.Size() {
			return have
		}
		if _, err := b.Peek(len(have) + 1); err != nil {
			return have
		}
	}
}

// skipMark skips a byte order mark, and refuses what is not UTF-8 text.
func skipMark(r *bufio.Reader, name string) error {
	mark, _ := r.Peek(1)
	if len(mark) > 0 && mark[0] >= utf8.RuneSelf || string(mark) == gzipMagic[:1] {
		mark, _ = r.Peek(3)
	}
	switch s := string(mark); {
	case s == "\ufeff":
		r.Discard(3)
	case strings.HasPrefix(s, "\xff\xfe"), strings.HasPrefix(s, "\xfe\xff"):
		return fmt.Errorf("%s: the file is UTF-16; save it as UTF-8", name)
	case strings.HasPrefix(s, gzipMagic):
		return fmt.Errorf("%s: the file is compressed twice; undo one of it with gunzip", name)
	}
	return nil
}

// readUpTo reads n bytes into memory that grows with what arrives, so that a
// number in a damaged header allocates nothing. It returns fewer bytes at the
// end of r.
func readUpTo(r io.Reader, n int64) ([]byte, error) {
	const piece = 1 << 20
	if n <= piece {
		p := make([]byte, n)
		k, err := io.ReadFull(r, p)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = nil
		}
		return p[:k], err
	}
	var b bytes.Buffer
	_, err := io.CopyN(&b, r, n)
	if err == io.EOF {
		err = nil
	}
	return b.Bytes(), err
}
