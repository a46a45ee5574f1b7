//go:build !linux && !darwin && !windows

package packed

// Free returns how many bytes a folder has room for, if that can be known.
func Free(string) (bytes int64, ok bool) { return 0, false }
