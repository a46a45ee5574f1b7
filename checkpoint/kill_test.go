package checkpoint

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/train"
)

var kills = flag.Int("kills", 20, "how often TestKill kills a training")

// childPath is the variable that makes the test binary a training which keeps
// its checkpoints in the file that it names.
const childPath = "NEURON_TEST_CHECKPOINT"

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := trainIn(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// problem returns what the training of TestKill works on.
func problem() (train.Data[float32], train.Options) {
	const rows, cols = 300, 20
	d := train.Data[float32]{X: kernel.Batch[float32]{Data: make([]float32, rows*cols), Rows: rows, Cols: cols}, Y: make([]float32, rows)}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range d.X.Data {
		d.X.Data[i] = float32(r.IntN(2049)-1024) / 512
	}
	for i := range d.Y {
		d.Y[i] = float32(r.IntN(2))
	}
	return d, train.Options{Rate: 0.1, Epochs: 30, BatchSize: 32, Seed: 5, Standardize: true, Tolerance: 1e-9, Workers: 1}
}

// trainIn trains and keeps a checkpoint of every epoch, or goes on from the
// last. It prints the number of every epoch whose checkpoint it has kept, and
// at last the result.
func trainIn(path string) error {
	fmt.Println("started")
	if err := Sweep(path); err != nil {
		return err
	}
	from, err := Load[float32](path)
	if errors.Is(err, fs.ErrNotExist) {
		from, err = nil, nil
	}
	if err != nil {
		return err
	}
	d, o := problem()
	r, err := train.FitFrom(context.Background(), d, o, from, func(c *train.Checkpoint[float32]) error {
		if err := Save(path, c); err != nil {
			return err
		}
		_, err := fmt.Println("kept", c.Epochs)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Println("result", result(r))
	return nil
}

func result(r *train.Result[float32]) string {
	m := model.Model[float32]{Weights: r.Weights, Bias: r.Bias}
	return fmt.Sprint(m.Hash(), r.Epochs, r.Cost)
}

// TestKill kills a training at random times, again and again. The checkpoint
// that it kept last must load, and the training must end as if nothing had
// happened.
func TestKill(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("this system has no processes")
	}
	d, o := problem()
	r, err := train.Fit(context.Background(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	want := result(r)
	path := filepath.Join(t.TempDir(), "c")
	n := *kills
	if testing.Short() {
		n = min(n, 5)
	}
	span := 20 * time.Millisecond // of the times at which to kill, made to fit the machine
	killed, completed, kept := 0, 0, 0
	for killed < n || completed == 0 {
		wait := time.Duration(rand.Int64N(int64(span)))
		if killed >= n {
			wait = time.Hour
		}
		said, alive := runChild(t, path, wait)
		for _, line := range said {
			fmt.Sscanf(line, "kept %d", &kept)
		}
		if !alive {
			completed++
			if got := said[len(said)-1]; got != "result "+want {
				t.Fatalf("after %d kills: %s, want result %s", killed, got, want)
			}
			entries, _ := os.ReadDir(filepath.Dir(path))
			if len(entries) != 1 {
				t.Fatalf("the folder holds %v", entries)
			}
			os.Remove(path)
			kept = 0
			span = span * 3 / 4
			continue
		}
		killed++
		span += span / 16
		c, err := Load[float32](path)
		switch {
		case kept == 0 && errors.Is(err, fs.ErrNotExist):
		case err != nil:
			t.Fatalf("after %d kills: %v", killed, err)
		case c.Epochs != kept && c.Epochs != kept+1:
			t.Fatalf("after %d kills: epoch %d was kept, the file holds epoch %d", killed, kept, c.Epochs)
		default:
			kept = c.Epochs
		}
	}
	t.Logf("%d kills, %d trainings completed", killed, completed)
}

// runChild starts the training in another process and kills it some time after
// it has said that it started. It returns all it said, and whether it was
// still alive.
func runChild(t *testing.T, path string, wait time.Duration) (said []string, alive bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childPath+"="+path)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	timer := time.AfterFunc(wait, func() { cmd.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() {
		said = append(said, lines.Text())
	}
	err = cmd.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("the training failed: %s", stderr.String())
	}
	return said, err != nil
}
