package read

import "golang.org/x/sys/cpu"

//go:noescape
func xorAVX512(p *uint64, lines int) uint64

//go:noescape
func xorAVX512Pages(p *uint64, lines int) uint64

//go:noescape
func xorAVX2(p *uint64, lines int) uint64

//go:noescape
func xorAVX2T0(p *uint64, lines int) uint64

//go:noescape
func xorAVX2NTA(p *uint64, lines int) uint64

func init() {
	if !cpu.X86.HasAVX2 {
		return
	}
	// The farther the memory, the more it helps to fetch ahead, and narrower
	// loads are often faster then. Several pages at a time keep more
	// prefetchers busy.
	ways = []Way{{"AVX2", xorAVX2}, {"AVX2+prefetch", xorAVX2T0}, {"AVX2+NTA", xorAVX2NTA}}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ {
		ways = append([]Way{{"AVX-512", xorAVX512}, {"AVX-512, 4 pages", xorAVX512Pages}}, ways...)
	}
}
