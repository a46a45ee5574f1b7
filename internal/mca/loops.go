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

func text(code []instruction) string {
	var s strings.Builder
	for _, i := range code {
		s.WriteString(i.text)
		s.WriteByte('\n')
	}
	return s.String()
}

// disassemble has llvm-mc decode a function, up to the zeros with which the
// linker may fill the space behind it.
func disassemble(mc string, code []byte) ([]instruction, error) {
	var in strings.Builder
	for ; len(code) >= 4; code = code[4:] {
		if slices.Equal(code[:4], []byte{0, 0, 0, 0}) {
			break
		}
		fmt.Fprintf(&in, "0x%02x 0x%02x 0x%02x 0x%02x\n", code[0], code[1], code[2], code[3])
	}
	cmd := exec.Command(mc, "-disassemble", "-triple=aarch64")
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	var list []instruction
	for line := range strings.Lines(string(out)) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" || line[0] == '.' {
			continue
		}
		i, err := parse(line, len(list))
		if err != nil {
			return nil, err
		}
		list = append(list, i)
	}
	return list, nil
}

// parse finds where instruction number at may branch to.
func parse(line string, at int) (instruction, error) {
	i := instruction{text: line, to: -1}
	op, operands, _ := strings.Cut(line, " ")
	switch {
	case op == "b", strings.HasPrefix(op, "b."), op == "cbz", op == "cbnz", op == "tbz", op == "tbnz":
	case strings.Contains(line, "warning"):
		return i, fmt.Errorf("not an instruction: %s", line)
	default:
		return i, nil
	}
	n, err := strconv.Atoi(operands[strings.LastIndexByte(operands, '#')+1:])
	if err != nil || n%4 != 0 {
		return i, fmt.Errorf("branch without an offset: %q", line)
	}
	i.to = at + n/4
	return i, nil
}

// innermost finds the innermost loops of a function: what lies between the
// target of a backward branch and the branch, unless another such range lies
// inside. Of branches with the same target the last one counts. Where a body
// branches inside, all of it counts, as if no branch in it were taken.
func innermost(code []instruction) [][]instruction {
	ends := map[int]int{} // by head
	for t, in := range code {
		if in.to >= 0 && in.to <= t {
			ends[in.to] = t
		}
	}
	var loops [][]instruction
	for _, head := range slices.Sorted(maps.Keys(ends)) {
		outer := false
		for h, t := range ends {
			outer = outer || h != head && head <= h && t <= ends[head]
		}
		if !outer {
			loops = append(loops, code[head:ends[head]+1])
		}
	}
	return loops
}
