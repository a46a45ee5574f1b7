package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"

	"github.com/seed-b3c25b83/kernel"
)

// A Checkpoint is a training between two epochs: all that decides how it goes
// on, and what tells whether it is the same training.
type Checkpoint[T kernel.Float] struct {
	Params    []T     // the weights, of standardised features if they are, and, last, the bias
	Epochs    int     // completed
	Cost      float64 // of the last of them
	Calm      int     // how many of them, up to the last, stayed within Tolerance
	Converged bool

	Order   int       // kernel.Order of the program
	Options []Setting // that matter
	Data    Fingerprint

	running bool     // it comes from a training,
	scaling *scaling // with these means and deviations, or none
}

// Neuron returns the weights and the bias that Fit would return if the training
// ended here, to look at it on the way. It panics unless c comes from the
// training itself: checkpoints in files do not hold the means and deviations of
// the features.
func (c *Checkpoint[T]) Neuron() (weights []T, bias T) {
	if !c.running {
		panic("train: Checkpoint.Neuron: the checkpoint does not come from a training that is running")
	}
	cols := len(c.Params) - 1
	weights, bias = slices.Clone(c.Params[:cols]), c.Params[cols]
	if c.scaling != nil {
		bias = fold(c.scaling, weights, bias)
	}
	return weights, bias
}

// A Setting is a field of Options, and its value in words.
type Setting struct{ Name, Value string }

// A Fingerprint tells data apart: by shape, and by the SHA-256 of the bits of
// all features, labels and sample weights, row by row without padding.
type Fingerprint struct {
	Rows, Cols       int
	Features, Labels string
	Weights          string // "" if there are none
}

// ErrMismatch is wrapped by the error of FitFrom when a checkpoint belongs to
// another training.
var ErrMismatch = errors.New("train: the checkpoint belongs to another training")

// settings returns the options that decide how a training goes on: all but
// those named here, so that one that is added some day is not forgotten.
func (o Options) settings() []Setting {
	var s []Setting
	v := reflect.ValueOf(o)
	for i := range v.NumField() {
		switch name := v.Type().Field(i).Name; {
		case name == "Epochs", name == "Workers", v.Field(i).Kind() == reflect.Func:
		case name == "Rate" && o.Rate == AutoRate, name == "BatchSize" && o.BatchSize == AutoBatch:
			s = append(s, Setting{name, "auto"})
		default:
			s = append(s, Setting{name, fmt.Sprint(v.Field(i))})
		}
	}
	return s
}

// A fingerprinter computes the fingerprint of the rows that it is given.
type fingerprinter[T kernel.Float] struct {
	rows, cols                int
	features, labels, weights digest
	weighted                  bool
	buf                       []byte
}

type digest interface {
	io.Writer
	Sum(b []byte) []byte
}

func newFingerprinter[T kernel.Float]() *fingerprinter[T] {
	return &fingerprinter[T]{features: sha256.New(), labels: sha256.New(), weights: sha256.New()}
}

func (f *fingerprinter[T]) add(d Data[T], _ int) error {
	f.rows, f.cols = f.rows+d.X.Rows, d.X.Cols
	for k := range d.X.Rows {
		f.write(f.features, d.X.Row(k))
	}
	f.write(f.labels, d.Y)
	if d.Weights != nil {
		f.weighted = true
		f.write(f.weights, d.Weights)
	}
	return nil
}

func (f *fingerprinter[T]) write(w io.Writer, s []T) {
	f.buf = slices.Grow(f.buf[:0], 8*len(s))
	n := 0
	switch s := any(s).(type) {
	case []float32:
		n = 4
		buf := f.buf[:4*len(s)]
		for i, v := range s {
			binary.LittleEndian.PutUint32(buf[4*i:4*i+4], math.Float32bits(v))
		}
	case []float64:
		n = 8
		buf := f.buf[:8*len(s)]
		for i, v := range s {
			binary.LittleEndian.PutUint64(buf[8*i:8*i+8], math.Float64bits(v))
		}
	}
	w.Write(f.buf[:n*len(s)])
}

func (f *fingerprinter[T]) fingerprint() Fingerprint {
	p := Fingerprint{Rows: f.rows, Cols: f.cols}
	p.Features, p.Labels = hex.EncodeToString(f.features.Sum(nil)), hex.EncodeToString(f.labels.Sum(nil))
	if f.weighted {
		p.Weights = hex.EncodeToString(f.weights.Sum(nil))
	}
	return p
}

// resume prepares t, whose printer has seen the data as they were given, to go
// on from a checkpoint and to keep others.
func (t *trainer[T]) resume(from *Checkpoint[T], save func(*Checkpoint[T]) error) error {
	if t.printer == nil {
		return nil
	}
	c := Checkpoint[T]{Order: kernel.Order, Options: t.asked.settings(), Data: t.printer.fingerprint()}
	c.running, c.scaling = true, t.scaling
	if from != nil {
		if err := from.check(&c, t.Epochs); err != nil {
			return err
		}
		copy(t.params, from.Params)
		t.epochs, t.cost, t.calm, t.converged = from.Epochs, from.Cost, from.Calm, from.Converged
	}
	if save != nil {
		t.save = func() error {
			c.Params, c.Epochs, c.Cost, c.Calm, c.Converged = t.params, t.epochs, t.cost, t.calm, t.converged
			return save(&c)
		}
	}
	return nil
}

// check says what of c differs from now, a checkpoint of the training that
// wants to go on from c, for up to the given number of epochs.
func (c *Checkpoint[T]) check(now *Checkpoint[T], epochs int) error {
	mismatch := func(format string, args ...any) error {
		return fmt.Errorf("%w: it was made "+format, append([]any{ErrMismatch}, args...)...)
	}
	if c.Order != now.Order {
		return mismatch("with order of operations %d, not %d", c.Order, now.Order)
	}
	was, is := c.Data, now.Data
	if was.Rows != is.Rows || was.Cols != is.Cols {
		return mismatch("on %d rows of %d features, not %d of %d", was.Rows, was.Cols, is.Rows, is.Cols)
	}
	if len(c.Options) != len(now.Options) {
		return mismatch("by a version of this program with other options")
	}
	for i, s := range now.Options {
		switch {
		case c.Options[i].Name != s.Name:
			return mismatch("by a version of this program with other options")
		case c.Options[i].Value != s.Value:
			return mismatch("with %s %s, not %s", s.Name, c.Options[i].Value, s.Value)
		}
	}
	switch {
	case was.Features != is.Features:
		return mismatch("on other features")
	case was.Labels != is.Labels:
		return mismatch("on other labels")
	case was.Weights != is.Weights:
		return mismatch("with other sample weights")
	case c.Epochs > epochs:
		return mismatch("after epoch %d, beyond the %d that are wanted", c.Epochs, epochs)
	case c.Epochs < 1 || c.Calm < 0 || c.Calm > calmEpochs || c.Cost-c.Cost != 0 || len(c.Params) != is.Cols+1 || !finite(c.Params):
		return fmt.Errorf("train: the checkpoint makes no sense: epoch %d, cost %g, calm for %d, %d parameters for %d features",
			c.Epochs, c.Cost, c.Calm, len(c.Params), is.Cols)
	}
	return nil
}
