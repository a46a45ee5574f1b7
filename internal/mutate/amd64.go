package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// The ways to encode an instruction.
const (
	legacy = iota
	vex2
	vex3
	evex
)

// An amd64 is the layout of an instruction: where its parts begin.
type amd64 struct {
	encoding int
	prefix   int // of the first byte of VEX or EVEX
	table    int // of opcodes: 0, 1 (0F), 2 (0F38), 3 (0F3A)
	opcode   int
	modrm    int // 0 if there is none
	disp     int
	dispSize int
	imm      int // its size is what is left
	relative bool
}

// decodeAMD64 finds the parts of an instruction whose length is known. It
// covers what kernels use and fails on anything else.
func decodeAMD64(b []byte) (d amd64, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%x: unknown instruction", b)
		}
	}()
	i := 0
	for slices.Contains([]byte{0x66, 0xf2, 0xf3}, b[i]) {
		i++
	}
	d.prefix = i
	switch {
	case b[i] == 0x62:
		d.encoding, d.table, i = evex, int(b[i+1]&7), i+4
	case b[i] == 0xc4:
		d.encoding, d.table, i = vex3, int(b[i+1]&31), i+3
	case b[i] == 0xc5:
		d.encoding, d.table, i = vex2, 1, i+2
	default:
		if b[i]&0xf0 == 0x40 {
			i++
		}
		if b[i] == 0x0f {
			d.table, i = 1, i+1
			switch b[i] {
			case 0x38:
				d.table, i = 2, i+1
			case 0x3a:
				d.table, i = 3, i+1
			}
		}
	}
	d.opcode = i
	op := b[i]
	i++
	has := true
	switch {
	case d.encoding != legacy:
		has = d.table != 1 || op != 0x77
	case d.table == 0:
		has = op < 0x40 && op&7 < 4 || op == 0x63 || op == 0x69 || op == 0x6b ||
			op >= 0x80 && op < 0x90 || slices.Contains([]byte{0xc0, 0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3, 0xf6, 0xf7, 0xfe, 0xff}, op)
		d.relative = op&0xf0 == 0x70 || op == 0xe8 || op == 0xe9 || op == 0xeb
	case d.table == 1:
		d.relative = op&0xf0 == 0x80
		has = !d.relative && !slices.Contains([]byte{0x05, 0x0b, 0x31, 0x77, 0xa2}, op) && op&0xf8 != 0xc8
	}
	if has {
		d.modrm = i
		mod, rm := b[i]>>6, b[i]&7
		i++
		base := rm
		if mod != 3 && rm == 4 {
			base = b[i] & 7
			i++
		}
		d.disp = i
		switch {
		case mod == 1:
			d.dispSize = 1
		case mod == 2, mod == 0 && base == 5:
			d.dispSize = 4
		}
		i += d.dispSize
	}
	d.imm = i
	if i > len(b) || !slices.Contains([]int{0, 1, 2, 4, 8}, len(b)-i) {
		return d, fmt.Errorf("%x: unknown instruction", b)
	}
	return d, nil
}

// plus adds n to a little-endian number.
func plus(b []byte, n int) {
	carry := n
	for i := range b {
		v := int(b[i]) + carry
		b[i], carry = byte(v), v>>8
	}
}

