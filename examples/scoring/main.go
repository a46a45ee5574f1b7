// Scoring is an online service: it answers over HTTP how probable it is that a
// row belongs to the positive class.
//
//	go run ./examples/scoring                                # serve a small model of its own
//	go run ./examples/scoring -model m.neuron                # serve what neuron train -out saved
//	go run ./examples/scoring -load 5s                       # and put it under load on loopback
//
//	curl -d '{"rows": [[0.5, 1, -2]]}' localhost:8080/score
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/seed-b3c25b83/kernel/model"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "scoring:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("scoring", flag.ContinueOnError)
	path := flags.String("model", "", "`file` of a model of float32 (default: one that is trained on made-up rows)")
	address := flags.String("listen", "localhost:8080", "`address` to serve at")
	load := flags.Duration("load", 0, "serve on loopback and ask for this `duration`, then say how fast that was")
	clients := flags.Int("clients", 4, "`number` of those who ask at the same time")
	rows := flags.Int("rows", 1, "`rows` of a request")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 || *clients < 1 || *rows < 1 || *rows > maxRows || *load < 0 {
		return fmt.Errorf("want no arguments, -clients and -rows from 1 and at most %d rows", maxRows)
	}
	m, err := loadModel(ctx, *path)
	if err != nil {
		return err
	}
	if *load > 0 {
		*address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "serving %d features at http://%s/score\n", len(m.Weights), listener.Addr())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	go func() { served <- serve(ctx, listener, newScorer(m)) }()
	if *load == 0 {
		return <-served
	}
	r, err := ask(ctx, "http://"+listener.Addr().String()+"/score", len(m.Weights), *rows, *clients, *load)
	cancel()
	if err := errors.Join(err, <-served); err != nil {
		return err
	}
	r.print(stdout)
	fmt.Fprintf(stdout, "of that, scoring    %v a request\n", timeScoring(newScorer(m), *rows))
	return nil
}

// serve answers requests until ctx ends, and those under way to the end.
func serve(ctx context.Context, listener net.Listener, s *scorer) error {
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		server.Shutdown(last)
	})
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func loadModel(ctx context.Context, path string) (*model.Model[float32], error) {
	if path == "" {
		return madeUp(ctx)
	}
	m, err := model.Load[float32](path)
	if errors.Is(err, model.ErrElement) {
		return nil, fmt.Errorf("%w; this service is written for float32: train without -float64", err)
	}
	return m, err
}
