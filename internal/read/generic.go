package read

import "unsafe"

func xorGeneric(p *uint64, lines int) uint64 {
	var v0, v1, v2, v3 uint64
	for x := unsafe.Slice(p, lines*8); len(x) >= 8; x = x[8:] {
		v0 ^= x[0] ^ x[4]
		v1 ^= x[1] ^ x[5]
		v2 ^= x[2] ^ x[6]
		v3 ^= x[3] ^ x[7]
	}
	return v0 ^ v1 ^ v2 ^ v3
}
