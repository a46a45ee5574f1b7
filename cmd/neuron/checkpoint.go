package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/checkpoint"
	"github.com/seed-b3c25b83/kernel/train"
)

// A keeper keeps a training in a file, to go on with it later: after every so
// many epochs, or not before it is interrupted if it has no path.
type keeper[T kernel.Float] struct {
	path   string
	every  int                  // epochs between two checkpoints; 0 means pause
	from   *train.Checkpoint[T] // nil at the beginning
	latest train.Checkpoint[T]  // of the epoch that was completed last
	kept   int                  // the epoch that the file holds
	saved  time.Time            // when it was written, or training began
}

func newKeeper[T kernel.Float](e *env, o *trainOptions) (*keeper[T], error) {
	if o.checkpoint == "" {
		return &keeper[T]{}, nil
	}
	if err := checkpoint.Sweep(o.checkpoint); err != nil {
		return nil, err
	}
	k := &keeper[T]{path: o.checkpoint, every: o.every}
	if !o.resume {
		if _, err := os.Stat(k.path); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s exists; go on from it with -resume, or remove it", k.path)
		}
		return k, nil
	}
	from, err := checkpoint.Load[T](k.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if !o.quiet {
			e.warn("no checkpoint %s yet: training begins", k.path)
		}
		return k, nil
	case errors.Is(err, checkpoint.ErrElement):
		return nil, fmt.Errorf("%w; train with -float64 or without, as before", err)
	case err != nil:
		return nil, err
	}
	k.from, k.kept, k.latest = from, from.Epochs, *from
	k.latest.Params = slices.Clone(from.Params)
	return k, nil
}

// fit is train.FitFrom with checkpoints.
func (k *keeper[T]) fit(e *env, src train.Source[T], options train.Options, r *recorder[T]) (*train.Result[T], error) {
	k.saved = time.Now()
	result, err := train.FitFrom(e.ctx, src, options, k.from, func(c *train.Checkpoint[T]) error {
		if err := k.note(c); err != nil {
			return err
		}
		return r.note(c)
	})
	if errors.Is(err, train.ErrMismatch) {
		return nil, fmt.Errorf("%s: %w; use the same data and flags, or remove the file", k.path, err)
	}
	if err == nil && k.path != "" && k.kept < k.latest.Epochs {
		err = k.save()
	}
	return result, err
}

// note takes a copy of a checkpoint, and saves it if it is time.
func (k *keeper[T]) note(c *train.Checkpoint[T]) error {
	params := append(k.latest.Params[:0], c.Params...)
	k.latest = *c
	k.latest.Params = params
	if k.path == "" || !k.due() {
		return nil
	}
	return k.save()
}

// due says whether it is time to save what was completed last.
func (k *keeper[T]) due() bool {
	const pause = 2 * time.Second
	if k.every > 0 {
		return k.latest.Epochs%k.every == 0
	}
	return time.Since(k.saved) >= pause
}

func (k *keeper[T]) save() error {
	if err := checkpoint.Save(k.path, &k.latest); err != nil {
		return err
	}
	k.kept, k.saved = k.latest.Epochs, time.Now()
	return nil
}

// resumed returns the epoch behind which the training goes on, 0 if it began
// at the beginning.
func (k *keeper[T]) resumed() int {
	if k.from == nil {
		return 0
	}
	return k.from.Epochs
}
