package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/checkpoint"
	"github.com/seed-b3c25b83/kernel/train"
)

// goesOn returns the arguments of the command that a message says to go on with.
func goesOn(t *testing.T, message string) []string {
	t.Helper()
	_, command, ok := strings.Cut(message, ":\n\n    ")
	fields := strings.Fields(strings.TrimSpace(command))
	if !ok || len(fields) < 2 || !strings.HasSuffix(message, "\n\n") {
		t.Fatalf("no command in %q", message)
	}
	return fields[1:]
}

// Without -checkpoint an interrupted training is kept all the same, and the
// command in the message ends in the bits of a training without interruption.
func TestInterruptionIsKept(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, test := range []struct{ flags, file string }{
		{"-epochs 400", "neuron.checkpoint"},
		{"train -epochs 300 -batch 50 -loss log -float64 -out m", "m.checkpoint"},
		{"train -epochs 300 -stream -checkpoint mine", "mine"},
	} {
		args := append(strings.Fields(test.flags), "-json")
		plain, _, _ := strings.Cut(test.flags, " -checkpoint")
		want := decode[trainReport](t, mustRun(t, "", append(strings.Fields(plain), "-json")...))

		r, message := interruptedAt(t, 2, args...)
		if !strings.Contains(message, "kept in "+test.file+"; this goes on from there:") {
			t.Errorf("%s: %q", test.flags, message)
		}
		c := goesOn(t, message)
		got := decode[trainReport](t, mustRun(t, "", c...))
		if got.Hash != want.Hash || got.Resumed != r.Epochs || *got.Test != *want.Test {
			t.Errorf("neuron %q: %+v, want %+v", c, got, want)
		}
		// What is interrupted twice is told the same command again.
		if r, message := interruptedAt(t, r.Epochs+1, append(c, "-epochs", "1000000000")...); r.Resumed == 0 || strings.Join(goesOn(t, message), " ") != strings.Join(append(c, "-epochs", "1000000000"), " ") {
			t.Errorf("%+v, %s", r, message)
		}
	}

	// Another training does not take the place of this one, nor of other files.
	os.WriteFile("neuron-2.checkpoint", []byte("mine"), 0o666)
	before, _ := os.ReadFile("neuron.checkpoint")
	if _, message := interruptedAt(t, 1, "-json", "-epochs", "1000000000", "-rate", "0.5"); !strings.Contains(message, "kept in neuron-3.checkpoint;") {
		t.Error(message)
	}
	if after, err := os.ReadFile("neuron.checkpoint"); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the checkpoint of another training has changed, %v", err)
	}
	// The same training takes the place of what it kept earlier.
	if _, message := interruptedAt(t, 5, "-json", "-epochs", "1000000000", "-rate", "0.5"); !strings.Contains(message, "kept in neuron-3.checkpoint;") {
		t.Error(message)
	}
}

// The page on an interrupted training reads rows again.
func TestInterruptedReport(t *testing.T) {
	t.Chdir(t.TempDir())
	rows := strings.Repeat("1,0\n2,1\n", 10_000) // more than are read at a time
	if err := os.WriteFile("d.csv", []byte(rows), 0o666); err != nil {
		t.Fatal(err)
	}
	_, message := interruptedAt(t, 1, "-json", "-stream", "-batch", "0", "-report", "r.html", "d.csv")
	goesOn(t, message)
	if _, err := os.Stat("r.html"); err != nil {
		t.Error(err)
	}
}

// A model that cannot be saved is no reason not to say how to go on.
func TestInterruptedAndFailed(t *testing.T) {
	t.Chdir(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	var stderr bytes.Buffer
	e := &env{ctx: ctx, stdin: strings.NewReader(""), stdout: bufio.NewWriter(io.Discard), stderr: &stderr}
	e.onEpoch = func(train.Epoch) {
		cancel()
		os.Mkdir("m", 0o777)
	}
	code := e.run([]string{"-epochs", "300", "-out", "m"})
	if got := stderr.String(); code != exitInterrupted || !strings.Contains(got, "m: not a regular file\n") || len(goesOn(t, got)) == 0 {
		t.Errorf("exit code %d: %s", code, got)
	}
}

// What cannot be kept is reported all the same.
func TestInterruptionCannotBeKept(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("neuron.checkpoint", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("file", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	k := &keeper[float32]{path: filepath.Join("file", "c")}
	k.latest.Epochs, k.latest.Params = 3, []float32{1}
	i := k.interrupt(&env{}, &trainOptions{})
	if i.err == nil || !strings.HasPrefix(i.Error(), "interrupted after epoch 3, which cannot be kept: save checkpoint ") {
		t.Errorf("%v", i)
	}
}

func TestQuote(t *testing.T) {
	for arg, want := range map[string]string{
		"a-b.csv": "a-b.csv", "-label": "-label", "": "''", "two words": "'two words'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "*": "'*'",
	} {
		if got := quote(arg); got != want && runtime.GOOS != "windows" {
			t.Errorf("quote(%q) = %s, want %s", arg, got, want)
		}
	}
	e := &env{args: []string{"train", "-rate", "2", "--", "-odd name.csv"}}
	if got, want := e.resume(&trainOptions{}, "c"), program()+" train -rate 2 -checkpoint c -resume -- '-odd name.csv'"; got != want && runtime.GOOS != "windows" {
		t.Errorf("%s, want %s", got, want)
	}
}

// A process that gets a signal keeps the training; a shell goes on with the
// command that it prints.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" || testing.Short() {
		t.Skip("not with -short, and not where there are no signals to send")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := filepath.Join(t.TempDir(), "it's here")
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self, "train", "-json", "-epochs", "1000000000", "-out", "m o d e l")
		cmd.Env, cmd.Dir = append(os.Environ(), mainVariable+"=1"), dir
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			t.Skipf("NOT TESTED: cannot start the program again, as under emulation: %v", err)
		}
		time.Sleep(300 * time.Millisecond)
		cmd.Process.Signal(signal)
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Fatalf("%v: %v, %s", signal, err, stderr.String())
		}
		first := decode[trainReport](t, stdout.String())
		c, err := checkpoint.Load[float32](filepath.Join(dir, "m o d e l.checkpoint"))
		if err != nil || c.Epochs != first.Epochs {
			t.Fatalf("%v: %v, %+v of %d epochs", signal, err, c, first.Epochs)
		}
		_, command, _ := strings.Cut(stderr.String(), "\n\n    ")
		// For one epoch more.
		sh := exec.Command("sh", "-c", strings.TrimSpace(strings.Replace(command, "-epochs 1000000000", "-epochs "+fmt.Sprint(first.Epochs+1), 1)))
		sh.Env, sh.Dir = cmd.Env, dir
		out, err := sh.Output()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		want := decode[trainReport](t, mustRun(t, "", "train", "-json", "-epochs", fmt.Sprint(first.Epochs+1)))
		if got := decode[trainReport](t, string(out)); got.Hash != want.Hash || got.Resumed != first.Epochs {
			t.Errorf("%s: %+v, want %+v", command, got, want)
		}
	}
}
