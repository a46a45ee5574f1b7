package dataset

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// gzipMagic is how a gzip file begins. No text in UTF-8 does.
const gzipMagic = "\x1f\x8b"

// gunzip returns what r holds: decompressed if it is gzip, as its first bytes
// tell and packed says, as it is otherwise.
func gunzip(r io.Reader) (b *bufio.Reader, packed bool, err error) {
	b = bufio.NewReaderSize(r, bufferSize)
	if magic, _ := b.Peek(len(gzipMagic)); string(magic) != gzipMagic {
		return b, false, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, false, gzipError(err)
	}
	return bufio.NewReaderSize(unzipped{z}, bufferSize), true, nil
}

// bufferSize is how much of a file is read at a time.
const bufferSize = 1 << 18

// unzipped is a gzip.Reader whose errors say more.
type unzipped struct{ z *gzip.Reader }

func (u unzipped) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	return n, gzipError(err)
}

func gzipError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the gzip file is cut off; get a whole copy of it: %w", err)
	case errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return fmt.Errorf("the gzip file is damaged; get another copy of it: %w", err)
	case errors.Is(err, gzip.ErrHeader):
		return fmt.Errorf("the gzip file is damaged, or something follows its end: %w", err)
	}
	return err
}
