// Package listing reads assembly as the assembler has understood it: macros
// expanded, registers by their names, every instruction with its address in
// the function. It runs go tool asm -S, which prints that.
package listing

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A Function is an assembly function.
type Function struct {
	Name  string // without its package
	File  string // base name of the source
	Line  int    // of TEXT
	Flags string // such as NOSPLIT|NOFRAME
	Size  int    // bytes of code
	Args  int    // bytes of arguments, -1 if not declared
	Frame int    // bytes of stack, what the assembler adds included
	Code  []Instruction
}

// An Instruction is one instruction of the machine.
type Instruction struct {
	PC   int // from the start of the function
	Line int // in the source; for an instruction of a macro, where it is used
	Op   string
	Args string // as the assembler prints them
}

func (i Instruction) String() string { return strings.TrimSpace(i.Op + " " + i.Args) }

// End returns the address behind instruction i.
func (f *Function) End(i int) int {
	if i+1 < len(f.Code) {
		return f.Code[i+1].PC
	}
	return f.Size
}

// Files returns the assembly files of a directory for an architecture, apart
// from those that its build tags leave out.
func Files(dir, goarch string) ([]string, error) {
	cmd := exec.Command("go", "list", "-f", `{{join .SFiles "\n"}}`, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOARCH="+goarch, "GOOS=linux", "CGO_ENABLED=0")
	out, err := output(cmd)
	var files []string
	for _, name := range strings.Fields(string(out)) {
		files = append(files, filepath.Join(dir, name))
	}
	return files, err
}

// Read assembles a file for an architecture and returns its functions.
func Read(file, goarch string) ([]Function, error) {
	root, err := output(exec.Command("go", "env", "GOROOT"))
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp("", "listing")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	cmd := exec.Command("go", "tool", "asm", "-S", "-p", "p",
		"-I", filepath.Dir(file), "-I", filepath.Join(string(bytes.TrimSpace(root)), "pkg", "include"),
		"-D", "GOOS_linux", "-D", "GOARCH_"+goarch, "-o", filepath.Join(tmp, "o"), file)
	cmd.Env = append(os.Environ(), "GOARCH="+goarch, "GOOS=linux")
	out, err := output(cmd)
	if err != nil {
		return nil, err
	}
	return parse(out)
}

func output(cmd *exec.Cmd) ([]byte, error) {
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, exit.Stderr)
	}
	return out, err
}

var (
	headLine = regexp.MustCompile(`^p\.(\S+) STEXT .*size=(\d+) args=(0x[0-9a-f]+) locals=(0x[0-9a-f]+)`)
	codeLine = regexp.MustCompile(`^\t0x[0-9a-f]+ (\d+) \((.*):(\d+)\)\t(\S+)(?:\t(.*))?$`)
)

// parse reads what the assembler prints.
func parse(text []byte) (all []Function, err error) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if m := headLine.FindStringSubmatch(lines.Text()); m != nil {
			f := Function{Name: m[1]}
			f.Size, _ = strconv.Atoi(m[2])
			args, _ := strconv.ParseUint(m[3], 0, 64)
			f.Args = int(int32(args))
			if f.Args < 0 {
				f.Args = -1
			}
			locals, _ := strconv.ParseUint(m[4], 0, 64)
			f.Frame = int(locals)
			all = append(all, f)
			continue
		}
		m := codeLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("listing: code without a function: %s", lines.Text())
		}
		f := &all[len(all)-1]
		pc, _ := strconv.Atoi(m[1])
		line, _ := strconv.Atoi(m[3])
		switch op, args := m[4], m[5]; op {
		case "TEXT":
			f.File, f.Line = filepath.Base(m[2]), line
			f.Flags = strings.TrimSpace(strings.Split(args, ",")[1])
		case "FUNCDATA", "PCDATA":
		default:
			f.Code = append(f.Code, Instruction{pc, line, op, args})
		}
	}
	for _, f := range all {
		for i, in := range f.Code {
			if f.End(i) < in.PC {
				return nil, fmt.Errorf("listing: %s: instructions out of order at %d", f.Name, in.PC)
			}
		}
	}
	return all, lines.Err()
}
