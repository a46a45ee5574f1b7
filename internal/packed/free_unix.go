//go:build linux || darwin

package packed

import "golang.org/x/sys/unix"

// Free returns how many bytes a folder has room for, if that can be known.
func Free(dir string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