// changesAMD64 returns the mutations of an instruction. text is the assembler's.
func changesAMD64(b []byte, op, args string, element int) (all []change, err error) {
	if strings.HasPrefix(op, "PREFETCH") || strings.HasPrefix(op, "NOP") || op == "PCALIGN" {
		return nil, nil
	}
	d, err := decodeAMD64(b)
	if err != nil {
		return nil, err
	}
	add := func(kind string, f func(c []byte)) {
		c := bytes.Clone(b)
		f(c)
		if !bytes.Equal(c, b) {
			all = append(all, change{kind, c})
		}
	}
	code := b[d.opcode]
	add("nop", func(c []byte) {
		for i := range c {
			c[i] = 0x90
		}
	})
	conditional := d.encoding == legacy && (d.table == 0 && code&0xf0 == 0x70 || d.table == 1 && (code&0xf0 == 0x80 || code&0xf0 == 0x40))
	if conditional {
		add("invert", func(c []byte) { c[d.opcode] ^= 1 })
	}
	if strings.Contains(args, "$") && !d.relative && d.imm < len(b) {
		add("immediate+1", func(c []byte) { plus(c[d.imm:], 1) })
		add("immediate-1", func(c []byte) { plus(c[d.imm:], -1) })
	}
	if d.dispSize > 0 {
		by := element
		switch {
		case d.encoding == evex && d.dispSize == 1:
			by = 1 // vector, or what else the instruction loads
		case strings.Contains(args, "(SP)") || strings.Contains(args, "(FP)"):
			by = 8
		case strings.Contains(args, "(SB)") && strings.Contains(args, "Y"): // a table of vectors
			by = 32
		}
		add("displacement+", func(c []byte) { plus(c[d.disp:d.disp+d.dispSize], by) })
		add("displacement-", func(c []byte) { plus(c[d.disp:d.disp+d.dispSize], -by) })
	}
	if d.encoding == legacy {
		if d.table == 0 && (code == 0x29 || code == 0x2b) && b[d.modrm]>>6 == 3 {
			add("swap", func(c []byte) { c[d.opcode] ^= 0x29 ^ 0x2b })
		}
		return all, nil
	}
	if low := code & 15; d.table == 2 && low >= 6 && (code>>4 == 9 || code>>4 == 0xa || code>>4 == 0xb) {
		same := sameSources(b, d)
		for _, form := range []byte{9, 0xa, 0xb} { // 132, 213, 231
			if same && form != 0xb && code>>4 != 0xb {
				continue // a·d + a is d·a + a
			}
			add("order of FMA", func(c []byte) { c[d.opcode] = form<<4 | low })
		}
		for _, sign := range []byte{8, 0xa, 0xc, 0xe} { // FMADD, FMSUB, FNMADD, FNMSUB
			add("sign of FMA", func(c []byte) { c[d.opcode] = code&0xf0 | sign | low&1 })
		}
	}
	if d.table == 1 {
		other := map[byte]byte{0x58: 0x5c, 0x59: 0x58, 0x5c: 0x58, 0x5d: 0x5f, 0x5e: 0x59, 0x5f: 0x5d}
		if o, ok := other[code]; ok {
			add("arithmetic", func(c []byte) { c[d.opcode] = o })
		}
		if code == 0x5c || code == 0x5e {
			add("swap", func(c []byte) { swapVEX(c, d) })
		}
	}
	return all, nil
}

// sameSources tells whether the two sources of an instruction, besides its
// destination, are one register.
func sameSources(b []byte, d amd64) bool {
	c := bytes.Clone(b)
	swapVEX(c, d)
	return b[d.modrm]>>6 == 3 && bytes.Equal(c, b)
}

// swapVEX swaps the two sources of an instruction, if both are registers and
// the encoding has room.
func swapVEX(b []byte, d amd64) {
	if b[d.modrm]>>6 != 3 {
		return
	}
	rm := b[d.modrm] & 7
	p := b[d.prefix:]
	switch d.encoding {
	case vex2:
		v := ^p[1] >> 3 & 15
		if v > 7 {
			return
		}
		p[1] = p[1]&^(15<<3) | (^rm&15)<<3
		b[d.modrm] = b[d.modrm]&^7 | v
	case vex3:
		v := ^p[2] >> 3 & 15
		rm |= (^p[1] >> 5 & 1) << 3
		p[2] = p[2]&^(15<<3) | (^rm&15)<<3
		p[1] = p[1]&^(1<<5) | (^v>>3&1)<<5
		b[d.modrm] = b[d.modrm]&^7 | v&7
	case evex:
		v := ^p[2]>>3&15 | (^p[3]>>3&1)<<4
		rm |= (^p[1]>>5&1)<<3 | (^p[1]>>6&1)<<4
		p[2] = p[2]&^(15<<3) | (^rm&15)<<3
		p[3] = p[3]&^(1<<3) | (^rm>>4&1)<<3
		p[1] = p[1]&^(3<<5) | (^v>>3&1)<<5 | (^v>>4&1)<<6
		b[d.modrm] = b[d.modrm]&^7 | v&7
	}
}
