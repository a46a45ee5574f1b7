package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/train"
)

var trainCommand = command{
	name:  "train",
	args:  "[FILE | FOLDER]",
	short: "train a neuron",
	long: `Train trains a neuron on the rows of FILE ("-" is the standard input) and reports
how well it does on rows that it has not seen. Without a file it takes the data
that the program carries: the Wisconsin breast cancer data. "neuron help" lists
the formats.

Every column is a feature, except the label, which is the last column unless
-label says otherwise. Labels are 0 and 1 or any other two names. Of two numbers
the greater is the positive class, of two names the one later in the alphabet,
unless -positive says otherwise. Of more classes than two, such as ten digits,
-positive 4 -negative 9 chooses two, and leaves out the rows of the others; lists,
such as -positive 0,2 -negative 7,9, make one class of several, and -negative rest
takes all others.

A FOLDER holds pictures, PNG and JPEG, a folder for each class. They
are resized to -size × -size pixels and become the features that -features names;
the model remembers how. Hidden files, and files whose names end in neither .png
nor .jpg nor .jpeg, are ignored. "neuron fetch" brings pictures of cats and dogs.

The same rows and flags give the same weights on every CPU, to the bit. The hash
in the report stands for the bits of the weights.

Ctrl-C, or SIGTERM, ends the training; the report and the model are those of the
epochs that were completed, the training itself is kept in MODEL.checkpoint
beside the model of -out, or in neuron.checkpoint, and a message says which
command goes on from there. It ends with the very bits of a training without
interruption.

With -checkpoint FILE the training is kept in FILE, and every two seconds, so
that it may be killed, too: the same command with -resume goes on. It refuses to
go on with other data or other flags that matter; -epochs, -workers, -stream and
what concerns the report may change. -resume without FILE begins, so that one
command can be run again and again.

-report FILE.html writes a page with the learning curve, ROC, precision and recall,
calibration and confusion matrix of the rows held out, and the largest weights;
-curve FILE.png or FILE.svg draws the learning curve alone. Both also show how a
training went that diverged.

With -stream the rows need not fit into memory: they are written to a file in
the folder of -scratch, as the kernels want them, and read from there in every
epoch, ahead of the steps. The file takes 4 bytes for each feature, 8 with
-float64, and is gone when the training ends, however it ends. A .npy file of
NumPy, a matrix in C order whose numbers are float32 (float64 with -float64), is
read where it lies. Rows that are not in memory are dealt to batches once, with
-shuffle batches, unless you say otherwise; that takes a second file of the same
size. -shuffle none and -batch 0 do without. A checkpoint of rows in memory goes
on with -stream, and the other way round, if both shuffle the same: say -shuffle.`,
	setup: func(flags *flag.FlagSet) runner {
		var o trainOptions
		o.register(flags)
		return func(e *env, args []string) error {
			if err := o.check(args); err != nil {
				return err
			}
			if o.float64 {
				return trainAs[float64](e, &o)
			}
			return trainAs[float32](e, &o)
		}
	},
}

type trainOptions struct {
	train.Options
	format
	pictureFormat
	path      string
	rate      string
	batch     string
	shuffle   string
	loss      string
	ignore    string
	raw       bool
	float64   bool
	test      float64
	folds     int
	threshold float64
	out       string

	checkpoint string
	every      int
	resume     bool

	stream  bool
	scratch string

	page  string
	curve string

	json  bool
	quiet bool

	flags *flag.FlagSet // as they were given
}

