package pictures

import (
	"context"
	"runtime"
	"sync"
)

// Read computes the features of the pictures in files, on all cores, and calls
// put with those of file i, from several goroutines; put must not keep them. If
// pictures cannot be read, it returns the error of the first, which names the
// file.
func (r Recipe) Read(ctx context.Context, files []string, put func(i int, features []float32)) error {
	if err := r.Check(); err != nil {
		return err
	}
	q := queue{files: len(files)}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wg.Go(func() {
			features := make([]float32, r.Width())
			for {
				i, ok := q.next(ctx)
				if !ok {
					return
				}
				m, err := DecodeFile(files[i])
				if err != nil {
					q.fail(i, err)
					return
				}
				r.Features(features, m)
				put(i, features)
			}
		})
	}
	wg.Wait()
	if q.err == nil {
		return ctx.Err()
	}
	return q.err
}

// A queue hands out files in their order until one fails. The files before it
// have been handed out by then, so that the first failure is certain.
type queue struct {
	mu     sync.Mutex
	files  int
	taken  int
	failed int
	err    error // that of file failed
}

func (q *queue) next(ctx context.Context) (i int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.taken == q.files || q.err != nil || ctx.Err() != nil {
		return 0, false
	}
	q.taken++
	return q.taken - 1, true
}

func (q *queue) fail(i int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil || i < q.failed {
		q.failed, q.err = i, err
	}
}
