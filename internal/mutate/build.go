package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/seed-b3c25b83/kernel/internal/listing"
)

const testName = "TestGuardedKernels"

// A build is the test binary of the kernels.
type build struct {
	root    string // of the module
	tmp     string
	arch    string
	execute []string // what runs it
	image   []byte
	hash    string
	mu      sync.Mutex
	limits  map[string]time.Duration // of a test, by kernel
	copies  sync.Map                 // of the file, by worker
}

// newBuild builds the test binary of the module around the working directory.
func newBuild(tmp, arch string, execute []string) (*build, error) {
	mod, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/seed-b3c25b83/kernel").Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m: %w (this runs inside the module)", err)
	}
	b := &build{root: strings.TrimSpace(string(mod)), tmp: tmp, arch: arch, execute: execute, limits: map[string]time.Duration{}}
	name := filepath.Join(tmp, "kernel.test")
	cmd := exec.Command("go", "test", "-c", "-o", name, ".")
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "GOARCH="+arch, "GOOS=linux", "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go test -c: %w", err)
	}
	if b.image, err = os.ReadFile(name); err != nil {
		return nil, err
	}
	b.hash = fmt.Sprintf("%x", sha256.Sum256(b.image))
	return b, nil
}

// mutants returns the mutants of all kernels whose names match, and the names
// of the kernels that this machine cannot run.
func (b *build) mutants(only *regexp.Regexp) (all []*mutant, skipped []string, err error) {
	f, err := elf.NewFile(bytes.NewReader(b.image))
	if err != nil {
		return nil, nil, err
	}
	text := f.Section(".text")
	symbols, err := f.Symbols()
	if err != nil {
		return nil, nil, err
	}
	at := map[string]elf.Symbol{}
	for _, s := range symbols {
		if name, ok := strings.CutPrefix(s.Name, "github.com/seed-b3c25b83/kernel."); ok {
			at[strings.TrimSuffix(name, ".abi0")+fmt.Sprint(" ", s.Size)] = s
		}
	}
	files, err := listing.Files(b.root, b.arch)
	if err != nil {
		return nil, nil, err
	}
	out, err := b.command(context.Background(), filepath.Join(b.tmp, "kernel.test"), ".*", "-test.v").CombinedOutput()
	if err != nil {
		return nil, nil, fmt.Errorf("the tests fail as it is: %w\n%s", err, out)
	}
	times := map[string]int{}
	for _, file := range files {
		functions, err := listing.Read(file, b.arch)
		if err != nil {
			return nil, nil, err
		}
		for _, fn := range functions {
			if !only.MatchString(fn.Name) {
				continue
			}
			s, ok := at[fmt.Sprint(fn.Name, " ", fn.Size)]
			if !ok {
				return nil, nil, fmt.Errorf("%s: not in the binary with its size of %d bytes", fn.Name, fn.Size)
			}
			if bytes.Contains(out, []byte("--- SKIP: "+testName+"/"+fn.Name+" ")) {
				skipped = append(skipped, fn.Name)
				continue
			} else if !bytes.Contains(out, []byte("--- PASS: "+testName+"/"+fn.Name+" ")) {
				return nil, nil, fmt.Errorf("%s has no test of the name %s/%s", fn.Name, testName, fn.Name)
			}
			start := int64(s.Value - text.Addr + text.Offset)
			prefetches := make([]bool, len(fn.Code))
			if b.arch == "amd64" {
				if prefetches, err = prefetchOnly(&fn); err != nil {
					return nil, nil, err
				}
			}
			for i, in := range fn.Code {
				if prefetches[i] {
					continue
				}
				code := b.image[start+int64(in.PC) : start+int64(fn.End(i))]
				if b.arch == "arm64" && in.Op == "RET" && len(code) > 4 {
					code = code[:4] // what follows fills the line
				}
				add := func(offset int, old []byte, changes []change) {
					for _, c := range changes {
						m := &mutant{function: fn.Name, line: in.Line, text: instructionText(in.Op, in.Args), kind: c.kind,
							offset: start + int64(in.PC+offset), old: old, new: c.new}
						if conditional := strings.HasPrefix(in.Op, "J") || strings.HasPrefix(in.Op, "B"); conditional && in.Op != "JMP" && i > 0 {
							m.before = instructionText(fn.Code[i-1].Op, fn.Code[i-1].Args) + "; "
						}
						id := m.function + m.kind + m.text
						times[id]++
						m.nth = times[id]
						all = append(all, m)
					}
				}
				switch {
				case len(code) == 0:
				case b.arch == "arm64":
					for k := 0; k < len(code); k += 4 {
						add(k, code[k:k+4], changesARM64(code[k:k+4], in.Op))
					}
				default:
					changes, err := changesAMD64(code, in.Op, in.Args, elementSize(fn.Name))
					if err != nil {
						return nil, nil, fmt.Errorf("%s: %v: %w", fn.Name, in, err)
					}
					add(0, code, changes)
				}
			}
		}
	}
	return all, skipped, nil
}

// command runs the test of a kernel in a copy of the binary.
func (b *build) command(ctx context.Context, file, function string, flags ...string) *exec.Cmd {
	args := append(append([]string{}, b.execute...), file, "-test.short", "-test.run", "^"+testName+"$/^"+function+"$")
	args = append(args, flags...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = b.root
	cmd.WaitDelay = time.Second
	return cmd
}

// limit returns how long the test of a kernel may take: ten times as long as
// without a mutation.
func (b *build) limit(function string) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limits[function] == 0 {
		start := time.Now()
		if err := b.command(context.Background(), filepath.Join(b.tmp, "kernel.test"), function).Run(); err != nil {
			return 0, fmt.Errorf("the test of %s fails as it is: %w", function, err)
		}
		b.limits[function] = max(500*time.Millisecond, 10*time.Since(start))
	}
	return b.limits[function], nil
}

// try runs a mutant in the copy of the binary that belongs to a worker.
func (b *build) try(worker int, m *mutant) (verdict string, err error) {
	file := filepath.Join(b.tmp, fmt.Sprintf("mutant%d.test", worker))
	if _, ok := b.copies.LoadOrStore(worker, true); !ok {
		syscall.ForkLock.RLock() // as in patch
		err := os.WriteFile(file, b.image, 0o777)
		syscall.ForkLock.RUnlock()
		if err != nil {
			return "", err
		}
	}
	if err := patch(file, m.offset, m.new); err != nil {
		return "", err
	}
	defer func() {
		if e := patch(file, m.offset, m.old); err == nil {
			err = e
		}
	}()
	limit, err := b.limit(m.function)
	if err != nil {
		return "", err
	}
	for attempt := 1; ; attempt++ {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		cmd := b.command(ctx, file, m.function)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		late := ctx.Err() != nil
		cancel()
		var exit *exec.ExitError
		switch {
		case err == nil:
			return survived, nil
		case cmd.ProcessState == nil:
			// The process did not start. With several workers, another one
			// may have been about to start a process of its own.
			if attempt == 10 || !late && !errors.Is(err, syscall.ETXTBSY) {
				return "", err
			}
		case late && cmd.ProcessState.UserTime() < limit/2 && attempt < 3:
			limit *= 4 // the machine was busy with something else
		case late:
			return endless, nil
		case !errors.As(err, &exit):
			return "", err
		case bytes.Contains(out.Bytes(), []byte("--- FAIL")):
			return failing, nil
		default:
			return crashed, nil
		}
	}
}

// patch overwrites bytes of a file. No process is started meanwhile: it would
// hold the file open for writing until it has begun, and a file that is open for
// writing cannot be run.
func patch(file string, offset int64, b []byte) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(b, offset); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
