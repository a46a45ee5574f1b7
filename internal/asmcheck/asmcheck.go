// Package asmcheck holds assembly against the rules that no result shows:
// which registers belong to the runtime, which instructions give other bits on
// other machines, in what state a function must return. It looks at what the
// assembler makes of a file, so that no macro and no name hides anything.
package asmcheck

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-b3c25b83/kernel/internal/listing"
)

// Check returns the violations in a function, as file:line: function: what.
func Check(f listing.Function, goarch string) []string {
	c := checker{f: f}
	if f.Args < 0 {
		c.add(-1, "the frame is declared without the size of the arguments: write $%d-N, or vet cannot check them", max(0, f.Frame))
	}
	if !strings.Contains(f.Flags, "NOSPLIT") {
		c.add(-1, "no NOSPLIT: the assembler adds a stack check, which calls the runtime")
		return c.found
	}
	switch goarch {
	case "amd64":
		c.amd64()
	case "arm64":
		c.arm64()
	default:
		panic("asmcheck: unknown architecture " + goarch)
	}
	return c.found
}

type checker struct {
	f     listing.Function
	found []string
}

// add adds a violation of instruction i, or of the declaration if i is −1.
func (c *checker) add(i int, format string, args ...any) {
	line, what := c.f.Line, fmt.Sprintf(format, args...)
	if i >= 0 {
		line = c.f.Code[i].Line
	}
	c.found = append(c.found, fmt.Sprintf("%s:%d: %s: %s", c.f.File, line, c.f.Name, what))
}

// common checks instruction i for registers that are not to be used and for
// instructions that are not to be used.
func (c *checker) common(i int, registers, instructions *regexp.Regexp) {
	in := c.f.Code[i]
	if r := registers.FindString(in.Args); r != "" {
		c.add(i, "%s: uses %s, which belongs to the runtime or to the system", in, r)
	}
	if instructions.MatchString(in.Op) {
		c.add(i, "%s: this instruction is not for kernels", in)
	}
}

var (
	registersAMD64 = regexp.MustCompile(`\b(BP|BPB|R14[BWL]?|R15[BWL]?|M[0-7]|TLS)\b`)
	// Estimates, whose bits differ between CPUs; data in the place of
	// instructions; what leaves the function or changes the state of the
	// machine.
	instructionsAMD64 = regexp.MustCompile(`^(V?RCP|V?RSQRT|VEXP2|BYTE$|WORD$|LONG$|QUAD$|CALL$|LEAVE|ENTER|PUSH|POP[FQLW]|STD$|V?LDMXCSR|FLDCW|FX?RSTOR|XRSTOR|EMMS|SYSCALL|INT$)`)
	// Instructions of feature sets that no gate reads.
	ungatedAMD64 = regexp.MustCompile(`^(ANDN[LQ]|BEXTR|BLS|TZCNT|LZCNT|POPCNT|BZHI|PDEP|PEXT|RORX|SARX|SHLX|SHRX|MULX|ADCX|ADOX|MOVBE|VCVTPH2PS|VCVTPS2PH|VPERM[BI]2?B|VPERMB|VPMULTISHIFT|VPDP|VPOPCNT|VPCOMPRESS[BW]|VPEXPAND[BW]|VPSH[LR]D[VWDQ]|VPCONFLICT|VPLZCNT|VPMADD52|VGF2P8|GF2P8|VAES|AES|V?PCLMUL|VDPBF16|VCVTNE|SHA)`)
	avx512       = regexp.MustCompile(`\b(Z\d+|K[0-7]|[XY](1[6-9]|2\d|3[01]))\b`)
	wide         = regexp.MustCompile(`\b[YZ]\d+\b`)
	sse          = regexp.MustCompile(`\bX\d+\b`)
)

