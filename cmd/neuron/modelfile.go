package main

import (
	"errors"
	"flag"
	"slices"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
)

// An applied is what the commands have in common that apply a model to a file.
type applied struct {
	format
	model, file string
	more        []string // files, if there are several
	threshold   float64
	json        bool

	flags *flag.FlagSet // as they were given; nil if there are none for this
}

func (a *applied) register(flags *flag.FlagSet) {
	a.flags = flags
	a.format.register(flags)
	flags.StringVar(&a.label, "label", "", "`column` of the label, by name or by number from 1 (default as in training)")
	flags.Float64Var(&a.threshold, "threshold", 0, "`probability` from which a row counts as positive (default that of the model)")
	flags.BoolVar(&a.json, "json", false, "print JSON")
}

// check takes a model and up to so many files from args.
func (a *applied) check(args []string, files int) error {
	if len(args) < 2 || len(args) > 1+files {
		return misuse("want a model and a file, have %s", dataset.Count(len(args), "argument"))
	}
	if slices.Contains(args, "") {
		return misuse("the name of a file is empty")
	}
	a.model, a.file, a.more = args[0], args[1], args[2:]
	if a.thresholdGiven() {
		return checkThreshold(a.threshold)
	}
	return nil
}

func (a *applied) thresholdGiven() bool { return a.flags != nil && given(a.flags, "threshold") }

// with loads the model and calls one of two functions, as its element type
// wants.
func (a *applied) with(f32 func(*model.Model[float32]) error, f64 func(*model.Model[float64]) error) error {
	m, err := load[float32](a)
	if err == nil {
		return f32(m)
	}
	if !errors.Is(err, model.ErrElement) {
		return err
	}
	wide, err := load[float64](a)
	if err != nil {
		return err
	}
	return f64(wide)
}

// load loads the model and applies what the user wants otherwise.
func load[T kernel.Float](a *applied) (*model.Model[T], error) {
	m, err := model.Load[T](a.model)
	if err != nil {
		return nil, err
	}
	if a.thresholdGiven() {
		m.Threshold = a.threshold
	}
	return m, nil
}
