// Package bench compares the kernels with what a Go program would use
// instead of them: plain Go, gonum, vek, math32, archsimd, and OpenBLAS with
// SLEEF through cgo. Every contestant computes the same thing on the same
// data, and is checked against a float64 reference before it is timed.
//
// The benchmarks of this package time one contestant after the other; the
// command in cmd/compare times them in turns, which is what to trust on a
// machine whose speed drifts. See README.md.
package bench
