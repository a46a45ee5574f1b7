package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/listing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestChangesAMD64 tests the mutations of instructions in every encoding; what
// they mean was checked with a disassembler.
func TestChangesAMD64(t *testing.T) {
	for _, c := range []struct {
		op, args, code string
		want           string // kind=code, …
	}{
		{"SUBQ", "AX, R8", "4929c0", "nop=909090 swap=492bc0"},
		{"ANDQ", "$63, AX", "4883e03f", "nop=90909090 immediate+1=4883e040 immediate-1=4883e03e"},
		{"CMPQ", "CX, $128", "4881f980000000", "nop=90909090909090 immediate+1=4881f981000000 immediate-1=4881f97f000000"},
		{"MOVL", "$255, AX", "b8ff000000", "nop=9090909090 immediate+1=b800010000 immediate-1=b8fe000000"},
		{"JEQ", "100", "7421", "nop=9090 invert=7521"},
		{"JLT", "496", "0f8c82010000", "nop=909090909090 invert=0f8d82010000"},
		{"JMP", "100", "eb10", "nop=9090"},
		{"RET", "", "c3", "nop=90"},
		{"CMOVQLT", "CX, R9", "4c0f4cc9", "nop=90909090 invert=4c0f4dc9"},
		{"VZEROUPPER", "", "c5f877", "nop=909090"},
		{"PREFETCHT1", "(BX)", "0f1813", ""},
		{"MOVQ", "n+48(FP), R9", "4c8b4c2430", "nop=9090909090 displacement+=4c8b4c2438 displacement-=4c8b4c2428"},
		{"LEAQ", "mask<>+128(SB), BX", "488d1d80000000", "nop=90909090909090 displacement+=488d1d84000000 displacement-=488d1d7c000000"},
		// VEX of two bytes: VSUBPS Y1, Y2, Y3; Y9 has no room in rm.
		{"VSUBPS", "Y1, Y2, Y3", "c5ec5cd9", "nop=90909090 arithmetic=c5ec58d9 swap=c5f45cda"},
		{"VSUBPS", "Y1, Y9, Y3", "c5b45cd9", "nop=90909090 arithmetic=c5b458d9"},
		// VEX of three bytes: VDIVPS Y9, Y2, Y3.
		{"VDIVPS", "Y9, Y2, Y3", "c4c16c5ed9", "nop=9090909090 arithmetic=c4c16c59d9 swap=c4e1345eda"},
		{"VFMADD231PS", "32(R11), Y9, Y1", "c4c235b84b20", "nop=909090909090 displacement+=c4c235b84b24 displacement-=c4c235b84b1c " +
			"order=c4c235984b20 order=c4c235a84b20 sign=c4c235ba4b20 sign=c4c235bc4b20 sign=c4c235be4b20"},
		// Of sources that are one register, two orders are the same.
		{"VFMADD213PD", "Z7, Z7, Z5", "62f2c548a8ef", "nop=909090909090 order=62f2c548b8ef sign=62f2c548aaef sign=62f2c548acef sign=62f2c548aeef"},
		{"VFMADD231PD", "Z7, Z7, Z5", "62f2c548b8ef", "nop=909090909090 order=62f2c54898ef order=62f2c548a8ef sign=62f2c548baef sign=62f2c548bcef sign=62f2c548beef"},
		// EVEX: VSUBPD Z17, Z2, Z3, and a displacement of one vector.
		{"VSUBPD", "Z17, Z2, Z3", "62b1ed485cd9", "nop=909090909090 arithmetic=62b1ed4858d9 swap=62f1f5405cda"},
		{"VMOVUPS", "64(DX), Z1", "62f17c48104a01", "nop=90909090909090 displacement+=62f17c48104a02 displacement-=62f17c48104a00"},
	} {
		changes, err := changesAMD64(unhex(t, c.code), c.op, c.args, 4)
		if err != nil {
			t.Errorf("%s %s: %v", c.op, c.args, err)
		}
		var got []string
		for _, ch := range changes {
			kind, _, _ := strings.Cut(ch.kind, " ")
			got = append(got, kind+"="+hex.EncodeToString(ch.new))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s %s: got  %s\nwant %s", c.op, c.args, s, c.want)
		}
	}
}

func TestChangesARM64(t *testing.T) {
	for _, c := range []struct{ what, code, want string }{
		{"FSUB V1.D2, V2.D2, V3.D2", "43d4e14e", "nop=1f2003d5 arithmetic=43d4614e swap=23d4e24e"},
		{"FMLA V1.S4, V2.S4, V3.S4", "43cc214e", "nop=1f2003d5 sign=43cca14e"},
		{"BNE", "41000054", "nop=1f2003d5 invert=40000054"},
		{"CBZ", "400000b4", "nop=1f2003d5 invert=400000b5"},
		{"SUBS $64, R11", "6b0101f1", "nop=1f2003d5 immediate+1=6b0501f1 immediate-1=6bfd00f1"},
		{"FMOVQ.P 16(R10), F16", "5005c13c", "nop=1f2003d5 displacement+=5005c23c displacement-=5005c03c"},
		{"SUB R1, R2, R3", "430001cb", "nop=1f2003d5 swap=230002cb"},
	} {
		var got []string
		for _, ch := range changesARM64(unhex(t, c.code), strings.Fields(c.what)[0]) {
			kind, _, _ := strings.Cut(ch.kind, " ")
			got = append(got, kind+"="+hex.EncodeToString(ch.new))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.what, s, c.want)
		}
	}
}

