package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

// A description is what a model file holds, of either element type.
type description struct {
	path    string
	element int      // bits of a weight: 32 or 64
	bits    []uint64 // of the weights and, last, of the bias
	model.Model[float64]
	hash string
}

// describeModel reads a model file.
func describeModel(path string) (*description, error) {
	m, err := model.Load[float32](path)
	if err == nil {
		return newDescription(path, m), nil
	}
	if !errors.Is(err, model.ErrElement) {
		return nil, err
	}
	wide, err := model.Load[float64](path)
	if err != nil {
		return nil, err
	}
	return newDescription(path, wide), nil
}

func newDescription[T kernel.Float](path string, m *model.Model[T]) *description {
	d := &description{path: path, hash: m.Hash()}
	d.Features, d.Classes, d.Label, d.Threshold, d.Meta = m.Features, m.Classes, m.Label, m.Threshold, m.Meta
	take := func(v T) float64 {
		if narrow, ok := any(v).(float32); ok {
			d.element = 32
			d.bits = append(d.bits, uint64(math.Float32bits(narrow)))
		} else {
			d.element = 64
			d.bits = append(d.bits, math.Float64bits(float64(v)))
		}
		return float64(v)
	}
	for _, w := range m.Weights {
		d.Weights = append(d.Weights, take(w))
	}
	d.Bias = take(m.Bias)
	return d
}

func (d *description) elementName() string { return fmt.Sprint("float", d.element) }

// feature returns the name of feature i in text.
func (d *description) feature(i int) string {
	if d.Features == nil {
		return fmt.Sprint("column ", i+1)
	}
	return plain(d.Features[i])
}

// plain quotes a text from a file that does not look on a terminal like what it
// is.
func plain(s string) string {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// visible replaces what a name from a file could command a terminal with.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// text returns a weight of d in the fewest digits that give its bits back.
func (d *description) text(w float64) string { return strconv.FormatFloat(w, 'g', -1, d.element) }

// number is text for JSON, which knows no infinities: they become strings.
func (d *description) number(w float64) any {
	if w-w != 0 {
		return d.text(w)
	}
	return json.Number(d.text(w))
}
