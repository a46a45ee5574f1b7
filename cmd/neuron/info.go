package main

import (
	"cmp"
	"flag"
	"runtime"
	"strings"

	"github.com/klauspost/cpuid/v2"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/internal/impl"
)

var infoCommand = command{
	name:  "info",
	short: "show the CPU and the kernels that run on it",
	long: `Info shows the CPU, which of its features matter here, and which kernels there
are for it. All kernels give the same bits.`,
	setup: func(flags *flag.FlagSet) runner {
		asJSON := flags.Bool("json", false, "print JSON")
		return func(e *env, args []string) error {
			if len(args) > 0 {
				return misuse("takes no arguments")
			}
			return printReport(e, *asJSON, newInfoReport())
		}
	},
}

type infoReport struct {
	CPU             string       `json:"cpu"`
	Cores           int          `json:"cores"` // that this process may use
	Platform        string       `json:"platform"`
	Features        []string     `json:"features"`
	Implementation  string       `json:"implementation"` // the one in use
	Implementations []implReport `json:"implementations"`
}

type implReport struct {
	Name      string `json:"name"`
	Available bool   `json:"available"`
}

func newInfoReport() *infoReport {
	r := &infoReport{
		CPU:            cmp.Or(cpuid.CPU.BrandName, "unknown"),
		Cores:          runtime.GOMAXPROCS(0),
		Platform:       runtime.GOOS + "/" + runtime.GOARCH,
		Features:       []string{},
		Implementation: kernel.Implementation(),
	}
	for _, f := range []cpuid.FeatureID{
		cpuid.AVX2, cpuid.FMA3, cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512BW, cpuid.AVX512VL, cpuid.ASIMD,
	} {
		if cpuid.CPU.Supports(f) {
			r.Features = append(r.Features, f.String())
		}
	}
	for _, im := range impl.All() {
		r.Implementations = append(r.Implementations, implReport{im.Name, im.Available})
	}
	return r
}

func (r *infoReport) print(w printer) {
	w.line("CPU        %s, %d of its cores in use (%s)", r.CPU, r.Cores, r.Platform)
	w.line("features   %s", cmp.Or(strings.Join(r.Features, " "), "none that matter here"))
	for i, im := range r.Implementations {
		title, state := "", "not on this machine"
		if i == 0 {
			title = "kernels"
		}
		switch {
		case im.Name == r.Implementation:
			state = "in use"
		case im.Available:
			state = "available"
		}
		w.line("%-9s  %-8s %s", title, im.Name, state)
	}
}
