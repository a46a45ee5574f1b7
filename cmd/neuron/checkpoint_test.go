package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/checkpoint"
	"github.com/seed-b3c25b83/kernel/train"
)

// mainVariable makes the test binary the command.
const mainVariable = "NEURON_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(mainVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// interruptedAt runs a command line and interrupts it behind an epoch.
func interruptedAt(t *testing.T, epoch int, args ...string) (r trainReport, message string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var stdout, stderr bytes.Buffer
	e := &env{ctx: ctx, stdin: strings.NewReader(""), stdout: bufio.NewWriter(&stdout), stderr: &stderr}
	e.onEpoch = func(x train.Epoch) {
		if x.Number >= epoch {
			cancel()
		}
	}
	code := e.run(args)
	r = decode[trainReport](t, stdout.String())
	if code != exitInterrupted || !r.Interrupted {
		t.Fatalf("neuron %q: exit code %d, report\n%s%s", args, code, stdout.String(), stderr.String())
	}
	return r, stderr.String()
}

// A training that was interrupted and resumed ends like one that was not.
func TestResume(t *testing.T) {
	for _, flags := range []string{
		"-epochs 200", "-epochs 300 -batch 50 -loss log -float64 -every 20", "-epochs 300 -tolerance 1e-3 -every 7", "-epochs 3000 -every 1000",
	} {
		path := filepath.Join(t.TempDir(), "c")
		args := append(strings.Fields("train -json "+flags), "-checkpoint", path)
		plain, _, _ := strings.Cut(flags, " -every")
		want := decode[trainReport](t, mustRun(t, "", append([]string{"train", "-json"}, strings.Fields(plain)...)...))

		first, _ := interruptedAt(t, 1, args...)
		again := append(args, "-resume")
		got := decode[trainReport](t, mustRun(t, "", again...))
		if got.Hash != want.Hash || got.Epochs != want.Epochs || got.Converged != want.Converged || *got.Train != *want.Train || *got.Test != *want.Test {
			t.Errorf("%s: resumed %+v, want %+v", flags, got, want)
		}
		if got.Resumed != first.Epochs || first.Epochs < 1 {
			t.Errorf("%s: resumed after epoch %d, interrupted after epoch %d", flags, got.Resumed, first.Epochs)
		}
		// Once more: there is nothing left to do.
		if got := decode[trainReport](t, mustRun(t, "", again...)); got.Hash != want.Hash || got.Resumed != want.Epochs {
			t.Errorf("%s: once more %+v", flags, got)
		}
		// For longer, with other workers.
		if strings.Contains(flags, "batch") {
			want := decode[trainReport](t, mustRun(t, "", strings.Fields("train -json "+plain+" -epochs 320")...))
			got := decode[trainReport](t, mustRun(t, "", append(again, "-epochs", "320", "-workers", "3")...))
			if got.Hash != want.Hash || got.Resumed != 300 {
				t.Errorf("%s: for longer %+v, want %+v", flags, got, want)
			}
		}
	}
}

func TestEvery(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	saves := 0
	k := &keeper[float32]{path: path, every: 3}
	for n := 1; n <= 7; n++ {
		k.latest.Params, k.latest.Epochs = []float32{float32(n)}, n
		before, now := k.kept, k.latest
		if err := k.note(&now); err != nil {
			t.Fatal(err)
		}
		if k.kept != before {
			saves++
		}
		if c, err := checkpoint.Load[float32](path); n >= 3 && (err != nil || c.Epochs != n/3*3 || c.Params[0] != float32(n/3*3)) {
			t.Errorf("epoch %d: %+v, %v", n, c, err)
		}
	}
	if saves != 2 {
		t.Errorf("%d checkpoints", saves)
	}

	// Or two seconds behind the one before.
	k.every, k.saved = 0, time.Now()
	for _, late := range []bool{false, true, false} {
		if late {
			k.saved = k.saved.Add(-2 * time.Second)
		}
		before := k.latest
		before.Epochs++
		if err := k.note(&before); err != nil || (k.kept == k.latest.Epochs) != late {
			t.Errorf("late %v: kept %d of %d, %v", late, k.kept, k.latest.Epochs, err)
		}
	}

	// The last epoch is kept, even if it is not its turn.
	os.Remove(path)
	mustRun(t, "", "train", "-epochs", "10", "-every", "4", "-checkpoint", path)
	if c, err := checkpoint.Load[float32](path); err != nil || c.Epochs != 10 {
		t.Errorf("%+v, %v", c, err)
	}
}

