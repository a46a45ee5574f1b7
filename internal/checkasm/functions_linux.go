package checkasm

import (
	"debug/elf"
	"debug/gosym"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
)

// Functions returns the assembly functions of a package of this program, by
// address. They stand in the table that the runtime itself uses, which no
// linker flag strips.
func Functions(pkg string) ([]Func, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f, err := elf.Open(exe)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, table := f.Section(".text"), f.Section(".gopclntab")
	if table == nil { // where the program may be loaded anywhere
		table = f.Section(".data.rel.ro.gopclntab")
	}
	if text == nil || table == nil {
		return nil, fmt.Errorf("checkasm: %s has no table of functions", exe)
	}
	data, err := table.Data()
	if err != nil {
		return nil, err
	}
	symbols, err := gosym.NewTable(nil, gosym.NewLineTable(data, text.Addr))
	if err != nil {
		return nil, err
	}
	self := symbols.LookupFunc(reflect.TypeFor[Func]().PkgPath() + ".Functions")
	if self == nil {
		return nil, fmt.Errorf("checkasm: %s: cannot find this function", exe)
	}
	bias := reflect.ValueOf(Functions).Pointer() - uintptr(self.Entry)
	var all []Func
	for _, fn := range symbols.Funcs {
		name, ok := strings.CutPrefix(fn.Name, pkg+".")
		if !ok {
			continue
		}
		if file, _, _ := symbols.PCToLine(fn.Entry); !strings.HasSuffix(file, ".s") {
			continue
		}
		entry := uintptr(fn.Entry) + bias
		all = append(all, Func{Name: name, Entry: entry, Frame: frameSize(entry)})
	}
	slices.SortFunc(all, func(a, b Func) int { return int(a.Entry) - int(b.Entry) })
	return all, nil
}
