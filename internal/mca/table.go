package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// estimate is what llvm-mca says of a piece of code.
type estimate struct {
	cycles float64 // of an iteration
	bound  string  // what holds it back
}

var (
	field    = regexp.MustCompile(`(?m)^(Iterations|Total Cycles|Total uOps): +(\d+)`)
	resource = regexp.MustCompile(`(?m)^(\[[\d.]+\]) +- (\w+)`)
)

// simulate has llvm-mca run code.
func simulate(t tools, cpu cpu, code []instruction, iterations int) (estimate, error) {
	cmd := exec.Command(t.mca, "-mtriple=aarch64", "-mcpu="+cpu.name, "-instruction-info=0",
		fmt.Sprint("-dispatch=", cpu.dispatch), fmt.Sprint("-iterations=", iterations))
	cmd.Stdin = strings.NewReader(text(code))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return estimate{}, fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	values := map[string]float64{}
	for _, m := range field.FindAllStringSubmatch(string(out), -1) {
		values[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	n := values["Iterations"]
	_, table, _ := strings.Cut(string(out), "Resource pressure per iteration:\n")
	lines := strings.SplitN(table, "\n", 3)
	if n == 0 || values["Total Cycles"] == 0 || len(lines) < 3 {
		return estimate{}, fmt.Errorf("%v: cannot read its output\n%s", cmd, out)
	}

	// The busiest unit, and whether it is busy all the time.
	units := map[string]string{}
	for _, m := range resource.FindAllStringSubmatch(string(out), -1) {
		units[m[1]] = m[2]
	}
	e := estimate{cycles: values["Total Cycles"] / n, bound: "dispatch"}
	pressure := values["Total uOps"] / n / float64(cpu.dispatch)
	figures := strings.Fields(lines[1])
	for i, c := range strings.Fields(lines[0]) {
		if p, err := strconv.ParseFloat(figures[i], 64); err == nil && p > pressure*1.02 {
			pressure, e.bound = p, unit(units[c])
		}
	}
	if e.cycles > 1.1*pressure+0.1 {
		e.bound = "latency"
	}
	if decode := float64(len(code)) / cpu.decode; decode > e.cycles {
		e = estimate{decode, "decoding"}
	}
	return e, nil
}

// unit names a unit of LLVM's models, such as N1UnitL or CyUnitVM.
func unit(model string) string {
	_, u, _ := strings.Cut(model, "Unit")
	switch {
	case strings.HasPrefix(u, "V"):
		return "FP"
	case strings.HasPrefix(u, "L"):
		return "loads"
	case strings.HasPrefix(u, "D"):
		return "stores"
	case u == "FloatDiv":
		return "division"
	case u == "B", u == "BR":
		return "branches"
	}
	return "integer"
}

// counts of instructions.
type counts struct {
	loads  int // vectors loaded
	fmas   int // vector multiply-adds and multiplications
	vector int // all vector instructions but loads and stores
	whole  bool
}

var vectorOperand = regexp.MustCompile(`\b[vqds]\d+\b`)

func count(code []instruction) counts {
	var c counts
	for _, i := range code {
		op, operands, _ := strings.Cut(i.text, " ")
		registers := len(vectorOperand.FindAllString(operands, -1))
		switch {
		case registers == 0:
		case strings.HasPrefix(op, "ld"):
			c.loads += registers
			c.whole = c.whole || op == "ld1" || strings.HasPrefix(operands, "q")
		case strings.HasPrefix(op, "st"):
		default:
			c.vector++
			if op == "fmla" || op == "fmls" || op == "fmul" {
				c.fmas++
			}
		}
	}
	return c
}

// m1 is the least time that the units of an Apple M1 take: three loads, four
// vector operations and eight instructions a cycle. LLVM's model of it is that
// of an older core.
func m1(code []instruction) estimate {
	c := count(code)
	e := estimate{float64(c.vector) / 4, "FP"}
	if loads := float64(c.loads) / 3; loads > e.cycles {
		e = estimate{loads, "loads"}
	}
	if decode := float64(len(code)) / 8; decode > e.cycles {
		e = estimate{decode, "decoding"}
	}
	return e
}

// estimates prints the columns of the CPUs, divided by per.
func estimates(t tools, code []instruction, iterations int, per float64) error {
	for _, cpu := range cpus {
		e, err := simulate(t, cpu, code, iterations)
		if err != nil {
			return err
		}
		fmt.Printf(" %s %s |", digits(e.cycles/per), e.bound)
	}
	e := m1(code)
	fmt.Printf(" %s %s |\n", digits(e.cycles/per), e.bound)
	return nil
}

// digits formats a figure with three significant digits.
func digits(f float64) string {
	switch {
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	case f >= 1:
		return fmt.Sprintf("%.2f", f)
	}
	return fmt.Sprintf("%.3f", f)
}

// header prints the head of a table: columns of text, then of figures.
func header(texts, figures []string) {
	for _, cpu := range cpus {
		figures = append(figures, cpu.name)
	}
	figures = append(figures, "M1 by its units")
	fmt.Printf("| %s | %s |\n", strings.Join(texts, " | "), strings.Join(figures, " | "))
	fmt.Printf("|%s%s\n", strings.Repeat("---|", len(texts)), strings.Repeat("---:|", len(figures)))
}

// tracedCalls are the calls of the first table, by function and type.
var tracedCalls = []struct {
	function string
	types    []int
	shapes   [][2]int
}{
	{"forward", []int{32, 64}, [][2]int{{64, 4}, {64, 8}, {64, 13}, {64, 16}, {64, 30}, {64, 32}, {64, 64}, {64, 100}, {64, 128}, {64, 255}, {8, 784}, {8, 1023}, {8, 1024}, {1, 30}, {1, 128}, {1, 1024}}},
	{"gradient", []int{32, 64}, [][2]int{{64, 4}, {64, 8}, {64, 13}, {64, 16}, {64, 30}, {64, 32}, {64, 64}, {64, 100}, {64, 128}, {64, 255}, {8, 784}, {8, 1023}, {8, 1024}}},
	{"sigmoid", []int{32, 64}, [][2]int{{256, 1}}},
	{"step", []int{32, 64}, [][2]int{{256, 30}, {64, 128}, {64, 784}}},
}

// callTable traces calls and prints what they cost for each element of x, or,
// of σ, of z.
func callTable(t tools, bin string, functions []function) error {
	header([]string{"function", "type", "rows × columns"}, []string{"instructions", "loads", "vector ops"})
	for _, c := range tracedCalls {
		for _, bits := range c.types {
			for _, shape := range c.shapes {
				code, err := trace(t, bin, functions, c.function, strconv.Itoa(bits), strconv.Itoa(shape[0]), strconv.Itoa(shape[1]))
				if err != nil {
					return err
				}
				n, per := count(code), float64(shape[0]*shape[1])
				fmt.Printf("| %s | float%d | %d × %d | %s | %s | %s |", c.function, bits, shape[0], shape[1],
					digits(float64(len(code))/per), digits(float64(n.loads)/per), digits(float64(n.vector)/per))
				if err := estimates(t, code, 1, per); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// executed is an address in qemu's log of executed blocks, each of one
// instruction.
var executed = regexp.MustCompile(`(?m)^Trace .*\[[0-9a-f]+/([0-9a-f]+)/`)

// trace returns the instructions that the kernels execute in one call.
func trace(t tools, bin string, functions []function, args ...string) ([]instruction, error) {
	log := filepath.Join(filepath.Dir(bin), "log")
	var ranges []string
	for _, f := range functions {
		ranges = append(ranges, fmt.Sprintf("%#x+%#x", f.address, f.size))
	}
	cmd := exec.Command(t.qemu, append([]string{"-singlestep", "-d", "exec,nochain", "-dfilter", strings.Join(ranges, ","), "-D", log, bin}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	lines, err := os.ReadFile(log)
	if err != nil {
		return nil, err
	}
	var code []instruction
	for _, m := range executed.FindAllSubmatch(lines, -1) {
		pc, err := strconv.ParseUint(string(m[1]), 16, 64)
		if err != nil {
			return nil, err
		}
		for _, f := range functions {
			if i := (pc - f.address) / 4; pc >= f.address && i < uint64(len(f.code)) {
				code = append(code, f.code[i])
			}
		}
	}
	if len(code) == 0 {
		return nil, fmt.Errorf("%v: no instruction of a kernel in its log", cmd)
	}
	return code, nil
}

// loopNames are those of the innermost loops of each kernel in the order of
// their code, without its type. A loop without a name is left out: those for
// rows left over, and those that copy elements left over.
var loopNames = map[string][]string{
	"forwardNarrow": {
		"4 rows of 1 vector", "4 rows of 2 vectors", "4 rows of 3 vectors", "4 rows of 4 vectors",
		"4 rows of 5 vectors", "4 rows of 6 vectors", "4 rows of 7 vectors", "4 rows of 8 vectors",
		"4 rows, 4 vectors of each", "1 row, 4 vectors",
	},
	"forwardWide": {"4 rows, 4 vectors of each", "1 row, 8 vectors"},
	"dot":         {"8 vectors"},
	"gradientNarrow": {
		"8 rows, 1 vector of each", "", "8 rows, 2 vectors of each", "",
		"8 rows, 3 vectors of each", "", "8 rows, 4 vectors of each", "",
		"8 rows, 5 vectors of each", "", "8 rows, 6 vectors of each", "",
		"8 rows, 7 vectors of each", "", "8 rows, 8 vectors of each", "", "1 row, 1 element",
	},
	"gradientWide": {
		"4 rows, 16 vectors of each", "",
		"1 row, 1 vector", "1 row, 2 vectors", "1 row, 3 vectors", "1 row, 4 vectors",
		"1 row, 5 vectors", "1 row, 6 vectors", "1 row, 7 vectors", "1 row, 8 vectors", "1 row, 1 element",
	},
	"sum":            {"8 rows", ""},
	"sigmoid":        {"8 elements", "", ""},
	"deltaQuadratic": {"8 rows, weighted", "", "", "", "", "", "", ""},
	"deltaLog":       {"8 rows, weighted", "", "", "", "", "", "", ""},
}

// loopTable prints what the inner loops cost for each element of x, or, of
// kernels without x, for each row.
func loopTable(t tools, functions []function) error {
	header([]string{"kernel", "loop"}, []string{"instructions", "loads", "FMAs", "vector ops"})
	for _, f := range functions {
		name := strings.TrimSuffix(f.name, "NEON")
		names, ok := loopNames[strings.TrimRight(name, "0123456789")]
		loops := innermost(f.code)
		if !ok || len(names) != len(loops) {
			return fmt.Errorf("%s: %d loops found, %d have names", f.name, len(loops), len(names))
		}
		for i, l := range loops {
			if names[i] == "" {
				continue
			}
			c := count(l)
			per := float64(elements(name, c))
			fmt.Printf("| %s | %s | %s | %s | %s | %s |", name, names[i], digits(float64(len(l))/per),
				digits(float64(c.loads)/per), digits(float64(c.fmas)/per), digits(float64(c.vector)/per))
			if err := estimates(t, l, 200, per); err != nil {
				return err
			}
		}
	}
	return nil
}

// elements returns how many elements an iteration of a loop works on: one for
// each product, where there is an x, else eight.
func elements(function string, c counts) int {
	linear := strings.HasPrefix(function, "forward") || strings.HasPrefix(function, "dot") || strings.HasPrefix(function, "gradient")
	switch {
	case !linear:
		return 8
	case !c.whole:
		return c.fmas
	case strings.HasSuffix(function, "32"):
		return 4 * c.fmas
	}
	return 2 * c.fmas
}
