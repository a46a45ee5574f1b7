// Command mca examines the inner loops of the NEON kernels without an ARM
// machine: it builds them, finds the loops in the machine code, counts
// instructions, and has llvm-mca estimate cycles for several CPUs. Its output
// is the table of docs/neon.md.
//
//	apt-get install llvm-19        # llvm-mc and llvm-mca; any version from 16 on
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
	dump := flag.String("dump", "", "print the loops of this function instead of the table")
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

func run(dump string) error {
	mc, err := newest("llvm-mc")
	if err != nil {
		return err
	}
	mca, err := newest("llvm-mca")
	if err != nil {
		return err
	}
	functions, err := kernels()
	if err != nil {
		return err
	}
	if dump == "" {
		header(mca)
	}
	for _, f := range functions {
		code, err := disassemble(mc, f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		loops, err := name(f.name, innermost(code))
		if err != nil {
			return err
		}
		for _, l := range loops {
			if dump != "" {
				if dump == f.name {
					fmt.Printf("# %s: %s\n%s\n", f.name, l.name, l.text())
				}
				continue
			}
			if err := row(mca, f.name, l); err != nil {
				return fmt.Errorf("%s: %s: %w", f.name, l.name, err)
			}
		}
	}
	return nil
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
		return "", fmt.Errorf("%s not found: apt-get install llvm-19, or any version from 16 on", tool)
	}
	return p, nil
}

// function is a kernel and its machine code.
type function struct {
	name    string
	address uint64
	code    []byte
}

// kernels builds the library for arm64 and returns its NEON kernels in the
// order of their code. The test binary has all of them.
func kernels() ([]function, error) {
	dir, err := os.MkdirTemp("", "mca")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "kernel.test")
	build := exec.Command("go", "test", "-c", "-o", bin, "github.com/seed-b3c25b83/kernel")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", build, err, out)
	}
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
		section := f.Sections[s.Section]
		code := make([]byte, s.Size)
		if _, err := section.ReadAt(code, int64(s.Value-section.Addr)); err != nil {
			return nil, err
		}
		name = name[strings.LastIndexByte(name, '.')+1:] + "NEON"
		found = append(found, function{name, s.Value, code})
	}
	if len(found) == 0 {
		return nil, errors.New("no NEON kernels in the test binary")
	}
	slices.SortFunc(found, func(a, b function) int { return int(int64(a.address) - int64(b.address)) })
	return found, nil
}
