package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/model"
)

func newServer(t *testing.T) (*model.Model[float32], string) {
	m, err := madeUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(newScorer(m).handler())
	t.Cleanup(server.Close)
	return m, server.URL + "/score"
}

// The service answers with the very bits of the library, for any number of rows.
func TestScore(t *testing.T) {
	m, url := newServer(t)
	for _, rows := range []int{1, 2, 7, maxRows} {
		body := madeUpRequest(7, rows, 30)
		answer, err := http.Post(url, "application/json", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var q request
		var a response
		if err := json.Unmarshal(body, &q); err != nil {
			t.Fatal(err)
		}
		if err := json.NewDecoder(answer.Body).Decode(&a); err != nil || len(a.Probabilities) != rows {
			t.Fatalf("%d rows: %d probabilities, %v", rows, len(a.Probabilities), err)
		}
		answer.Body.Close()
		classes := map[string]int{}
		for i, row := range q.Rows {
			var want [1]float32
			m.Predict(want[:], kernel.Batch[float32]{Data: row, Rows: 1, Cols: len(row)})
			class := m.Classes[0]
			if want[0] >= 0.5 {
				class = m.Classes[1]
			}
			if a.Probabilities[i] != want[0] || a.Classes[i] != class {
				t.Fatalf("row %d of %d: %v, %s, want %v, %s", i, rows, a.Probabilities[i], a.Classes[i], want[0], class)
			}
			classes[class]++
		}
		if rows == maxRows && len(classes) != 2 {
			t.Errorf("only %v", classes)
		}
	}
}

func TestBadRequests(t *testing.T) {
	_, url := newServer(t)
	row := "[" + strings.Repeat("0,", 29) + "0]"
	for _, c := range []struct {
		body string
		code int
		want string
	}{
		{`{"rows": []}`, 400, "0 rows; want 1 to 1024"},
		{`{"rows": [` + strings.Repeat(row+",", maxRows) + row + `]}`, 400, "1025 rows; want 1 to 1024"},
		{`{"rows": [` + row + `, [1, 2]]}`, 400, "row 2 has 2 features; the model has 30"},
		{`{"rows": [["a"]]}`, 400, "json: cannot unmarshal string"},
		{`{"rows": [[1e99]]}`, 400, "json: cannot unmarshal number 1e99"},
		{`{"row": 1}`, 400, `json: unknown field "row"`},
		{`{`, 400, "unexpected EOF"},
		{`{"rows": [` + strings.Repeat(" ", maxBytes), 413, "http: request body too large"},
	} {
		answer, err := http.Post(url, "application/json", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != c.code || !strings.HasPrefix(string(text), c.want) {
			t.Errorf("%.50s: %d %s, want %d %s", c.body, answer.StatusCode, text, c.code, c.want)
		}
	}
	if answer, err := http.Get(url); err != nil || answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %v, %v", answer, err)
	}
}

func TestNoAllocations(t *testing.T) {
	m, err := madeUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := newScorer(m)
	c := s.pool.Get().(*scratch)
	for _, rows := range []int{1, 100} {
		if n := testing.AllocsPerRun(100, func() { s.score(c, rows) }); n != 0 {
			t.Errorf("%d rows: %v allocations", rows, n)
		}
	}
}

// The program serves a saved model and says how fast it was.
func TestRun(t *testing.T) {
	m, err := madeUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m")
	if err := model.Save(path, m); err != nil {
		t.Fatal(err)
	}
	want := `^serving 30 features at http://127\.0\.0\.1:\d+/score
2 clients, 3 rows a request: [1-9]\d* requests in \S+, [1-9]\d* a second
latency: p50 \S+, p99 \S+, p99.9 \S+, at most \S+
of that, scoring    \d+ns a request
$`
	for _, load := range []string{"100ms", "1ns"} { // every client asks at least once
		var out bytes.Buffer
		if err := run(t.Context(), []string{"-model", path, "-load", load, "-clients", "2", "-rows", "3"}, &out); err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("%s: printed\n%s", load, out.String())
		}
	}
}

// Serving ends with the context, and without an error.
func TestServeEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := run(ctx, []string{"-listen", "127.0.0.1:0"}, onWrite(cancel)); err != nil || ctx.Err() == nil {
		t.Error(err, ctx.Err())
	}
	for _, args := range [][]string{{"-clients", "0"}, {"-rows", "1025"}, {"x"}, {"-model", "/nonexistent"}, {"-listen", "nowhere.invalid:99999"}} {
		if err := run(t.Context(), args, io.Discard); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}

// onWrite is a writer that calls a function when something is written: here, that
// the service is ready.
type onWrite func()

func (f onWrite) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}
