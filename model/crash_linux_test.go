package model

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// These tests let a process save a model and get in its way: they kill it at
// each of its system calls, make each of them fail, and fill the disk.

const (
	// childPath is the variable that makes the test binary save newModel to
	// the file that it names, and childLimit the size of files from which on
	// the system lets it write no more.
	childPath  = "NEURON_TEST_SAVE"
	childLimit = "NEURON_TEST_LIMIT"

	beginMark = "/begin/of/save" // files it looks for, so that a trace shows where the saving is
	endMark   = "/end/of/save"
)

// On its main thread, where a trace counts system calls, nothing runs but the
// saving.
func init() {
	if os.Getenv(childPath) != "" {
		runtime.LockOSThread()
		debug.SetGCPercent(-1)
	}
}

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := saveIn(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("saved")
		return
	}
	os.Exit(m.Run())
}

func saveIn(path string) error {
	if limit := os.Getenv(childLimit); limit != "" {
		n, err := strconv.ParseUint(limit, 10, 64)
		if err != nil {
			return err
		}
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	os.Stat(beginMark)
	err := Save(path, newModel())
	os.Stat(endMark)
	return err
}

func oldModel() *Model[float32] { return &Model[float32]{Weights: []float32{1}, Threshold: 0.5} }

func newModel() *Model[float32] {
	m := &Model[float32]{Weights: make([]float32, 5000), Threshold: 0.5}
	for i := range m.Weights {
		m.Weights[i] = float32(i) / 7
	}
	return m
}

// saved runs the process that saves a model over the old one, under a command
// that gets in its way, and checks what it leaves: the old model or the new
// one, and the latter if it says so. litter says that it may leave a second
// file. saved returns whether the process said that the model was saved,
// whether it was, and what was said instead.
func saved(t *testing.T, path string, litter bool, env []string, under ...string) (said, isNew bool, failure string) {
	t.Helper()
	os.RemoveAll(filepath.Dir(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, oldModel()); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(slices.Clone(under), self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", childPath+"="+path)
	cmd.Env = append(cmd.Env, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	said, failure = stdout.String() == "saved\n", stderr.String()
	// A system call of the runtime may come when all is said and done.
	late := said && err != nil && cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled()
	if said != (err == nil) && !late {
		t.Errorf("%q: %v, said %q and %q", under, err, stdout.String(), failure)
	}

	m, err := Load[float32](path)
	if err != nil {
		t.Fatalf("%q: %v", under, err)
	}
	isNew = reflect.DeepEqual(m, newModel())
	if !isNew && (said || !reflect.DeepEqual(m, oldModel())) {
		t.Errorf("%q: said %t, %d weights", under, said, len(m.Weights))
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if n := len(entries); err != nil || n != 1 && !(litter && n == 2) {
		t.Errorf("%q: the folder holds %v, %v", under, entries, err)
	}
	return said, isNew, failure
}

// A systemCall is the number-th call by its name of the main thread.
type systemCall struct {
	name   string
	number int
}

// traced returns the system calls of a save.
func traced(t *testing.T, strace, path string) (calls []systemCall) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	if said, isNew, failure := saved(t, path, false, nil, strace, "-f", "-qq", "-o", log); !said || !isNew {
		t.Skipf("NOT TESTED: strace does not work here: %s", failure)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	main, _, _ := strings.Cut(string(text), " ")
	count := map[string]int{}
	saving := false
	for _, m := range regexp.MustCompile(`(?m)^`+main+` +([a-z0-9_]+)\((.*)`).FindAllStringSubmatch(string(text), -1) {
		count[m[1]]++
		if strings.Contains(m[2], endMark) {
			break
		}
		if saving {
			calls = append(calls, systemCall{m[1], count[m[1]]})
		}
		saving = saving || strings.Contains(m[2], beginMark)
	}
	names := ""
	for _, c := range calls {
		names += c.name + " "
	}
	if !inOrder.MatchString(names) {
		t.Errorf("a save makes the calls %s, want %v", names, inOrder)
	}
	return calls
}

// inOrder matches a save that survives a loss of power: file and folder are
// written to disk.
var inOrder = regexp.MustCompile("openat .*write .*fsync .*close .*rename.* openat .*fsync ")

// ofFiles are system calls that concern files. Others are those of Go's
// runtime, which come and go.
var ofFiles = regexp.MustCompile("stat|link|open|chmod|write|sync|close|rename|fcntl")

func skipIfShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("not with -short, and not under emulation, which cannot start the program again")
	}
}

func straceOrSkip(t *testing.T) string {
	t.Helper()
	skipIfShort(t)
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skipf("NOT TESTED: %v (Debian, Ubuntu: apt-get install strace)", err)
	}
	return strace
}

// TestCrashKill kills the process at each of the system calls of a save.
func TestCrashKill(t *testing.T) {
	strace := straceOrSkip(t)
	path := filepath.Join(t.TempDir(), "d", "m")
	calls := traced(t, strace, path)
	before, after := 0, 0
	for _, c := range calls {
		inject := fmt.Sprintf("inject=%s:signal=KILL:when=%d", c.name, c.number)
		said, isNew, _ := saved(t, path, true, nil, strace, "-f", "-qq", "-o", "/dev/null", "-e", inject)
		switch {
		case said && ofFiles.MatchString(c.name):
			t.Errorf("%v was not killed", c)
		case said:
		case isNew:
			after++
		default:
			before++
		}
	}
	if before < 10 || after < 2 {
		t.Errorf("killed %d times with the old file in place, %d times with the new, of %v", before, after, calls)
	}
	t.Logf("killed at %d system calls: %d times the old model remained, %d times the new one was in place", before+after, before, after)
}

// TestCrashErrors makes each of the system calls of a save fail.
func TestCrashErrors(t *testing.T) {
	strace := straceOrSkip(t)
	path := filepath.Join(t.TempDir(), "d", "m")
	calls := traced(t, strace, path)
	renamed := slices.IndexFunc(calls, func(c systemCall) bool { return strings.HasPrefix(c.name, "rename") })
	if renamed < 0 {
		t.Fatalf("no rename in %v", calls)
	}
	failed := 0
	for i, c := range calls {
		if !ofFiles.MatchString(c.name) || c.name == "fcntl" {
			continue // fcntl only asks for the mode of a descriptor
		}
		for errno, text := range map[string]string{"ENOSPC": "no space left on device", "EIO": "input/output error", "EDQUOT": "disk quota exceeded"} {
			inject := fmt.Sprintf("inject=%s:error=%s:when=%d", c.name, errno, c.number)
			said, isNew, failure := saved(t, path, false, nil, strace, "-f", "-qq", "-o", "/dev/null", "-e", inject)
			if said {
				// os.Rename looks for a folder in its way first, and does not mind if it cannot.
				if i <= renamed && !(i == renamed-1 && strings.Contains(c.name, "stat")) {
					t.Errorf("%v: %s went unnoticed", c, errno)
				}
				continue
			}
			failed++
			if !strings.Contains(failure, text) || !strings.HasPrefix(failure, "save model "+path+": ") {
				t.Errorf("%v: %s is reported as %s", c, errno, failure)
			}
			if isNew != (i > renamed) {
				t.Errorf("%v: %s, and the new model is in place: %t", c, errno, isNew)
			}
		}
	}
	if failed < 30 {
		t.Errorf("only %d failures of %v", failed, calls)
	}
	t.Logf("%d system calls failed", failed)

	// A file system that syncs no folders is no failure.
	syncs := 0
	for _, c := range calls {
		if c.name == "fsync" {
			syncs = c.number
		}
	}
	inject := fmt.Sprintf("inject=fsync:error=EINVAL:when=%d", syncs)
	if said, _, failure := saved(t, path, false, nil, strace, "-f", "-qq", "-o", "/dev/null", "-e", inject); !said {
		t.Errorf("%s: %s", inject, failure)
	}
}

// TestDiskShortWrite lets the system write a part of the file only.
func TestDiskShortWrite(t *testing.T) {
	skipIfShort(t)
	path := filepath.Join(t.TempDir(), "d", "m")
	var b bytes.Buffer
	if err := newModel().Encode(&b); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{0, 1, 31, 4096, 10000, b.Len() - 1, b.Len()} {
		said, isNew, failure := saved(t, path, false, []string{fmt.Sprint(childLimit, "=", limit)}, "/usr/bin/env")
		if fits := limit == b.Len(); said != fits || isNew != fits || !fits && !strings.HasSuffix(failure, "file too large\n") {
			t.Errorf("limit %d: said %t, %s", limit, said, failure)
		}
	}
}

// TestDiskFull saves to a file system that is too small.
func TestDiskFull(t *testing.T) {
	skipIfShort(t)
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=16k"); err != nil {
		t.Skipf("NOT TESTED: cannot mount a small file system: %v", err)
	}
	defer syscall.Unmount(disk, 0)
	path := filepath.Join(disk, "d", "m")
	said, isNew, failure := saved(t, path, false, nil, "/usr/bin/env")
	if said || isNew || !strings.HasSuffix(failure, "no space left on device\n") {
		t.Errorf("said %t, new %t: %s", said, isNew, failure)
	}
	if err := Save(path, newModel()); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("error %v", err)
	}
	if err := Save(path, oldModel()); err != nil {
		t.Errorf("there is no room for a small model: %v", err)
	}
}
