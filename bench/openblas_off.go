//go:build !openblas || !cgo

package bench

func openblasPeers[T float]() []contestant[T] { return nil }

// OpenBLAS describes the library in use, "" if there is none.
func OpenBLAS() string { return "" }
