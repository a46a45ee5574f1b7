package main

import (
	"context"
	"math/rand/v2"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/train"
)

// madeUp trains a neuron of 30 features on rows that mean nothing: those with a
// greater sum than most are "high".
func madeUp(ctx context.Context) (*model.Model[float32], error) {
	const rows, cols = 2000, 30
	stride := kernel.PaddedStride[float32](cols)
	d := train.Data[float32]{
		X: kernel.Batch[float32]{Data: make([]float32, rows*stride), Rows: rows, Cols: cols, Stride: stride},
		Y: make([]float32, rows),
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rows {
		var sum float32
		for j := range cols {
			x := float32(r.IntN(2001)-1000) / 1000
			d.X.Row(i)[j] = x
			sum += x
		}
		if sum > 0 {
			d.Y[i] = 1
		}
	}
	o := train.DefaultOptions()
	o.Loss = kernel.LogLoss
	result, err := train.Fit(ctx, d, o)
	if err != nil {
		return nil, err
	}
	return &model.Model[float32]{Weights: result.Weights, Bias: result.Bias, Classes: [2]string{"low", "high"}}, nil
}
