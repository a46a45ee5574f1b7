package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// A rule describes mutants that change nothing, and says why.
type rule struct {
	where                  string // file:line
	text                   string
	function, kind, change string // with * and ?
	limit                  int    // of such mutants in a function
	used                   map[string]int
}

// readEquivalent reads the list of mutants that change nothing. A line is
//
//	function | kind | instruction | number | reason
//
// where * stands for anything and ? for one character, number says how many such
// mutants a function may have at most, and # begins a comment. A conditional
// jump is described together with the instruction in front of it.
func readEquivalent(name string) (rules []*rule, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		where := fmt.Sprintf("%s:%d", name, n)
		fields := strings.Split(text, "|")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		if len(fields) != 5 || fields[4] == "" {
			return nil, fmt.Errorf("%s: want function | kind | instruction | number | reason", where)
		}
		limit, err := strconv.Atoi(fields[3])
		if err != nil || limit < 1 {
			return nil, fmt.Errorf("%s: %q: want the greatest number of such mutants in a function", where, fields[3])
		}
		rules = append(rules, &rule{where: where, text: text, function: fields[0], kind: fields[1], change: fields[2], limit: limit, used: map[string]int{}})
	}
	return rules, lines.Err()
}

// match uses up the first rule that m, a survivor, falls under, and returns it.
func match(rules []*rule, m *mutant) *rule {
	for _, r := range rules {
		if glob(r.function, m.function) && glob(r.kind, m.kind) && glob(r.change, m.described()) && r.used[m.function] < r.limit {
			r.used[m.function]++
			return r
		}
	}
	return nil
}

// unmatched returns what to say of the rules that speak of a function among the
// mutants but of none of these.
func unmatched(rules []*rule, all []*mutant) (says []string) {
	for _, r := range rules {
		function, matches := false, false
		for _, m := range all {
			if glob(r.function, m.function) {
				function = true
				matches = matches || glob(r.kind, m.kind) && glob(r.change, m.described())
			}
		}
		if function && !matches {
			says = append(says, fmt.Sprintf("%s: there is no such mutant: %s", r.where, r.text))
		}
	}
	return says
}

// unused returns what to say of the rules that speak of a function among the
// mutants, once all of these have been matched: of those that no survivor
// needs, and those that allow for more than there are.
func unused(rules []*rule, all []*mutant) (says []string) {
	for _, r := range rules {
		most := 0
		for _, n := range r.used {
			most = max(most, n)
		}
		switch speaks := slices.ContainsFunc(all, func(m *mutant) bool { return glob(r.function, m.function) }); {
		case !speaks:
		case most == 0:
			says = append(says, fmt.Sprintf("%s: matches no survivor any more: %s", r.where, r.text))
		case most < r.limit:
			says = append(says, fmt.Sprintf("%s: allows for %d survivors in a function, and there are %d at most: %s", r.where, r.limit, most, r.text))
		}
	}
	return says
}

// glob tells whether s matches a pattern in which * stands for anything and ?
// for one byte.
func glob(pattern, s string) bool {
	for len(pattern) > 0 && pattern[0] != '*' {
		if s == "" || pattern[0] != '?' && pattern[0] != s[0] {
			return false
		}
		pattern, s = pattern[1:], s[1:]
	}
	if pattern == "" {
		return s == ""
	}
	for i := 0; i <= len(s); i++ {
		if glob(pattern[1:], s[i:]) {
			return true
		}
	}
	return false
}
