package exchange

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"go/token"
	"io"
	"strconv"
	"strings"
	"text/template"
	"unicode"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

//go:embed gosource.tmpl
var goText string

var goTemplate = template.Must(template.New("go").Funcs(template.FuncMap{"quote": strconv.Quote}).Parse(goText))

// goLaneBytes is the width of the lanes in which the kernels sum up the columns
// of narrow rows; of rows of goNarrow bytes and more it is twice that.
const (
	goLaneBytes = 64
	goNarrow    = 1024
)

// WriteGo writes a Go file of the named package with a function Predict that
// gives the bits of [kernel.Predict] for m, on every architecture. It needs
// nothing but package math.
func WriteGo[T kernel.Float](w io.Writer, m *model.Model[T], packageName string) error {
	if err := check(m); err != nil {
		return err
	}
	if !token.IsIdentifier(packageName) || packageName == "_" {
		return fmt.Errorf("%q is no name for a package of Go", packageName)
	}
	size := bits[T]() / 8
	lanes := goLaneBytes / size
	if len(m.Weights)*size >= goNarrow {
		lanes *= 2
	}
	negative, positive := m.Classes[0], m.Classes[1]
	if m.Classes == [2]string{} {
		negative, positive = "0", "1"
	}
	var b bytes.Buffer
	err := goTemplate.Execute(&b, map[string]any{
		"Package":   packageName,
		"Hash":      m.Hash(),
		"Command":   goComment(m.Meta["command"]),
		"Float":     fmt.Sprint("float", bits[T]()),
		"Single":    bits[T]() == 32,
		"Columns":   len(m.Weights),
		"Lanes":     lanes,
		"Features":  m.Features,
		"Negative":  negative,
		"Positive":  positive,
		"Threshold": strconv.FormatFloat(threshold(m), 'g', -1, 64),
		"Weights":   goNumbers(m.Weights),
		"Bias":      goNumbers([]T{m.Bias})[0],
	})
	if err != nil {
		return err
	}
	p, err := format.Source(b.Bytes())
	if err != nil {
		return err
	}
	_, err = w.Write(p)
	return err
}

// goNumbers returns constants of Go, which are rounded to the very numbers. The
// constant -0 is 0; a weight or a bias of −0 gives the same predictions.
func goNumbers[T kernel.Float](numbers []T) []string {
	var text []string
	for _, v := range numbers {
		text = append(text, strconv.FormatFloat(float64(v), 'g', -1, bits[T]()))
	}
	return text
}

// goComment makes one line of text, without what Go source must not hold.
func goComment(s string) string {
	visible := func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}
	return strings.Join(strings.Fields(strings.Map(visible, s)), " ")
}
