package train

import (
	"runtime"
	"sync"

	"github.com/seed-b3c25b83/kernel"
)

// A scaler standardises rows on several goroutines: division is slower than
// anything else that is done to a number.
type scaler[T kernel.Float] struct {
	scaling *scaling
	workers int
	parts   chan scalerPart[T]
	left    sync.WaitGroup // parts that are not done
}

type scalerPart[T kernel.Float] struct{ dst, x kernel.Batch[T] }

// scalerElements is the least that is worth waking a goroutine for.
const scalerElements = 16 << 10

// newScaler returns a scaler on so many goroutines, the caller's being one of
// them; 0 means one for each core. close ends the others.
func newScaler[T kernel.Float](s *scaling, workers int) *scaler[T] {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	c := &scaler[T]{scaling: s, workers: workers, parts: make(chan scalerPart[T], workers)}
	for range workers - 1 {
		go func() {
			for p := range c.parts {
				scale(s, p.dst, p.x)
				c.left.Done()
			}
		}()
	}
	return c
}

func (c *scaler[T]) close() { close(c.parts) }

// scale stores x standardised in dst, which may be x.
func (c *scaler[T]) scale(dst, x kernel.Batch[T]) {
	n := max(1, min(c.workers, x.Rows*x.Cols/scalerElements)) // parts
	c.left.Add(n - 1)
	for k := 1; k < n; k++ {
		i, j := k*x.Rows/n, (k+1)*x.Rows/n
		c.parts <- scalerPart[T]{dst.Slice(i, j), x.Slice(i, j)}
	}
	scale(c.scaling, dst.Slice(0, x.Rows/n), x.Slice(0, x.Rows/n))
	c.left.Wait()
}
