// Floors compares a record with what the kernels must reach, and prints what
// was met, what was missed and what the record does not have.
//
//	go run ./cmd/floors record/amd64/some-cpu/2025-01-31.json [record/…/2025-01-31-archsimd.json]
//
// Of a second record it takes the figures of archsimd. With -check it fails
// unless all floors are met.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/seed-b3c25b83/kernel/bench"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("floors: ")
	check := flag.Bool("check", false, "fail unless all floors are met")
	flag.Usage = func() {
		log.Print("usage: floors [-check] record.json [archsimd.json]")
		flag.PrintDefaults()
	}
	flag.Parse()
	rec, err := bench.LoadBeside(flag.Args())
	if err != nil {
		log.Print(err)
		flag.Usage()
		os.Exit(2)
	}
	rec.PrintFloors(os.Stdout)
	if *check {
		for _, f := range rec.Floors() {
			if !f.Met() && !f.Reported {
				log.Fatalf("%s, %s: not met", f.Group, f.What)
			}
		}
	}
}
