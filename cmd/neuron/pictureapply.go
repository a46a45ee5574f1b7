package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/pictures"
	"github.com/seed-b3c25b83/kernel/train"
)

// checkPictures says whether the model is one for pictures, and refuses files
// and flags that are not for it.
func checkPictures[T kernel.Float](a *applied, m *model.Model[T]) (r pictures.Recipe, ok bool, err error) {
	r, ok, err = modelRecipe(a.model, m)
	switch {
	case err != nil:
		return r, ok, err
	case !ok && len(a.more) > 0:
		return r, ok, misuse("want one table, have %d files; only pictures may be several", 1+len(a.more))
	case !ok && (pictures.IsName(a.file) || isFolder(a.file)):
		return r, ok, fmt.Errorf("%s: %s was trained on a table, not on pictures", a.file, a.model)
	case ok && (a.label != "" || a.format.given()):
		return r, ok, misuse("%s is for pictures: -label, -delimiter and -header are for tables", a.model)
	}
	return r, ok, nil
}

// predictPictures labels pictures, which a.file and a.more name, or the folders
// that they are in.
func predictPictures[T kernel.Float](e *env, a *applied, m *model.Model[T], r pictures.Recipe) error {
	var files []string
	for _, path := range append([]string{a.file}, a.more...) {
		if !isFolder(path) {
			files = append(files, path)
			continue
		}
		inside, err := picturesIn(path)
		if err != nil {
			return err
		}
		files = append(files, inside...)
	}
	w := newPictureLabels(e, a.json)
	for block := range slices.Chunk(files, 256) {
		x, err := readNamed[T](e, r, block)
		if err != nil {
			return err
		}
		yhat := make([]T, x.Rows)
		m.Predict(yhat, x)
		for i, y := range yhat {
			class := m.Classes[0]
			if float64(y) >= m.Threshold {
				class = m.Classes[1]
			}
			if err := w.write(block[i], strconv.FormatFloat(float64(y), 'g', -1, 8*int(unsafe.Sizeof(y))), class); err != nil {
				return fmt.Errorf("writing the output: %w", err)
			}
		}
	}
	return nil
}

// picturesIn lists the pictures in a folder, or in the folders of classes in it.
func picturesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(entries, func(entry os.DirEntry) bool { return pictures.IsName(entry.Name()) }) {
		return pictures.Files(dir)
	}
	classes, err := pictures.Classes(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, c := range classes {
		files = append(files, c.Files...)
	}
	return files, nil
}

// readNamed is readBatch, but "-" is the standard input.
func readNamed[T kernel.Float](e *env, r pictures.Recipe, files []string) (kernel.Batch[T], error) {
	if len(files) != 1 || files[0] != "-" {
		return readBatch[T](e, r, files, true)
	}
	x := newBatch[T](r.Width())
	picture, err := pictures.Decode(newInterruptible(e.ctx, e.stdin))
	if err != nil {
		return x, fmt.Errorf("stdin: %w", err)
	}
	features := make([]float32, r.Width())
	r.Features(features, picture)
	x.Rows, x.Data = 1, make([]T, x.Stride)
	for j, v := range features {
		x.Data[j] = T(v)
	}
	return x, nil
}

// pictureLabels writes the probability and class of each picture.
type pictureLabels struct {
	csv  *csv.Writer   // or
	json *json.Encoder // the other is nil
	any  bool          // was written
}

func newPictureLabels(e *env, asJSON bool) *pictureLabels {
	if asJSON {
		encoder := json.NewEncoder(e.stdout)
		encoder.SetEscapeHTML(false)
		return &pictureLabels{json: encoder}
	}
	return &pictureLabels{csv: csv.NewWriter(e.stdout)}
}

func (p *pictureLabels) write(path, probability, class string) error {
	if p.json != nil {
		return p.json.Encode(struct {
			Picture     string      `json:"picture"`
			Probability json.Number `json:"probability"`
			Class       string      `json:"class"`
		}{path, json.Number(probability), class})
	}
	if !p.any {
		p.any = true
		p.csv.Write([]string{"picture", "probability", "class"}) // an error shows when the writer is flushed
	}
	p.csv.Write([]string{path, probability, class})
	p.csv.Flush()
	return p.csv.Error()
}

// evalPictures applies a model to a folder of pictures.
func evalPictures[T kernel.Float](e *env, a *applied, m *model.Model[T], r pictures.Recipe) error {
	if info, err := os.Stat(a.file); err == nil && !info.IsDir() {
		return fmt.Errorf("%s: %s was trained on pictures: want a folder that holds a folder of pictures for each class", a.file, a.model)
	}
	folders, err := pictures.Classes(a.file)
	if err != nil {
		return err
	}
	c, err := modelClasses(a, m)
	if err != nil {
		return err
	}
	d, err := readClasses[T](e, r, folders, c, false)
	if err != nil {
		return err
	}
	v := train.Evaluate(m.Weights, m.Bias, d, m.Threshold)
	return printReport(e, a.json, &evalReport{a.file, a.model, m.Hash(), m.Classes, m.Threshold, c.others, *evaluation(v)})
}
