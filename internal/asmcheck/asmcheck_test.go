package asmcheck

import (
	"bufio"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/listing"
)

const root = "../.." // of the module

// helpers are packages whose assembly is for tests and comparisons alone and may
// do what kernels must not.
var helpers = []string{"internal/upper", "internal/checkasm", "internal/checkasm/faulty", "internal/asmcheck/testdata",
	"bench/internal/freeorder"}

func needGo(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command here")
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Skip("no source here")
	}
}

// TestAssembly checks every assembly file of the module.
func TestAssembly(t *testing.T) {
	needGo(t)
	functions := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".s" {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil || slices.Contains(helpers, filepath.ToSlash(dir)) {
			return err
		}
		goarch := strings.TrimSuffix(path[strings.LastIndex(path, "_")+1:], ".s")
		if goarch != "amd64" && goarch != "arm64" {
			t.Errorf("%s: its name does not end in _amd64.s or _arm64.s", path)
			return nil
		}
		all, err := listing.Read(path, goarch)
		if err != nil {
			return err
		}
		for _, f := range all {
			functions[goarch]++
			for _, v := range Check(f, goarch) {
				t.Error(v)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, goarch := range []string{"amd64", "arm64"} {
		if functions[goarch] < 10 {
			t.Errorf("checked %d functions for %s: that cannot be all", functions[goarch], goarch)
		}
		t.Logf("%s: %d functions", goarch, functions[goarch])
	}
}

var wantComment = regexp.MustCompile("// want `(.*)`")

// TestFaults checks files full of faults. Each line with a comment of the form
// "want `text`" must have a violation that matches text, and no other line may
// have one.
func TestFaults(t *testing.T) {
	needGo(t)
	for _, goarch := range []string{"amd64", "arm64"} {
		path := filepath.Join("testdata", "faults_"+goarch+".s")
		want := map[int]*regexp.Regexp{}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		for n := 1; lines.Scan(); n++ {
			if m := wantComment.FindStringSubmatch(lines.Text()); m != nil {
				want[n] = regexp.MustCompile(m[1])
			}
		}
		file.Close()
		all, err := listing.Read(path, goarch)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[int]bool{}
		for _, f := range all {
			for _, v := range Check(f, goarch) {
				line, _ := strconv.Atoi(strings.Split(v, ":")[1])
				if seen[line] = true; want[line] == nil {
					t.Errorf("found what is no fault: %s", v)
				} else if !want[line].MatchString(v) {
					t.Errorf("%s: want a match of %q", v, want[line])
				}
			}
		}
		for n, w := range want {
			if !seen[n] {
				t.Errorf("%s:%d: not found: %s", path, n, w)
			}
		}
		t.Logf("%s: %d faults", goarch, len(want))
	}
}