// TestPrefetchOnly tests which instructions count as there for prefetches, and
// that ahead serves nothing else, in all kernels.
func TestPrefetchOnly(t *testing.T) {
	code := func(lines ...string) *listing.Function {
		f := &listing.Function{Name: "f"}
		for _, l := range lines {
			op, args, _ := strings.Cut(l, " ")
			f.Code = append(f.Code, listing.Instruction{Op: op, Args: args})
		}
		return f
	}
	for _, c := range []struct {
		code []string
		want string // of each instruction; "" for an error
	}{
		{[]string{"MOVQ ahead+8(FP), BX", "TESTQ BX, BX", "JEQ 9", "ADDQ SI, BX", "PREFETCHT1 64(BX)", "ADDQ $128, BX", "LEAQ (BX)(R10*2), BX", "ADDQ BX2, AX"}, "11111110"},
		{[]string{"ADDQ $1, CX", "MOVQ ahead+8(FP), CX", "SUBQ AX, CX", "MOVQ DX, CX", "ADDQ $1, CX", "TESTQ CX, CX", "JEQ 9"}, "0110000"},
		{[]string{"MOVQ ahead+8(FP), CX", "XORL CX, CX", "ADDQ $1, CX"}, "100"},
		{[]string{"MOVQ ahead+8(FP), CX", "ADDQ CX, AX"}, ""},
		{[]string{"MOVQ ahead+8(FP), CX", "MOVQ (CX), AX"}, ""},
		{[]string{"MOVQ ahead+8(FP), CX", "MOVQ (CX), CX"}, ""},
		{[]string{"MOVQ ahead+8(FP), CX", "VMOVUPS Z0, (CX)"}, ""},
		{[]string{"MOVQ ahead+8(FP), CX", "TESTQ CX, CX", "CMOVQEQ AX, DX"}, ""},
		{[]string{"MOVQ ahead+8(FP), CX", "CMPQ AX, CX"}, ""},
	} {
		got := ""
		only, err := prefetchOnly(code(c.code...))
		for _, o := range only {
			got += map[bool]string{false: "0", true: "1"}[o]
		}
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%q: %s, %v, want %s", c.code, got, err, c.want)
		}
	}
	files, err := listing.Files("../..", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		functions, err := listing.Read(file, "amd64")
		if err != nil {
			t.Fatal(err)
		}
		for _, fn := range functions {
			only, err := prefetchOnly(&fn)
			if err != nil {
				t.Error(err)
			}
			for i, o := range only {
				if o && !strings.HasPrefix(fn.Code[i].Op, "PREFETCH") {
					n++
				}
			}
		}
	}
	if n == 0 {
		t.Error("no kernel has an address for prefetches")
	}
	t.Logf("%d instructions serve prefetches alone", n)
}

func TestPlus(t *testing.T) {
	b := []byte{0xff, 0, 0x7f}
	if plus(b, 1); !bytes.Equal(b, []byte{0, 1, 0x7f}) {
		t.Errorf("plus 1: %x", b)
	}
	if plus(b, -1); !bytes.Equal(b, []byte{0xff, 0, 0x7f}) {
		t.Errorf("minus 1: %x", b)
	}
}

func TestEquivalent(t *testing.T) {
	if _, err := readEquivalent("equivalent.txt"); err != nil {
		t.Error(err)
	}
	name := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(name, []byte("# comment\n\nf*AVX2 | nop | ADDQ *, BX | 1 | fetches ahead\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	rules, err := readEquivalent(name)
	if err != nil || len(rules) != 1 {
		t.Fatalf("%d rules, %v", len(rules), err)
	}
	m := &mutant{function: "forward32AVX2", kind: "nop", text: "ADDQ $64, BX"}
	other := &mutant{function: "forward32AVX2", kind: "nop", text: "ADDQ $64, CX"}
	if match(rules, other) != nil {
		t.Error("the rule matches another instruction")
	}
	if match(rules, m) == nil || match(rules, m) != nil {
		t.Error("the rule does not match once")
	}
	for _, c := range []struct {
		rule, unmatched, unused string
	}{
		{"f*AVX2 | nop | ADDQ *, BX | 1 | why", "", ""},
		{"f*AVX2 | nop | ADDQ *, BX | 2 | why", "", "there are 1 at most"},
		{"f*AVX2 | nop | ADDQ *, DX | 1 | why", "no such mutant", "no survivor any more"},
		{"f*AVX2 | nop | ADDQ *, CX | 1 | why", "", "no survivor any more"},
		{"f*NEON | nop | ADDQ *, DX | 1 | why", "", ""},
	} {
		if err := os.WriteFile(name, []byte(c.rule), 0o666); err != nil {
			t.Fatal(err)
		}
		rules, err := readEquivalent(name)
		if err != nil {
			t.Fatal(err)
		}
		match(rules, m) // other was killed
		all := []*mutant{m, other}
		for _, x := range []struct {
			got  []string
			want string
		}{{unmatched(rules, all), c.unmatched}, {unused(rules, all), c.unused}} {
			if (len(x.got) > 0) != (x.want != "") || len(x.got) > 0 && !strings.Contains(x.got[0], x.want) {
				t.Errorf("%s: %q, want %q", c.rule, x.got, x.want)
			}
		}
	}
	for _, bad := range []string{"f | nop | RET", "f | nop | RET | 0 | why", "f | nop | RET | 1 |"} {
		if err := os.WriteFile(name, []byte(bad), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := readEquivalent(name); err == nil || !strings.Contains(err.Error(), "list:1:") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true},
		{"a*c", "abbc", true}, {"a*c", "abbd", false}, {"a?c", "abc", true},
		{"a?c", "ac", false}, {"*b*b", "abcb", true}, {"a", "ab", false}, {"ab", "a", false},
	} {
		if got := glob(c.pattern, c.s); got != c.want {
			t.Errorf("glob(%q, %q) = %t", c.pattern, c.s, got)
		}
	}
}
