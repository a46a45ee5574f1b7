// Chart draws a record of compare as an SVG image on standard output.
//
//	go run ./cmd/chart record/amd64/some-cpu/2025-01-31.json > step.svg
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
		log.Print("usage: chart [flags] record.json")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	rec, err := bench.Load(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriter(os.Stdout)
	if err := rec.Chart(w, bench.Op(*op), *typ); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
}
