package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

// The keys of metadata. What else is in the Meta of a model goes under its own.
const (
	keyFeatures  = "features"  // a JSON list of names
	keyClasses   = "classes"   // a JSON list of two names, the second that of the positive class
	keyLabel     = "label"     // name of the label's column
	keyThreshold = "threshold" // the probability from which a row is of the positive class
	keyHash      = "hash"      // of the bits of the weights, as the program prints it
)

// metadata returns what goes along with the weights, as text.
func metadata[T kernel.Float](m *model.Model[T]) map[string]string {
	all := map[string]string{}
	maps.Copy(all, m.Meta)
	for _, key := range []string{keyFeatures, keyClasses, keyLabel} { // which the model has by itself, or not
		delete(all, key)
	}
	if m.Features != nil {
		all[keyFeatures] = jsonList(m.Features)
	}
	if m.Classes != [2]string{} {
		all[keyClasses] = jsonList(m.Classes[:])
	}
	if m.Label != "" {
		all[keyLabel] = m.Label
	}
	all[keyThreshold] = strconv.FormatFloat(threshold(m), 'g', -1, 64)
	all[keyHash] = m.Hash()
	return all
}

// threshold returns that of a model; 0 stands for 0.5.
func threshold[T kernel.Float](m *model.Model[T]) float64 {
	if m.Threshold == 0 {
		return 0.5
	}
	return m.Threshold
}

// setMetadata puts metadata into a model.
func setMetadata[T kernel.Float](m *model.Model[T], all map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		value := all[key]
		var err error
		switch key {
		case keyFeatures:
			err = json.Unmarshal([]byte(value), &m.Features)
			if err == nil && len(m.Features) != len(m.Weights) {
				err = fmt.Errorf("%d names for %d weights", len(m.Features), len(m.Weights))
			}
			if err == nil {
				err = distinct(m.Features)
			}
		case keyClasses:
			var names []string
			err = json.Unmarshal([]byte(value), &names)
			if err == nil && len(names) != 2 {
				err = fmt.Errorf("%d names, want 2", len(names))
			}
			if err == nil {
				err = distinct(names)
			}
			if err == nil {
				m.Classes = [2]string(names)
			}
		case keyLabel:
			m.Label = value
		case keyThreshold:
			m.Threshold, err = strconv.ParseFloat(value, 64)
			if err == nil && !(m.Threshold > 0 && m.Threshold <= 1) {
				err = fmt.Errorf("%s is not greater than 0 and at most 1", value)
			}
		case keyHash:
		default:
			if m.Meta == nil {
				m.Meta = map[string]string{}
			}
			m.Meta[key] = value
		}
		if err != nil {
			return fmt.Errorf("metadata %q: %w", key, err)
		}
	}
	return nil
}

// distinct returns an error unless names tell things apart.
func distinct(names []string) error {
	seen := map[string]bool{}
	for _, name := range names {
		switch {
		case name == "":
			return errors.New("an empty name")
		case seen[name]:
			return fmt.Errorf("%q comes twice", name)
		}
		seen[name] = true
	}
	return nil
}

func jsonList(names []string) string {
	p, _ := json.Marshal(names) // of strings always works
	return string(p)
}

// check returns an error if a model has nothing to export, or numbers that
// other formats cannot be sure to take.
func check[T kernel.Float](m *model.Model[T]) error {
	if len(m.Weights) == 0 {
		return fmt.Errorf("the model has no weights")
	}
	for i, w := range m.Weights {
		if w-w != 0 {
			name := fmt.Sprint("of feature ", i+1)
			if m.Features != nil {
				name += fmt.Sprintf(" (%s)", m.Features[i])
			}
			return fmt.Errorf("the weight %s is %v", name, w)
		}
	}
	if m.Bias-m.Bias != 0 {
		return fmt.Errorf("the bias is %v", m.Bias)
	}
	return nil
}

// bits returns the size of T: 32 or 64.
func bits[T kernel.Float]() int {
	if _, ok := any(*new(T)).(float32); ok {
		return 32
	}
	return 64
}
