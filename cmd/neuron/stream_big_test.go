//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var streamGiB = flag.Int("stream", 0, "train on a file of so many `GiB` within an eighth of it; 8 at least, since Go itself reserves 0.7 GiB of addresses")

// TestStreamBig trains under a limit of address space, an eighth of the data's
// size, and takes the file away while it is read.
func TestStreamBig(t *testing.T) {
	if *streamGiB == 0 {
		t.Skip("-stream GIB trains on so much")
	}
	dir := t.TempDir()
	path, bin := filepath.Join(dir, "big.npy"), filepath.Join(dir, "neuron")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	start := time.Now()
	size := writeBig(t, path, *streamGiB)
	t.Logf("%d bytes written in %v", size, time.Since(start).Round(time.Second))
	limit := fmt.Sprint(size / 8 / 1024)
	command := func(flags string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
		args := []string{"-c", `ulimit -v "$0"; exec "$@"`, limit, bin, "train", path, "-stream", "-json"}
		c := exec.Command("sh", append(args, strings.Fields(flags)...)...)
		var stdout, stderr bytes.Buffer
		c.Stdout, c.Stderr = &stdout, &stderr
		return c, &stdout, &stderr
	}

	for _, flags := range []string{"-no-standardize -rate 0.01 -test-fraction 0", "-batch 4096 -shuffle none", "-shuffle batches"} {
		c, stdout, stderr := command(flags + " -epochs 3")
		start = time.Now()
		if err := c.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", flags, err, stderr)
		}
		r := decode[trainReport](t, stdout.String())
		t.Logf("ulimit -v %s, %s: accuracy %.4f, weights %s; 3 epochs in %.1f s, all in %.1f s; resident %d MiB at most", limit, flags,
			r.Train.Accuracy, r.Hash, r.Speed.Seconds, time.Since(start).Seconds(), c.ProcessState.SysUsage().(*syscall.Rusage).Maxrss>>10)
		if r.Train.Accuracy < 0.9 {
			t.Errorf("%s: accuracy %v", flags, r.Train.Accuracy)
		}
	}

	for want, meddle := range map[string]func(f *os.File) error{
		"cut short while it was read": func(f *os.File) error { return f.Truncate(size / 2) },
		"are not what they were at first": func(f *os.File) error {
			_, err := f.WriteAt(make([]byte, 1000), size/2)
			return err
		},
	} {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		c, _, stderr := command("-epochs 1000000 -batch 4096 -shuffle none")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if err := meddle(f); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		if c.ProcessState.ExitCode() != exitFailure || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v, want %s:\n%s", c.ProcessState, want, stderr)
		}
		t.Logf("%s", strings.TrimSpace(stderr.String()))
		if want := "cut short"; strings.Contains(stderr.String(), want) {
			writeBig(t, path, *streamGiB)
		}
	}
}

// writeBig writes a matrix of 256 features and a label, and returns the size of
// the file.
func writeBig(t *testing.T, path string, gib int) int64 {
	const cols, block = 257, 1 << 16 // rows
	blocks := gib << 30 / (4 * cols * block)
	r := rand.New(rand.NewPCG(1, 2))
	var p []byte
	for range block {
		var sum float32
		for j := range cols - 1 {
			x := float32(r.IntN(2048)-1024) / 512
			sum += x * float32(j%3-1)
			p, _ = binary.Append(p, binary.LittleEndian, x)
		}
		label := float32(0)
		if sum > 0 {
			label = 1
		}
		p, _ = binary.Append(p, binary.LittleEndian, label)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	dict := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }\n", blocks*block, cols)
	fmt.Fprintf(f, "\x93NUMPY\x01\x00%c%c%s", len(dict), 0, dict)
	for range blocks {
		if _, err := f.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	info, err := f.Stat()
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
