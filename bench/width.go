package bench

import (
	"fmt"
	"unsafe"

	"github.com/seed-b3c25b83/kernel"
)

// widths are the ways to lay out c.Cols columns, each with as many rows: the
// next multiple of 64 bytes, which the others are compared with; c.Cols columns
// with that stride; c.Cols columns without padding.
func widths[T float](c Case) []Case {
	c.Op = Step
	next, padded, natural := c, c, c
	next.Cols = kernel.PaddedStride[T](c.Cols)
	next.Stride, padded.Stride = next.Cols, next.Cols
	natural.Stride = c.Cols
	return []Case{next, padded, natural}
}

// layout names the columns of a case, and their stride if it is not natural:
// 31, 31s32, 32.
func (c Case) layout() string {
	if c.Stride == c.Cols {
		return fmt.Sprint(c.Cols)
	}
	return fmt.Sprintf("%ds%d", c.Cols, c.Stride)
}

// widthRunners runs the preferred implementation on all layouts, each with an X
// of its own.
func widthRunners[T float](c Case) []Runner {
	var list []Runner
	ours := kernels[T]()[0]
	for i, layout := range widths[T](c) {
		p := newProblem[T](layout, i)
		if i == 0 {
			list = append(list, yardstick(p, 1))
		}
		r, _ := ready(ours, p)
		r.Name = layout.layout()
		list = append(list, r)
	}
	return list
}

// sizeof is the size of an element.
func sizeof[T float]() int { return int(unsafe.Sizeof(T(0))) }
