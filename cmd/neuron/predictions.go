package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
)

// predictionRows is how many rows are kept until they are predicted together.
const predictionRows = 1024

// A predictor collects rows and writes what the model says of them, in order.
// It holds predictionRows of them at most.
type predictor[T kernel.Float] struct {
	model *model.Model[T]
	out   *bufio.Writer
	json  bool
	ends  [2]string // of the lines for class 0 and class 1

	x    kernel.Batch[T]
	yhat []T
	line []byte
	row  int   // written
	err  error // of the output
}

func newPredictor[T kernel.Float](m *model.Model[T], out *bufio.Writer, asJSON bool) *predictor[T] {
	p := &predictor[T]{model: m, out: out, json: asJSON, x: newBatch[T](len(m.Weights)), yhat: make([]T, predictionRows)}
	for i, class := range m.Classes {
		if asJSON {
			p.ends[i] = `,"class":` + jsonText(class) + "}\n"
		} else {
			p.ends[i] = csvEnd(class)
		}
	}
	if !asJSON {
		out.WriteString("probability,class\n") // an error shows when out is flushed
	}
	return p
}

// add takes the current row of t.
func (p *predictor[T]) add(t *dataset.Reader, features []int) error {
	if err := appendRow(&p.x, t, features); err != nil {
		return err
	}
	if p.x.Rows == predictionRows {
		p.predict()
	}
	return nil
}

// flush predicts the rows that are waiting, and lets the user see them. Its
// error is that of the output.
func (p *predictor[T]) flush() error {
	p.predict()
	if err := p.out.Flush(); err != nil {
		p.err = fmt.Errorf("writing the output: %w", err)
	}
	return p.err
}

func (p *predictor[T]) predict() {
	yhat := p.yhat[:p.x.Rows]
	if len(yhat) == 0 {
		return
	}
	p.model.Predict(yhat, p.x)
	p.x.Rows, p.x.Data = 0, p.x.Data[:0]
	for _, y := range yhat {
		p.row++
		b := p.line[:0]
		if p.json {
			b = append(b, `{"row":`...)
			b = strconv.AppendInt(b, int64(p.row), 10)
			b = append(b, `,"probability":`...)
		}
		switch {
		case p.json && y != y:
			b = append(b, "null"...)
		default:
			b = strconv.AppendFloat(b, float64(y), 'g', -1, 8*int(unsafe.Sizeof(y)))
		}
		end := p.ends[0]
		if float64(y) >= p.model.Threshold {
			end = p.ends[1]
		}
		p.line = append(b, end...)
		p.out.Write(p.line)
	}
}

// jsonText returns a string of JSON.
func jsonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // of a string always works
	return strings.TrimSuffix(b.String(), "\n")
}

// csvEnd returns the end of a line of CSV: its last field.
func csvEnd(field string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{"", field})
	w.Flush()
	return b.String()
}

// An announcer says that input is about to be waited for. What was read until
// then can be dealt with meanwhile, and someone may be waiting for it.
type announcer struct {
	io.Reader
	e *env
}

func (r announcer) Read(p []byte) (int, error) {
	if r.e.idle != nil {
		if err := r.e.idle(); err != nil {
			return 0, err
		}
	}
	return r.Reader.Read(p)
}
