package main

import (
	"encoding/binary"
	"strings"
)

// changesARM64 returns the mutations of a word of machine code.
func changesARM64(b []byte, op string) (all []change) {
	if strings.HasPrefix(op, "PRFM") || strings.HasPrefix(op, "NOP") || op == "PCALIGN" {
		return nil
	}
	w := binary.LittleEndian.Uint32(b)
	add := func(kind string, v uint32) {
		if v != w {
			all = append(all, change{kind, binary.LittleEndian.AppendUint32(nil, v)})
		}
	}
	// field changes the bits from lo, width of them, by n, unless that wraps.
	field := func(kind string, lo, width, n int) {
		mask := uint32(1)<<width - 1
		add(kind, w&^(mask<<lo)|(w>>lo+uint32(n))&mask<<lo)
	}
	registers := func(kind string) { // Rn and Rm change places
		n, m := w>>5&31, w>>16&31
		add(kind, w&^(31<<5|31<<16)|m<<5|n<<16)
	}
	is := func(mask, value uint32) bool { return w&mask == value }

	add("nop", 0xd503201f)
	switch {
	case is(0xff000010, 0x54000000): // B.cond
		add("invert", w^1)
	case is(0x7e000000, 0x34000000), is(0x7e000000, 0x36000000): // CBZ, TBZ
		add("invert", w^1<<24)
	case is(0x1fe00000, 0x1a800000): // CSEL
		add("invert", w^1<<12)
	case is(0x1f000000, 0x11000000): // ADD, SUB with an immediate
		field("immediate+1", 10, 12, 1)
		field("immediate-1", 10, 12, -1)
	case is(0x1f800000, 0x12800000): // MOVZ, MOVN, MOVK
		field("immediate+1", 5, 16, 1)
		field("immediate-1", 5, 16, -1)
	case is(0x1f800000, 0x12000000): // AND with a mask: one bit more or less
		field("immediate+1", 10, 6, 1)
		field("immediate-1", 10, 6, -1)
	case is(0x1f800000, 0x13000000): // shifts
		field("immediate+1", 16, 6, 1)
		field("immediate-1", 16, 6, -1)
	case is(0x3b000000, 0x39000000): // load, store with an offset in elements
		field("displacement+", 10, 12, 1)
		field("displacement-", 10, 12, -1)
	case is(0x3b200000, 0x38000000): // with an offset in bytes
		size := 1 << (w >> 30)
		if is(0x04800000, 0x04800000) {
			size = 16
		}
		field("displacement+", 12, 9, size)
		field("displacement-", 12, 9, -size)
	case is(0x3a000000, 0x28000000): // of a pair
		field("displacement+", 15, 7, 1)
		field("displacement-", 15, 7, -1)
	case is(0xbf20fc00, 0x0e20cc00): // FMLA, FMLS
		add("sign of FMA", w^1<<23)
	case is(0xbf20fc00, 0x0e20d400): // FADD, FSUB
		add("arithmetic", w^1<<23)
		if w&(1<<23) != 0 {
			registers("swap")
		}
	case is(0xbfa0fc00, 0x2e20fc00): // FDIV
		add("arithmetic", w^0x2000)
		registers("swap")
	case is(0xbfa0fc00, 0x2e20dc00): // FMUL
		add("arithmetic", w^0x2000)
	case is(0xbf20fc00, 0x0e20f400): // FMAX, FMIN
		add("arithmetic", w^1<<23)
	case is(0x5f200000, 0x4b000000): // SUB of registers
		registers("swap")
	}
	return all
}
