// Package train fits a neuron to data by gradient descent. Its results have
// the same bits on every CPU and for any number of workers.
package train

import (
	"time"

	"github.com/seed-b3c25b83/kernel"
)

// Data are rows of features with their labels, between 0 and 1. A label of at
// least ½ belongs to class 1, any other to class 0.
//
// Fit reads rows fastest when X.Stride is [kernel.PaddedStride].
type Data[T kernel.Float] struct {
	X       kernel.Batch[T]
	Y       []T
	Weights []T // of the rows, not negative; nil means 1 for every row
}

// Options say how to train. Epochs must be set; see [DefaultOptions].
//
// A step over rows with labels y and weights s, whose sum is N, is
//
//	w ← w − Rate·(1/N Σ s·δ·x + L2·w)    b ← b − Rate·1/N Σ s·δ
//
// where δ is the derivative of Loss; it begins at w = 0, b = 0. A row of
// weight 2 counts as the same row given twice.
type Options struct {
	Loss      kernel.Loss
	Rate      float64 // η; AutoRate, which is 0, stands for that of FindRate
	Epochs    int     // passes over all rows, at most
	BatchSize int     // rows of a step; 0 means all, AutoBatch up to 512
	Shuffle   Shuffle // the order of rows, if a step does not take all
	Seed      uint64  // of that order
	L2        float64 // λ, pulls weights, not the bias, towards 0

	// ClassWeights multiply the weights of the rows of each class; 0, 0
	// stands for 1, 1. Balanced sets them to N/2N₀ and N/2N₁, where N₀ and N₁
	// are the sums of the weights of each class, so that both weigh the same.
	ClassWeights [2]float64
	Balanced     bool

	// Tolerance, unless it is 0, ends the training when, for three epochs in
	// a row, the cost differs from that of the epoch before by at most
	// Tolerance times the latter.
	Tolerance float64

	// Standardize trains on (x − mean)/deviation, column by column, with the
	// mean and the standard deviation of the rows as they are, unweighted; a
	// constant column gets the weight 0. The Result takes raw features all
	// the same; L2 applies to the weights of the standardised ones. It takes
	// memory for a copy of X.
	Standardize bool

	Workers int         // goroutines; 0 means one for each core
	OnEpoch func(Epoch) // if not nil, is called after every epoch

	// OnRows, if not nil, is called within every epoch, counted from 1, that
	// takes longer than some milliseconds, each time these are over, with the
	// number of its rows that are done.
	OnRows func(epoch, rows int)
}

// DefaultOptions returns options to begin with: 100 epochs of descent down the
// quadratic cost, standardised, in steps of [AutoBatch] rows at the rate of
// [FindRate].
func DefaultOptions() Options {
	return Options{Loss: kernel.Quadratic, Rate: AutoRate, Epochs: 100, BatchSize: AutoBatch, Standardize: true}
}

// An Epoch reports on one pass over all rows. Its figures are those of the
// forward pass of each step, which comes before the step's update: the first
// full batch shows the cost of w = 0, b = 0.
type Epoch struct {
	Number int // counted from 1
	// Cost is what descends: 1/2N Σ s(ŷ−y)² or the mean of the log loss, plus
	// L2/2·Σw² with w as it was when the epoch began.
	Cost     float64
	MSE      float64 // 1/N Σ s(ŷ−y)²; 0 unless Loss is Quadratic
	Accuracy float64 // the part of the rows on the right side of ½, unweighted
	Rows     int
	Elapsed  time.Duration // of this epoch
}

// A Result is a trained neuron.
type Result[T kernel.Float] struct {
	Weights   []T
	Bias      T
	Epochs    int     // that were completed
	Converged bool    // as Tolerance demands
	Rate      float64 // that was taken
	BatchSize int     // that was taken; 0 means all rows
	Cost      float64 // of the last epoch, as it was reported; see Evaluate for that of Weights and Bias

	// Findings are what is good to know about the training, and Warnings those
	// of them that are harmful, in words. They concern the epochs of this run:
	// one that goes on from a checkpoint knows no earlier ones.
	Findings []Finding
	Warnings []string
}
