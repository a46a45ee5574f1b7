// Compare times the kernels and their peers in turns, prints what came out as
// tables, and keeps it as a record.
//
//	go run -tags openblas ./cmd/compare -record record
//	go run ./cmd/compare -case 'step/float32' -impl 'kernel|gonum'
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/seed-b3c25b83/kernel/bench"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("compare: ")
	var (
		cases  = flag.String("case", ".", "only cases op/type/shape that match this `regexp`")
		impls  = flag.String("impl", ".", "only contestants that match this `regexp`; read is always there")
		rounds = flag.Int("rounds", 30, "number of rounds")
		round  = flag.Duration("round", 20*time.Millisecond, "time of a contestant in a round")
		short  = flag.Bool("short", false, "check every contestant and run it once")
		record = flag.String("record", "", "keep a record under this `directory`")
		date   = flag.String("date", time.Now().Format(time.DateOnly), "date of the record, which may have a suffix")
		note   = flag.String("note", "", "what else to say in the record")
	)
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	caseRE, err := regexp.Compile(*cases)
	if err != nil {
		log.Fatalf("-case: %v", err)
	}
	implRE, err := regexp.Compile(*impls)
	if err != nil {
		log.Fatalf("-impl: %v", err)
	}
	o := bench.Options{Rounds: *rounds, Round: *round}
	if *short {
		o = bench.Short
	}
	if o.Rounds < 1 {
		log.Fatal("-rounds must be at least 1")
	}
	o.Skip = func(name string) bool { return name != bench.Yardstick && !implRE.MatchString(name) }

	rec := bench.NewRecord(*date, command(), o)
	rec.Note = *note
	var base string
	if *record != "" {
		base = rec.Base(*record)
	}
	for _, op := range bench.Ops() {
		for _, c := range bench.Cases(op) {
			if !caseRE.MatchString(c.String()) {
				continue
			}
			result, err := bench.Compare(c, o)
			if err != nil {
				log.Fatal(err)
			}
			result.Markdown(os.Stdout)
			rec.Results = append(rec.Results, result)
			if base != "" { // a run that is cut short leaves what it has
				if err := rec.Save(base); err != nil {
					log.Fatal(err)
				}
			}
		}
	}
	if len(rec.Results) == 0 {
		log.Fatalf("no case matches %q", *cases)
	}
	if base != "" {
		old, err := rec.Previous(base)
		if err != nil {
			log.Fatal(err)
		}
		if old != nil {
			rec.CompareTo(old)
		}
		rec.Complete = true
		if err := rec.Save(base); err != nil {
			log.Fatal(err)
		}
	}
	rec.Summary(os.Stdout)
	if base != "" {
		fmt.Printf("%s.json, %s\n", base, filepath.Base(base)+".md")
	}
}

// command returns the command line, the program by its base name.
func command() string {
	args := []string{filepath.Base(os.Args[0])}
	for _, a := range os.Args[1:] {
		if strings.ContainsAny(a, " |*?$'\"\\()[]") {
			a = "'" + a + "'"
		}
		args = append(args, a)
	}
	return strings.Join(args, " ")
}