func (c *checker) amd64() {
	code := c.f.Code
	frame := c.frameAMD64()
	for i, in := range code {
		if frame[i] {
			continue
		}
		c.common(i, registersAMD64, instructionsAMD64)
		if ungatedAMD64.MatchString(in.Op) {
			c.add(i, "%s: no gate asks for the feature set of this instruction", in)
		}
		if r := avx512.FindString(in.Args); r != "" && !strings.Contains(c.f.Name, "AVX512") {
			c.add(i, "%s: %s needs AVX-512, which the name of the function does not tell", in, r)
		}
	}

	// Walk all paths with the state of the upper halves: index i is reached
	// with them in use, without, or not yet.
	at := map[int]int{}
	for i, in := range code {
		at[in.PC] = i
	}
	const clean, inUse = 1, 2
	reached := make([]int, len(code)+1)
	type place struct{ i, state int }
	for todo := []place{{0, clean}}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if reached[p.i]&p.state != 0 {
			continue
		}
		reached[p.i] |= p.state
		if p.i == len(code) {
			c.add(len(code)-1, "runs into what stands behind the function")
			continue
		}
		in := code[p.i]
		switch {
		case in.Op == "VZEROUPPER" || in.Op == "VZEROALL":
			p.state = clean
		case wide.MatchString(in.Args):
			p.state = inUse
		case in.Op == "RET" && p.state == inUse:
			c.add(p.i, "RET without VZEROUPPER on a path that has used vectors of more than 128 bits")
		case p.state == inUse && in.Op[0] != 'V' && sse.MatchString(in.Args):
			c.add(p.i, "%s: an SSE instruction while the upper halves are in use: use the one with a V", in)
		}
		if in.Op == "RET" {
			continue
		}
		if in.Op[0] == 'J' {
			target, err := strconv.Atoi(strings.TrimSpace(in.Args[strings.LastIndex(in.Args, ",")+1:]))
			if i, ok := at[target]; ok && err == nil {
				todo = append(todo, place{i, p.state})
			} else {
				c.add(p.i, "%s: leaves the function", in)
			}
			if in.Op == "JMP" {
				continue
			}
		}
		todo = append(todo, place{p.i + 1, p.state})
	}
}

// frameAMD64 marks the instructions by which the assembler sets up a frame and
// takes it down before each RET:
//
//	PUSHQ BP; MOVQ SP, BP; SUBQ $n, SP    …    ADDQ $n, SP; POPQ BP; RET
func (c *checker) frameAMD64() []bool {
	code := c.f.Code
	frame := make([]bool, len(code))
	if c.f.Frame == 0 {
		return frame
	}
	mark := func(i int, want ...string) {
		for j, w := range want {
			if i < 0 || i+j >= len(code) || !slices.Contains(strings.Split(w, "|"), code[i+j].String()) {
				return
			}
		}
		for j := range want {
			frame[i+j] = true
		}
	}
	n := c.f.Frame - 8 // what BP takes apart
	mark(0, "PUSHQ BP", "MOVQ SP, BP", fmt.Sprintf("SUBQ $%d, SP|ADDQ $%d, SP", n, -n))
	for i, in := range code {
		if in.Op == "RET" {
			mark(i-2, fmt.Sprintf("ADDQ $%d, SP|SUBQ $%d, SP", n, -n), "POPQ BP")
		}
	}
	return frame
}

var (
	registersARM64    = regexp.MustCompile(`\b(R18|R18_PLATFORM|R27|R28|R29|g|FPCR|FPSR|DAIF|TPIDR_EL0)\b`)
	instructionsARM64 = regexp.MustCompile(`^(V?[FU]RECP|V?[FU]RSQRTE|CALL$|BL$|BLR$|DWORD$|SVC$|MSR$|BYTE$)`)
)

func (c *checker) arm64() {
	code := c.f.Code
	frame := c.frameARM64()
	at := map[int]bool{}
	for _, in := range code {
		at[in.PC] = true
	}
	for i, in := range code {
		if frame[i] {
			continue
		}
		c.common(i, registersARM64, instructionsARM64)
		if in.Op == "WORD" {
			w, err := strconv.ParseInt(strings.TrimPrefix(in.Args, "$"), 0, 64)
			if err != nil {
				c.add(i, "%s: not a number", in)
			} else if what := wordARM64(uint32(w)); what != "" {
				c.add(i, "WORD $%#08x: %s", uint32(w), what)
			}
		}
		if in.Op == "JMP" || in.Op == "B" {
			if target, err := strconv.Atoi(in.Args); err != nil || !at[target] {
				c.add(i, "%s: leaves the function", in)
			}
		}
	}
	if last := len(code) - 1; last < 0 || code[last].Op != "RET" && code[last].Op != "JMP" {
		c.add(last, "runs into what stands behind the function")
	}
}

