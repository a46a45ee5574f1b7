// Chart draws a record of compare as an SVG image on standard output.
//
//	go run ./cmd/chart record/amd64/some-cpu/2025-01-31.json > step.svg
//
// Of a second record it takes the figures of archsimd.
package main

import (
	"bufio"
	"flag"
	"log"
	"os"

	"github.com/seed-b3c25b83/kernel/bench"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("chart: ")
	op := flag.String("op", string(bench.Step), "`op` to draw")
	typ := flag.String("type", "float32", "element `type` to draw")
	flag.Usage = func() {
		log.Print("usage: chart [flags] record.json [archsimd.json]")
		flag.PrintDefaults()
	}
	flag.Parse()
	rec, err := bench.LoadBeside(flag.Args())
	if err != nil {
		log.Print(err)
		flag.Usage()
		os.Exit(2)
	}
	w := bufio.NewWriter(os.Stdout)
	if err := rec.Chart(w, bench.Op(*op), *typ); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}
