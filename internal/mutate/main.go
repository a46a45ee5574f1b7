// Mutate tests the tests of the kernels: it changes one instruction of the
// assembly as built, runs the test of that kernel, and expects it to fail. A
// mutant that survives means an instruction that no test knows, or one that
// does not matter; those that do not matter are listed with the reason.
//
//	go run ./internal/mutate                  # every mutant, some minutes
//	go run ./internal/mutate -sample 300      # the same 300 each time
//	go run ./internal/mutate -arch arm64 -exec qemu-aarch64-static -sample 2000
//
// A long run may be cut: with -state it keeps its results in a file and goes
// on where it stopped, with -for it stops by itself.
//
// Mutations: every instruction replaced by NOP; every condition inverted;
// immediate operands plus and minus one; displacements plus and minus one
// element (one vector where they count vectors, as in EVEX, or point to a table
// of vectors); the other orders and signs of a fused multiply-add; the operands of
// subtractions and divisions swapped; addition for subtraction and the like.
// The padding between loops is left alone, and so are prefetches and the
// instructions that do nothing but compute their addresses: see prefetch.go.
package main

import (
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run() error {
	arch := flag.String("arch", runtime.GOARCH, "architecture of the kernels, amd64 or arm64")
	execute := flag.String("exec", "", "command that runs a binary of that architecture")
	sample := flag.Int("sample", 0, "run so many mutants, always the same ones; 0 means all")
	only := flag.String("kernel", "", "mutate the kernels that match this regular expression")
	stateFile := flag.String("state", "", "file that keeps the results of an unfinished run")
	limit := flag.Duration("for", 0, "stop after so long; 0 means never")
	workers := flag.Int("j", runtime.NumCPU(), "mutants to run at the same time")
	list := flag.Bool("list", false, "list the mutants and run none")
	known := flag.String("equivalent", "", "list of the mutants that change nothing (default equivalent.txt in the directory of this program)")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-kernel: %w", err)
	}

	tmp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	b, err := newBuild(tmp, *arch, strings.Fields(*execute))
	if err != nil {
		return err
	}
	if *known == "" {
		*known = filepath.Join(b.root, "internal", "mutate", "equivalent.txt")
	}
	equivalent, err := readEquivalent(*known)
	if err != nil {
		return err
	}
	all, skipped, err := b.mutants(pattern)
	if err != nil {
		return err
	}
	if *only == "" && len(skipped) == 0 {
		if stale := unmatched(equivalent, all); len(stale) > 0 {
			return errors.New(strings.Join(stale, "\n"))
		}
	}
	total := len(all)
	all = choose(all, *sample)
	if *list {
		for _, m := range all {
			fmt.Println(m)
		}
		fmt.Printf("%d mutants\n", len(all))
		return nil
	}
	st, err := openState(*stateFile, b)
	if err != nil {
		return err
	}
	defer st.close()
	start := time.Now()
	var todo []*mutant
	for _, m := range all {
		if m.verdict = st.results[m.key()]; m.verdict == "" {
			todo = append(todo, m)
		}
	}
	queue := make(chan *mutant)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for w := range max(1, *workers) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for m := range queue {
				verdict, err := b.try(w, m)
				mu.Lock()
				if err != nil && failed == nil {
					failed = fmt.Errorf("%v: %w", m, err)
				}
				m.verdict = verdict
				st.add(m)
				mu.Unlock()
			}
		}()
	}
	for _, m := range todo {
		mu.Lock()
		stop := failed != nil
		mu.Unlock()
		if stop || *limit > 0 && time.Since(start) > *limit {
			break
		}
		queue <- m
	}
	close(queue)
	wg.Wait()
	if failed != nil {
		return failed
	}
	return report(all, total, skipped, equivalent, *only == "", time.Since(start))
}

// choose returns n of the mutants, by the hashes of their keys, so that most
// of them stay the same when a kernel changes; all if n is 0.
func choose(all []*mutant, n int) []*mutant {
	if n <= 0 || n >= len(all) {
		return all
	}
	hash := func(m *mutant) uint64 {
		h := fnv.New64a()
		h.Write([]byte(m.key()))
		x := h.Sum64()
		x ^= x >> 29 // fnv alone leaves neighbours together
		x *= 0xbf58476d1ce4e5b9
		return x ^ x>>32
	}
	sort.SliceStable(all, func(i, j int) bool { return hash(all[i]) < hash(all[j]) })
	all = all[:n]
	sort.SliceStable(all, func(i, j int) bool { return all[i].offset < all[j].offset })
	return all
}

// report prints what became of the mutants. It fails if one survived that is
// not in the list, or, where these are all mutants there are, if the list has a
// line too many.
func report(all []*mutant, total int, skipped []string, equivalent []*rule, complete bool, took time.Duration) error {
	type row struct{ mutants, killed, listed int }
	byKind, byFunction := map[string]*row{}, map[string]*row{}
	at := func(m map[string]*row, key string) *row {
		if m[key] == nil {
			m[key] = new(row)
		}
		return m[key]
	}
	var kinds, functions []string
	var sum row
	how := map[string]int{}
	var unknown []*mutant
	left := 0
	for _, m := range all {
		if m.verdict == "" {
			left++
			continue
		}
		if byKind[m.kind] == nil {
			kinds = append(kinds, m.kind)
		}
		if byFunction[m.function] == nil {
			functions = append(functions, m.function)
		}
		how[m.verdict]++
		rows := []*row{at(byKind, m.kind), at(byFunction, m.function), &sum}
		var r *rule
		if m.verdict == survived {
			if r = match(equivalent, m); r == nil {
				unknown = append(unknown, m)
			}
		}
		for _, row := range rows {
			row.mutants++
			switch {
			case m.verdict != survived:
				row.killed++
			case r != nil:
				row.listed++
			}
		}
	}
	print := func(name string, r *row) {
		fmt.Printf("%-28s %6d mutants %6d killed %5d equivalent %5d survived\n", name, r.mutants, r.killed, r.listed, r.mutants-r.killed-r.listed)
	}
	for _, f := range functions {
		print(f, byFunction[f])
	}
	fmt.Println()
	for _, k := range kinds {
		print(k, byKind[k])
	}
	fmt.Println()
	print("all", &sum)
	if sum.mutants > 0 {
		fmt.Printf("killed: %.2f %% (%d by a failing test, %d by a crash, %d by running on); equivalent: %.2f %%; %d of %d mutants run; this run took %.0f s\n",
			100*float64(sum.killed)/float64(sum.mutants), how[failing], how[crashed], how[endless],
			100*float64(sum.listed)/float64(sum.mutants), sum.mutants, total, took.Seconds())
	}
	for _, f := range skipped {
		fmt.Printf("NOT TESTED: this machine cannot run %s\n", f)
	}
	for _, m := range unknown {
		fmt.Printf("SURVIVED: %v\n", m)
	}
	if left > 0 {
		fmt.Printf("%d mutants are left: run again with the same -state\n", left)
		os.Exit(3)
	}
	var stale []string
	if complete && sum.mutants == total && len(skipped) == 0 {
		stale = unused(equivalent, all)
		for _, s := range stale {
			fmt.Println(s)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%d mutants survived: add a test that fails with them, or list them with the reason why they change nothing", len(unknown))
	}
	if len(stale) > 0 {
		return fmt.Errorf("the list of equivalent mutants has %d lines that say too much", len(stale))
	}
	return nil
}