// frameARM64 marks the instructions by which the assembler sets up a frame,
// which are in the line of TEXT, and by which it takes it down before each
// RET.
func (c *checker) frameARM64() []bool {
	code := c.f.Code
	frame := make([]bool, len(code))
	if c.f.Frame == 0 {
		return frame
	}
	n := c.f.Frame + 8 // what R30 takes included
	set := map[string]bool{
		fmt.Sprintf("MOVD.W R30, -%d(RSP)", n): true,
		"MOVD R29, -8(RSP)":                    true,
		fmt.Sprintf("SUB $%d, RSP, R20", n):    true,
		"STP (R29, R30), -8(R20)":              true,
		"MOVD R20, RSP":                        true,
		"SUB $8, RSP, R29":                     true,
	}
	for i := 0; i < len(code) && set[code[i].String()]; i++ {
		frame[i] = true
	}
	take := map[string]bool{
		"MOVD -8(RSP), R29":                         true,
		"LDP -8(RSP), (R29, R30)":                   true,
		fmt.Sprintf("MOVD.P %d(RSP), R30", n):       true,
		fmt.Sprintf("ADD $%d, RSP, R29", n-8):       true,
		fmt.Sprintf("ADD $%d, RSP", n):              true,
		fmt.Sprintf("ADD $%d, RSP, RSP", n):         true,
		fmt.Sprintf("LDP.P %d(RSP), (R29, R30)", n): true,
	}
	for i, in := range code {
		if in.Op == "RET" {
			for j := i - 1; j >= 0 && take[code[j].String()]; j-- {
				frame[j] = true
			}
		}
	}
	return frame
}

// wordARM64 tells what is wrong with an instruction given as a number: only
// vector arithmetic and loads and stores of vectors are known here, and of
// these not the estimates.
func wordARM64(w uint32) string {
	switch {
	case w&0xbfbf_fc00 == 0x0ea1_d800, w&0xbfff_fc00 == 0x0ef9_d800:
		return "FRECPE, whose bits differ between CPUs"
	case w&0xbfbf_fc00 == 0x2ea1_d800, w&0xbfff_fc00 == 0x2ef9_d800:
		return "FRSQRTE, whose bits differ between CPUs"
	case w&0xbfbf_fc00 == 0x0ea1_c800:
		return "URECPE, whose bits differ between CPUs"
	case w&0xbfbf_fc00 == 0x2ea1_c800:
		return "URSQRTE, whose bits differ between CPUs"
	case w&0x9fe0_8400 == 0x0e00_0400:
		return "moves between vectors and other registers: use the name of the instruction"
	case w&0x9e00_0000 == 0x0e00_0000: // vector arithmetic
		return ""
	case w&0xff80_0000 == 0x3d80_0000, // LDR and STR of 16 bytes
		w&0xff80_0000 == 0xad00_0000: // LDP and STP
		return registersOfWord(w >> 5)
	case w&0xff20_fc00 == 0x3c20_6800: // LDR and STR with an index
		return registersOfWord(w>>5, w>>16)
	case w&0xffe0_fc00 == 0x8b00_0000: // ADD
		return registersOfWord(w, w>>5, w>>16)
	}
	return "not an instruction that this check knows: use its name, or teach internal/asmcheck"
}

// registersOfWord complains about general registers, in the low five bits of
// each field, that are not a kernel's.
func registersOfWord(fields ...uint32) string {
	for _, f := range fields {
		switch n := f & 31; n {
		case 18, 27, 28, 29:
			return fmt.Sprintf("uses R%d, which belongs to the runtime or to the system", n)
		}
	}
	return ""
}
