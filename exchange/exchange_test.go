package exchange

import (
	"bytes"
	"io"
	"math"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

func example[T kernel.Float]() *model.Model[T] {
	return &model.Model[T]{
		Weights: []T{0.1, -2.5, 3e-7}, Bias: 0.75,
		Features: []string{"age", "größe", "<x>"}, Classes: [2]string{"no", "yes"}, Label: "ill",
		Threshold: 0.3, Meta: map[string]string{"command": "neuron train -seed=7", "seed": "7"},
	}
}

// writers write a model, each in its format.
func writers[T kernel.Float]() map[string]func(io.Writer, *model.Model[T]) error {
	return map[string]func(io.Writer, *model.Model[T]) error{
		"ONNX":        WriteONNX[T],
		"safetensors": WriteSafetensors[T],
		"Go":          func(w io.Writer, m *model.Model[T]) error { return WriteGo(w, m, "neuron") },
	}
}

// The same model gives the same bytes.
func TestSameBytes(t *testing.T) {
	for name, write := range writers[float64]() {
		var first []byte
		for range 20 {
			var b bytes.Buffer
			if err := write(&b, example[float64]()); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b.Bytes()
			} else if !bytes.Equal(b.Bytes(), first) {
				t.Errorf("%s: the second file differs from the first", name)
			}
		}
	}
}

// Models without numbers, or with numbers that are none, are refused.
func TestCheck(t *testing.T) {
	for want, m := range map[string]*model.Model[float32]{
		"the model has no weights":               {},
		"the weight of feature 2 is NaN":         {Weights: []float32{1, float32(math.NaN())}},
		"the weight of feature 1 (size) is -Inf": {Weights: []float32{float32(math.Inf(-1))}, Features: []string{"size"}},
		"the bias is +Inf":                       {Weights: []float32{1}, Bias: float32(math.Inf(1))},
	} {
		for name, write := range writers[float32]() {
			var b bytes.Buffer
			if err := write(&b, m); err == nil || err.Error() != want || b.Len() > 0 {
				t.Errorf("%s: %d bytes, %v, want %s", name, b.Len(), err, want)
			}
		}
	}
}
