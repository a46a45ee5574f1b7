package main

import (
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// instruction is one line of LLVM's disassembly.
type instruction struct {
	text string
	to   int // the instruction that it may branch to, or -1
}

// disassemble has llvm-mc decode a function. Each instruction has four bytes.
func disassemble(mc string, f function) ([]instruction, error) {
	var in strings.Builder
	for i := 0; i+4 <= len(f.code); i += 4 {
		w := f.code[i:]
		fmt.Fprintf(&in, "0x%02x 0x%02x 0x%02x 0x%02x\n", w[0], w[1], w[2], w[3])
	}
	cmd := exec.Command(mc, "-disassemble", "-triple=aarch64", "-mattr=+v8.2a")
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	var code []instruction
	for line := range strings.Lines(string(out)) {
		text := strings.Join(strings.Fields(line), " ")
		switch {
		case strings.Contains(text, "invalid instruction encoding"):
			// Words behind the code, where the assembler aligns functions.
			return code, nil
		case text == "", text[0] == '.', strings.Contains(text, "warning:"):
			continue
		}
		i, err := parse(text, len(code))
		if err != nil {
			return nil, err
		}
		code = append(code, i)
	}
	return code, nil
}

// parse finds where instruction number at may branch to.
func parse(text string, at int) (instruction, error) {
	i := instruction{text: text, to: -1}
	op, _, _ := strings.Cut(text, " ")
	switch {
	case op == "b", strings.HasPrefix(op, "b."), op == "cbz", op == "cbnz", op == "tbz", op == "tbnz":
	default:
		return i, nil
	}
	_, offset, ok := strings.Cut(text, "#")
	if k := strings.LastIndexByte(offset, '#'); k >= 0 { // behind the bit of tbz
		offset = offset[k+1:]
	}
	n, err := strconv.Atoi(offset)
	if !ok || err != nil || n%4 != 0 {
		return i, fmt.Errorf("branch without an offset: %q", text)
	}
	i.to = at + n/4
	return i, nil
}

// loop is a loop without another inside.
type loop struct {
	name string
	code []instruction // of the body, in the order of addresses
}

func (l loop) text() string {
	var s strings.Builder
	for _, i := range l.code {
		s.WriteString(i.text)
		s.WriteByte('\n')
	}
	return s.String()
}

// innermost finds the innermost loops of a function: what lies between the
// target of a backward branch and the branch, unless another such range lies
// inside. Of branches with the same target the last one counts. Where a body
// branches inside, all of it counts, as if no branch in it were taken.
func innermost(code []instruction) []loop {
	ends := map[int]int{} // by head
	for t, in := range code {
		if in.to >= 0 && in.to <= t {
			ends[in.to] = t
		}
	}
	var loops []loop
	for _, head := range slices.Sorted(maps.Keys(ends)) {
		outer := false
		for h, t := range ends {
			outer = outer || h != head && head <= h && t <= ends[head]
		}
		if !outer {
			loops = append(loops, loop{code: code[head : ends[head]+1]})
		}
	}
	return loops
}
