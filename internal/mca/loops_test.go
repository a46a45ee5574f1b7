package main

import (
	"strings"
	"testing"
)

// code parses lines of disassembly.
func code(t *testing.T, lines ...string) []instruction {
	t.Helper()
	var list []instruction
	for _, l := range lines {
		i, err := parse(l, len(list))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, i)
	}
	return list
}

func TestInnermost(t *testing.T) {
	loops := innermost(code(t,
		"mov x0, x1",
		"ldr q0, [x0]",     // outer loop
		"b.eq #20",         // forward, over the inner loop
		"ldp q1, q2, [x1]", // inner loop
		"fmla v0.4s, v1.4s, v2.s[1]",
		"cbz x3, #-8", // the same head as the next branch
		"b.ne #-12",
		"tbz w3, #2, #-24",
		"ret",
	))
	if len(loops) != 1 {
		t.Fatalf("%d loops, want 1", len(loops))
	}
	want := "ldp q1, q2, [x1]\nfmla v0.4s, v1.4s, v2.s[1]\ncbz x3, #-8\nb.ne #-12\n"
	if got := text(loops[0]); got != want {
		t.Errorf("inner loop:\n%swant:\n%s", got, want)
	}
	if c := count(loops[0]); c.loads != 2 || c.fmas != 1 || c.vector != 1 || !c.whole {
		t.Errorf("counts %+v", c)
	}
}

func TestParseRefuses(t *testing.T) {
	if _, err := parse("b.eq nowhere", 0); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("error %v for a branch without an offset", err)
	}
}
