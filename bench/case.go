package bench

import (
	"fmt"
	"runtime"
)

// An Op is what is computed and timed.
type Op string

const (
	// Step is one full gradient step over N rows of D features:
	// z = X·w+b, a = σ(z), d = (a−y)·a·(1−a), g = Xᵀd, gb = Σd.
	// Nobody divides by N: that belongs into the learning rate.
	Step Op = "step"
	// Forward is scoring: ŷ = σ(X·w+b).
	Forward Op = "forward"
	// Row is Forward for one row alone.
	Row Op = "row"
	// Sigmoid is ŷ = σ(x) over one long slice.
	Sigmoid Op = "sigmoid"
	// Width is Step by the preferred implementation on rows of an odd number
	// of columns, without and with padding, beside rows of the next multiple
	// of 64 bytes.
	Width Op = "width"
	// Workers is Step by the preferred implementation on one and two cores.
	Workers Op = "workers"
	// Train is training with the quadratic cost: 100 epochs of full batches, or
	// one epoch of minibatches.
	Train Op = "train"
)

// alone reports whether the op has no peers: it compares the kernels with
// themselves.
func (o Op) alone() bool { return o == Width || o == Workers }

// A Case is an op on a type and a shape.
type Case struct {
	Op     Op     `json:"op"`
	Type   string `json:"type"` // "float32" or "float64"
	Rows   int    `json:"rows"`
	Cols   int    `json:"cols"`
	Stride int    `json:"stride"`
	Batch  int    `json:"batch,omitempty"` // of Train; 0: all rows
}

// Shape returns rows×columns, with the stride where it is not the number of
// columns, and the batch if there is one, as it stands in the names of
// benchmarks: 256x30, 256x30s32, 100000x100s112b256.
func (c Case) Shape() string {
	s := fmt.Sprintf("%dx%d", c.Rows, c.Cols)
	if c.Stride != c.Cols {
		s += fmt.Sprintf("s%d", c.Stride)
	}
	if c.Batch != 0 {
		s += fmt.Sprintf("b%d", c.Batch)
	}
	return s
}

// String returns the case as op/type/shape.
func (c Case) String() string { return fmt.Sprintf("%s/%s/%s", c.Op, c.Type, c.Shape()) }

// Bytes returns the size of the memory that holds X, padding included.
func (c Case) Bytes() int {
	size := sizeof[float32]()
	if c.Type == "float64" {
		size = sizeof[float64]()
	}
	return c.Rows * c.Stride * size
}

// cores returns how many cores a case needs.
func (c Case) cores() int {
	if c.Op == Workers {
		return Cores
	}
	return 1
}

// sigmoidLen is the number of values of the Sigmoid op.
const sigmoidLen = 1 << 20

// Cases returns all cases of an op, float32 first. There are no cases of
// Workers on a machine with one core.
func Cases(op Op) []Case {
	var cases []Case
	for _, typ := range []string{"float32", "float64"} {
		if op == Workers && runtime.NumCPU() >= Cores {
			cases = append(cases, workerCases(typ)...)
		}
		add := func(rows, cols, stride int) {
			cases = append(cases, Case{Op: op, Type: typ, Rows: rows, Cols: cols, Stride: stride})
		}
		switch op {
		case Step, Forward:
			add(256, 30, 30)
			add(256, 30, 32)
			add(64, 128, 128)
			add(256, 784, 784)
			add(2048, 1024, 1024)
			if typ == "float32" {
				add(65536, 1024, 1024)
			} else {
				add(32768, 1024, 1024)
			}
		case Row:
			for _, cols := range []int{30, 64, 128, 256, 512, 784, 1024, 4096} {
				add(1, cols, cols)
			}
		case Sigmoid:
			add(1, sigmoidLen, sigmoidLen)
		case Width: // X lies in the L2 cache
			add(2048, 31, 31)
			add(1024, 100, 100)
			add(1024, 127, 127)
			add(128, 1023, 1023)
		case Train: // the first is the shape of the breast cancer data
			add(569, 30, 32)
			add(100000, 100, 112)
			cases[len(cases)-1].Batch = 256
		}
	}
	return cases
}

// workerCases are those of Workers on a type: X does not fit into the L2 cache.
func workerCases(typ string) []Case {
	var cases []Case
	for _, s := range [][3]int{{1100, 1024, 1024}, {2048, 1024, 1024}, {8192, 1024, 1024}, {65536, 1024, 1024}, {10000, 100, 112}} {
		if typ == "float64" && s[0] == 65536 {
			s[0] = 32768
		}
		cases = append(cases, Case{Op: Workers, Type: typ, Rows: s[0], Cols: s[1], Stride: s[2]})
	}
	return cases
}

// Ops returns all ops.
func Ops() []Op { return []Op{Step, Forward, Row, Sigmoid, Width, Workers, Train} }
