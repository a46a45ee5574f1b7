// Package model holds a trained neuron: its weights, the names that belong to
// them, and the file in which they are kept.
package model

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/sealed"
)

// A Model is a trained neuron. It predicts ŷ = σ(x·Weights + Bias), and class
// 1 where ŷ ≥ Threshold.
type Model[T kernel.Float] struct {
	Weights []T
	Bias    T

	Features  []string          // names of the columns of x; nil if unknown
	Classes   [2]string         // names of class 0 and class 1; "" if unknown
	Label     string            // name of the label's column
	Threshold float64           // between 0 and 1; 0 stands for 0.5
	Meta      map[string]string // anything else: loss, seed, command, hash of the data …
}

// Predict computes ŷ for the rows of x, which are raw features: if the
// training standardised them, the weights make up for it. It panics as
// [kernel.Predict] does.
func (m *Model[T]) Predict(yhat []T, x kernel.Batch[T]) {
	kernel.Predict(yhat, x, m.Weights, m.Bias)
}

// Hash identifies the bits of the neuron: 12 hexadecimal digits of the
// SHA-256 of the element type, the number of weights, the weights and the
// bias. Names and Meta do not enter.
func (m *Model[T]) Hash() string {
	p := sealed.AppendShape[T](nil, len(m.Weights))
	p = sealed.AppendNumbers(p, m.numbers())
	sum := sha256.Sum256(p)
	return hex.EncodeToString(sum[:6])
}
