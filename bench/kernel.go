package bench

import (
	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/impl"
)

// kernels returns every implementation that this machine can run, the
// preferred one first. Their step also computes the cost and counts the
// correct rows.
func kernels[T float]() []contestant[T] {
	var list []contestant[T]
	for _, im := range impl.All() {
		if !im.Available {
			continue
		}
		list = append(list, contestant[T]{
			name:  Ours + im.Name,
			enter: func() (leave func()) { return impl.Select(im.Name) },
			step: func(p *problem[T]) func() {
				s := kernel.NewStepper[T](p.Cols, 1)
				x := p.batch()
				return func() {
					p.gb = s.Step(p.g, x, p.y, nil, p.w, p.b, kernel.Quadratic).Delta
				}
			},
			forward: func(p *problem[T]) func() {
				x := p.batch()
				return func() { kernel.Predict(p.yhat, x, p.w, p.b) }
			},
			sigmoid: func(p *problem[T]) func() {
				return func() { kernel.Sigmoid(p.yhat, p.x) }
			},
		})
	}
	return list
}

// Ours begins the names of our own implementations.
const Ours = "kernel-"

func (p *problem[T]) batch() kernel.Batch[T] {
	return kernel.Batch[T]{Data: p.x, Rows: p.Rows, Cols: p.Cols, Stride: p.Stride}
}
