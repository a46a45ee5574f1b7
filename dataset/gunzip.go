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
// tell, as it is otherwise.
func gunzip(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := buffered.Peek(len(gzipMagic)); string(magic) != gzipMagic {
		return buffered, nil
	}
	z, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, gzipError(err)
	}
	return unzipped{z}, nil
}

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
