package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/model"
	"github.com/seed-b3c25b83/kernel/pictures"
)

// stripes returns a picture of stripes, which fall or stand. They differ by
// number.
func stripes(fall bool, number int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 40+number, 50-number))
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			along := x
			if fall {
				along = y
			}
			v := uint8(100 + 10*(number%5))
			if (along+number)/5%2 == 0 {
				v += 80
			}
			m.SetNRGBA(x, y, color.NRGBA{v, v / 2, uint8(20 * number), 255})
		}
	}
	return m
}

// stripesFolder returns a folder of both classes.
func stripesFolder(t *testing.T, first, last int) string {
	t.Helper()
	dir := t.TempDir()
	for class, fall := range map[string]bool{"fall": true, "stand": false} {
		if err := os.Mkdir(filepath.Join(dir, class), 0o777); err != nil {
			t.Fatal(err)
		}
		for i := first; i <= last; i++ {
			path := filepath.Join(dir, class, string(rune('a'+i)))
			m := stripes(fall, i)
			if i%2 == 0 {
				if err := writePNG(path+".png", m); err != nil {
					t.Fatal(err)
				}
				continue
			}
			var b bytes.Buffer
			if err := jpeg.Encode(&b, m, nil); err != nil {
				t.Fatal(err)
			}
			write(t, path+".jpg", b.Bytes())
		}
		write(t, filepath.Join(dir, class, ".hidden.png"), nil)
		write(t, filepath.Join(dir, class, "Thumbs.db"), nil)
	}
	return dir
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestPictures trains on pictures and applies what came out, with several
// recipes and both element types. The commands that apply a model are told
// nothing of its recipe.
func TestPictures(t *testing.T) {
	dir, unseen := stripesFolder(t, 0, 11), stripesFolder(t, 12, 15)
	hashes := map[string]string{}
	for flags, recipe := range map[string]string{
		"":                               "hog grey size=32 cell=8 block=2 bins=9",
		"-float64":                       "hog grey size=32 cell=8 block=2 bins=9",
		"-size 16 -cell 4 -bins 4":       "hog grey size=16 cell=4 block=2 bins=4",
		"-colour -size 24":               "hog colour size=24 cell=8 block=2 bins=9",
		"-features pixels -size 20":      "pixels grey size=20",
		"-features pixels -colour":       "pixels colour size=32",
		"-positive fall -rate 0.1 -l2 1": "hog grey size=32 cell=8 block=2 bins=9",
	} {
		path := filepath.Join(t.TempDir(), "m")
		args := append([]string{"train", "-json", "-q", "-loss", "log", "-rate", "0.02", "-test-fraction", "0", "-out", path, dir}, strings.Fields(flags)...)
		trained := decode[trainReport](t, mustRun(t, "", args...))
		if d := trained.Dataset; d.Rows != 24 || d.Counts != [2]int{12, 12} || d.Source != dir {
			t.Errorf("%q: data %+v", flags, d)
		}
		hashes[flags] = trained.Hash
		positive := "stand"
		if strings.Contains(flags, "fall") {
			positive = "fall"
		}
		if trained.Dataset.Classes[1] != positive {
			t.Errorf("%q: classes %q", flags, trained.Dataset.Classes)
		}
		if flags == "-float64" {
			if _, err := model.Load[float64](path); err != nil {
				t.Error(err)
			}
		} else if m, err := model.Load[float32](path); err != nil || m.Meta[pictureKey] != recipe || len(m.Features) != len(m.Weights) {
			t.Errorf("%q: meta %v, %d features, %v", flags, m.Meta, len(m.Features), err)
		}

		seen := decode[evalReport](t, mustRun(t, "", "eval", "-json", path, dir))
		if seen.LogLoss != trained.Train.LogLoss || seen.Hash != trained.Hash || seen.Rows != 24 {
			t.Errorf("%q: log loss %v of %d rows, in training %v", flags, seen.LogLoss, seen.Rows, trained.Train.LogLoss)
		}
		held := decode[evalReport](t, mustRun(t, "", "eval", "-json", path, unseen))
		if !strings.Contains(flags, "pixels") && held.Accuracy < 1 { // stripes that fall are no matter of single pixels
			t.Errorf("%q: accuracy %v", flags, held.Accuracy)
		}
		if held.Confusion.TruePositive+held.Confusion.FalseNegative != 4 {
			t.Errorf("%q: %+v", flags, held.Confusion)
		}
		all := mustRun(t, "", "predict", path, unseen)
		if n := strings.Count(all, "\n"); n != 9 {
			t.Errorf("%q: %d lines for 8 pictures", flags, n)
		}
		one := filepath.Join(unseen, "stand", "m.png")
		line := mustRun(t, "", "predict", path, one)
		if head := "picture,probability,class\n" + one + ","; !strings.HasPrefix(line, head) || !strings.Contains(all, strings.TrimPrefix(line, "picture,probability,class\n")) {
			t.Errorf("%q: alone\n%s, among others\n%s", flags, line, all)
		}
		content, err := os.ReadFile(one)
		if err != nil {
			t.Fatal(err)
		}
		if got := mustRun(t, string(content), "predict", path, "-"); got != strings.ReplaceAll(line, one, "-") {
			t.Errorf("%q: from the standard input\n%s, want\n%s", flags, got, line)
		}
		two := strings.Split(mustRun(t, "", "predict", "-json", path, one, filepath.Join(unseen, "fall")), "\n")
		if first := decode[map[string]any](t, two[0]); len(two) != 6 || first["picture"] != one || len(first) != 3 {
			t.Errorf("%q: %q", flags, two)
		}
	}
	if hashes[""] == hashes["-colour -size 24"] || hashes[""] == hashes["-size 16 -cell 4 -bins 4"] {
		t.Errorf("other recipes, the same weights: %v", hashes)
	}
}

func TestPictureErrors(t *testing.T) {
	dir := stripesFolder(t, 0, 3)
	forPictures, tables := filepath.Join(dir, "p.model"), filepath.Join(dir, "t.model")
	mustRun(t, "", "train", "-q", "-loss", "log", "-rate", "0.01", "-test-fraction", "0", "-out", forPictures, dir)
	mustRun(t, "", "train", "-q", "-out", tables)
	damaged := stripesFolder(t, 0, 3)
	bad := filepath.Join(damaged, "fall", "b.jpg")
	write(t, bad, []byte("\xff\xd8 no"))
	three := stripesFolder(t, 0, 3)
	if err := os.CopyFS(filepath.Join(three, "lie"), os.DirFS(filepath.Join(three, "fall"))); err != nil {
		t.Fatal(err)
	}
	one := filepath.Join(dir, "fall", "a.png")
	if stdout, _, _ := neuron("", "predict", forPictures, bad); stdout != "" {
		t.Errorf("a picture that cannot be read: %q", stdout)
	}
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"train", damaged}, exitFailure, bad + ": "},
		{[]string{"eval", forPictures, damaged}, exitFailure, bad + ": "},
		{[]string{"predict", forPictures, one, bad}, exitFailure, bad + ": "},
		{[]string{"train", three}, exitFailure, `want the folders of two classes, have 3: "fall", "lie", "stand"`},
		{[]string{"eval", forPictures, three}, exitFailure, `lie: the model does not know class "lie"; its classes are "fall" and "stand"`},
		{[]string{"train", filepath.Join(dir, "fall")}, exitFailure, "want a folder of pictures for each class"},
		{[]string{"train", dir, "-positive", "sit"}, exitFailure, `no class "sit"`},
		{[]string{"train", dir, "-label", "x"}, exitUsage, "-label, -ignore, -delimiter and -header are for tables"},
		{[]string{"train", dir, "-stream"}, exitUsage, "-stream is for tables"},
		{[]string{"train", dir, "-features", "sift"}, exitUsage, `-features "sift": must be hog or pixels`},
		{[]string{"train", dir, "-size", "30"}, exitUsage, "-cell 8: must divide the size, 30"},
		{[]string{"train", dir, "-bins", "0"}, exitUsage, "-bins 0: must be positive"},
		{[]string{"eval", forPictures, one}, exitFailure, "was trained on pictures: want a folder"},
		{[]string{"train", dir, "-features", "pixels", "-bins", "3"}, exitUsage, "-cell and -bins are for -features hog"},
		{[]string{"train", "-size", "8"}, exitUsage, "are for pictures"},
		{[]string{"predict", tables, one}, exitFailure, "was trained on a table, not on pictures"},
		{[]string{"eval", tables, dir}, exitFailure, "was trained on a table, not on pictures"},
		{[]string{"predict", tables, "a.csv", "b.csv"}, exitUsage, "want one table, have 2 files"},
		{[]string{"predict", forPictures, one, "-label", "y"}, exitUsage, "are for tables"},
		{[]string{"predict", forPictures, "testdata/numbers.csv"}, exitFailure, "neither a PNG nor a JPEG"},
	} {
		if _, stderr, code := neuron("", test.args...); code != test.code || !strings.Contains(stderr, test.want) {
			t.Errorf("neuron %q: exit code %d, stderr\n%s\nwant %d, %s", test.args, code, stderr, test.code, test.want)
		}
	}
}

