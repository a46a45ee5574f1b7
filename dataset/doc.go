// Package dataset reads rows of numbers and class names from files, in any of
// the formats that [Format] lists, one row after another, so that a file may be
// larger than memory.
//
// The format is recognised by the first bytes of the file, and by the end of
// its name where they leave a choice. A file compressed by gzip, in one member
// or several, is decompressed as it is read. Nothing is seeked: any of it may
// come from a pipe.
//
// Numbers are finite, whatever the format. What cannot be read is an error that
// says where it is (file:line:column in text, file: byte in binary formats) and
// what to do. The memory that is taken depends on what the file holds, not on
// what its header claims.
package dataset
