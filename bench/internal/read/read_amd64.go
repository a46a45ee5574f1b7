package read

import "golang.org/x/sys/cpu"

//go:noescape
func xorAVX512(p *uint64, lines int) uint64

//go:noescape
func xorAVX2(p *uint64, lines int) uint64

//go:noescape
func xorAVX2NTA(p *uint64, lines int) uint64

func init() {
	if !cpu.X86.HasAVX2 {
		return
	}
	// Where memory is far, narrower loads and a prefetch may be faster.
	ways = []Way{{"AVX2", xorAVX2}, {"AVX2+prefetch", xorAVX2NTA}}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ {
		ways = append([]Way{{"AVX-512", xorAVX512}}, ways...)
	}
}
