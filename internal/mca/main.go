// Command mca examines the NEON kernels without an ARM machine. It builds them
// and prints two Markdown tables, which are those of docs/neon.md:
//
//   - calls of whole kernels at several shapes: their instructions are recorded
//     under qemu and given to llvm-mca, which estimates cycles on several CPUs;
//   - the inner loops, found in the machine code: their instructions counted,
//     and llvm-mca's estimate with what holds the loop back.
//
// It needs llvm-mc and llvm-mca, and qemu-user for the first table:
//
//	apt-get install llvm-19 qemu-user-static
//	go run ./internal/mca
//	go run ./internal/mca -dump gradientWide32NEON
package main

import (
	"debug/elf"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	dump := flag.String("dump", "", "print the loops of this function instead of the tables")
	flag.Parse()
	if err := run(*dump); err != nil {
		fmt.Fprintln(os.Stderr, "mca:", err)
		os.Exit(1)
	}
}

// cpu is one that llvm-mca is asked about.
type cpu struct {
	name     string
	dispatch int     // micro-operations a cycle, where LLVM's versions differ
	decode   float64 // instructions a cycle, which llvm-mca does not know
}

// The widths of the Neoverses are those of Arm's software optimization guides.
var cpus = []cpu{{"neoverse-n1", 8, 4}, {"neoverse-v1", 16, 8}, {"apple-m1", 8, 8}}

// tools are the programs that do the work.
type tools struct{ mc, mca, qemu string }

func run(dump string) error {
	var t tools
	var err error
	if t.mc, err = newest("llvm-mc"); err != nil {
		return err
	}
	if t.mca, err = newest("llvm-mca"); err != nil {
		return err
	}
	if t.qemu, err = exec.LookPath("qemu-aarch64-static"); err != nil {
		return fmt.Errorf("%w: apt-get install qemu-user-static", err)
	}
	dir, err := os.MkdirTemp("", "mca")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "call")
	build := exec.Command("go", "build", "-o", bin, "github.com/seed-b3c25b83/kernel/internal/mca/call")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", build, err, out)
	}
	functions, err := kernels(t, bin)
	if err != nil {
		return err
	}
	if dump != "" {
		for _, f := range functions {
			if f.name != dump {
				continue
			}
			for _, l := range innermost(f.code) {
				fmt.Println(text(l))
			}
			return nil
		}
		return fmt.Errorf("no function %q", dump)
	}
	if err := callTable(t, bin, functions); err != nil {
		return err
	}
	fmt.Println()
	return loopTable(t, functions)
}

// newest returns the path of the newest version of an LLVM tool, which Debian
// installs under names with a version.
func newest(tool string) (string, error) {
	best, version := "", 0
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		paths, _ := filepath.Glob(filepath.Join(dir, tool+"-*"))
		for _, p := range paths {
			var v int
			if _, err := fmt.Sscanf(filepath.Base(p), tool+"-%d", &v); err == nil && v > version {
				best, version = p, v
			}
		}
	}
	if best != "" {
		return best, nil
	}
	p, err := exec.LookPath(tool)
	if err != nil {
		return "", fmt.Errorf("%s not found: apt-get install llvm-19", tool)
	}
	return p, nil
}

// function is a kernel.
type function struct {
	name    string
	address uint64
	size    uint64
	code    []instruction
}

// kernels returns the NEON kernels of a program in the order of their
// addresses.
func kernels(t tools, bin string) ([]function, error) {
	f, err := elf.Open(bin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	var found []function
	for _, s := range symbols {
		name, ok := strings.CutSuffix(s.Name, "NEON.abi0")
		if !ok || s.Size == 0 {
			continue
		}
		name = name[strings.LastIndexByte(name, '.')+1:] + "NEON"
		section := f.Sections[s.Section]
		code := make([]byte, s.Size)
		if _, err := section.ReadAt(code, int64(s.Value-section.Addr)); err != nil {
			return nil, err
		}
		instructions, err := disassemble(t.mc, code)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		found = append(found, function{name, s.Value, s.Size, instructions})
	}
	if len(found) == 0 {
		return nil, errors.New("no NEON kernels in the program")
	}
	slices.SortFunc(found, func(a, b function) int { return int(int64(a.address) - int64(b.address)) })
	return found, nil
}
