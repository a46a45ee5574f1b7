package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"hash"
	"io"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

// A column is one kind of result.
type column struct {
	name string
	same string // the column whose hash it must have, too
	hash func(d tumours) (string, error)
}

var columns = []column{
	{name: "forward", hash: both(forward[float32], forward[float64])},
	{name: "σ float32", hash: both(sigmoid32)},
	{name: "σ float64", hash: both(sigmoid64)},
	{name: "δ and cost", hash: both(delta[float32], delta[float64])},
	{name: "gradient", hash: both(gradient[float32], gradient[float64])},
	{name: "step", hash: both(step[float32], step[float64])},
	{name: "weights, breast cancer", hash: trained},
	{name: "minibatches, 1 worker", hash: minibatches(1)},
	{name: "2 workers", same: "minibatches, 1 worker", hash: minibatches(2)},
	{name: "7 workers", same: "minibatches, 1 worker", hash: minibatches(7)},
	{name: "64 workers", same: "minibatches, 1 worker", hash: minibatches(64)},
}

// A digest hashes results as little-endian bits, every NaN being the same.
type digest struct{ hash.Hash }

func add[T kernel.Float](d digest, s ...T) {
	var buf []byte
	for _, x := range s {
		if x != x {
			buf = append(buf, "NaN"...)
			continue
		}
		switch x := any(x).(type) {
		case float32:
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(x))
		case float64:
			buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(x))
		}
	}
	d.Write(buf)
}

func (d digest) sums(s kernel.Sums) { add(d, s.Cost, s.Delta, float64(s.Correct)) }

func (d digest) String() string { return fmt.Sprintf("%x", d.Sum(nil)[:6]) }

// both returns the hash of what all of the functions add to a digest.
func both(fs ...func(d digest)) func(tumours) (string, error) {
	return func(tumours) (string, error) {
		d := digest{sha256.New()}
		for _, f := range fs {
			f(d)
		}
		return d.String(), nil
	}
}

// A source makes numbers of integers, so that they are the same everywhere.
type source struct{ *rand.Rand }

func newSource(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 0))} }

// vector returns n numbers between −size and size, which is a power of two;
// one in eight is much smaller, zero, an infinity or NaN.
func vector[T kernel.Float](s source, n int, size float64) []T {
	v := make([]T, n)
	for i := range v {
		x := float64(int64(s.Uint64())>>24) * 0x1p-39 * size
		switch s.IntN(64) {
		case 0, 1, 2:
			x *= 0x1p-20
		case 3, 4:
			x = 0
		case 5, 6:
			x = math.Copysign(0, -1)
		case 7:
			x *= 0x1p-120 // products are subnormal in float32
		case 8:
			if s.IntN(16) == 0 {
				x = []float64{math.Inf(1), math.Inf(-1), math.NaN()}[s.IntN(3)]
			}
		}
		v[i] = T(x)
	}
	return v
}

// plain returns n numbers between −size and size.
func plain[T kernel.Float](s source, n int, size float64) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = T(float64(int64(s.Uint64())>>24) * 0x1p-39 * size)
	}
	return v
}

// labels returns n labels: 0, 1 and a few between.
func labels[T kernel.Float](s source, n int) []T {
	y := make([]T, n)
	for i := range y {
		y[i] = T(s.IntN(2))
		if s.IntN(8) == 0 {
			y[i] = T(s.IntN(257)) / 256
		}
	}
	return y
}

// shapes are rows, columns and stride: both classes of rows, with and without
// remainders.
var shapes = [][3]int{
	{1, 1, 1}, {3, 5, 5}, {70, 8, 9}, {33, 15, 16}, {40, 16, 16}, {130, 30, 30}, {37, 64, 64}, {9, 100, 112}, {18, 127, 127}, {7, 128, 128},
	{5, 255, 255}, {1, 256, 256}, {5, 257, 260}, {17, 300, 300}, {9, 784, 784}, {4, 1023, 1024}, {1, 4099, 4099}, {2, 17001, 17001},
}

func batch[T kernel.Float](s source, shape [3]int, make func(source, int, float64) []T) kernel.Batch[T] {
	rows, cols, stride := shape[0], shape[1], shape[2]
	return kernel.Batch[T]{Data: make(s, rows*stride, 1), Rows: rows, Cols: cols, Stride: stride}
}

func forward[T kernel.Float](d digest) {
	s := newSource(1)
	for i, shape := range shapes {
		fill := plain[T]
		if i%3 == 2 {
			fill = vector[T]
		}
		x, w, z := batch(s, shape, fill), fill(s, shape[1], 0.25), make([]T, shape[0])
		kernel.Forward(z, x, w, 0.625)
		add(d, z...)
		kernel.Predict(z, x, w, -0.375)
		add(d, z...)
	}
}

// sigmoid32 takes 200 000 of the 2^32 arguments, every 21 474th, and those
// around 0 where the result is next to a tie.
func sigmoid32(d digest) {
	var z []float32
	for b := uint64(0); b < 1<<32; b += 21474 {
		z = append(z, math.Float32frombits(uint32(b)))
	}
	for k := range 4096 {
		z = append(z, float32(k)*0x1p-24, -float32(k)*0x1p-24)
	}
	kernel.Sigmoid(z, z)
	add(d, z...)
}

