package exchange

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

// What the graph of [WriteONNX] calls its ends. Both are tensors of the element
// type of the model.
const (
	ONNXInput  = "features"    // rows × features
	ONNXOutput = "probability" // rows × 1: that of the positive class
)

// The versions of an ONNX file. Operator set 13 has Gemm and Sigmoid as they
// are today and is what runtimes for small devices take, too.
const (
	onnxIR    = 7
	onnxOpset = 13
)

// The element types of ONNX.
const (
	onnxFloat  = 1
	onnxDouble = 11
)

// WriteONNX writes m as an ONNX model: probability = Sigmoid(Gemm(features,
// weight, bias)), for any number of rows. The metadata_props hold names and
// threshold. ONNX leaves the order of operations open, so that the last bits of
// the result depend on who computes it.
func WriteONNX[T kernel.Float](w io.Writer, m *model.Model[T]) error {
	if err := check(m); err != nil {
		return err
	}
	if len(m.Weights) > 1<<27 {
		return fmt.Errorf("%d weights are too many: ONNX files end at 2 GiB", len(m.Weights))
	}
	element := uint64(onnxFloat)
	if bits[T]() == 64 {
		element = onnxDouble
	}
	d := uint64(len(m.Weights))

	var graph message
	graph.message(1, node("Gemm", "logit", ONNXInput, "weight", "bias"))
	graph.message(1, node("Sigmoid", ONNXOutput, "logit"))
	graph.text(2, "neuron")
	graph.message(5, tensor("weight", element, appendNumbers(nil, m.Weights), d, 1))
	graph.message(5, tensor("bias", element, appendNumbers(nil, []T{m.Bias}), 1))
	graph.message(11, value(ONNXInput, element, d))
	graph.message(12, value(ONNXOutput, element, 1))

	var opset message
	opset.text(1, "")
	opset.number(2, onnxOpset)

	var file message
	file.number(1, onnxIR)
	file.text(2, "neuron")
	file.message(7, graph)
	file.message(8, opset)
	all := metadata(m)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		var entry message
		entry.text(1, key)
		entry.text(2, all[key])
		file.message(14, entry)
	}
	_, err := w.Write(file)
	return err
}

// node is a NodeProto.
func node(operator, output string, inputs ...string) (n message) {
	for _, name := range inputs {
		n.text(1, name)
	}
	n.text(2, output)
	n.text(3, operator)
	n.text(4, operator)
	return n
}

// tensor is a TensorProto.
func tensor(name string, element uint64, data []byte, shape ...uint64) (t message) {
	for _, n := range shape {
		t.number(1, n)
	}
	t.number(2, element)
	t.text(8, name)
	t.bytes(9, data)
	return t
}

// value is a ValueInfoProto for rows of so many numbers.
func value(name string, element, columns uint64) (v message) {
	var rows, cols, shape, tensor, kind message
	rows.text(2, "rows")
	cols.number(1, columns)
	shape.message(1, rows)
	shape.message(1, cols)
	tensor.number(1, element)
	tensor.message(2, shape)
	kind.message(1, tensor)
	v.text(1, name)
	v.message(2, kind)
	return v
}

// A message is a message of protocol buffers, in their wire format.
type message []byte

func (m *message) number(field protowire.Number, n uint64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), n)
}

func (m *message) bytes(field protowire.Number, p []byte) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), p)
}

func (m *message) text(field protowire.Number, s string) {
	m.bytes(field, []byte(strings.ToValidUTF8(s, "\uFFFD")))
}

func (m *message) message(field protowire.Number, part message) { m.bytes(field, part) }
