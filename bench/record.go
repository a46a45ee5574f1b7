package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"github.com/klauspost/cpuid/v2"
)

// A Record is a run of comparisons on one machine.
type Record struct {
	Date     string    `json:"date"`
	CPU      string    `json:"cpu"`
	OS       string    `json:"os"`
	Arch     string    `json:"arch"`
	Go       string    `json:"go"`
	Peers    []string  `json:"peers"` // what is not pure Go, and versions
	Command  string    `json:"command"`
	Rounds   int       `json:"rounds"`
	RoundMS  float64   `json:"roundms"`
	Note     string    `json:"note,omitempty"`
	Results  []*Result `json:"results"`
	Complete bool      `json:"complete"` // false while the run goes on

	Since   string   `json:"since,omitempty"` // the date of the record that Changes refer to
	Changes []Change `json:"changes,omitempty"`
}

// NewRecord returns a record for this machine, without results.
func NewRecord(date, command string, o Options) *Record {
	r := &Record{
		Date: date, Command: command,
		CPU: cpuName(), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(),
		Rounds: o.Rounds, RoundMS: o.Round.Seconds() * 1e3,
		Peers: versions(),
	}
	if s := OpenBLAS(); s != "" {
		r.Peers = append(r.Peers, s)
	}
	return r
}

// cpuName returns the name of the processor. Where a hypervisor hides the
// model, family and model number stand for it.
func cpuName() string {
	c := &cpuid.CPU
	name := strings.Join(strings.Fields(c.BrandName), " ")
	if name == "" {
		name = cpuinfo()
	}
	if name == "" {
		name = "unknown"
	}
	if !strings.ContainsFunc(name, unicode.IsDigit) && c.Family != 0 {
		name += fmt.Sprintf(" family %d model %d", c.Family, c.Model)
	}
	return name
}

// cpuinfo looks for a name in /proc/cpuinfo, or for the numbers that arm64
// has instead.
func cpuinfo() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	var implementer, part string
	for line := range strings.Lines(string(data)) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "model name":
			return value
		case "CPU implementer":
			implementer = value
		case "CPU part":
			part = value
		}
	}
	if part == "" {
		return ""
	}
	return "implementer " + implementer + " part " + part
}

// slug turns a name into one for files: lower case letters, digits, hyphens.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	words = slices.DeleteFunc(words, func(w string) bool { return w == "r" || w == "tm" || w == "processor" || w == "cpu" })
	return strings.Join(words, "-")
}

// Base returns the name of the files of the record under dir, without an
// ending: arch/cpu/date.
func (r *Record) Base(dir string) string {
	return filepath.Join(dir, r.Arch, slug(r.CPU), r.Date)
}

// Save writes the record to base.json and base.md.
func (r *Record) Save(base string) error {
	data, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	if err := writeFile(base+".json", append(data, '\n')); err != nil {
		return err
	}
	var md strings.Builder
	r.Markdown(&md)
	return writeFile(base+".md", []byte(md.String()))
}

// Load reads the record of a JSON file.
func Load(name string) (*Record, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r := new(Record)
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// Markdown writes the record as tables.
func (r *Record) Markdown(w io.Writer) {
	fmt.Fprintf(w, "# %s, %s\n\n", r.CPU, r.Date)
	fmt.Fprintf(w, "%s %s/%s, one core. %s. %d rounds of %.3g ms, contestants in turns.\n",
		r.Go, r.OS, r.Arch, strings.Join(r.Peers, ", "), r.Rounds, r.RoundMS)
	if r.Note != "" {
		fmt.Fprintf(w, "\n%s\n", r.Note)
	}
	fmt.Fprintf(w, "\n    %s\n\n", r.Command)
	if !r.Complete {
		fmt.Fprintf(w, "This run was not finished.\n\n")
	}
	fmt.Fprintf(w, "“read” is the share of the read limit: the time to read X once, over the time of the contestant. ")
	fmt.Fprintf(w, "“peer/ours” is the median (least, greatest) of the ratios within each round: above 1 ours is faster. ")
	fmt.Fprintf(w, "“error” is the greatest error against a float64 reference, for sigmoid in ULP.\n\n")
	r.Summary(w)
	var op Op
	for _, res := range r.Results {
		if op != res.Op {
			op = res.Op
			fmt.Fprintf(w, "## %s\n\n", op)
		}
		res.Markdown(w)
	}
}

// Summary writes what a reader must not miss: losses and regressions.
func (r *Record) Summary(w io.Writer) {
	r.losses(w)
	r.changes(w)
}

// losses lists where somebody else is faster than what the kernels choose.
func (r *Record) losses(w io.Writer) {
	list := func(title string, match func(name string) bool) {
		fmt.Fprintf(w, "## %s\n\n", title)
		none := true
		for _, res := range r.Results {
			if res.Op.alone() {
				continue
			}
			for _, e := range res.Entries {
				if match(e.Name) && e.Ratio.Median > 0 && e.Ratio.Median < 1 {
					none = false
					fmt.Fprintf(w, "- %s: %s takes %.2f (%.2f, %.2f) of the time of %s\n",
						res.Case, e.Name, e.Ratio.Median, e.Ratio.Min, e.Ratio.Max, res.Ours)
				}
			}
		}
		if none {
			fmt.Fprintf(w, "Nowhere.\n")
		}
		fmt.Fprintln(w)
	}
	ours := func(name string) bool { return strings.HasPrefix(name, Ours) }
	list("Where a peer is faster", func(name string) bool {
		return name != Yardstick && name != FreeOrder && !ours(name) && !strings.HasPrefix(name, Training)
	})
	list("Where a free order is faster", func(name string) bool { return name == FreeOrder })
	list("Where another implementation of ours is faster", ours)
}

// Markdown writes the result as a table.
func (r *Result) Markdown(w io.Writer) {
	fmt.Fprintf(w, "### %s, %s, %s\n\n", r.Op, r.Type, r.Shape())
	columns := []string{"peer/ours"}
	switch {
	case r.Op.alone():
		columns[0] = "relative to " + r.Ours
	case r.Second != "":
		columns = append(columns, "peer/"+strings.TrimPrefix(r.Second, Ours))
	}
	fmt.Fprintf(w, "| | time | best | GB/s | read | %s | error |\n", strings.Join(columns, " | "))
	fmt.Fprintf(w, "|---|---:|---:|---:|---:|%s---:|\n", strings.Repeat("---:|", len(columns)))
	for _, e := range r.Entries {
		ratios := []string{r.ratio(&e, r.Ours, &e.Ratio)}
		if len(columns) > 1 {
			ratios = append(ratios, r.ratio(&e, r.Second, e.Second))
		}
		name := e.Name
		if e.Detail != "" {
			name += " (" + e.Detail + ")"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %.4g | %.3f | %s | %.2g |\n",
			name, duration(e.NS), duration(e.MinNS), e.GBps, e.Read, strings.Join(ratios, " | "), e.Error)
	}
	fmt.Fprintln(w)
}

// ratio prints the ratio of an entry to a reference, in bold if the reference
// is slower.
func (r *Result) ratio(e *Entry, reference string, s *Spread) string {
	if e.Name == Yardstick || e.Name == reference || s == nil || s.Median == 0 {
		return "–"
	}
	text := fmt.Sprintf("%.2f (%.2f, %.2f)", s.Median, s.Min, s.Max)
	if s.Median < 1 && !r.Op.alone() {
		text = "**" + text + "**"
	}
	return text
}

// duration prints nanoseconds with three digits.
func duration(ns float64) string {
	switch {
	case ns < 999.5:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 999.5e3:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	default:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	}
}
