package exchange

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/seed-b3c25b83/kernel"
)

// With readers, other programs read what is exported: Debian's python3-onnx, and
// ONNX Runtime in node.
var readers = flag.String("readers", "", "`folder` with node_modules that hold onnxruntime-web; python3-onnx must be there, too")

func TestReaders(t *testing.T) {
	if *readers == "" {
		t.Skip("only with -readers: needs python3-onnx and onnxruntime-web")
	}
	dir := t.TempDir()
	count := 0
	for _, d := range []int{1, 30, 784} {
		writeCase[float32](t, filepath.Join(dir, fmt.Sprint("single", d)), d)
		writeCase[float64](t, filepath.Join(dir, fmt.Sprint("double", d)), d)
		count += 2
	}
	for _, args := range [][]string{
		{"/usr/bin/python3", "readers/onnx.py", dir, fmt.Sprint(count)},
		{"node", "readers/onnxruntime.mjs", dir, fmt.Sprint(count), *readers},
	} {
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", args[1], err, out)
		}
		t.Logf("%s", out)
	}
}

// writeCase writes a model, what a reader finds in it, some rows and what is
// predicted for them.
func writeCase[T kernel.Float](t *testing.T, stem string, d int) {
	t.Helper()
	m := randomModel[T](d)
	m.Label = "größe"
	r := rand.New(rand.NewPCG(uint64(d), 5))
	for j := range m.Weights {
		m.Weights[j] = T(r.NormFloat64() / float64(d))
	}
	x := kernel.Batch[T]{Data: make([]T, 500*d), Rows: 500, Cols: d}
	for i := range x.Data {
		x.Data[i] = T(r.NormFloat64() * 3)
	}
	want := make([]T, x.Rows)
	m.Predict(want, x)
	var onnx bytes.Buffer
	if err := WriteONNX(&onnx, m); err != nil {
		t.Fatal(err)
	}
	about, err := json.Marshal(map[string]any{"columns": d, "element": fmt.Sprint("float", bits[T]()), "metadata": metadata(m)})
	if err != nil {
		t.Fatal(err)
	}
	for end, p := range map[string][]byte{
		".onnx": onnx.Bytes(), ".json": about, ".rows": appendNumbers(nil, x.Data), ".want": appendNumbers(nil, want),
	} {
		if err := os.WriteFile(stem+end, p, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
