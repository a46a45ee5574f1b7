package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The colours of charts. In a page each stands for a CSS variable, which the
// page sets for light and dark; blue and orange differ for every kind of sight.
var (
	ink    = color.RGBA{0x22, 0x26, 0x2b, 255}
	grid   = color.RGBA{0xdd, 0xdf, 0xe2, 255}
	faint  = color.RGBA{0x8a, 0x90, 0x98, 255}
	first  = color.RGBA{0x00, 0x66, 0xb3, 255}
	second = color.RGBA{0xc8, 0x50, 0x00, 255}

	variables = strings.NewReplacer(
		"#22262B", "var(--ink)", "#DDDFE2", "var(--grid)", "#8A9098", "var(--faint)",
		"#0066B3", "var(--first)", "#C85000", "var(--second)",
	)
)

// A series is a line of a chart.
type series struct {
	name   string
	points plotter.XYs
	color  color.Color
	dashes []vg.Length
	step   plotter.StepKind
	dots   bool
}

var dashed = []vg.Length{5, 3}

// A chart is one system of axes.
type chart struct {
	x, y       string // what the axes show
	ranges     [4]float64
	logX, logY bool
	series     []series
	height     vg.Length
}

// automatic is the range of an axis that shows all there is.
var automatic = math.NaN()

// plot returns the chart of the points that are finite.
func (c *chart) plot() (*plot.Plot, error) {
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Label.Text, p.Y.Label.Text = c.x, c.y
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		for _, s := range []*draw.TextStyle{&a.Label.TextStyle, &a.Tick.Label} {
			s.Color, s.Font = ink, face(10)
		}
		a.Color, a.Tick.Color, a.Tick.Length = faint, faint, 4
		a.Tick.Marker = linearTicks{}
		a.Padding = 2
	}
	if c.logX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, logTicks{}
	}
	if c.logY {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, logTicks{powers: true}
	}
	lines := plotter.NewGrid()
	lines.Vertical.Color, lines.Horizontal.Color = grid, grid
	p.Add(lines)
	for _, s := range c.series {
		for _, part := range parts(s.points, c.logX, c.logY) {
			line, dots, err := plotter.NewLinePoints(part)
			if err != nil {
				return nil, err
			}
			line.Color, line.Width, line.Dashes, line.StepStyle = s.color, 1.5, s.dashes, s.step
			dots.Color, dots.Shape, dots.Radius = s.color, draw.CircleGlyph{}, 2.5
			if len(part) > 1 {
				p.Add(line)
			}
			if s.dots || len(part) == 1 {
				p.Add(dots)
			}
		}
	}
	fit(&p.X, c.ranges[0], c.ranges[1], c.logX)
	fit(&p.Y, c.ranges[2], c.ranges[3], c.logY)
	return p, nil
}

// fit gives an axis its range, and one to that of a chart without points or of a
// constant.
func fit(a *plot.Axis, low, high float64, log bool) {
	if !math.IsNaN(low) && low < high {
		a.Min, a.Max = low, high
	}
	switch {
	case a.Min > a.Max:
		a.Min, a.Max = 0, 1
		if log {
			a.Min = 0.1
		}
	case a.Min == a.Max && log:
		a.Min, a.Max = a.Min/2, a.Max*2
	case !math.IsNaN(low) && low < high:
	case log:
		pad := math.Pow(a.Max/a.Min, 0.03)
		a.Min, a.Max = a.Min/pad, a.Max*pad
	case a.Max-a.Min <= 1e-9*math.Abs(a.Max): // ticks would not differ
		d := max(0.1*math.Abs(a.Min), 1e-3)
		a.Min, a.Max = a.Min-d, a.Max+d
	default: // so that no line runs along the border
		d := 0.03 * (a.Max - a.Min)
		a.Min, a.Max = a.Min-d, a.Max+d
	}
}

// parts cuts a line where it has no finite point to show.
func parts(points plotter.XYs, logX, logY bool) []plotter.XYs {
	var all []plotter.XYs
	open := false
	for _, p := range points {
		const huge = 1e300 // beyond, the arithmetic of axes overflows
		if !(math.Abs(p.X) < huge && math.Abs(p.Y) < huge) || logX && p.X <= 0 || logY && p.Y <= 0 {
			open = false
			continue
		}
		if !open {
			all, open = append(all, nil), true
		}
		all[len(all)-1] = append(all[len(all)-1], p)
	}
	return all
}

