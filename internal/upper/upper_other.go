//go:build !amd64

package upper

func known() bool   { return false }
func inUse() uint32 { return 0 }

// Spoil does nothing.
func Spoil() {}

// Clean does nothing.
func Clean() {}