func (o *trainOptions) register(flags *flag.FlagSet) {
	o.flags = flags
	o.Options = train.DefaultOptions()
	flags.StringVar(&o.rate, "rate", autoFlag, "learning `rate`, the length of a step; auto finds the greatest with which no step overshoots")
	flags.IntVar(&o.Epochs, "epochs", o.Epochs, "`number` of passes over all rows, at most")
	flags.StringVar(&o.batch, "batch", autoFlag, "`rows` of a step; 0 means all, auto 512 of more than 4096 if -rate is auto, too, and all if not")
	flags.StringVar(&o.shuffle, "shuffle", o.Shuffle.String(), "`what` every epoch shuffles with -batch: rows; batches, to which rows are dealt once, faster for large files; or none")
	flags.StringVar(&o.loss, "loss", "quadratic", "`cost` to descend: quadratic or log")
	flags.Float64Var(&o.L2, "l2", o.L2, "`strength` of the pull of weights towards 0")
	flags.Uint64Var(&o.Seed, "seed", 1, "`number` that decides which rows are held out and the order of the others")
	flags.BoolVar(&o.Balanced, "balanced", false, "make both classes weigh the same, however many rows they have")
	flags.Float64Var(&o.Tolerance, "tolerance", 0, "end when the cost changes by at most this `part` for three epochs; 0 means never")
	flags.IntVar(&o.Workers, "workers", 0, "`number` of goroutines, which does not change the result; 0 means one for each core")
	flags.BoolVar(&o.raw, "no-standardize", false, "take features as they are instead of giving each mean 0 and deviation 1")
	flags.BoolVar(&o.float64, "float64", false, "compute in float64 instead of float32")
	o.format.register(flags)
	flags.StringVar(&o.label, "label", "", "`column` of the label, by name or by number from 1 (default the last)")
	flags.StringVar(&o.positive, "positive", "", "`name` of the positive class")
	o.format.registerNegative(flags)
	flags.StringVar(&o.ignore, "ignore", "", "`columns` that are no features, by name or number, separated by commas")
	flags.Float64Var(&o.test, "test-fraction", 0.2, "`part` of the rows that is held out to test the neuron; 0 trains on all")
	flags.IntVar(&o.folds, "folds", 0, "cross-validate: cut the rows into this `number` of folds and hold out each in turn")
	flags.Float64Var(&o.threshold, "threshold", 0.5, "`probability` from which a row counts as positive")
	flags.StringVar(&o.out, "out", "", "`file` to save the model in")
	flags.StringVar(&o.checkpoint, "checkpoint", "", "`file` to keep the training in, to go on with it after an interruption")
	flags.IntVar(&o.every, "every", 0, "`epochs` between two checkpoints, each of which takes some milliseconds to be safe on disk; 0 means as many as take two seconds")
	flags.BoolVar(&o.resume, "resume", false, "go on from the checkpoint, if there is one")
	flags.BoolVar(&o.stream, "stream", false, "read the rows from disk in every epoch, for more of them than memory holds")
	flags.StringVar(&o.scratch, "scratch", "", "`folder` in which -stream keeps the rows while it trains (default $TMPDIR, or a folder for large files)")
	flags.StringVar(&o.page, "report", "", "`file`.html to write a report in that needs nothing besides: curves, measures, weights")
	flags.StringVar(&o.curve, "curve", "", "`file` to draw the learning curve in, .png or .svg")
	flags.BoolVar(&o.json, "json", false, "print the report as JSON")
	flags.BoolVar(&o.quiet, "q", false, "show no progress and no warnings")
	o.pictureFormat.register(flags)
}

// check validates what the user asked for.
func (o *trainOptions) check(args []string) error {
	switch {
	case len(args) > 1:
		return misuse("more than one file: %s", strings.Join(args, " "))
	case len(args) == 1 && args[0] == "": // not the data that the program carries
		return misuse("the name of the file is empty")
	case o.Epochs < 1:
		return misuse("-epochs %d: must be at least 1", o.Epochs)
	case !(o.L2 >= 0) || math.IsInf(o.L2, 0):
		return misuse("-l2 %v: must be at least 0 and finite", o.L2)
	case !(o.Tolerance >= 0) || math.IsInf(o.Tolerance, 0):
		return misuse("-tolerance %v: must be at least 0 and finite", o.Tolerance)
	case o.Workers < 0:
		return misuse("-workers %d: must not be negative", o.Workers)
	case !(o.test >= 0 && o.test < 1):
		return misuse("-test-fraction %v: must be at least 0 and less than 1", o.test)
	case o.folds < 0 || o.folds == 1:
		return misuse("-folds %d: must be at least 2", o.folds)
	case o.folds > 0 && given(o.flags, "test-fraction"):
		return misuse("-folds holds out each fold in turn; leave out -test-fraction, or -folds")
	case o.folds > 0 && o.out != "":
		return misuse("-folds trains several neurons to measure them; to save one with -out, leave out -folds")
	case o.folds > 0 && o.checkpoint != "":
		return misuse("-folds trains several neurons, -checkpoint keeps one; leave out one of them")
	case o.resume && o.checkpoint == "":
		return misuse("-resume goes on from a checkpoint: say where it is with -checkpoint FILE")
	case o.every != 0 && o.checkpoint == "":
		return misuse("-every says how often to keep a checkpoint: say where with -checkpoint FILE")
	case o.folds > 0 && o.page+o.curve != "":
		return misuse("-folds trains several neurons, -report and -curve are about one; leave out -folds or them")
	case o.curve != "" && curveWriter(o.curve) == nil:
		return misuse("-curve %s: the name must end in .png or .svg, which says what is drawn", o.curve)
	case o.every < 0:
		return misuse("-every %d: must not be negative", o.every)
	}
	if len(args) == 1 {
		o.path = args[0]
	}
	o.Standardize = !o.raw
	if err := o.checkRate(); err != nil {
		return err
	}
	shuffles := []train.Shuffle{train.ShuffleRows, train.ShuffleBatches, train.NoShuffle}
	k := slices.IndexFunc(shuffles, func(s train.Shuffle) bool { return s.String() == o.shuffle })
	if k < 0 {
		return misuse("-shuffle %q: must be rows, batches or none", o.shuffle)
	}
	o.Shuffle = shuffles[k]
	switch o.loss {
	case kernel.Quadratic.String():
		o.Loss = kernel.Quadratic
	case kernel.LogLoss.String():
		o.Loss = kernel.LogLoss
	default:
		return misuse("-loss %q: must be quadratic or log", o.loss)
	}
	if err := o.checkStream(); err != nil {
		return err
	}
	if err := o.checkPictures(); err != nil {
		return err
	}
	if err := checkThreshold(o.threshold); err != nil {
		return err
	}
	return checkOutputs([]string{o.path, labelsFile(o.path, o.labels)},
		output{"-out", o.out, true}, output{"-checkpoint", o.checkpoint, true}, output{"-report", o.page, false}, output{"-curve", o.curve, false})
}

