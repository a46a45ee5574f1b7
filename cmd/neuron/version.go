package main

import (
	"cmp"
	"flag"
	"runtime"
	"runtime/debug"
)

var versionCommand = command{
	name:  "version",
	short: "print the version",
	long:  `Version prints the version of the program and of the Go that built it.`,
	setup: func(flags *flag.FlagSet) runner {
		asJSON := flags.Bool("json", false, "print JSON")
		return func(e *env, args []string) error {
			if len(args) > 0 {
				return misuse("takes no arguments")
			}
			return printReport(e, *asJSON, newVersionReport())
		}
	},
}

// released is the version of a release, which the linker sets.
var released string

type versionReport struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionReport() *versionReport {
	r := &versionReport{Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if build, ok := debug.ReadBuildInfo(); ok {
		r.Version = build.Main.Version
	}
	r.Version = cmp.Or(released, r.Version, "(devel)")
	return r
}

func (r *versionReport) print(w printer) {
	w.line("neuron %s %s %s", r.Version, r.Go, r.Platform)
}
