package bench

import "runtime/debug"

// versions returns the modules of the peers in this binary, with versions.
func versions() []string {
	names := map[string]string{
		"gonum.org/v1/gonum":          "gonum",
		"github.com/viterin/vek":      "vek",
		"github.com/chewxy/math32":    "math32",
		"github.com/nlpodyssey/spago": "spago",
	}
	var list []string
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if name, ok := names[m.Path]; ok {
				list = append(list, name+" "+m.Version)
			}
		}
	}
	return list
}
