package kernel

import (
	"fmt"
	"testing"
)

// BenchmarkShard times the fused step with shards of several sizes: it is the
// measurement behind shardBytes. Small shards cost additions of gradients,
// large ones leave the workers unevenly loaded.
func BenchmarkShard(b *testing.B) {
	for _, shape := range [][2]int{{10000, 30}, {3000, 100}, {400, 784}, {1100, 1024}, {8192, 1024}} {
		x, y, w := problem[float32](shape[0], shape[1], PaddedStride[float32](shape[1]))
		g := make([]float32, shape[1])
		for _, workers := range []int{1, 2} {
			for kib := 32; kib <= 1024; kib *= 2 {
				b.Run(fmt.Sprintf("shape=%dx%d/workers=%d/shard=%dKiB", shape[0], shape[1], workers, kib), func(b *testing.B) {
					s := NewStepper[float32](shape[1], workers)
					defer s.Close()
					s.shard = maxShardRows
					for s.shard > 8 && s.shard*shape[1]*4 > kib<<10 {
						s.shard /= 2
					}
					b.SetBytes(int64(4 * shape[0] * shape[1]))
					for b.Loop() {
						s.Step(g, x, y, nil, w, 0.1, Quadratic)
					}
				})
			}
		}
	}
}
