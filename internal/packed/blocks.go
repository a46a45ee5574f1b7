package packed

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// ErrChanged is wrapped by the error for rows that are not what they were.
var ErrChanged = errors.New("changed while it was in use")

// blocks are a part of a file that is read in blocks.
type blocks struct {
	file   io.ReaderAt
	name   string
	offset int64 // where the part begins in the file
	length int64
	block  int64    // bytes of a block; the last may be shorter
	sums   []uint64 // of blocks: known | CRC-32C, or 0 before it was read first
	spare  []byte   // a block that is not wanted as a whole
	held   int64    // the number of the block in spare, or -1
}

const known = 1 << 32

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(p []byte) uint64 { return known | uint64(crc32.Checksum(p, castagnoli)) }

// read fills p with the bytes from at. It reads block by block, so that a block
// is still in the cache when its checksum is computed.
func (b *blocks) read(p []byte, at int64) error {
	for len(p) > 0 {
		k := at / b.block
		first := k * b.block
		length := min(b.block, b.length-first)
		if at == first && int64(len(p)) >= length {
			if err := b.readBlock(k, p[:length]); err != nil {
				return err
			}
			p, at = p[length:], at+length
			continue
		}
		if err := b.hold(k, length); err != nil {
			return err
		}
		n := copy(p, b.spare[at-first:length])
		p, at = p[n:], at+int64(n)
	}
	return nil
}

// hold reads block k into spare, unless it is there: whoever wants a part of a
// block often wants the next part, too.
func (b *blocks) hold(k, length int64) error {
	if b.held == k {
		return nil
	}
	if b.spare == nil {
		b.spare = make([]byte, min(b.block, b.length))
	}
	b.held = -1
	if err := b.readBlock(k, b.spare[:length]); err != nil {
		return err
	}
	b.held = k
	return nil
}

// readBlock fills p with block k, and checks it.
func (b *blocks) readBlock(k int64, p []byte) error {
	first := b.offset + k*b.block
	n, err := b.file.ReadAt(p, first)
	switch {
	case n == len(p):
	case err == io.EOF:
		return fmt.Errorf("%s: cut short while it was read: it ends behind %d bytes, and had at least %d (%w)",
			b.name, first+int64(n), b.offset+b.length, ErrChanged)
	case err == nil:
		err = io.ErrUnexpectedEOF
		fallthrough
	default:
		return fmt.Errorf("%s: reading bytes %d to %d: %w", b.name, first, first+int64(len(p))-1, err)
	}
	sum := checksum(p)
	if b.sums[k] == 0 {
		b.sums[k] = sum
	}
	if b.sums[k] != sum {
		return fmt.Errorf("%s: bytes %d to %d are not what they were at first (%w)", b.name, first, first+int64(len(p))-1, ErrChanged)
	}
	return nil
}

// newBlocks cuts length bytes from offset into blocks.
func newBlocks(file io.ReaderAt, name string, offset, length, block int64) *blocks {
	b := &blocks{file: file, name: name, offset: offset, length: length, block: max(block, 1), held: -1}
	b.sums = make([]uint64, (length+b.block-1)/b.block)
	return b
}
