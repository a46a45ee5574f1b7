package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/seed-b3c25b83/kernel/checkpoint"
)

// An interruption is the error of a training that was interrupted after its
// first epoch, and says how to go on.
type interruption struct {
	epochs     int
	checkpoint string // the file; "" if it cannot go on
	command    string // that goes on
	note       string // on that command
	err        error  // why there is no checkpoint
}

func (i *interruption) Error() string {
	switch {
	case i.err != nil:
		return fmt.Sprintf("interrupted after epoch %d, which cannot be kept: %v", i.epochs, i.err)
	case i.checkpoint == "":
		return "interrupted"
	}
	return fmt.Sprintf("interrupted after epoch %d, kept in %s; this goes on from there%s:\n\n    %s\n",
		i.epochs, i.checkpoint, i.note, i.command)
}

func (i *interruption) Unwrap() error { return context.Canceled }

// interrupt keeps the epoch that was completed last, and says how to go on.
func (k *keeper[T]) interrupt(e *env, o *trainOptions) *interruption {
	i := &interruption{epochs: k.latest.Epochs}
	if i.epochs == 0 || o.folds > 0 {
		return i
	}
	if k.path == "" {
		k.path, i.err = k.place(o.out)
	}
	if i.err == nil && k.kept < i.epochs {
		i.err = k.save()
	}
	if i.err != nil {
		return i
	}
	i.checkpoint, i.command = k.path, e.resume(o, k.path)
	if o.path == "-" {
		i.note = ", given the same standard input"
	}
	return i
}

// place returns where a training is kept for which the user named no file:
// beside its model, if that is saved, otherwise in the current folder. It never
// takes the place of anything but an earlier state of the same training.
func (k *keeper[T]) place(model string) (string, error) {
	name := "neuron"
	if model != "" {
		name = model
	}
	const most = 100
	for n := 1; n <= most; n++ {
		path := name + ".checkpoint"
		if n > 1 {
			path = fmt.Sprintf("%s-%d.checkpoint", name, n)
		}
		c, err := checkpoint.Load[T](path)
		same := err == nil && c.Data == k.latest.Data && reflect.DeepEqual(c.Options, k.latest.Options) && c.Epochs <= k.latest.Epochs
		if same || errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return "", fmt.Errorf("there are %d checkpoints %s*.checkpoint already; remove some, or name one with -checkpoint FILE", most, name)
}

// resume returns the command line that goes on from a checkpoint.
func (e *env) resume(o *trainOptions, path string) string {
	var flags []string
	if o.checkpoint == "" {
		flags = append(flags, "-checkpoint", path)
	}
	if !o.resume {
		flags = append(flags, "-resume")
	}
	at := len(e.args)
	if k := slices.Index(e.args, "--"); k >= 0 {
		at = k
	}
	args := slices.Insert(slices.Clone(e.args), at, flags...)
	command := program()
	for _, arg := range args {
		command += " " + quote(arg)
	}
	return command
}

// program returns how this program was called.
func program() string {
	name := os.Args[0]
	if build, ok := debug.ReadBuildInfo(); ok && slices.Contains(strings.Split(filepath.ToSlash(name), "/"), "exe") && strings.Contains(name, "go-build") {
		return "go run " + build.Path // which leaves no program behind
	}
	return quote(name)
}

// quote returns an argument as a shell takes it.
func quote(arg string) string {
	switch {
	case runtime.GOOS != "windows" && arg != "":
		return quoteWord(arg)
	case runtime.GOOS != "windows":
		return "''"
	case arg != "" && !strings.ContainsAny(arg, " \t\"&|<>^()"):
		return arg
	}
	return `"` + strings.ReplaceAll(arg, `"`, `\"`) + `"`
}
