package guard

import (
	"os"

	"golang.org/x/sys/unix"
)

// memory returns a file that has lost its name.
func memory() (fd int, err error) {
	f, err := os.CreateTemp("", "guard")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	defer os.Remove(f.Name())
	return unix.Dup(int(f.Fd()))
}
