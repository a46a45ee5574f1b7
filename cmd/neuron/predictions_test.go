package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-b3c25b83/kernel/dataset"
	"github.com/seed-b3c25b83/kernel/model"
)

// Whoever writes a row gets its prediction before writing the next.
func TestPredictAnswers(t *testing.T) {
	path := written(t, &model.Model[float32]{Weights: []float32{1}, Features: []string{"temperature"}, Classes: [2]string{"no", "yes"}})
	for _, flags := range [][]string{nil, {"-json"}} {
		rows, in := io.Pipe()
		out, lines := io.Pipe()
		done := make(chan int)
		go func() {
			done <- run(context.Background(), append([]string{"predict", path, "-"}, flags...), rows, lines, io.Discard)
			lines.Close()
		}()
		answers := make(chan string)
		go func() {
			for s := bufio.NewScanner(out); s.Scan(); {
				answers <- s.Text()
			}
			close(answers)
		}()
		ask := func(question, want string) {
			io.WriteString(in, question)
			select {
			case got := <-answers:
				if got != want {
					t.Errorf("%q: answer %s, want %s", question, got, want)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("no answer to %q", question)
			}
		}
		io.WriteString(in, "temperature\n")
		if flags == nil {
			ask("", "probability,class")
			ask("0\n", "0.5,yes")
			ask("-100\n", "3.8e-44,no")
		} else {
			ask("0\n", `{"row":1,"probability":0.5,"class":"yes"}`)
			ask("-100\n", `{"row":2,"probability":3.8e-44,"class":"no"}`)
		}
		in.Close()
		if code := <-done; code != exitOK {
			t.Errorf("exit code %d", code)
		}
		if line, ok := <-answers; ok {
			t.Errorf("one more answer: %s", line)
		}
	}
}

// Odd names of classes survive, and a probability that is none is no JSON number.
func TestPredictText(t *testing.T) {
	for _, names := range [][2]string{{`a "quoted", name`, "<&>"}, {" two\nlines", "größe\x01"}} {
		path := written(t, &model.Model[float32]{Weights: []float32{float32(math.Inf(1))}, Classes: names})
		records, err := csv.NewReader(strings.NewReader(mustRun(t, "-1\n0\n1\n", "predict", path, "-"))).ReadAll()
		if want := fmt.Sprint([][]string{{"probability", "class"}, {"0", names[0]}, {"NaN", names[0]}, {"1", names[1]}}); err != nil || fmt.Sprint(records) != want {
			t.Errorf("%v, %q, want %q", err, records, want)
		}
		for i, line := range strings.Split(strings.TrimSpace(mustRun(t, "-1\n0\n1\n", "predict", path, "-", "-json")), "\n") {
			p := decode[struct {
				Row         int
				Probability *float64
				Class       string
			}](t, line)
			if p.Row != i+1 || p.Class != names[i/2] || (p.Probability == nil) != (i == 1) {
				t.Errorf("row %d: %s", i+1, line)
			}
		}
	}
}

// rowsReader makes rows of CSV without end; at some of them it calls look.
type rowsReader struct {
	rows, end int
	rest      []byte
	look      func(rows int)
}

func (r *rowsReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.rows == r.end {
			return 0, io.EOF
		}
		if r.rows%20000 == 0 {
			r.look(r.rows)
		}
		for range 100 {
			r.rest = append(r.rest, "1.25,-3e-2,17,0.5\n"...)
		}
		r.rows += 100
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	if len(r.rest) == 0 {
		r.rest = r.rest[:0]
	}
	return n, nil
}

// Memory does not grow with the number of rows.
func TestPredictMemory(t *testing.T) {
	path := written(t, &model.Model[float32]{Weights: []float32{1, 2, -3, 4}})
	var heap []uint64
	r := &rowsReader{end: 100000, look: func(int) {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heap = append(heap, m.HeapAlloc)
	}}
	var lines lineCounter
	if code := run(context.Background(), []string{"predict", path, "-"}, r, &lines, io.Discard); code != exitOK || lines != 100001 {
		t.Errorf("exit code %d, %d lines", code, lines)
	}
	if n := len(heap) - 1; n != 4 || heap[n] > heap[1]+1<<18 {
		t.Errorf("bytes in use, every 20000 rows: %d", heap)
	}
}

type lineCounter int

func (n *lineCounter) Write(p []byte) (int, error) {
	*n += lineCounter(bytes.Count(p, []byte("\n")))
	return len(p), nil
}

// When nobody reads, the program ends and has nothing to say.
func TestPredictUnread(t *testing.T) {
	if testing.Short() {
		t.Skip("not with -short, and not under emulation, which cannot start the program again")
	}
	path := written(t, &model.Model[float32]{Weights: []float32{1}})
	in := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(in, bytes.Repeat([]byte("0.5\n"), 500000), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "predict", path, in)
	cmd.Env = append(os.Environ(), mainVariable+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.ReadFull(stdout, make([]byte, 100))
	stdout.Close()
	if err := cmd.Wait(); err == nil || stderr.Len() > 0 {
		t.Errorf("%v, stderr %q", err, stderr.String())
	}

	// The same where the signal is ignored, or there is none.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	stderr.Reset()
	if code := run(context.Background(), []string{"predict", path, in}, nil, w, &stderr); code != exitUnread && runtime.GOOS != "windows" || stderr.Len() > 0 && runtime.GOOS != "windows" {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

// A failure of the output is not blamed on the input.
func TestPredictOutputFails(t *testing.T) {
	path := written(t, &model.Model[float32]{Weights: []float32{1}})
	rows := strings.Repeat("0.5\n", 100000)
	var stderr bytes.Buffer
	full := failingWriter{fmt.Errorf("no space left on device")}
	if code := run(context.Background(), []string{"predict", path, "-"}, strings.NewReader(rows), full, &stderr); code != exitFailure ||
		stderr.String() != "neuron: writing the output: no space left on device\n" {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// cancerLike returns CSV like that of the breast cancer data.
func cancerLike(rows int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for range rows {
		for j := range 30 {
			if j > 0 {
				b.WriteByte(',')
			}
			b.Write(strconv.AppendFloat(nil, r.NormFloat64()*100, 'f', 3, 64))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// BenchmarkPredict compares predictions with the reading that they need.
func BenchmarkPredict(b *testing.B) {
	const rows = 20000
	p := cancerLike(rows)
	w := make([]float32, 30)
	for i := range w {
		w[i] = 0.01 * float32(i%5-2)
	}
	m := &model.Model[float32]{Weights: w, Classes: [2]string{"benign", "malignant"}, Threshold: 0.5}
	path := filepath.Join(b.TempDir(), "m")
	if err := model.Save(path, m); err != nil {
		b.Fatal(err)
	}
	report := func(b *testing.B) {
		b.SetBytes(int64(len(p)))
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	}
	b.Run("read", func(b *testing.B) {
		dst := make([]float32, 30)
		all := except(30)
		for b.Loop() {
			t, err := dataset.NewReader(bytes.NewReader(p), "b", dataset.Options{})
			if err != nil {
				b.Fatal(err)
			}
			for err = t.Next(); err == nil; err = t.Next() {
				if err := dataset.Read(t, dst, all); err != nil {
					b.Fatal(err)
				}
			}
		}
		report(b)
	})
	for _, flag := range []string{"csv", "json"} {
		b.Run(flag, func(b *testing.B) {
			for b.Loop() {
				args := []string{"predict", path, "-", "-json=" + fmt.Sprint(flag == "json")}
				if code := run(context.Background(), args, bytes.NewReader(p), io.Discard, io.Discard); code != exitOK {
					b.Fatal(code)
				}
			}
			report(b)
		})
	}
}
