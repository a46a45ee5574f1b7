package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

const (
	maxRows  = 1024
	maxBytes = 16 << 20 // of a request
)

// A scorer answers requests, any number of them at the same time.
type scorer struct {
	model *model.Model[float32]
	pool  sync.Pool // of *scratch
}

// A scratch is what a request needs of memory.
type scratch struct {
	x    kernel.Batch[float32]
	yhat []float32
}

func newScorer(m *model.Model[float32]) *scorer {
	cols := len(m.Weights)
	s := &scorer{model: m}
	s.pool.New = func() any {
		stride := kernel.PaddedStride[float32](cols)
		return &scratch{
			x:    kernel.Batch[float32]{Data: make([]float32, maxRows*stride), Cols: cols, Stride: stride},
			yhat: make([]float32, maxRows),
		}
	}
	return s
}

// score computes the probabilities of the first n rows of c. It does not
// allocate.
func (s *scorer) score(c *scratch, n int) []float32 {
	c.x.Rows = n
	s.model.Predict(c.yhat[:n], c.x)
	return c.yhat[:n]
}

type request struct {
	Rows [][]float32 `json:"rows"`
}

type response struct {
	Probabilities []float32 `json:"probabilities"`
	Classes       []string  `json:"classes"`
}

func (s *scorer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /score", func(w http.ResponseWriter, r *http.Request) {
		var q request
		d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBytes))
		d.DisallowUnknownFields()
		if err := d.Decode(&q); err != nil {
			code := http.StatusBadRequest
			if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
				code = http.StatusRequestEntityTooLarge
			}
			http.Error(w, err.Error(), code)
			return
		}
		if err := s.check(q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		c := s.pool.Get().(*scratch)
		defer s.pool.Put(c)
		for i, row := range q.Rows {
			copy(c.x.Data[i*c.x.Stride:], row)
		}
		a := response{Probabilities: s.score(c, len(q.Rows))}
		for _, p := range a.Probabilities {
			class := s.model.Classes[0]
			if float64(p) >= s.threshold() {
				class = s.model.Classes[1]
			}
			a.Classes = append(a.Classes, class)
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(a)
	})
	return mux
}

func (s *scorer) threshold() float64 {
	if s.model.Threshold == 0 {
		return 0.5
	}
	return s.model.Threshold
}

// check says what is wrong with a request.
func (s *scorer) check(q request) error {
	if n := len(q.Rows); n < 1 || n > maxRows {
		return fmt.Errorf("%d rows; want 1 to %d", n, maxRows)
	}
	for i, row := range q.Rows {
		if len(row) != len(s.model.Weights) {
			return fmt.Errorf("row %d has %d features; the model has %d", i+1, len(row), len(s.model.Weights))
		}
	}
	return nil
}
