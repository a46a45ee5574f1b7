package main

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/exchange"
	"github.com/seed-b3c25b83/kernel/model"
)

var importCommand = command{
	name:  "import",
	args:  "FILE",
	short: "make a model of weights from safetensors or NumPy",
	long: `Import makes a model of weights that another program has written, and saves it in
the file that -out names. FILE is

	safetensors  in which it takes the tensor called weight, or something.weight,
	             of shape 1 × features, and the bias called alike, if there is one;
	             -weight and -bias name others
	.npy         a vector of NumPy, plain or in gzip; -bias is a number or another
	             such file

Numbers of type float64 make a model of float64, shorter ones one of float32; they
stay as they are. Names that export has put into a safetensors file are taken from
there; -like takes them from a model, and -features, -classes, -label and
-threshold say them.

	neuron import tuned.safetensors -like model.neuron -out tuned.neuron
	neuron import w.npy -bias -0.25 -features age,weight -classes no,yes -out m.neuron`,
	setup: func(flags *flag.FlagSet) runner {
		o := importOptions{flags: flags}
		flags.StringVar(&o.out, "out", "", "`file` to save the model in")
		flags.StringVar(&o.weight, "weight", "", "`name` of the tensor with the weights")
		flags.StringVar(&o.bias, "bias", "", "`name` of the tensor with the bias; or a number or a .npy file, for weights in .npy (default 0)")
		flags.StringVar(&o.like, "like", "", "`model` whose names, classes, threshold and way to read data to take")
		flags.StringVar(&o.features, "features", "", "`names` of the features, separated by commas")
		flags.StringVar(&o.classes, "classes", "", "`names` of the negative and the positive class, separated by a comma")
		flags.StringVar(&o.label, "label", "", "`name` of the label's column")
		flags.Float64Var(&o.threshold, "threshold", 0, "`probability` from which a row counts as positive")
		flags.BoolVar(&o.json, "json", false, "print the report as JSON")
		return func(e *env, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			return o.run(e, args[0])
		}
	},
}

type importOptions struct {
	out, weight, bias, like, features, classes, label string
	threshold                                         float64
	json                                              bool

	flags *flag.FlagSet // as they were given
}

func (o *importOptions) check(args []string) error {
	switch {
	case len(args) != 1:
		return misuse("want one file, have %s", dataset.Count(len(args), "argument"))
	case o.out == "":
		return misuse("-out FILE says where to save the model")
	}
	if o.thresholdGiven() {
		if err := checkThreshold(o.threshold); err != nil {
			return err
		}
	}
	return checkOutputs(args, output{"-out", o.out, true})
}

func (o *importOptions) thresholdGiven() bool { return given(o.flags, "threshold") }

// run imports the file at path, by its content.
func (o *importOptions) run(e *env, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file", path)
	}
	var magic [6]byte
	n, err := file.ReadAt(magic[:], 0)
	if err != nil && err != io.EOF {
		return err
	}
	if bytes.HasPrefix(magic[:n], []byte("\x93NUMPY")) || bytes.HasPrefix(magic[:n], []byte("\x1f\x8b")) {
		return o.npy(e, file, path)
	}
	s, err := exchange.OpenSafetensors(file, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return o.safetensors(e, s, path)
}

// npy imports a vector of NumPy.
func (o *importOptions) npy(e *env, file io.Reader, path string) error {
	if o.weight != "" {
		return misuse("-weight names a tensor of a safetensors file, but %s is of NumPy", path)
	}
	weights, single, err := dataset.ReadVector(file, path)
	if err != nil {
		return err
	}
	bias := 0.0
	if o.bias != "" {
		var narrow bool
		if bias, narrow, err = o.npyBias(single); err != nil {
			return err
		}
		single = single && narrow
	}
	if single {
		return finishImport(e, o, "npy", path, convert[float32](weights), float32(bias), nil)
	}
	return finishImport(e, o, "npy", path, weights, bias, nil)
}

// npyBias reads a bias that is a number or a file. A number is of the type of
// the weights.
func (o *importOptions) npyBias(single bool) (bias float64, narrow bool, err error) {
	if x, err := strconv.ParseFloat(o.bias, map[bool]int{true: 32, false: 64}[single]); err == nil {
		return x, single, nil
	}
	file, err := os.Open(o.bias)
	if err != nil {
		return 0, false, fmt.Errorf("-bias is neither a number nor a file: %w", err)
	}
	defer file.Close()
	numbers, narrow, err := dataset.ReadVector(file, o.bias)
	if err == nil && len(numbers) != 1 {
		err = fmt.Errorf("%s: %s, but a neuron has one bias", o.bias, dataset.Count(len(numbers), "number"))
	}
	if err != nil {
		return 0, false, err
	}
	return numbers[0], narrow, nil
}

