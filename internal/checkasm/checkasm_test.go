//go:build amd64 || arm64

package checkasm

import (
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/seed-b3c25b83/kernel/internal/checkasm/faulty"
)

// TestCall tests that every kind of damage is found, and nothing where there
// is none.
func TestCall(t *testing.T) {
	runtime.KeepAlive(faulty.Misuse)
	all, err := Functions(reflect.TypeFor[Func]().PkgPath() + "/faulty")
	if err != nil {
		t.Skip(err)
	}
	want := map[string]string{
		"Correct":      "",
		"FramePointer": keptRegisters[len(keptRegisters)/2],
		"Caller":       "word 1 of the caller's stack",
		"Below":        "bytes below the frame",
		"Control":      "the control bits",
		"Upper":        "",
	}
	if len(all) != len(want) {
		t.Errorf("found %d functions: %v, want %d", len(all), all, len(want))
	}
	for _, f := range all {
		var x uint64
		damage, _ := Call(f, argument(&x))
		if f.Name == "Control" {
			Call(f, argument(&x))
		}
		w, ok := want[f.Name]
		if !ok || !strings.Contains(damage, w) || (w == "") != (damage == "") || strings.Contains(damage, ";") {
			t.Errorf("%s: damage %q, want %q", f.Name, damage, w)
		}
		dirty := tellsUpper != 0
		for range 20 {
			_, d := Call(f, argument(&x))
			dirty = dirty && d
		}
		if want := f.Name == "Upper" && tellsUpper != 0 && runtime.GOARCH == "amd64"; dirty != want {
			t.Errorf("%s: upper halves in use: %t, want %t", f.Name, dirty, want)
		}
		if f.Name == "Correct" && f.Frame < 24 {
			t.Errorf("%s: frame of %d bytes, want at least 24", f.Name, f.Frame)
		}
	}
}

func argument(p *uint64) uint64 { return uint64(reflect.ValueOf(p).Pointer()) }
