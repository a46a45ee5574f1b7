package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// manDate is when the texts were last looked through.
const manDate = "2026-11-25"

// printMan prints the man page, in the language of man(7), from the same tables
// as help.
func printMan(w io.Writer) {
	p := manPage{printer{w}}
	p.line(`.TH NEURON 1 "%s" "neuron %s" "User Commands"`, manDate, roff(newVersionReport().Version))
	p.section("Name")
	p.line(`neuron \- train a single sigmoid neuron, and apply it`)
	p.section("Synopsis")
	for k, c := range commands() {
		if k > 0 {
			p.line(".br")
		}
		p.line(".B neuron %s", c.name)
		p.line("%s", roff(c.rest()))
	}
	p.section("Description")
	p.text(helpHead[:strings.Index(helpHead, "Usage:")] + "Without a command it trains, on the data that the program carries unless a file is named.")
	p.line(".PP")
	p.text(helpTail)
	p.section("Commands")
	for _, c := range commands() {
		p.line(".SS neuron %s %s", c.name, roff(c.rest()))
		p.text(c.long)
		for _, f := range flagsOf(c) {
			value, usage := flag.UnquoteUsage(f)
			p.line(".TP")
			p.line(`\fB\-%s\fR \fI%s\fR`, roff(f.Name), roff(value))
			p.line("%s", roff(usage+defaultOf(f)))
		}
	}
	p.section("Examples")
	all := examples()
	for _, c := range commands() {
		for _, x := range all[c.name] {
			p.line(".TP")
			p.line(`\fBneuron %s\fR`, roff(x.line))
			p.line("%s", roff(x.what))
		}
	}
	p.section("Environment")
	p.line(".TP\n.B NO_COLOR\nif it is set to anything, no colours are printed.")
	p.line(".TP\n.B TMPDIR\nis where \\-stream keeps rows, unless \\-scratch says otherwise.")
}

// defaultOf returns what flag.PrintDefaults says of the default.
func defaultOf(f *flag.Flag) string {
	switch f.DefValue {
	case "", "0", "false":
		return ""
	}
	return fmt.Sprintf(" (default %s)", f.DefValue)
}

type manPage struct{ printer }

func (p manPage) section(name string) { p.line(".SH %s", strings.ToUpper(name)) }

// text prints what help prints as it is: paragraphs, between empty lines, and
// what is set in by a tab.
func (p manPage) text(s string) {
	for k, paragraph := range strings.Split(strings.Trim(s, "\n"), "\n\n") {
		if k > 0 {
			p.line(".PP")
		}
		verbatim := false
		for _, line := range strings.Split(paragraph, "\n") {
			rest, in := strings.CutPrefix(line, "\t")
			if in != verbatim {
				verbatim = in
				p.line("%s", map[bool]string{true: ".RS 4\n.nf", false: ".fi\n.RE"}[in])
			}
			p.line("%s", roff(rest))
		}
		if verbatim {
			p.line(".fi\n.RE")
		}
	}
}

// roff escapes text for troff.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, "\t", "    ").Replace(s)
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
