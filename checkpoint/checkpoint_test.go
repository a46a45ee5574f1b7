package checkpoint

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/train"
)

func example[T kernel.Float]() *train.Checkpoint[T] {
	return &train.Checkpoint[T]{
		Params: []T{1, T(math.Copysign(0, -1)), 0.1, T(math.SmallestNonzeroFloat32)}, Epochs: 7, Cost: 0.1 + 0.2, Calm: 2, Converged: true,
		Order: kernel.Order, Options: []train.Setting{{Name: "Rate", Value: "0.1"}},
		Data: train.Fingerprint{Rows: 5, Cols: 3, Features: "12", Labels: "34", Weights: "56"},
	}
}

func encode[T kernel.Float](t *testing.T, c *train.Checkpoint[T]) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	t.Run("float32", testRoundTrip[float32])
	t.Run("float64", testRoundTrip[float64])
}

func testRoundTrip[T kernel.Float](t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	for _, c := range []*train.Checkpoint[T]{example[T](), {Params: []T{5}, Cost: math.SmallestNonzeroFloat64}} {
		if err := Save(path, c); err != nil {
			t.Fatal(err)
		}
		got, err := Load[T](path)
		if err != nil || !reflect.DeepEqual(got, c) || !bytes.Equal(encode(t, got), encode(t, c)) {
			t.Errorf("%+v, %v, want %+v", got, err, c)
		}
	}
}

// damaged matches what Decode says of a file in which one bit is wrong.
var damaged = regexp.MustCompile("^(checksum does not match: the file is damaged|not a checkpoint file|" +
	"unknown version 0|written by a newer version [0-9]+, this program reads version 1|unknown element type [0-9]+|" +
	"truncated: [0-9]+ bytes are missing|something follows the end of the checkpoint|claims .*: the file is damaged)$")

// Every file that differs in a bit or in its length is refused.
func TestDamage(t *testing.T) {
	p := encode(t, example[float32]())
	for n := range p {
		if c, err := Decode[float32](bytes.NewReader(p[:n])); c != nil || err == nil || !strings.Contains(err.Error(), "truncated") {
			t.Errorf("%d of %d bytes: %v, %v", n, len(p), c, err)
		}
	}
	for i := range p {
		for bit := range 8 {
			q := slices.Clone(p)
			q[i] ^= 1 << bit
			if c, err := Decode[float32](bytes.NewReader(q)); c != nil || err == nil || !damaged.MatchString(err.Error()) {
				t.Errorf("bit %d of byte %d: %v, %v", bit, i, c, err)
			}
		}
	}
	if c, err := Decode[float32](bytes.NewReader(append(p, 0))); c != nil || err == nil || !strings.Contains(err.Error(), "follows") {
		t.Errorf("with a byte behind the end: %v, %v", c, err)
	}
}

func TestErrors(t *testing.T) {
	p := encode(t, example[float32]())
	if _, err := Decode[float64](bytes.NewReader(p)); !errors.Is(err, ErrElement) {
		t.Errorf("error %v", err)
	}
	var b bytes.Buffer
	if err := (&model.Model[float32]{}).Encode(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := Decode[float32](&b); err == nil || err.Error() != "not a checkpoint file" {
		t.Errorf("a model: error %v", err)
	}
	if _, err := model.Decode[float32](bytes.NewReader(p)); err == nil || err.Error() != "not a model file" {
		t.Errorf("as a model: error %v", err)
	}
	q := seal(bytes.Replace(p, []byte(`{"epochs"`), []byte(`["epochs"`), 1))
	if _, err := Decode[float32](bytes.NewReader(q)); err == nil || !strings.HasPrefix(err.Error(), "state: ") {
		t.Errorf("error %v", err)
	}
	for _, c := range []*train.Checkpoint[float32]{{}, {Params: []float32{1}, Cost: math.NaN()}} {
		if err := Encode(io.Discard, c); err == nil {
			t.Errorf("encodes %+v", c)
		}
	}
	none := filepath.Join(t.TempDir(), "none", "c")
	if _, err := Load[float32](none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if err := Save(none, example[float32]()); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "save checkpoint "+none+": ") {
		t.Errorf("error %v", err)
	}
	if err := os.WriteFile(filepath.Dir(filepath.Dir(none))+"/short", p[:40], 0o666); err != nil {
		t.Fatal(err)
	}
	short := filepath.Dir(filepath.Dir(none)) + "/short"
	if _, err := Load[float32](short); err == nil || !strings.HasPrefix(err.Error(), "load checkpoint "+short+": truncated") {
		t.Errorf("error %v", err)
	}
	if err := Sweep(none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// seal gives a changed file the checksum that belongs to it.
func seal(p []byte) []byte {
	p = slices.Clone(p[:len(p)-sha256.Size])
	sum := sha256.Sum256(p)
	return append(p, sum[:]...)
}

// FuzzDecode checks that whatever is read as a checkpoint is refused by the
// training or trains.
func FuzzDecode(f *testing.F) {
	d := train.Data[float32]{X: kernel.Batch[float32]{Data: []float32{1, 2, 3, 4, 5, 6}, Rows: 2, Cols: 3}, Y: []float32{0, 1}}
	o := train.Options{Rate: 1, Epochs: 2, Workers: 1}
	var b bytes.Buffer
	train.FitFrom(context.Background(), d, o, nil, func(c *train.Checkpoint[float32]) error {
		b.Reset()
		return Encode(&b, c)
	})
	f.Add(b.Bytes())
	b.Reset()
	Encode(&b, example[float32]())
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, p []byte) {
		if _, err := Decode[float32](bytes.NewReader(p)); err == nil && len(p) < 32+sha256.Size {
			t.Fatal("accepts a short file")
		}
		if len(p) < sha256.Size {
			return
		}
		c, err := Decode[float32](bytes.NewReader(seal(p)))
		if err != nil {
			return
		}
		r, err := train.FitFrom(context.Background(), d, o, c, nil)
		if err == nil && (r.Epochs < 1 || r.Epochs > 2) {
			t.Fatalf("%+v goes on to %+v", c, r)
		}
	})
}
