package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// example returns a page with a curve of n epochs and so many features.
func example(epochs, features int) *Page {
	random := rand.New(rand.NewPCG(1, 2))
	p := &Page{
		Title: "Training on cats & dogs.csv", Summary: []Fact{{"Data", "500 rows"}}, Curve: &Curve{Cost: "log loss"},
		Rows: "500 rows held out", Classes: [2]string{"cat", "dog"}, Limit: 0.5, Bias: -1.5, Standard: true,
		Machine: []Fact{{"CPU", "a CPU"}}, Command: "neuron train -label 'the class' x.csv",
	}
	for i := range epochs {
		x := float64(i)
		m := Moment{x, 0.7*math.Exp(-x/20) + 0.1, 1 - 0.4*math.Exp(-x/10)}
		p.Curve.Train = append(p.Curve.Train, m)
		p.Curve.Held = append(p.Curve.Held, Moment{x + 1, m.Cost + 0.05, m.Accuracy - 0.02})
	}
	for range 500 {
		positive := random.Float64() < 0.4
		z := random.NormFloat64() - 1
		if positive {
			z += 2
		}
		p.Labels, p.Scores = append(p.Labels, positive), append(p.Scores, 1/(1+math.Exp(-z)))
	}
	for i := range features {
		w := random.NormFloat64()
		p.Weights = append(p.Weights, Weight{fmt.Sprintf("pixel %d", i), w * 1e-5, w})
	}
	return p
}

// page writes a page and checks what is true of all.
func page(t *testing.T, p *Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	if m := regexp.MustCompile(`(?i)(src|href|action|data|poster)\s*=|url\(|@import|<(script|iframe|link|object|embed|img)|NaN|Inf\b|ZgotmplZ|%!`).FindString(strings.ReplaceAll(html, "<math", "")); m != "" {
		t.Errorf("the page has %q", m)
	}
	for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(html, -1) {
		wellFormed(t, svg)
		for _, want := range []string{`role="img"`, "<title>", "var(--ink)", "viewBox="} {
			if !strings.Contains(svg, want) {
				t.Errorf("a picture without %s", want)
			}
		}
		if m := regexp.MustCompile(`#[0-9A-Fa-f]{6}`).FindString(svg); m != "" {
			t.Errorf("a picture with the colour %s, light or dark", m)
		}
	}
	for _, tag := range []string{"table", "tr", "td", "th", "div", "figure", "ul", "details", "main"} {
		open := len(regexp.MustCompile("<"+tag+"[ >]").FindAllString(html, -1))
		if closed := strings.Count(html, "</"+tag+">"); open != closed {
			t.Errorf("%d <%s>, %d </%s>", open, tag, closed, tag)
		}
	}
	return html
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("no XML: %v", err)
			return
		}
	}
}