func checkThreshold(t float64) error {
	if !(t > 0 && t <= 1) {
		return misuse("-threshold %v: must be greater than 0 and at most 1", t)
	}
	return nil
}

func (o *trainOptions) ignored() []string {
	if o.ignore == "" {
		return nil
	}
	return strings.Split(o.ignore, ",")
}

func trainAs[T kernel.Float](e *env, o *trainOptions) error {
	if o.stream {
		return trainStream[T](e, o)
	}
	d, err := readTraining[T](e, o)
	if err != nil {
		return err
	}
	warnAlike(e, o, d.classes)
	if o.folds > 0 {
		return crossValidate(e, o, d, o.progress(e))
	}
	return holdOut(e, o, d, o.progress(e))
}

// readTraining reads what the user wants to train on.
func readTraining[T kernel.Float](e *env, o *trainOptions) (*labelled[T], error) {
	if isFolder(o.path) {
		return readPictures[T](e, o)
	}
	t, file, err := open(e, o.path, o.format)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readDataset[T](e.ctx, t, o.format, o.ignored())
}

// progress returns the display that the user wants to see.
func (o *trainOptions) progress(e *env) *progress {
	if !e.terminal || o.quiet || o.json {
		return nil
	}
	return &progress{w: e.stderr, epochs: o.Epochs}
}

// A fitted is a trained neuron and what it took.
type fitted[T kernel.Float] struct {
	*train.Result[T]
	rows        int
	resumed     int // the epoch behind which it went on, or 0
	elapsed     time.Duration
	interrupted bool
	data        train.Fingerprint // for a model that is saved
	params      []T               // of the last epoch, as they were trained; the bias behind the weights
}

// fit trains a neuron. If it is interrupted after the first epoch, it returns
// the neuron so far together with the error.
func fit[T kernel.Float](e *env, o *trainOptions, src train.Source[T], p *progress, r *recorder[T]) (*fitted[T], error) {
	options := o.Options
	k, err := newKeeper[T](e, o)
	if err != nil {
		return nil, err
	}
	rows, _ := src.Shape()
	options.OnRows = p.row
	options.OnEpoch = func(epoch train.Epoch) {
		p.epoch(epoch)
		r.epoch(epoch)
		if e.onEpoch != nil {
			e.onEpoch(epoch)
		}
	}
	p.start(rows, k.resumed())
	r.start(k.from)
	start := time.Now()
	result, err := k.fit(e, src, options, r)
	elapsed := time.Since(start)
	p.end()
	interrupted := err != nil && errors.Is(err, e.ctx.Err())
	if err != nil && !interrupted || result.Epochs == 0 {
		return nil, err
	}
	if interrupted {
		err = k.interrupt(e, o)
	}
	if !o.quiet {
		for _, w := range result.Warnings {
			e.warn("warning: %s", w)
		}
	}
	return &fitted[T]{result, rows, k.resumed(), elapsed, interrupted, k.latest.Data, k.latest.Params}, err
}

// newModel puts names to what was trained.
func newModel[T kernel.Float](o *trainOptions, d *labelled[T], f *fitted[T]) *model.Model[T] {
	m := &model.Model[T]{
		Weights:   f.Weights,
		Bias:      f.Bias,
		Features:  d.features,
		Classes:   d.classes,
		Label:     d.label,
		Threshold: o.threshold,
		Meta: map[string]string{
			"command":       o.commandLine(f.Epochs, f.interrupted),
			"source":        filepath.Base(d.source),
			"rows":          fmt.Sprint(f.rows),
			"data":          dataHash(f.data),
			"loss":          o.Loss.String(),
			"rate":          fmt.Sprint(f.Rate),
			"epochs":        fmt.Sprint(f.Epochs),
			"batch":         fmt.Sprint(f.BatchSize),
			"shuffle":       o.Shuffle.String(),
			"l2":            fmt.Sprint(o.L2),
			"tolerance":     fmt.Sprint(o.Tolerance),
			"seed":          fmt.Sprint(o.Seed),
			"balanced":      fmt.Sprint(o.Balanced),
			"standardize":   fmt.Sprint(o.Standardize),
			"test_fraction": fmt.Sprint(o.test),
		},
	}
	if d.base != "" {
		m.Meta[indexBaseKey] = d.base
	}
	if o.negative != "" {
		m.Meta["positive"], m.Meta["negative"] = o.positive, o.negative
	}
	if d.pictures != "" {
		m.Meta[pictureKey] = d.pictures
	}
	return m
}