func face(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// linearTicks are those of gonum, with shorter labels.
type linearTicks struct{}

func (linearTicks) Ticks(low, high float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(low, high)
	for i, t := range ticks {
		if t.Label != "" {
			ticks[i].Label = tickText(t.Value, high-low)
		}
	}
	return ticks
}

// tickText returns a tick's label, as precise as the range of its axis needs.
func tickText(x, span float64) string {
	if math.Abs(x) < span*1e-9 {
		return "0"
	}
	digits := max(1, int(math.Ceil(math.Log10(math.Abs(x)/span)))+3)
	text := strconv.FormatFloat(x, 'g', digits, 64)
	if strings.Contains(text, ".") && !strings.Contains(text, "e") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if a := math.Abs(x); a >= 10*unit.size && a < 1e13 || a >= unit.size && strings.Contains(text, "e") && a < 1e13 {
			return strconv.FormatFloat(x/unit.size, 'g', digits, 64) + unit.name
		}
	}
	return text
}

// logTicks are powers of ten, as many as there is room for, and what lies between
// if they are few. With powers, large and small ones are written 1e9.
type logTicks struct{ powers bool }

func (l logTicks) Ticks(low, high float64) []plot.Tick {
	from, to := int(math.Floor(math.Log10(low))), int(math.Ceil(math.Log10(high)))
	every := max(1, (to-from+5)/6)
	var ticks []plot.Tick
	for e := from; e <= to; e++ {
		for m := 1.0; m < 10; m++ {
			x := m * math.Pow10(e)
			if x < low*(1-1e-9) || x > high*(1+1e-9) {
				continue
			}
			label := ""
			if m == 1 && (e-from)%every == 0 || to-from <= 2 && (m == 2 || m == 5) {
				if label = tickText(x, x); l.powers && (x >= 1e4 || x < 1e-3) {
					label = strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(strconv.FormatFloat(x, 'e', 0, 64))
				}
			}
			if m == 1 || to-from <= 6 {
				ticks = append(ticks, plot.Tick{Value: x, Label: label})
			}
		}
	}
	return ticks
}

// A canvas is one or more charts below each other.
type canvas struct {
	charts []*chart
	legend bool // a strip above that names the series of the first chart
	width  vg.Length
}

const legendHeight = 24

func (c *canvas) size() (width, height vg.Length) {
	for _, ch := range c.charts {
		height += ch.height
	}
	if c.legend {
		height += legendHeight
	}
	return c.width, height
}

func (c *canvas) draw(on draw.Canvas) error {
	const border = 6
	on = draw.Crop(on, border, -2*border, border, -border)
	if c.legend {
		x := on.Min.X
		for _, s := range c.charts[0].series {
			line := plotter.Line{LineStyle: draw.LineStyle{Color: s.color, Width: 1.5, Dashes: s.dashes}}
			area := draw.Crop(on, x-on.Min.X, 0, 0, 0)
			area.Min.Y, area.Max.Y, area.Max.X = on.Max.Y-14, on.Max.Y-2, x+24
			line.Thumbnail(&area)
			style := draw.TextStyle{Color: ink, Font: face(11), Handler: plot.DefaultTextHandler}
			on.FillText(style, vg.Point{X: x + 30, Y: on.Max.Y - 12}, s.name)
			x += 30 + style.Width(s.name) + 24
		}
		on.Max.Y -= legendHeight
	}
	table := make([][]*plot.Plot, len(c.charts))
	for i, ch := range c.charts {
		p, err := ch.plot()
		if err != nil {
			return err
		}
		table[i] = []*plot.Plot{p}
	}
	tiles := draw.Tiles{Rows: len(table), Cols: 1, PadY: 14}
	for i, row := range plot.Align(table, tiles, on) {
		table[i][0].Draw(row[0])
	}
	return nil
}

// svg returns a picture to put into a page, with the colours of the page, or to
// stand on its own.
func (c *canvas) svg(title string, alone bool) (template.HTML, error) {
	w, h := c.size()
	s := vgsvg.New(w, h)
	if err := c.draw(draw.New(s)); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if _, err := s.WriteTo(&b); err != nil {
		return "", err
	}
	text := b.String()
	body := text[strings.Index(text, "<g "):]
	body = strings.ReplaceAll(body, "font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal;", "")
	head, style := "", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif"
	if alone {
		head = `<rect width="100%" height="100%" fill="#fff" />` + "\n"
	} else {
		body = variables.Replace(body)
	}
	size := ""
	if alone {
		size = fmt.Sprintf(` width="%g" height="%g"`, float64(w)*4/3, float64(h)*4/3)
	}
	title = html.EscapeString(title)
	return template.HTML(fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg"%s viewBox="0 0 %g %g" role="img" aria-label="%s" style="%s">
<title>%s</title>
%s%s`, size, float64(w), float64(h), title, style, title, head, body)), nil
}

func (c *canvas) png(w io.Writer) error {
	const dotsPerInch = 192
	width, height := c.size()
	i := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch), vgimg.UseBackgroundColor(color.White))}
	if err := c.draw(draw.New(i)); err != nil {
		return err
	}
	_, err := i.WriteTo(w)
	return err
}