// TestChosenPictures chooses classes among more than two.
func TestChosenPictures(t *testing.T) {
	dir := stripesFolder(t, 0, 5)
	for _, name := range []string{"lie", "drop"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(dir, "fall"))); err != nil {
			t.Fatal(err)
		}
	}
	m := filepath.Join(t.TempDir(), "m")
	for flags, want := range map[string][4]int{ // positive, negative, then those of eval
		"-positive stand -negative fall":     {6, 6, 6, 6},
		"-positive lie,fall -negative stand": {12, 6, 12, 6},
		"-positive stand -negative rest":     {6, 18, 6, 18},
	} {
		args := append([]string{"train", "-json", "-q", "-loss", "log", "-rate", "0.02", "-test-fraction", "0", "-out", m, dir}, strings.Fields(flags)...)
		trained := decode[trainReport](t, mustRun(t, "", args...))
		tested := decode[evalReport](t, mustRun(t, "", "eval", "-json", m, dir))
		c := tested.Confusion
		got := [4]int{trained.Dataset.Counts[1], trained.Dataset.Counts[0], c.TruePositive + c.FalseNegative, c.TrueNegative + c.FalsePositive}
		if got != want || tested.Accuracy < 1 || tested.LeftOut != trained.Dataset.LeftOut || tested.LogLoss != trained.Train.LogLoss {
			t.Errorf("%q: counts %v, want %v; accuracy %v, log loss %v and %v", flags, got, want, tested.Accuracy, tested.LogLoss, trained.Train.LogLoss)
		}
	}
	for flags, want := range map[string]string{
		"-positive stand -negative sit": `want folders of class "stand" and of class "sit"`,
		"-negative fall":                "say which are positive with -positive",
		"-positive stand":               `have 4: "drop", "fall", "lie", "stand"; of more, -positive and -negative choose`,
	} {
		if _, stderr, code := neuron("", append([]string{"train", dir}, strings.Fields(flags)...)...); code == exitOK || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit code %d, stderr %q", flags, code, stderr)
		}
	}
}

