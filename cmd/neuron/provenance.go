package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-b3c25b83/kernel/train"
)

// indifferent are the flags of train that leave the weights as they are, so
// that the model does not carry them: the same training gives the same file,
// whether it was interrupted or streamed, and on how many cores.
var indifferent = []string{"workers", "out", "checkpoint", "every", "resume", "stream", "scratch", "report", "curve", "json", "q"}

// filesOf are the flags that name a file of the data, of which the model carries
// the name without the folder.
var filesOf = []string{"labels"}

// commandLine returns the command that trains the same weights, on a file of
// that name in the current folder.
func (o *trainOptions) commandLine(epochs int, interrupted bool) string {
	words := []string{"neuron", "train"}
	o.flags.Visit(func(f *flag.Flag) {
		if slices.Contains(indifferent, f.Name) || interrupted && f.Name == "epochs" {
			return
		}
		word, value := "-"+f.Name, f.Value.String()
		if slices.Contains(filesOf, f.Name) {
			value = filepath.Base(value)
		}
		if b, ok := f.Value.(interface{ IsBoolFlag() bool }); !ok || !b.IsBoolFlag() || value != "true" {
			word += "=" + value
		}
		words = append(words, word)
	})
	if interrupted {
		words = append(words, fmt.Sprint("-epochs=", epochs))
	}
	switch o.path {
	case "", "-":
		words = append(words, o.path)
	default:
		name := filepath.Base(o.path)
		if strings.HasPrefix(name, "-") {
			name = "./" + name
		}
		words = append(words, name)
	}
	for i, w := range words {
		words[i] = quoteWord(w)
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// quoteWord quotes a word for a shell, if it needs to be.
func quoteWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%"
	if strings.Trim(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// dataHash returns the SHA-256 that stands for the rows of a training: the bits
// of their features, labels and weights, in order.
func dataHash(p train.Fingerprint) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s %s %s\n", p.Rows, p.Cols, p.Features, p.Labels, p.Weights))
	return hex.EncodeToString(sum[:])
}
