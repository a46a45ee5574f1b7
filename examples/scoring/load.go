package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A result is how fast requests were answered, in ascending order.
type result struct {
	clients, rows int
	elapsed       time.Duration
	took          []time.Duration
}

// ask has clients ask for so long, each of them again as soon as it has its
// answer: what a client waits is therefore not what it would wait if requests
// came at times of their own.
func ask(ctx context.Context, url string, cols, rows, clients int, long time.Duration) (*result, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	took := make([][]time.Duration, clients)
	errs := make([]error, clients)
	start := time.Now()
	var left sync.WaitGroup
	for c := range clients {
		left.Go(func() {
			body := madeUpRequest(uint64(c), rows, cols)
			for errs[c] == nil && (took[c] == nil || time.Since(start) < long) && ctx.Err() == nil {
				begin := time.Now()
				errs[c] = post(client, url, body, rows)
				took[c] = append(took[c], time.Since(begin))
			}
		})
	}
	left.Wait()
	r := &result{clients: clients, rows: rows, elapsed: time.Since(start), took: slices.Concat(took...)}
	slices.Sort(r.took)
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return r, ctx.Err()
}

// post sends a request and reads the answer, which must be one.
func post(client *http.Client, url string, body []byte, rows int) error {
	answer, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", answer.Status, text)
	}
	var a response
	if err := json.Unmarshal(text, &a); err != nil {
		return err
	}
	if len(a.Probabilities) != rows || len(a.Classes) != rows {
		return fmt.Errorf("%d rows asked, %d probabilities and %d classes answered", rows, len(a.Probabilities), len(a.Classes))
	}
	return nil
}

func madeUpRequest(seed uint64, rows, cols int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	var q request
	for range rows {
		row := make([]float32, cols)
		for j := range row {
			row[j] = float32(r.IntN(2001)-1000) / 1000
		}
		q.Rows = append(q.Rows, row)
	}
	body, err := json.Marshal(q)
	if err != nil {
		panic(err) // finite numbers always can be
	}
	return body
}

// at returns the time within which a part of the requests were answered.
func (r *result) at(part float64) time.Duration {
	return r.took[min(int(part*float64(len(r.took))), len(r.took)-1)]
}

func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "%d clients, %d rows a request: %d requests in %v, %.0f a second\n",
		r.clients, r.rows, len(r.took), r.elapsed.Round(time.Millisecond), float64(len(r.took))/r.elapsed.Seconds())
	fmt.Fprintf(w, "latency: p50 %v, p99 %v, p99.9 %v, at most %v\n", r.at(.5), r.at(.99), r.at(.999), r.at(1))
}

// timeScoring returns how long the neuron takes for the rows of a request.
func timeScoring(s *scorer, rows int) time.Duration {
	c := s.pool.Get().(*scratch)
	const rounds = 20_000
	start := time.Now()
	for range rounds {
		s.score(c, rows)
	}
	return time.Since(start) / rounds
}