// TestOtherPictures evaluates on folders of which none is of a chosen class.
func TestOtherPictures(t *testing.T) {
	dir := stripesFolder(t, 0, 3)
	m, other := filepath.Join(dir, "m"), filepath.Join(t.TempDir(), "other")
	mustRun(t, "", "train", "-q", "-loss", "log", "-rate", "0.02", "-out", m, "-positive", "stand", "-negative", "fall", dir)
	if err := os.CopyFS(filepath.Join(other, "lie"), os.DirFS(filepath.Join(dir, "fall"))); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := neuron("", "eval", m, other); code != exitFailure || !strings.Contains(stderr, other+`: no folder is of class "fall" or "stand"`) {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}

// TestManyPictures labels more pictures than are read at a time, with a
// threshold of its own.
func TestManyPictures(t *testing.T) {
	dir := stripesFolder(t, 0, 3)
	m, one := filepath.Join(dir, "m"), filepath.Join(dir, "stand", "a.png")
	mustRun(t, "", "train", "-q", "-loss", "log", "-rate", "0.01", "-test-fraction", "0", "-out", m, dir)
	args := []string{"predict", "-threshold", "1", m}
	for range 300 {
		args = append(args, one)
	}
	lines := strings.Split(mustRun(t, "", args...), "\n")
	if len(lines) != 302 || lines[1] != lines[300] || !strings.HasSuffix(lines[1], ",fall") {
		t.Errorf("%d lines, %q, %q", len(lines), lines[1], lines[300])
	}
}

// TestPictureModel looks at models whose recipe is not for their weights.
func TestPictureModel(t *testing.T) {
	for recipe, want := range map[string]string{
		"pixels grey size=3": `"pixels grey size=3" makes 9 features, but the model has 4`,
		"pixels grey size=x": "does not say how to make features of a picture",
	} {
		path := filepath.Join(t.TempDir(), "m")
		m := &model.Model[float32]{Weights: make([]float32, 4), Meta: map[string]string{pictureKey: recipe}}
		if err := model.Save(path, m); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"predict", path, "a.png"}, {"eval", path, "."}, {"show", "-picture", "w.png", path}} {
			if _, stderr, code := neuron("", args...); code != exitFailure || !strings.Contains(stderr, path+": ") || !strings.Contains(stderr, want) {
				t.Errorf("%q: exit code %d, stderr %q, want %q", args, code, stderr, want)
			}
		}
	}
}

func TestDraw(t *testing.T) {
	dir := stripesFolder(t, 0, 3)
	out, m := filepath.Join(dir, "w.png"), filepath.Join(dir, "m")
	mustRun(t, "", "train", "-q", "-loss", "log", "-rate", "0.01", "-test-fraction", "0", "-out", m, dir)
	if report := mustRun(t, "", "show", "-picture", out, m); !strings.Contains(report, "hog grey size=32") {
		t.Errorf("show says nothing of the recipe:\n%s", report)
	}
	if picture, err := pictures.DecodeFile(out); err != nil || picture.Bounds().Dx() < 800 {
		t.Errorf("%v, %v", picture, err)
	}
	if _, stderr, code := neuron("", "show", "-picture", "w.jpg", m); code != exitUsage || !strings.Contains(stderr, "must end in .png") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	table := filepath.Join(dir, "t")
	mustRun(t, "", "train", "-q", "-out", table)
	if _, stderr, code := neuron("", "show", "-picture", out, table); code != exitFailure || !strings.Contains(stderr, "there are no pixels to draw") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
}

func TestReadingBar(t *testing.T) {
	for _, test := range []struct {
		terminal, quiet bool
		count           int
		want            bool
	}{{true, false, 200, true}, {true, false, 199, false}, {true, true, 200, false}, {false, false, 200, false}} {
		var stderr bytes.Buffer
		bar := readingBar(&env{stderr: &stderr, terminal: test.terminal}, test.count, test.quiet)
		for range test.count {
			bar.Increment()
		}
		bar.Finish()
		if got := stderr.String(); (got != "") != test.want || test.want && !strings.Contains(got, "200 / 200 pictures") {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
