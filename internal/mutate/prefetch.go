package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-b3c25b83/kernel/internal/listing"
)

// An address that is only ever prefetched changes no result, wherever it
// points: a prefetch of any address is allowed and reads nothing. Nor does the
// choice between a loop that prefetches and one that does not, both of which
// the tests of a kernel run. So instructions that do nothing but compute such
// addresses, or ask for them, are not mutated; prefetchOnly proves of each
// that this is all it does.

var aheadLoad = regexp.MustCompile(`^ahead\+\d+\(FP\), (\w+)$`)

// prefetchOnly returns which instructions of a function for amd64 serve
// prefetches alone. Whatever the function does with its argument ahead must
// be one of these, or it returns an error.
//
// It follows the register that holds ahead, from where it is loaded to where
// it gets another value, in the order of the code.
func prefetchOnly(fn *listing.Function) ([]bool, error) {
	only := make([]bool, len(fn.Code))
	reg := ""
	var uses *regexp.Regexp
	for i, in := range fn.Code {
		if m := aheadLoad.FindStringSubmatch(in.Args); m != nil && in.Op == "MOVQ" {
			reg, only[i] = m[1], true
			uses = regexp.MustCompile(`\b` + reg + `\b`)
			continue
		}
		if strings.HasPrefix(in.Op, "PREFETCH") {
			only[i] = true
			continue
		}
		if reg == "" || !uses.MatchString(in.Args) {
			continue
		}
		from, to := "", in.Args
		if k := strings.LastIndex(in.Args, ", "); k >= 0 {
			from, to = in.Args[:k], in.Args[k+2:]
		}
		switch read := uses.MatchString(from); {
		case to == reg && slices.Contains([]string{"ADDQ", "SUBQ", "LEAQ"}, in.Op) && (read || in.Op != "LEAQ"):
			only[i] = true
		case in.Op == "TESTQ" && from == reg && to == reg && i+1 < len(fn.Code) && (fn.Code[i+1].Op == "JEQ" || fn.Code[i+1].Op == "JNE"):
			only[i], only[i+1] = true, true
		case to == reg && !read && strings.HasPrefix(in.Op, "MOV"),
			in.Op == "XORL" && from == reg && to == reg:
			reg = "" // it holds something else from here on
		default:
			return nil, fmt.Errorf("%s: line %d: %v: ahead is for prefetches alone", fn.Name, in.Line, in)
		}
	}
	return only, nil
}
