package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
)

func neuronColumnar(t *testing.T, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(stdin), &out, &errs)
	return out.String(), errs.String(), code
}

func TestRun(t *testing.T) {
	const file = "../testdata/hyparquet.parquet"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		stdin, args, stdout, stderr string
		code                        int
	}{
		{"", file, "x,y,class\n1,0.5,a\n2,1.5,b\n3,2.5,a\n", "", 0},
		{string(content), "-", "x,y,class\n1,0.5,a\n2,1.5,b\n3,2.5,a\n", "", 0},
		{"", "-columns y,class " + file, "y,class\n0.5,a\n1.5,b\n2.5,a\n", "", 0},
		{"", "-list " + file, "x\ny\nclass\n", "", 0},
		{"", "-columns z " + file, "", "neuron-columnar: " + file + `: no column "z"; the columns are ["x" "y" "class"]` + "\n", 1},
		{"1,2\n", "-", "", "neuron-columnar: stdin: neither a Parquet nor an Arrow file, as its first bytes tell\n", 1},
		{"", "", "", "neuron-columnar: want one file, have 0\n", 2},
		{"", "/nowhere", "", "neuron-columnar: open /nowhere: no such file or directory\n", 1},
	} {
		stdout, stderr, code := neuronColumnar(t, c.stdin, strings.Fields(c.args)...)
		if stdout != c.stdout || stderr != c.stderr || code != c.code {
			t.Errorf("%s: %q, %q, %d", c.args, stdout, stderr, code)
		}
	}
	if _, stderr, code := neuronColumnar(t, "", "-h"); code != 0 || !strings.HasPrefix(stderr, "Usage: neuron-columnar") {
		t.Errorf("%q, %d", stderr, code)
	}
}
