package guard

import "testing"

var sink float32

func TestGuard(t *testing.T) {
	if !Enabled {
		t.Skip("this system guards nothing")
	}
	r := New(100)
	defer r.Free()
	end, start := End[float32](r, 25), Start[float32](r, 25)
	for i := range 25 {
		end[i], start[i] = 1, 2
	}
	if err := Fault(func() { sink = end[24] + start[0] }); err != nil {
		t.Errorf("inside: %v", err)
	}
	if err := Fault(func() { sink = *beyond(end, 25) }); err == nil {
		t.Error("read behind the end: no fault")
	}
	if err := Fault(func() { sink = *beyond(start, -1) }); err == nil {
		t.Error("read before the start: no fault")
	}
	if err := Fault(func() { *beyond(end, 25) = 1 }); err == nil {
		t.Error("write behind the end: no fault")
	}
	r.ReadOnly(true)
	if err := Fault(func() { sink = end[0] }); err != nil {
		t.Errorf("read of read-only memory: %v", err)
	}
	if err := Fault(func() { end[0] = 1 }); err == nil {
		t.Error("write to read-only memory: no fault")
	}
	Writable(r, end)[0] = 3
	if end[0] != 3 {
		t.Errorf("written at the other address: %v, want 3", end[0])
	}
	Writable(r, start)[24] = 4
	if start[24] != 4 {
		t.Errorf("written at the other address: %v, want 4", start[24])
	}
	r.ReadOnly(false)
	if err := Fault(func() { end[0] = 1 }); err != nil {
		t.Errorf("write to writable memory: %v", err)
	}
}

func TestOtherPanics(t *testing.T) {
	defer func() {
		if e := recover(); e != "other" {
			t.Errorf("recovered %v, want the panic of f", e)
		}
	}()
	Fault(func() { panic("other") })
}
