package dataset

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
)

func gzipped(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// all returns the rows of a file, each as its fields joined by "|".
func all(content []byte) (rows []string, err error) {
	r, err := NewReader(bytes.NewReader(content), "f", Options{Header: Absent})
	for err == nil {
		if err = r.Next(); err == nil {
			rows = append(rows, strings.Join(r.rows.(*csvRows).record, "|"))
		}
	}
	if err == io.EOF {
		err = nil
	}
	return rows, err
}

func TestGunzip(t *testing.T) {
	content := strings.Repeat("1,2\n3,4\n", 20_000)
	want, err := all([]byte(content))
	if err != nil || len(want) != 40_000 {
		t.Fatal(len(want), err)
	}
	for name, packed := range map[string][]byte{
		"one member":      gzipped(t, content),
		"two members":     append(gzipped(t, content[:1001]), gzipped(t, content[1001:])...), // cut within a row
		"byte order mark": gzipped(t, "\ufeff"+content),
		"an empty member": append(gzipped(t, ""), gzipped(t, content)...),
		"not gzip at all": []byte(content),
	} {
		got, err := all(packed)
		if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: %d rows, %v", name, len(got), err)
		}
	}
}

// A file that is cut or changed anywhere is refused: no row is lost in silence.
func TestGunzipDamage(t *testing.T) {
	packed := gzipped(t, "1,2\n3,4\n5,6\n")
	for n := len(gzipMagic); n < len(packed); n++ {
		if _, err := all(packed[:n]); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), "f: the gzip file is cut off") {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	for i := 10; i < len(packed); i++ { // behind the header, of which time and system do not matter
		for bit := range 8 {
			damaged := bytes.Clone(packed)
			damaged[i] ^= 1 << bit
			// Bits that fill up the last byte of the stream mean nothing.
			if rows, err := all(damaged); err == nil && strings.Join(rows, " ") != "1|2 3|4 5|6" {
				t.Errorf("bit %d of byte %d: rows %q and no error", bit, i, rows)
			}
		}
	}
	for content, want := range map[string]string{
		string(packed) + "1,2\n3,4\n5,6\n":  "f: the gzip file is damaged, or something follows its end: gzip: invalid header",
		string(gzipped(t, string(packed))):  "f: the file is compressed twice; undo one of it with gunzip",
		"\x1f\x8b\x07" + string(packed[3:]): "f: the gzip file is damaged, or something follows its end: gzip: invalid header",
	} {
		if _, err := all([]byte(content)); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