// convert rounds numbers to T, which holds them.
func convert[T kernel.Float](numbers []float64) []T {
	converted := make([]T, len(numbers))
	for i, v := range numbers {
		converted[i] = T(v)
	}
	return converted
}

// safetensors imports the tensors of a file.
func (o *importOptions) safetensors(e *env, s *exchange.Safetensors, path string) error {
	w, b, err := s.Neuron(o.weight, o.bias)
	if err != nil {
		return fmt.Errorf("%s: %w; -weight and -bias name tensors", path, err)
	}
	if w.Is64() || b != nil && b.Is64() {
		return importTensors[float64](e, o, s, w, b, path)
	}
	return importTensors[float32](e, o, s, w, b, path)
}

func importTensors[T kernel.Float](e *env, o *importOptions, s *exchange.Safetensors, w, b *exchange.Tensor, path string) error {
	weights, err := exchange.Numbers[T](w)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	bias := []T{0}
	if b != nil {
		if bias, err = exchange.Numbers[T](b); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return finishImport(e, o, "safetensors", path, weights, bias[0], s.Metadata)
}

// finishImport puts names to weights and saves the model.
func finishImport[T kernel.Float](e *env, o *importOptions, format, path string, weights []T, bias T, metadata map[string]string) error {
	m, err := exchange.Model(weights, bias, metadata)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !exchange.Same(m, metadata) {
		e.warn("%s: the weights are not those that its metadata describe: the command that trained those is left out", path)
	}
	if err := takeNames(o, m); err != nil {
		return err
	}
	if m.Classes == [2]string{} {
		m.Classes = [2]string{"0", "1"}
	}
	if m.Meta["source"] == "" {
		if m.Meta == nil {
			m.Meta = map[string]string{}
		}
		m.Meta["source"] = filepath.Base(path)
	}
	if err := model.Save(o.out, m); err != nil {
		return err
	}
	return printReport(e, o.json, newTransferReport("imported", o.out, format, m))
}

// howToRead are the keys of a model's Meta that say how data become rows.
var howToRead = []string{pictureKey, indexBaseKey, "positive", "negative"}

// takeNames puts the names into m that the user wants.
func takeNames[T kernel.Float](o *importOptions, m *model.Model[T]) error {
	if o.like != "" {
		like, err := describeModel(o.like)
		if err != nil {
			return err
		}
		if n := len(like.Weights); n != len(m.Weights) {
			return fmt.Errorf("%s has %s, the weights are of %d", o.like, dataset.Count(n, "feature"), len(m.Weights))
		}
		m.Features, m.Classes, m.Label, m.Threshold = like.Features, like.Classes, like.Label, like.Threshold
		for _, key := range howToRead {
			if value, ok := like.Meta[key]; ok {
				if m.Meta == nil {
					m.Meta = map[string]string{}
				}
				m.Meta[key] = value
			}
		}
	}
	if o.features != "" {
		names, err := splitNames(o.features)
		if err != nil {
			return misuse("-features: %v", err)
		}
		if len(names) != len(m.Weights) {
			return misuse("-features has %s for %s", dataset.Count(len(names), "name"), dataset.Count(len(m.Weights), "weight"))
		}
		sorted := slices.Sorted(slices.Values(names))
		if len(slices.Compact(sorted)) != len(names) || sorted[0] == "" {
			return misuse("-features %s: want names that are not empty, each once", o.features)
		}
		m.Features = names
	}
	if o.classes != "" {
		names, err := splitNames(o.classes)
		if err != nil || len(names) != 2 || names[0] == names[1] || slices.Contains(names, "") {
			return misuse("-classes %s: want two names, the negative class and the positive", o.classes)
		}
		m.Classes = [2]string(names)
	}
	if o.label != "" {
		m.Label = o.label
	}
	if o.thresholdGiven() {
		m.Threshold = o.threshold
	}
	return nil
}

// splitNames splits names at commas; a name with a comma is in double quotes.
func splitNames(s string) ([]string, error) { return csv.NewReader(strings.NewReader(s)).Read() }