// What cannot be gone on from is refused, and stays as it is.
func TestResumeErrors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "c")
	mustRun(t, "", "train", "-epochs", "5", "-checkpoint", path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(dir, "damaged")
	os.WriteFile(damaged, append(before[:len(before)-1:len(before)-1], 0), 0o666)
	const (
		other  = ": train: the checkpoint belongs to another training: it was made "
		advice = "; use the same data and flags, or remove the file"
	)
	for _, test := range []struct{ args, stdin, want string }{
		{"-checkpoint c", "", "c exists; go on from it with -resume, or remove it"},
		{"-checkpoint c -resume -epochs 4", "", "c" + other + "after epoch 5, beyond the 4 that are wanted" + advice},
		{"-checkpoint c -resume -rate 0.5", "", "c" + other + "with Rate auto, not 0.5" + advice},
		{"-checkpoint c -resume -loss log", "", "c" + other + "with Loss quadratic, not log" + advice},
		{"-checkpoint c -resume -seed 2", "", "c" + other + "with Seed 1, not 2" + advice},
		{"-checkpoint c -resume -no-standardize", "", "c" + other + "with Standardize true, not false" + advice},
		{"-checkpoint c -resume -positive benign", "", "c" + other + "on other labels" + advice},
		{"-checkpoint c -resume -test-fraction 0.3", "", "c" + other + "on 456 rows of 30 features, not 398 of 30" + advice},
		{"-checkpoint c -resume -ignore 1", "", "c" + other + "on 456 rows of 30 features, not 456 of 29" + advice},
		{"- -checkpoint c -resume", strings.Replace(string(breastCancer), "17.99", "17.98", 1), "c" + other + "on other features" + advice},
		{"-checkpoint c -resume -float64", "", "load checkpoint c: holds float32 weights, float64 wanted: other element type; train with -float64 or without, as before"},
		{"-checkpoint damaged -resume", "", "load checkpoint damaged: checksum does not match: the file is damaged"},
		{"-checkpoint none/c", "", "-checkpoint none/c: there is no folder none; make it first"},
		{"-checkpoint . -resume", "", "-checkpoint .: is a folder; name a file"},
	} {
		if runtime.GOOS == "windows" && strings.Contains(test.want, "directory") {
			continue // which says it in other words
		}
		t.Chdir(dir)
		stdout, stderr, code := neuron(test.stdin, append([]string{"train"}, strings.Fields(test.args)...)...)
		if code != exitFailure || stdout != "" || stderr != "neuron: "+test.want+"\n" {
			t.Errorf("neuron train %s: exit code %d, stderr\n%swant\nneuron: %s", test.args, code, stderr, test.want)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the checkpoint has changed, %v", err)
	}

	stdout, stderr, code := neuron("", "train", "-checkpoint", "new", "-resume")
	if code != exitOK || stderr != "neuron: no checkpoint new yet: training begins\n" || !strings.Contains(stdout, "100 epochs") {
		t.Errorf("exit code %d, stderr %q, stdout\n%s", code, stderr, stdout)
	}
	stdout = mustRun(t, "", "train", "-checkpoint", "new", "-resume", "-epochs", "101")
	if !strings.Contains(stdout, "101 epochs on 456 rows, rate 0.961, resumed after epoch 100\n") {
		t.Error(stdout)
	}
}

// The same command line, killed and started again until it comes to its end,
// gives what it gives when nobody kills it.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "js" || testing.Short() {
		t.Skip("not with -short, and not where there are no processes")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const flags = "train -json -epochs 200 -batch 64 -loss log"
	want := decode[trainReport](t, mustRun(t, "", strings.Fields(flags)...))
	path := filepath.Join(t.TempDir(), "c")
	kills := 0
	for wait := 30 * time.Millisecond; ; wait += wait / 8 {
		ctx, cancel := context.WithTimeout(context.Background(), wait/2+time.Duration(rand.Int64N(int64(wait))))
		cmd := exec.CommandContext(ctx, self, append(strings.Fields(flags), "-q", "-every", "2", "-resume", "-checkpoint", path)...)
		cmd.Env = append(os.Environ(), mainVariable+"=1")
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		late := ctx.Err() != nil
		cancel()
		if stderr.Len() > 0 {
			t.Fatalf("after %d kills: %v, %s", kills, err, stderr.String())
		}
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) && !late {
			t.Skipf("NOT TESTED: cannot start the program again, as under emulation: %v", err)
		}
		if err != nil {
			kills++
			continue
		}
		got := decode[trainReport](t, string(out))
		if got.Hash != want.Hash || *got.Test != *want.Test || got.Epochs != want.Epochs {
			t.Errorf("after %d kills: %+v, want %+v", kills, got, want)
		}
		break
	}
	t.Logf("%d kills", kills)
}
