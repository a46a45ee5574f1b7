// Clicks predicts whether an advertisement is clicked, from categories alone:
// which site, which advertisement, which device, what hour. Every "field=value"
// is hashed to one of 1024 columns, so that nobody needs a list of the values
// and one never seen before has its place, too.
//
//	go run ./examples/clicks
//
// The impressions are made up, with clicks that depend on the categories, and so
// the best possible prediction is known. They stay compact: package train reads
// them through a Source that hashes them into rows as they are needed, which
// would take 128 times the memory all at once.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"time"

	"github.com/seed-b3c25b83/kernel"
	"github.com/seed-b3c25b83/kernel/train"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rows := flag.Int("rows", 40_000, "`number` of impressions, a fifth of which are held out")
	epochs := flag.Int("epochs", 8, "`number` of passes over them")
	flag.Parse()
	if flag.NArg() > 0 || *rows < 100 || *epochs < 1 {
		fmt.Fprintln(os.Stderr, "clicks: want no arguments, at least 100 -rows and 1 of -epochs")
		os.Exit(2)
	}
	if _, err := run(ctx, os.Stdout, *rows, *epochs); err != nil {
		fmt.Fprintln(os.Stderr, "clicks:", err)
		os.Exit(1)
	}
}

// A report says how well clicks are predicted on impressions held out.
type report struct {
	rate    float64 // of clicks
	base    float64 // log loss of predicting the rate of clicks, always
	loss    float64 // log loss of the neuron
	best    float64 // log loss of the probabilities behind the clicks
	between float64 // the part of the way from base to best that the neuron goes
}

func run(ctx context.Context, w io.Writer, rows, epochs int) (*report, error) {
	all := impressions(rows, 1)
	held := len(all) / 5
	seen, unseen := all[held:], all[:held]
	start := time.Now()
	result, err := train.Fit(ctx, hashed(seen), train.Options{
		Loss: kernel.LogLoss, Rate: 1, Epochs: epochs,
		BatchSize: 100, Shuffle: train.NoShuffle, // the order is random already
		OnEpoch: func(e train.Epoch) { fmt.Fprintf(w, "epoch %d: log loss %.4f\n", e.Number, e.Cost) },
	})
	if err != nil {
		return nil, err
	}
	elapsed := time.Since(start)

	e, err := train.EvaluateSource(ctx, result.Weights, result.Bias, hashed(unseen), 0.5)
	if err != nil {
		return nil, err
	}
	r := &report{loss: e.LogLoss, rate: float64(e.TP+e.FN) / float64(e.Rows)}
	r.base = entropy(r.rate, r.rate)
	for _, i := range unseen {
		clicked := 0.0
		if i.clicked {
			clicked = 1
		}
		r.best += entropy(clicked, i.probability) / float64(len(unseen))
	}
	r.between = (r.base - r.loss) / (r.base - r.best)
	fmt.Fprintf(w, "\n%d impressions in %v of training, %.3g rows a second; %d held out, of which %.1f %% were clicked\n",
		len(seen), elapsed.Round(time.Millisecond), float64(len(seen)*epochs)/elapsed.Seconds(), len(unseen), 100*r.rate)
	fmt.Fprintf(w, "log loss, held out: %.4f (always saying %.3f: %.4f; the probabilities behind the clicks: %.4f)\n", r.loss, r.rate, r.base, r.best)
	fmt.Fprintf(w, "that is %.0f %% of what there is to know\n", 100*r.between)
	return r, nil
}

// entropy is the log loss of the prediction p for the label y.
func entropy(y, p float64) (loss float64) {
	if y > 0 {
		loss -= y * math.Log(p)
	}
	if y < 1 {
		loss -= (1 - y) * math.Log(1-p)
	}
	return loss
}
