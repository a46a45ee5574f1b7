package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/cheggaaa/pb/v3"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/pictures"
	"github.com/seed-b3c25b83/kernel/train"
)

// pictureKey is where the Meta of a model keeps the recipe for pictures.
const pictureKey = "pictures"

// A pictureFormat is how pictures are to become features. Its zero value stands
// for the defaults.
type pictureFormat struct {
	features string
	size     int
	colour   bool
	cell     int
	bins     int
}

func (f *pictureFormat) register(flags *flag.FlagSet) {
	d := pictures.Default()
	flags.StringVar(&f.features, "features", "", "`what` to make of pictures: hog, histograms of oriented gradients, or pixels (default "+string(d.Kind)+")")
	flags.IntVar(&f.size, "size", 0, fmt.Sprintf("`pixels` of each side to which pictures are resized (default %d)", d.Size))
	flags.BoolVar(&f.colour, "colour", false, "see pictures in colour instead of grey")
	flags.IntVar(&f.cell, "cell", 0, fmt.Sprintf("`pixels` of each side that a histogram of gradients counts (default %d)", d.Cell))
	flags.IntVar(&f.bins, "bins", 0, fmt.Sprintf("`directions` of a histogram of gradients (default %d)", d.Bins))
}

// recipe returns what the user wants.
func (f *pictureFormat) recipe() (pictures.Recipe, error) {
	r := pictures.Default()
	if f.features != "" {
		r.Kind = pictures.Kind(f.features)
	}
	if f.size != 0 {
		r.Size = f.size
	}
	r.Colour = f.colour
	if r.Kind == pictures.Pixels {
		if f.cell != 0 || f.bins != 0 {
			return r, misuse("-cell and -bins are for -features hog")
		}
		r.Cell, r.Block, r.Bins = 0, 0, 0
	}
	if f.cell != 0 {
		r.Cell = f.cell
	}
	if f.bins != 0 {
		r.Bins = f.bins
	}
	if err := r.Check(); err != nil {
		return r, misuse("-%v", err)
	}
	return r, nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkPictures refuses flags for pictures where there are none, and flags for
// tables where there are pictures.
func (o *trainOptions) checkPictures() error {
	if !isFolder(o.path) {
		if o.pictureFormat != (pictureFormat{}) {
			return misuse("-features, -size, -colour, -cell and -bins are for pictures: want a folder that holds a folder of pictures for each class")
		}
		return nil
	}
	if o.label != "" || o.ignore != "" || o.format.given() {
		return misuse("%s is a folder of pictures: -label, -ignore, -delimiter and -header are for tables", o.path)
	}
	if o.stream {
		return misuse("%s is a folder of pictures: -stream is for tables; pictures are read into memory, resized", o.path)
	}
	for _, name := range []string{"size", "cell", "bins"} {
		if given(o.flags, name) && o.flags.Lookup(name).Value.String() == "0" {
			return misuse("-%s 0: must be positive", name)
		}
	}
	_, err := o.recipe()
	return err
}

// readPictures reads a folder to train on.
func readPictures[T kernel.Float](e *env, o *trainOptions) (*labelled[T], error) {
	r, err := o.recipe()
	if err != nil {
		return nil, err
	}
	folders, err := pictures.Classes(o.path)
	if err != nil {
		return nil, err
	}
	c, err := folderClasses(o, folders)
	if err != nil {
		return nil, err
	}
	d := &labelled[T]{
		source:   o.path,
		features: r.Names(),
		label:    "folder",
		classes:  [2]string(c.names),
		pictures: r.String(),
	}
	d.Data, err = readClasses[T](e, r, folders, &c, o.quiet)
	for _, y := range d.Y {
		d.counts[int(y)]++
	}
	d.leftOut = c.others
	return d, err
}

// folderClasses returns the two classes that folders stand for, the positive one
// last.
func folderClasses(o *trainOptions, folders []pictures.Class) (classes, error) {
	c, err := o.classes()
	if err != nil {
		return c, err
	}
	if c.chosen[1] != nil {
		have := [2]bool{}
		for _, f := range folders {
			if k := c.choose(f.Name); k != leftOut {
				have[k] = true
			}
		}
		if have != [2]bool{true, true} {
			return c, fmt.Errorf("%s: want folders of class %q and of class %q", o.path, o.positive, o.negative)
		}
		return c, nil
	}
	c.closed = true
	for _, f := range folders {
		c.names = append(c.names, f.Name)
	}
	if len(c.names) != 2 {
		return c, fmt.Errorf("%s: want the folders of two classes, have %d: %s; of more, -positive and -negative choose", o.path, len(c.names), list(c.names))
	}
	p, err := c.positive(o.positive)
	if err != nil {
		return c, fmt.Errorf("%s: %w", o.path, err)
	}
	c.names[0], c.names[1] = c.names[1-p], c.names[p]
	return c, nil
}

// readClasses reads the pictures in folders of the classes c.
func readClasses[T kernel.Float](e *env, r pictures.Recipe, folders []pictures.Class, c *classes, quiet bool) (train.Data[T], error) {
	var d train.Data[T]
	var files []string
	for _, f := range folders {
		k := slices.Index(c.names, f.Name)
		if c.chosen[1] != nil {
			if k = c.choose(f.Name); k == leftOut {
				c.others += len(f.Files)
				continue
			}
		}
		if k < 0 {
			return d, fmt.Errorf("%s: the model does not know class %q; its classes are %q and %q",
				filepath.Dir(f.Files[0]), f.Name, c.names[0], c.names[1])
		}
		for range f.Files {
			d.Y = append(d.Y, T(k))
		}
		files = append(files, f.Files...)
	}
	if len(files) == 0 {
		return d, fmt.Errorf("%s: no folder is of class %q or %q", filepath.Dir(filepath.Dir(folders[0].Files[0])), c.names[0], c.names[1])
	}
	var err error
	d.X, err = readBatch[T](e, r, files, quiet)
	return d, err
}

// readBatch reads pictures, and shows how far it is unless it is to be quiet.
func readBatch[T kernel.Float](e *env, r pictures.Recipe, files []string, quiet bool) (kernel.Batch[T], error) {
	x := newBatch[T](r.Width())
	x.Rows = len(files)
	x.Data = make([]T, x.Rows*x.Stride)
	bar := readingBar(e, len(files), quiet)
	defer bar.Finish()
	err := r.Read(e.ctx, files, func(i int, features []float32) {
		bar.Increment()
		row := x.Row(i)
		for j, v := range features {
			row[j] = T(v)
		}
	})
	return x, err
}

// readingBar shows how many pictures are read, if there are enough to wait for,
// and vanishes when it is finished.
func readingBar(e *env, count int, quiet bool) *pb.ProgressBar {
	const worthwhile = 200
	bar := pb.ProgressBarTemplate(`reading {{bar . "[" "=" "=" " " "]"}} {{counters .}} pictures{{left .}}`).New(count)
	if quiet || !e.terminal || count < worthwhile {
		return bar // not started, it shows nothing
	}
	return bar.SetWriter(e.stderr).Set(pb.CleanOnFinish, true).SetMaxWidth(widest).Start()
}

// modelRecipe returns the recipe that a model carries, and whether there is one.
func modelRecipe[T kernel.Float](path string, m *model.Model[T]) (r pictures.Recipe, ok bool, err error) {
	text, ok := m.Meta[pictureKey]
	if !ok {
		return r, false, nil
	}
	r, err = pictures.Parse(text)
	if err == nil && r.Width() != len(m.Weights) {
		err = fmt.Errorf("%q makes %d features, but the model has %d", text, r.Width(), len(m.Weights))
	}
	if err != nil {
		return r, true, fmt.Errorf("%s: %w", path, err)
	}
	return r, true, nil
}
