package bench

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Change is how the time of one of ours has changed since an older record,
// relative to how the times of the peers and of the yardstick have: above 1 it
// has become slower.
type Change struct {
	Case  string  `json:"case"`
	Name  string  `json:"name"`
	Ratio float64 `json:"ratio"`
}

// noise is the change that is not worth a word.
const noise = 1.05

// CompareTo notes in r what has changed since an older record. Both give the
// least times, and the median ratio of what is not ours says how much faster or
// slower the machine itself was.
func (r *Record) CompareTo(old *Record) {
	r.Since, r.Changes = old.Date, nil
	for _, res := range r.Results {
		before := old.find(res.Op, res.Type, res.Shape())
		if before == nil {
			continue
		}
		var drift []float64
		isOurs := func(name string) bool {
			return name != Yardstick && (res.Op.alone() || strings.HasPrefix(name, Ours) || strings.HasPrefix(name, Training))
		}
		for _, e := range res.Entries {
			if b := before.entry(e.Name); b != nil && !isOurs(e.Name) {
				drift = append(drift, e.MinNS/b.MinNS)
			}
		}
		if len(drift) == 0 {
			continue
		}
		machine := spread(drift, nil).Median
		for _, e := range res.Entries {
			b := before.entry(e.Name)
			if b == nil || !isOurs(e.Name) {
				continue
			}
			if ratio := e.MinNS / b.MinNS / machine; ratio > noise || ratio < 1/noise {
				r.Changes = append(r.Changes, Change{res.Case.String(), e.Name, ratio})
			}
		}
	}
}

// changes lists what has become slower, then what has become faster.
func (r *Record) changes(w io.Writer) {
	if r.Since == "" {
		return
	}
	list := func(title string, match func(ratio float64) bool) {
		fmt.Fprintf(w, "## %s since %s\n\n", title, r.Since)
		none := true
		for _, c := range r.Changes {
			if match(c.Ratio) {
				none = false
				fmt.Fprintf(w, "- %s: %s takes %.2f of the time it took\n", c.Case, c.Name, c.Ratio)
			}
		}
		if none {
			fmt.Fprintf(w, "Nothing, beyond %.0f %%.\n", (noise-1)*100)
		}
		fmt.Fprintln(w)
	}
	list("Slower", func(ratio float64) bool { return ratio > 1 })
	list("Faster", func(ratio float64) bool { return ratio < 1 })
}

// Previous returns the newest record beside base, without an ending, that is
// older and complete and was made by the same kind of build; nil if there is
// none.
func (r *Record) Previous(base string) (*Record, error) {
	names, err := filepath.Glob(filepath.Join(filepath.Dir(base), "*.json"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range slices.Backward(names) {
		if name >= base+".json" {
			continue
		}
		old, err := Load(name)
		if err != nil {
			return nil, fmt.Errorf("an older record: %w", err)
		}
		if old.Complete && old.experiment() == r.experiment() {
			return old, nil
		}
	}
	return nil, nil
}

// experiment returns the experiments that the toolchain names in its version.
func (r *Record) experiment() string {
	_, x, _ := strings.Cut(r.Go, " ")
	return x
}

// writeFile writes a file, and the folders it lies in.
func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o666)
}

// LoadBeside loads the record of the first file, and adds the figures of
// archsimd from that of the second, if there is one.
func LoadBeside(names []string) (*Record, error) {
	if len(names) < 1 || len(names) > 2 {
		return nil, fmt.Errorf("%d records, want one or two", len(names))
	}
	r, err := Load(names[0])
	if err != nil || len(names) == 1 {
		return r, err
	}
	other, err := Load(names[1])
	if err != nil {
		return nil, err
	}
	r.Beside(other, "archsimd")
	return r, nil
}
