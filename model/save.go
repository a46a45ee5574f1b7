package model

import (
	"fmt"
	"os"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/durable"
)

// Save writes m to a file, at once or not at all: whoever opens path, even
// after a crash, finds the old file or the new one, complete. It writes to a
// new file in the same folder, which takes the old one's place and
// permissions when it is safely on disk. If path is a symbolic link, the file
// behind it is replaced.
//
// An error leaves the old file as it was and nothing beside it. A process that
// is killed may leave a file whose name is that of path with a number and
// ".tmp" added; nothing ever reads it.
func Save[T kernel.Float](path string, m *Model[T]) error {
	if err := durable.Replace(path, m.Encode); err != nil {
		return fmt.Errorf("save model %s: %w", path, err)
	}
	return nil
}

// Load reads the file that Save wrote.
func Load[T kernel.Float](path string) (*Model[T], error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	defer f.Close()
	m, err := Decode[T](f)
	if err != nil {
		return nil, fmt.Errorf("load model %s: %w", path, err)
	}
	return m, nil
}
