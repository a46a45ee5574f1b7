package model

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/sealed"
)

// format is that of model files. Their text is JSON, see names.
var format = sealed.Format{Magic: "\x93NEURON\n", Version: 1, Kind: "model"}

// ErrElement is wrapped by the error of Decode and Load when the file holds
// weights of the other element type.
var ErrElement = sealed.ErrElement

// names is the part of a Model that is kept as JSON.
type names struct {
	Features  []string          `json:"features,omitempty"`
	Classes   [2]string         `json:"classes"`
	Label     string            `json:"label,omitempty"`
	Threshold float64           `json:"threshold"`
	Meta      map[string]string `json:"meta,omitempty"`
}

// Encode writes m in the format of a model file, which package sealed
// describes. Names are UTF-8. A Threshold of 0 is written as the 0.5 that it
// stands for.
func (m *Model[T]) Encode(w io.Writer) error {
	n := names{m.Features, m.Classes, m.Label, m.Threshold, m.Meta}
	if n.Threshold == 0 {
		n.Threshold = 0.5
	}
	if err := n.check(len(m.Weights)); err != nil {
		return err
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return sealed.Encode(w, format, sealed.File[T]{Text: text, Numbers: m.numbers()})
}

// Decode reads what Encode wrote, up to the end of r. It allocates memory in
// proportion to what r holds, whatever r claims to hold.
func Decode[T kernel.Float](r io.Reader) (*Model[T], error) {
	f, err := sealed.Decode[T](r, format)
	if err != nil {
		return nil, err
	}
	weights := len(f.Numbers) - 1
	var n names
	if err := json.Unmarshal(f.Text, &n); err != nil {
		return nil, fmt.Errorf("names: %w", err)
	}
	if err := n.check(weights); err != nil {
		return nil, err
	}
	return &Model[T]{
		Weights: f.Numbers[:weights:weights], Bias: f.Numbers[weights],
		Features: n.Features, Classes: n.Classes, Label: n.Label, Threshold: n.Threshold, Meta: n.Meta,
	}, nil
}

// numbers returns the weights and, last, the bias.
func (m *Model[T]) numbers() []T { return append(slices.Clip(m.Weights), m.Bias) }

func (n *names) check(weights int) error {
	if f := len(n.Features); f != 0 && f != weights {
		return fmt.Errorf("%d names for %d weights", f, weights)
	}
	if !(n.Threshold >= 0 && n.Threshold <= 1) {
		return fmt.Errorf("threshold %v is not between 0 and 1", n.Threshold)
	}
	return nil
}
