// Catsdogs tells cats from dogs by the edges in their pictures.
//
//	go run ./examples/catsdogs                       # on icons that it carries
//	go run ./examples/catsdogs -folder pets          # on pets/train/cat, pets/train/dog, pets/test/…
//	go run ./examples/catsdogs -draw weights.png     # and show what it looks at
//	go run ./examples/catsdogs my.png your.jpg       # and say what these are
package main

import (
	"context"
	"flag"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/pictures"
	"github.com/seed-b3c25b83/kernel/pictures/icons"
	"github.com/seed-b3c25b83/kernel/train"
)

// classes are the names of class 0 and class 1, and of their folders.
var classes = [2]string{"cat", "dog"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	folder := flag.String("folder", "", "`folder` with train/cat, train/dog, test/cat and test/dog (default: icons that the program carries)")
	draw := flag.String("draw", "", "`file` for a picture of the weights, PNG")
	flag.Parse()
	from := fs.FS(icons.FS)
	if *folder != "" {
		from = os.DirFS(*folder)
	}
	if _, err := run(ctx, os.Stdout, from, *draw, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "catsdogs:", err)
		os.Exit(1)
	}
}

// run trains on the pictures in train and returns how well that does on those
// in test. It labels the given pictures.
func run(ctx context.Context, w io.Writer, from fs.FS, draw string, files []string) (test train.Evaluation, err error) {
	recipe := pictures.Default()
	seen, err := read(from, "train", recipe)
	if err != nil {
		return test, err
	}
	unseen, err := read(from, "test", recipe)
	if err != nil {
		return test, err
	}
	// The pictures are few and their features many: a greater rate learns them by
	// heart.
	result, err := train.Fit(ctx, seen, train.Options{Loss: kernel.LogLoss, Rate: 0.01, Epochs: 100, Standardize: true})
	if err != nil {
		return test, err
	}
	learned := train.Evaluate(result.Weights, result.Bias, seen, 0.5)
	test = train.Evaluate(result.Weights, result.Bias, unseen, 0.5)
	fmt.Fprintf(w, "%s\n", recipe)
	fmt.Fprintf(w, "right for %.2f of %d pictures that it has seen, %.2f of %d that it has not\n", learned.Accuracy, learned.Rows, test.Accuracy, test.Rows)
	fmt.Fprintf(w, "of the dogs among these it finds %d of %d, of the cats %d of %d\n", test.TP, test.TP+test.FN, test.TN, test.TN+test.FP)

	for _, file := range files {
		m, err := pictures.DecodeFile(file)
		if err != nil {
			return test, err
		}
		x := kernel.Batch[float32]{Data: make([]float32, recipe.Width()), Rows: 1, Cols: recipe.Width()}
		recipe.Features(x.Row(0), m)
		var yhat [1]float32
		kernel.Predict(yhat[:], x, result.Weights, result.Bias)
		class, p := classes[0], 1-yhat[0]
		if yhat[0] >= 0.5 {
			class, p = classes[1], yhat[0]
		}
		fmt.Fprintf(w, "%s: a %s, with probability %.2f\n", file, class, p)
	}
	if draw != "" {
		err = drawWeights(draw, recipe, result.Weights)
	}
	return test, err
}

// read makes rows of the pictures in the folders of both classes.
func read(from fs.FS, folder string, recipe pictures.Recipe) (train.Data[float32], error) {
	cols := recipe.Width()
	d := train.Data[float32]{X: kernel.Batch[float32]{Cols: cols, Stride: kernel.PaddedStride[float32](cols)}}
	for label, class := range classes {
		dir := path.Join(folder, class)
		entries, err := fs.ReadDir(from, dir)
		if err != nil {
			return d, err
		}
		for _, e := range entries {
			if e.IsDir() || !pictures.IsName(e.Name()) {
				continue
			}
			row := make([]float32, d.X.Stride)
			if err := features(row[:cols], from, path.Join(dir, e.Name()), recipe); err != nil {
				return d, err
			}
			d.X.Data = append(d.X.Data, row...)
			d.Y = append(d.Y, float32(label))
			d.X.Rows++
		}
	}
	return d, nil
}

func features(dst []float32, from fs.FS, name string, recipe pictures.Recipe) error {
	f, err := from.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := pictures.Decode(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	recipe.Features(dst, m)
	return nil
}

func drawWeights(file string, recipe pictures.Recipe, weights []float32) error {
	wide := make([]float64, len(weights))
	for j, w := range weights {
		wide[j] = float64(w)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := png.Encode(f, recipe.Draw(wide, classes)); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
