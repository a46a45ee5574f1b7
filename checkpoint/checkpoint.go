// Package checkpoint keeps a training in a file, to go on with it after an
// interruption:
//
//	from, err := checkpoint.Load[float32](path)
//	if errors.Is(err, fs.ErrNotExist) {
//		from, err = nil, nil // begin
//	}
//	…
//	result, err := train.FitFrom(ctx, data, options, from, func(c *train.Checkpoint[float32]) error {
//		return checkpoint.Save(path, c)
//	})
package checkpoint

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/durable"
	"github.com/seed-b3c25b83/kernel/internal/sealed"
	"github.com/seed-b3c25b83/kernel/train"
)

// format is that of checkpoint files. Their text is JSON, see state.
var format = sealed.Format{Magic: "\x93NEUCHK\n", Version: 1, Kind: "checkpoint"}

// ErrElement is wrapped by the error of Decode and Load when the file holds
// weights of the other element type.
var ErrElement = sealed.ErrElement

// state is the part of a Checkpoint that is kept as JSON, which keeps every
// finite float64 exactly.
type state struct {
	Epochs    int               `json:"epochs"`
	Cost      float64           `json:"cost"`
	Calm      int               `json:"calm"`
	Converged bool              `json:"converged"`
	Order     int               `json:"order"`
	Options   []train.Setting   `json:"options"`
	Data      train.Fingerprint `json:"data"`
}

// Encode writes c in the format of a checkpoint file, that of a model file but
// for its first bytes and its text.
func Encode[T kernel.Float](w io.Writer, c *train.Checkpoint[T]) error {
	if len(c.Params) == 0 {
		return fmt.Errorf("no parameters")
	}
	text, err := json.Marshal(state{c.Epochs, c.Cost, c.Calm, c.Converged, c.Order, c.Options, c.Data})
	if err != nil {
		return err
	}
	return sealed.Encode(w, format, sealed.File[T]{Text: text, Numbers: c.Params})
}

// Decode reads what Encode wrote, up to the end of r. It refuses files that
// are truncated or damaged, and allocates memory in proportion to what r
// holds, whatever r claims to hold. Whether the checkpoint fits a training is
// for [train.FitFrom] to say.
func Decode[T kernel.Float](r io.Reader) (*train.Checkpoint[T], error) {
	f, err := sealed.Decode[T](r, format)
	if err != nil {
		return nil, err
	}
	var s state
	if err := json.Unmarshal(f.Text, &s); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	return &train.Checkpoint[T]{
		Params: f.Numbers, Epochs: s.Epochs, Cost: s.Cost, Calm: s.Calm, Converged: s.Converged,
		Order: s.Order, Options: s.Options, Data: s.Data,
	}, nil
}

// Save writes c to a file, at once or not at all, as [model.Save] does: when
// it returns nil, c is safely on disk; until then, whoever opens path finds
// what was there before.
//
// [model.Save]: https://pkg.go.dev/github.com/seed-b3c25b83/kernel/model#Save
func Save[T kernel.Float](path string, c *train.Checkpoint[T]) error {
	if err := durable.Replace(path, func(w io.Writer) error { return Encode(w, c) }); err != nil {
		return fmt.Errorf("save checkpoint %s: %w", path, err)
	}
	return nil
}

// Load reads the file that Save wrote.
func Load[T kernel.Float](path string) (*train.Checkpoint[T], error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load checkpoint: %w", err)
	}
	defer f.Close()
	c, err := Decode[T](f)
	if err != nil {
		return nil, fmt.Errorf("load checkpoint %s: %w", path, err)
	}
	return c, nil
}

// Sweep removes the files that processes left beside path when they were
// killed in the middle of Save. No process may be saving to path.
func Sweep(path string) error {
	if err := durable.Sweep(path); err != nil {
		return fmt.Errorf("clean up beside checkpoint %s: %w", path, err)
	}
	return nil
}
