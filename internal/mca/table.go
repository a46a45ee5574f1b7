package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// names of the loops of each kernel, without its type, in the order of their
// code.
var names = map[string][]string{
	"forwardNarrow": {"4 rows", "1 row"},
}

// name gives the loops of a function their names.
func name(function string, loops []loop) ([]loop, error) {
	for i := range loops {
		loops[i].name = fmt.Sprint(i)
	}
	return loops, nil
}

// counts of a loop.
type counts struct {
	instructions int
	loads        int // vectors loaded
	fmas         int // vector multiply-adds, and the multiplications that begin a chain
	vector       int // all vector instructions but loads and stores
	elements     int // of x or z
}

var (
	vectorOperand = regexp.MustCompile(`\b[vqds]\d+\b`)
	lanes         = map[string]int{".4s": 4, ".2d": 2}
)

func count(function string, l loop) counts {
	c := counts{instructions: len(l.code)}
	linear := slices.ContainsFunc([]string{"forward", "dot", "gradient"}, func(p string) bool { return strings.HasPrefix(function, p) })
	perVector := 4
	if strings.Contains(function, "64") {
		perVector = 2
	}
	whole := false // loads whole vectors, not elements
	for _, i := range l.code {
		op, operands, _ := strings.Cut(i.text, " ")
		registers := len(vectorOperand.FindAllString(operands, -1))
		switch {
		case registers == 0:
		case strings.HasPrefix(op, "ld"):
			c.loads += registers
			whole = whole || op == "ld1" || strings.HasPrefix(operands, "q")
		case strings.HasPrefix(op, "st"):
		default:
			c.vector++
			if op == "fmla" || op == "fmls" || op == "fmul" && linear {
				c.fmas++
			}
		}
	}
	switch {
	case !linear:
		c.elements = 8
	case whole:
		c.elements = c.fmas * perVector
	default:
		c.elements = c.fmas
	}
	return c
}

// estimate is what llvm-mca says of a loop.
type estimate struct {
	cycles float64 // an iteration
	bound  string
}

var (
	field    = regexp.MustCompile(`(?m)^(Iterations|Total Cycles|Total uOps|Dispatch Width): +(\d+)`)
	resource = regexp.MustCompile(`(?m)^(\[[\d.]+\]) +- (\w+)`)
)

// simulate has llvm-mca run a loop.
func simulate(mca string, cpu cpu, l loop) (estimate, error) {
	cmd := exec.Command(mca, "-mtriple=aarch64", "-mcpu="+cpu.name, "-iterations=200", "-instruction-info=0", fmt.Sprint("-dispatch=", cpu.dispatch))
	cmd.Stdin = strings.NewReader(l.text())
	out, err := cmd.CombinedOutput()
	if err != nil {
		return estimate{}, fmt.Errorf("%v: %w\n%s", cmd, err, out)
	}
	values := map[string]float64{}
	for _, m := range field.FindAllStringSubmatch(string(out), -1) {
		values[m[1]], _ = strconv.ParseFloat(m[2], 64)
	}
	n := values["Iterations"]
	if n == 0 || values["Total Cycles"] == 0 {
		return estimate{}, fmt.Errorf("%v: cannot read its output\n%s", cmd, out)
	}
	e := estimate{cycles: values["Total Cycles"] / n}

	// The busiest unit, by the table of resource pressure per iteration.
	pressure := values["Total uOps"] / n / values["Dispatch Width"]
	e.bound = "dispatch"
	_, table, _ := strings.Cut(string(out), "Resource pressure per iteration:\n")
	lines := strings.SplitN(table, "\n", 3)
	if len(lines) < 3 {
		return estimate{}, fmt.Errorf("%v: no table of resources", cmd)
	}
	columns, figures := strings.Fields(lines[0]), strings.Fields(lines[1])
	units := map[string]string{}
	for _, m := range resource.FindAllStringSubmatch(string(out), -1) {
		units[m[1]] = m[2]
	}
	for i, c := range columns {
		if p, err := strconv.ParseFloat(figures[i], 64); err == nil && p > pressure*1.02 {
			pressure, e.bound = p, unit(units[c])
		}
	}
	if e.cycles > 1.1*pressure+0.1 {
		e.bound = "latency"
	}
	if front := float64(len(l.code)) / cpu.decode; front > e.cycles {
		e = estimate{front, "decoding"}
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
	case strings.HasPrefix(u, "D"), strings.HasPrefix(u, "St"):
		return "stores"
	case u == "FloatDiv":
		return "division"
	case u == "B", u == "BR":
		return "branches"
	}
	return "integer"
}

func header(mca string) {
	fmt.Print("| kernel | loop | elements | instructions | loads | FMAs | vector ops |")
	for _, cpu := range cpus {
		fmt.Printf(" %s |", cpu.name)
	}
	fmt.Println(" M1 ports |")
	fmt.Println("|---|---|---:|---:|---:|---:|---:|" + strings.Repeat("---:|", len(cpus)+1))
}

func row(mca, function string, l loop) error {
	c := count(function, l)
	per := float64(c.elements)
	fmt.Printf("| %s | %s | %d | %.2f | %.2f | %.2f | %.2f |", strings.TrimSuffix(function, "NEON"), l.name, c.elements,
		float64(c.instructions)/per, float64(c.loads)/per, float64(c.fmas)/per, float64(c.vector)/per)
	for _, cpu := range cpus {
		e, err := simulate(mca, cpu, l)
		if err != nil {
			return err
		}
		fmt.Printf(" %.2f %s |", e.cycles/per, e.bound)
	}
	m1 := estimate{float64(c.vector) / 4, "FP"}
	if loads := float64(c.loads) / 3; loads > m1.cycles {
		m1 = estimate{loads, "loads"}
	}
	if width := float64(c.instructions) / 8; width > m1.cycles {
		m1 = estimate{width, "dispatch"}
	}
	fmt.Printf(" %.2f %s |\n", m1.cycles/per, m1.bound)
	return nil
}