func TestPage(t *testing.T) {
	p := example(100, 784)
	html := page(t, p)
	c := Confuse(p.Labels, p.Scores, 0.5)
	for _, want := range []string{
		"Training on cats &amp; dogs.csv", "How well it does: 500 rows held out", "Learning curve",
		fmt.Sprintf("<td class=\"good\">%d<small>true positive", c.TP), fmt.Sprintf("<td class=\"bad\">%d<small>false positive", c.FP),
		fmt.Sprintf("<td class=\"bad\">%d<small>false negative", c.FN), fmt.Sprintf("<td class=\"good\">%d<small>true negative", c.TN),
		fmt.Sprintf("Area under the curve %.4f", Area(ROC(p.Labels, p.Scores))),
		fmt.Sprintf("Average precision %.4f", AveragePrecision(PrecisionRecall(p.Labels, p.Scores))),
		"The weights of 754 more features are smaller.", "neuron train -label &#39;the class&#39; x.csv", "a CPU",
		"prefers-color-scheme: dark", "@media print", `lang="en"`, "width: 100%",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(html, "<svg"); n != 5 {
		t.Errorf("%d pictures", n)
	}
	// The largest weights come first.
	last := math.Inf(1)
	widths := regexp.MustCompile(`style="width: ([0-9.]+)%"`).FindAllStringSubmatch(html, -1)
	for _, m := range widths {
		var w float64
		fmt.Sscan(m[1], &w)
		if w > last {
			t.Errorf("a bar of %v %% behind one of %v %%", w, last)
		}
		last = w
	}
	if len(widths) != mostWeights {
		t.Errorf("%d weights", len(widths))
	}
}

// Whatever comes out of a file is text.
func TestEscape(t *testing.T) {
	const evil = `"><script>alert('1')</script><img src=x onerror=alert(1)>&`
	p := example(2, 2)
	p.Title, p.Notes, p.Summary = evil, []string{evil}, []Fact{{evil, evil}}
	p.Classes, p.Rows, p.Command, p.Machine = [2]string{evil, evil}, evil, evil, []Fact{{evil, evil}}
	p.Weights[0].Name, p.Curve.Cost = evil, evil
	var b bytes.Buffer
	if err := p.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?i)<script|<img|&amp;lt;`).FindString(b.String()); m != "" {
		t.Errorf("the page has %q", m)
	}
	if n := strings.Count(b.String(), "&lt;script&gt;"); n < 12 {
		t.Errorf("the text is there %d times", n)
	}
	for _, svg := range regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(b.String(), -1) {
		wellFormed(t, svg)
	}
	b.Reset()
	if err := p.Curve.WriteSVG(&b); err != nil || strings.Contains(b.String(), "<script") {
		t.Errorf("%v, %s", err, b.String())
	}
	wellFormed(t, b.String())
}

// Pages of what went wrong, and of little.
func TestOddPages(t *testing.T) {
	for name, odd := range map[string]struct {
		change func(*Page)
		want   string
	}{
		"one feature":         {func(p *Page) { p.Weights = p.Weights[:1] }, "width: 100%"},
		"no weights":          {func(p *Page) { p.Weights = nil }, "</main>"},
		"weights of 0":        {func(p *Page) { p.Weights = []Weight{{"a", 0, 0}, {"b", 0, 0}} }, "width: 0%"},
		"not standardised":    {func(p *Page) { p.Standard = false }, "cannot be compared"},
		"one epoch":           {func(p *Page) { p.Curve.Train, p.Curve.Held = p.Curve.Train[:1], nil }, "Learning curve"},
		"nothing but a curve": {func(p *Page) { *p = Page{Title: p.Title, Curve: p.Curve} }, "Learning curve"},
		"no curve":            {func(p *Page) { p.Curve = nil }, "Confusion matrix"},
		"an empty curve":      {func(p *Page) { p.Curve = &Curve{} }, "Confusion matrix"},
		"costs without end": {func(p *Page) {
			for i := range p.Curve.Train {
				p.Curve.Train[i].Cost = math.Pow(1e9, float64(i))
			}
		}, "Learning curve"},
		"gaps":      {func(p *Page) { p.Curve.Train[7].Cost, p.Curve.Held[9].Cost = math.NaN(), math.Inf(1) }, "Learning curve"},
		"one class": {func(p *Page) { clear(p.Labels) }, "All of these rows are of one class"},
		"one row":   {func(p *Page) { p.Labels, p.Scores = p.Labels[:1], p.Scores[:1] }, "All of these rows are of one class"},
		"no probability": {func(p *Page) { p.Scores[3], p.Scores[4] = math.NaN(), math.Inf(1) },
			"2 of 500 have no probability between 0 and 1"},
		"none is positive": {func(p *Page) { p.Limit = 1 }, "Average precision"},
		"all the same":     {func(p *Page) { clear(p.Scores) }, "Area under the curve 0.5000"},
	} {
		t.Run(name, func(t *testing.T) {
			p := example(40, 5)
			odd.change(p)
			if html := page(t, p); !strings.Contains(html, odd.want) {
				t.Errorf("the page lacks %q", odd.want)
			}
		})
	}
}

// pathsOf returns the lines that a picture draws in a colour.
func pathsOf(svg, colour string) []string {
	var paths []string
	for _, m := range regexp.MustCompile(`<path d="(M[^"]*)" style="fill:none;stroke:([^;]*);`).FindAllStringSubmatch(svg, -1) {
		if m[2] == colour {
			paths = append(paths, m[1])
		}
	}
	return paths
}

func TestCurve(t *testing.T) {
	for name, test := range map[string]struct {
		epochs int
		change func(*Curve)
		lines  int // in the colour of the rows trained on, without that of the legend
		want   string
	}{
		"few":     {2, func(*Curve) {}, 2, ">epochs<"},
		"many":    {10000, func(*Curve) {}, 2, ">epochs (logarithmic)<"},
		"one":     {1, func(*Curve) {}, 0, ">epochs<"},
		"none":    {0, func(*Curve) {}, 0, ">epochs<"},
		"falling": {50, func(c *Curve) { c.Train[49].Cost = 1e-5 }, 2, ">log loss (log)<"},
		"gap":     {50, func(c *Curve) { c.Train[20].Cost = math.NaN() }, 3, ">log loss<"},
		"huge":    {50, func(c *Curve) { c.Train[49].Cost = math.MaxFloat64 }, 2, ">log loss (log)<"},
		"constant": {50, func(c *Curve) {
			for i := range c.Train {
				c.Train[i].Cost, c.Train[i].Accuracy = 0.125, 0.5
			}
		}, 2, ">log loss<"},
	} {
		c := example(test.epochs, 1).Curve
		test.change(c)
		var svg, picture bytes.Buffer
		if err := c.WriteSVG(&svg); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wellFormed(t, svg.String())
		if strings.Contains(svg.String(), "NaN") || strings.Contains(svg.String(), "Inf") || strings.Contains(svg.String(), "var(") || !strings.Contains(svg.String(), test.want) {
			t.Errorf("%s: no %s, or what no number is", name, test.want)
		}
		lines := len(pathsOf(svg.String(), "#0066B3"))
		if test.epochs > 0 {
			lines-- // the legend
		}
		if lines != test.lines {
			t.Errorf("%s: %d lines, want %d", name, lines, test.lines)
		}
		if err := c.WritePNG(&picture); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if im, err := png.Decode(&picture); err != nil || im.Bounds().Dx() != 1152 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		tickText(0, 1): "0", tickText(0.5, 1): "0.5", tickText(1e-12, 1): "0", tickText(0.9995, 0.001): "0.9995",
		tickText(10000, 10000): "10k", tickText(2.5e6, 1e7): "2.5M", tickText(2500, 5000): "2.5k", tickText(1e20, 1e20): "1e+20",
		number(-0.12347): "−0.1235", number(math.Inf(1)): "infinite", number(math.NaN()): "none", count(1234567): "1\u202f234\u202f567", count(12): "12", count(123): "123",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