// sigmoid64 takes numbers of all binades from 2^-64 to 2^10, both infinities
// and NaN.
func sigmoid64(d digest) {
	s := newSource(2)
	z := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 5e-324, -5e-324, math.MaxFloat64, -math.MaxFloat64}
	for e := 1023 - 64; e <= 1023+10; e++ {
		for range 1000 {
			z = append(z, math.Float64frombits(uint64(e)<<52|s.Uint64()&(1<<63|1<<52-1)))
		}
	}
	z = append(z, plain[float64](s, 100_000, 1024)...)
	kernel.Sigmoid(z, z)
	add(d, z...)
}

func delta[T kernel.Float](d digest) {
	s := newSource(3)
	for _, size := range []float64{0x1p-8, 1, 16, 1024, 0x1p100} {
		for _, loss := range []kernel.Loss{kernel.Quadratic, kernel.LogLoss} {
			const n = 4003
			z, y, delta := vector[T](s, n, size), labels[T](s, n), make([]T, n)
			d.sums(kernel.Delta(delta, z, y, nil, loss))
			add(d, delta...)
			z = plain[T](s, n, size)
			d.sums(kernel.Delta(delta, z, y, labels[T](s, n), loss))
			add(d, delta...)
		}
	}
}

func gradient[T kernel.Float](d digest) {
	s := newSource(4)
	for i, shape := range shapes {
		fill := plain[T]
		if i%3 == 2 {
			fill = vector[T]
		}
		x, delta, g := batch(s, shape, fill), fill(s, shape[0], 0.125), plain[T](s, shape[1], 1)
		add(d, kernel.Gradient(g, x, delta))
		add(d, g...)
	}
}

// step is the fused step: of one shard, and of several, with their tree.
func step[T kernel.Float](d digest) {
	s := newSource(5)
	for i, shape := range shapes {
		x, w, g := batch(s, shape, plain[T]), plain[T](s, shape[1], 0x1p-4), plain[T](s, shape[1], 1)
		y, weights := labels[T](s, shape[0]), labels[T](s, shape[0])
		if i%2 == 0 {
			weights = nil
		}
		for _, loss := range []kernel.Loss{kernel.Quadratic, kernel.LogLoss} {
			d.sums(kernel.Step(g, x, y, weights, w, 0.125, loss))
			add(d, g...)
		}
	}
	for _, shape := range [][3]int{{9000, 7, 7}, {500, 260, 260}} {
		x, w, g := batch(s, shape, plain[T]), plain[T](s, shape[1], 0x1p-4), make([]T, shape[1])
		st := kernel.NewStepper[T](shape[1], 1)
		d.sums(st.Step(g, x, labels[T](s, shape[0]), nil, w, 0.125, kernel.LogLoss))
		st.Close()
		add(d, g...)
	}
}

// tumours are the breast cancer data.
type tumours struct {
	x    []float64 // as printed
	y    []float64 // 1: malignant
	cols int
}

func readTumours(r io.Reader) (d tumours, err error) {
	lines, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return d, err
	}
	if len(lines) < 2 {
		return d, fmt.Errorf("the training data have %d lines", len(lines))
	}
	d.cols = len(lines[0]) - 1
	for _, line := range lines[1:] {
		for _, field := range line[:d.cols] {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return d, err
			}
			d.x = append(d.x, v)
		}
		label := 0.0
		if line[d.cols] == "malignant" {
			label = 1
		}
		d.y = append(d.y, label)
	}
	return d, nil
}

// trained trains on the breast cancer data: the quadratic cost over all rows
// of a step, and the log loss by minibatches.
func trained(t tumours) (string, error) {
	d := digest{sha256.New()}
	for _, o := range []train.Options{
		{Rate: 1, Epochs: 20, Standardize: true, Workers: 1},
		{Loss: kernel.LogLoss, Rate: 0.25, Epochs: 8, BatchSize: 32, Seed: 1, L2: 0x1p-10, Balanced: true, Standardize: true, Workers: 1},
	} {
		if err := fit(d, data[float32](t.x, t.y, t.cols), o); err != nil {
			return "", err
		}
		if err := fit(d, data[float64](t.x, t.y, t.cols), o); err != nil {
			return "", err
		}
	}
	return d.String(), nil
}

func data[T kernel.Float](x, y []float64, cols int) train.Data[T] {
	d := train.Data[T]{X: kernel.Batch[T]{Rows: len(y), Cols: cols}}
	for _, v := range x {
		d.X.Data = append(d.X.Data, T(v))
	}
	for _, v := range y {
		d.Y = append(d.Y, T(v))
	}
	return d
}

// fit adds the trained weights and the cost of every epoch to d.
func fit[T kernel.Float](d digest, rows train.Data[T], o train.Options) error {
	o.OnEpoch = func(e train.Epoch) { add(d, e.Cost, e.Accuracy) }
	r, err := train.Fit(context.Background(), rows, o)
	if err != nil {
		return err
	}
	add(d, r.Weights...)
	add(d, r.Bias)
	return nil
}

// minibatches trains on made-up data by minibatches that are large enough for
// several workers, in one epoch and a part: 16 shards a step, then 4.
func minibatches(workers int) func(tumours) (string, error) {
	return func(tumours) (string, error) {
		const rows, cols = 5 * 2048, 64
		s := newSource(6)
		d := digest{sha256.New()}
		x, y := plain[float64](s, rows*cols, 1), make([]float64, rows)
		for i := range y {
			if x[i*cols] > 0.25*x[i*cols+1] {
				y[i] = 1
			}
		}
		o := train.Options{Rate: 2, Epochs: 1, BatchSize: 4 * 2048, Seed: 7, Workers: workers}
		if err := fit(d, data[float32](x, y, cols), o); err != nil {
			return "", err
		}
		return d.String(), nil
	}
}
