// Package kernel is the inner loop of a sigmoid neuron: batched w·x + b, the
// logistic function, and the gradient of the cost, in assembly for AVX-512,
// AVX2 and NEON and in plain Go for everything else.
//
// A sigmoid neuron predicts ŷ = σ(w·x + b) with σ(z) = 1/(1+exp(−z)). It
// learns by gradient descent on a batch of N rows: cost C = 1/(2N) Σ(ŷ−y)²,
// ∂C/∂w = 1/N Σ δ·x with δ = (ŷ−y)·ŷ(1−ŷ), w ← w − η·∂C/∂w, b likewise.
//
//	x := kernel.Batch[float32]{Data: data, Rows: n, Cols: d}
//	s := kernel.NewStepper[float32](d, 0)
//	defer s.Close()
//	for range epochs {
//		sums := s.Step(g, x, y, nil, w, b, kernel.Quadratic)
//		for j := range w {
//			w[j] -= eta * g[j] / float32(n)
//		}
//		b -= eta * float32(sums.Delta) / float32(n)
//	}
//	kernel.Predict(yhat, x, w, b)
//
// No function allocates, starts a goroutine or calls C, but for [NewStepper]
// and the first use of a [Stepper]. All functions may be called by any number
// of goroutines at a time.
//
// # The contract
//
// A result is defined by a sequence of IEEE 754 operations, not by a
// tolerance. The functions of kernel_generic.go are that sequence; every other
// implementation gives the same bits for every input, length, stride,
// alignment and slice offset, on every CPU, for any number of workers. Any NaN
// equals any other NaN. Subnormal numbers are kept. Rounding is to nearest,
// ties to even. This is version [Order] of the sequence; whatever changes a
// bit raises it.
//
// Rows come in two classes, told apart by the number of columns alone: a row
// of less than 1 KiB (256 float32, 128 float64) is narrow, any other is wide.
//
// Dot product. A row has virtual lanes: 64 bytes of them if it is narrow (16
// float32, 8 float64), 128 bytes if it is wide. Column j belongs to lane j mod
// lanes. Each lane is a chain of fused multiply-adds in column order, starting
// at +0. The lanes that a last, partial group of columns does not fill work
// with zeros, fma(+0, +0, lane), as the others do. Then the lanes are halved,
// lane i += lane i+h for h = lanes/2 … 1, and z = lane 0 + b. The z of a row
// does not depend on the rows beside it.
//
// Gradient, column by column. Wide rows are a chain of fused multiply-adds in
// row order: g = fma(δᵢ, xᵢ, g). Narrow rows are taken in groups of eight,
// counted from the start of the shard: t = δ₀x₀, t = fma(δₖ, xₖ, t) for k = 1
// … 7, g += t.
//
// Sums over rows (Σδ, cost) are in float64 for both types: lane i mod 8 takes
// row i, counted from the start of the shard, and the lanes are halved as
// above.
//
// σ, δ and cost are computed in float64 for both types, by the operations of
// sigmoid32, sigmoid64 and deltaGeneric, and rounded once. σ of float32 is
// correctly rounded for all 2³² inputs.
//
// Shards. A [Stepper] cuts the rows into shards of [ShardRows] rows, which
// depends on the type and the number of columns alone. The sums of the shards
// are the leaves of a binary tree: neighbours are added, left + right, level by
// level; a last one without a neighbour moves up. So the sum over an aligned
// run of 2ᵏ shards does not depend on where or when it is computed: by another
// goroutine, by another machine, before an interruption.
//
// # Why this order
//
// Best times of float32 kernels on one core of a Zen 4 server, unless said
// otherwise; go test -run xxx -bench 'Class|Shard' repeats the measurements.
//
//   - 16 lanes for narrow rows: with 32, forward over 16 rows of 32 columns
//     takes 37 ns instead of 19 (AVX-512), 36 instead of 22 (AVX2); over 16 rows
//     of 256 columns 105 instead of 90, 127 instead of 104.
//   - 32 lanes for wide rows: one row alone waits for the latency of its lanes
//     on CPUs that load two registers of 64 bytes a cycle: 784 columns took 14
//     ns instead of 24 on Zen 5. Zen 4 loads one, and sees no difference (40 ns
//     both); nor do many rows at a time.
//   - Groups of eight rows for narrow rows: over 16 rows of 32 columns the chain
//     takes 25 ns instead of 21 (AVX-512), 34 instead of 26 (AVX2); from 128
//     columns up there is no difference.
//   - Shards of 128 KiB and at least 64 rows: 8192 rows of 1024 columns take
//     1.55 ms on one core with shards of 32 KiB, 1.30 ms with 256 KiB (64 rows),
//     1.55 ms with 1 MiB; 10000 rows of 30 columns 37.3 µs with 32 KiB, 36.3 with
//     128 KiB, 43.3 with 1 MiB. Smaller ones add up more gradients, larger ones
//     leave workers without work.
//
// # What is not promised
//
// The results of Forward and Gradient are those of this order of operations,
// within the error bounds that stand at each function; they are not correctly
// rounded. Another version of the order may give other bits. docs/numerics.md
// derives the bounds and says what is proved, exhausted or only measured.
package kernel

// Order is the version of the order of operations. Two programs that use the
// same version compute the same bits.
const Order = 1
