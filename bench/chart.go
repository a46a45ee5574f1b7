package bench

import (
	"fmt"
	"html"
	"io"
	"slices"
)

// A series is the bars of one color. Of several names the fastest counts, case
// by case.
type series struct {
	label, color string
	names        []string
}

// chartPeers are the peers of a chart, with colors that read on white and on
// black. Ours, whatever its name, comes first.
var chartPeers = []series{
	{"openblas", "#8b5fbf", []string{"openblas", "openblas-tiled"}},
	{"archsimd", "#c2568a", []string{"archsimd"}},
	{"vek", "#c98a1b", []string{"vek", "vek-tiled"}},
	{"gonum", "#3d9a6d", []string{"gonum", "gonum+math32"}},
	{"spago", "#b5482f", []string{"spago"}},
	{"unrolled", "#9aa0a8", []string{"unrolled"}},
	{"naive", "#70757d", []string{"naive"}},
}

const (
	oursColor   = "#2f7de1"
	secondColor = "#86b6f0"
)

// Chart draws the share of the read limit of an op on a type as an SVG
// image: a group of bars for each shape, and in it a bar for each series.
func (r *Record) Chart(w io.Writer, op Op, typ string) error {
	var results []*Result
	for _, res := range r.Results {
		if res.Op == op && res.Type == typ {
			results = append(results, res)
		}
	}
	if len(results) == 0 {
		return fmt.Errorf("the record has no results of %s on %s", op, typ)
	}
	list := []series{{results[0].Ours, oursColor, []string{results[0].Ours}}}
	if s := results[0].Second; s != "" {
		list = append(list, series{s, secondColor, []string{s}})
	}
	for _, s := range chartPeers {
		if results[0].fastest(s.names) != nil {
			list = append(list, s)
		}
	}

	const (
		left, top, height = 48, 64, 240
		bar, gap          = 14, 22
	)
	group := len(list)*bar + gap
	width := max(left+len(results)*group+16, 480)
	y := func(share float64) float64 { return top + height*(1-min(share, 1.1)/1.1) }

	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	p(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`,
		width, top+height+64, width, top+height+64)
	p(`<title>%s, %s: share of the read limit of one core</title>`, op, typ)
	p(`<style>
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 10px }
.line { stroke: #1f2328; stroke-opacity: .18 }
.limit { stroke: #1f2328; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.line, .limit { stroke: #e6edf3 }
}
</style>`)
	p(`<text x="8" y="18">%s, %s: share of the read limit, one core of %s</text>`, op, typ, html.EscapeString(r.CPU))
	x := float64(8)
	for _, s := range list {
		p(`<rect x="%.0f" y="32" width="10" height="10" fill="%s"/>`, x, s.color)
		p(`<text x="%.0f" y="41">%s</text>`, x+14, html.EscapeString(s.label))
		x += 30 + 6.8*float64(len(s.label))
	}
	for _, share := range []float64{0, .25, .5, .75, 1} {
		class := "line"
		if share == 1 {
			class = "limit"
		}
		p(`<line class="%s" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>`, class, left, width-8, y(share), y(share))
		p(`<text x="%d" y="%.1f" text-anchor="end">%.2g</text>`, left-6, y(share)+4, share)
	}
	for i, res := range results {
		x0 := left + gap/2 + i*group
		for k, s := range list {
			e := res.fastest(s.names)
			if e == nil {
				continue
			}
			p(`<rect x="%d" y="%.1f" width="%d" height="%.1f" fill="%s"><title>%s: %.3f, %s</title></rect>`,
				x0+k*bar, y(e.Read), bar-2, y(0)-y(e.Read), s.color, html.EscapeString(e.Name), e.Read, duration(e.NS))
			if k == 0 {
				p(`<text class="small" x="%d" y="%.1f" text-anchor="end">%.2f</text>`, x0+bar-2, y(e.Read)-4, e.Read)
			}
		}
		mid := x0 + len(list)*bar/2
		label := fmt.Sprintf("%d×%d", res.Rows, res.Cols)
		p(`<text x="%d" y="%d" text-anchor="middle">%s</text>`, mid, top+height+18, label)
		p(`<text class="small" x="%d" y="%d" text-anchor="middle">%s</text>`, mid, top+height+32, caption(res))
	}
	p(`<text class="small" x="8" y="%d">%s, %s/%s, %s. Of a peer and its tiled form the faster.</text>`,
		top+height+56, r.Date, r.OS, r.Arch, r.Go)
	p(`</svg>`)
	return nil
}

// caption says how large X is, and its stride if that is not natural.
func caption(r *Result) string {
	var size string
	switch b := float64(r.Bytes); {
	case b < 1<<20:
		size = fmt.Sprintf("%.0f KiB", b/(1<<10))
	default:
		size = fmt.Sprintf("%.0f MiB", b/(1<<20))
	}
	if r.Stride != r.Cols {
		size += fmt.Sprintf(", stride %d", r.Stride)
	}
	return size
}

// fastest returns the entry with the least time among names, nil if none of
// them took part.
func (r *Result) fastest(names []string) *Entry {
	var best *Entry
	for i := range r.Entries {
		e := &r.Entries[i]
		if slices.Contains(names, e.Name) && (best == nil || e.NS < best.NS) {
			best = e
		}
	}
	return best
}
