package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/exchange"
	"github.com/seed-b3c25b83/kernel/internal/durable"
	"github.com/seed-b3c25b83/kernel/model"
)

var exportCommand = command{
	name:  "export",
	args:  "MODEL",
	short: "write a neuron for other programs: ONNX, safetensors, Go",
	long: `Export writes the neuron in MODEL in another format, to the file that -out names
("-" is the standard output):

	onnx         a Gemm and a Sigmoid, for ONNX Runtime and its like
	safetensors  weight and bias, as torch.nn.Linear has them
	go           a Go file with a function Predict, which needs no other package
	             and gives the bits that neuron predict gives

Names of features and classes and the threshold go along. Features are taken as
they are in the data; a model for pictures takes what its recipe makes of them.

	neuron export model.neuron -out model.onnx
	neuron export model.neuron -out score.go -package score`,
	setup: func(flags *flag.FlagSet) runner {
		var o exportOptions
		flags.StringVar(&o.to, "to", "", "`format`: onnx, safetensors or go (default by the end of the file's name)")
		flags.StringVar(&o.out, "out", "", "`file` to write")
		flags.StringVar(&o.pkg, "package", "neuron", "`name` of the package in a Go file")
		flags.BoolVar(&o.json, "json", false, "print the report as JSON")
		return func(e *env, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			if o.out != "-" {
				if err := checkOutputs(args, output{"-out", o.out, true}); err != nil {
					return err
				}
			}
			a := applied{model: args[0]}
			return a.with(
				func(m *model.Model[float32]) error { return export(e, &o, m) },
				func(m *model.Model[float64]) error { return export(e, &o, m) },
			)
		}
	},
}

type exportOptions struct {
	to, out, pkg string
	json         bool
}

func (o *exportOptions) check(args []string) error {
	switch {
	case len(args) != 1:
		return misuse("want one model, have %s", dataset.Count(len(args), "argument"))
	case o.out == "":
		return misuse("-out FILE says where to write to")
	}
	if o.to == "" {
		o.to = strings.TrimPrefix(strings.ToLower(filepath.Ext(o.out)), ".")
		if o.to != "onnx" && o.to != "safetensors" && o.to != "go" {
			return misuse("-to says in which format: onnx, safetensors or go")
		}
	}
	if o.to != "onnx" && o.to != "safetensors" && o.to != "go" {
		return misuse("-to %q: must be onnx, safetensors or go", o.to)
	}
	return nil
}

func export[T kernel.Float](e *env, o *exportOptions, m *model.Model[T]) error {
	write := func(w io.Writer) error {
		switch o.to {
		case "onnx":
			return exchange.WriteONNX(w, m)
		case "safetensors":
			return exchange.WriteSafetensors(w, m)
		}
		return exchange.WriteGo(w, m, o.pkg)
	}
	if o.out == "-" {
		return write(e.stdout)
	}
	if err := durable.Replace(o.out, write); err != nil {
		return fmt.Errorf("export to %s: %w", o.out, err)
	}
	return printReport(e, o.json, newTransferReport("exported", o.out, o.to, m))
}

// A transferReport says what was exported or imported.
type transferReport struct {
	File     string `json:"file"` // that was written
	Format   string `json:"format"`
	Element  string `json:"element"` // float32 or float64
	Features int    `json:"features"`
	Hash     string `json:"hash"`

	verb string
}

func newTransferReport[T kernel.Float](verb, file, format string, m *model.Model[T]) *transferReport {
	d := newDescription(file, m)
	return &transferReport{file, format, d.elementName(), len(m.Weights), d.hash, verb}
}

func (r *transferReport) print(w printer) {
	w.line("%-9s  %s, %s", r.verb, r.File, r.Format)
	w.line("weights    %s of %s, %s", dataset.Count(r.Features, "feature"), r.Element, r.Hash)
}
