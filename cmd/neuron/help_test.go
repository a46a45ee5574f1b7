package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// setExamples makes a folder of the files that examples take, and goes there.
func setExamples(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"data.csv", "test.csv", "new.csv"} {
		if err := os.WriteFile(name, breastCancer, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"model.neuron", "same.neuron"} {
		mustRun(t, "", "train", "data.csv", "-out", name)
	}
	mustRun(t, "", "export", "model.neuron", "-out", "model.safetensors", "-json")
}

// Every command has examples, help and the man page show them, and they run.
func TestExamples(t *testing.T) {
	setExamples(t)
	man := mustRun(t, "", "help", "-man")
	all := examples()
	for _, c := range commands() {
		help := mustRun(t, "", "help", c.name)
		if len(all[c.name]) == 0 {
			t.Errorf("%s has no examples: add some to examples.go", c.name)
		}
		tested := false
		for _, x := range all[c.name] {
			if !strings.HasPrefix(x.line+" ", c.name+" ") {
				t.Errorf("an example of %s is %q", c.name, x.line)
			}
			if !strings.Contains(help, "\n  neuron "+x.line+"\n") {
				t.Errorf("neuron help %s does not show %q", c.name, x.line)
			}
			if !strings.Contains(man, "neuron "+roff(x.line)) {
				t.Errorf("the man page does not show %q", x.line)
			}
			if x.untested != "" {
				continue
			}
			tested = true
			var files int
			entries, _ := os.ReadDir(".")
			files = len(entries)
			if stdout, stderr, code := neuron("", strings.Split(x.line, " ")...); code != exitOK {
				t.Errorf("neuron %s: exit code %d, stdout %q, stderr %q", x.line, code, stdout, stderr)
			} else if entries, _ := os.ReadDir("."); stdout == "" && len(entries) == files {
				t.Errorf("neuron %s does nothing", x.line)
			}
		}
		if !tested && c.name != "bench" {
			t.Errorf("no example of %s is tested", c.name)
		}
		delete(all, c.name)
	}
	for name := range all {
		t.Errorf("there are examples of %s, which is no command", name)
	}
}

// The man page has every command and every flag, and the tools that read man
// pages have nothing to say against it.
func TestMan(t *testing.T) {
	page := mustRun(t, "", "help", "-man")
	for _, c := range commands() {
		if !strings.Contains(page, "\n.SS neuron "+c.name+" ") {
			t.Errorf("no %s", c.name)
		}
		for _, f := range flagsOf(c) {
			if !strings.Contains(page, `\fB\-`+roff(f.Name)+`\fR`) {
				t.Errorf("no -%s of %s", f.Name, c.name)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "neuron.1")
	if err := os.WriteFile(path, []byte(page), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tool := range [][]string{{"mandoc", "-Tlint", "-Wwarning"}, {"man", "--warnings", "-l"}} {
		if _, err := exec.LookPath(tool[0]); err != nil || tool[0] == "man" && runtime.GOOS != "linux" { // whose man knows these flags
			t.Logf("no %s here", tool[0])
			continue
		}
		cmd := exec.Command(tool[0], append(tool[1:], path)...)
		if tool[0] == "man" {
			cmd.Env = append(os.Environ(), "MANPAGER=cat", "MANWIDTH=100")
		}
		var stderr strings.Builder
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if tool[0] == "man" && strings.Contains(stderr.String(), "minimized") {
			continue // a system without man pages has a man that only says so
		}
		if tool[0] == "mandoc" {
			stderr.Write(out)
		}
		if err != nil || strings.TrimSpace(stderr.String()) != "" {
			t.Errorf("%s: %v\n%s", tool[0], err, stderr.String())
		}
	}
}

// What is offered for a flag is what the flag takes, so far as the command line
// can tell.
func TestChoices(t *testing.T) {
	used := make(map[string]bool)
	for _, c := range completed() {
		for _, f := range c.Flags {
			for _, choice := range f.Choices {
				used[f.Name] = true
				args := []string{c.Name, "-" + f.Name, choice}
				switch c.Name {
				case "predict", "eval":
					args = append(args, "none", "none")
				case "train":
					args = append(args, map[bool]string{true: t.TempDir(), false: "none"}[f.Name == "features"])
				case "export":
					args = append(args, "none", "-out", "none")
				}
				if _, stderr, code := neuron("", args...); code == exitUsage && strings.Contains(stderr, "-"+f.Name) {
					t.Errorf("neuron %q: %s", args, stderr)
				}
			}
		}
	}
	for name := range choices {
		if !used[name] {
			t.Errorf("no command has the flag -%s", name)
		}
	}
}

// completions to expect: what stands on the command line, and what the shell
// offers.
var completionCases = []struct {
	line       string
	candidates []string
}{
	{"neuron tr", []string{"train"}},
	{"neuron train -lo", []string{"-loss"}},
	{"neuron train -loss q", []string{"quadratic"}},
	{"neuron train -loss ", []string{"log", "quadratic"}},
	{"neuron -shu", []string{"-shuffle"}},
	{"neuron rows.csv -shuffle b", []string{"batches"}},
	{"neuron fetch i", []string{"icons"}},
	{"neuron help desc", []string{"descend"}},
	{"neuron completion z", []string{"zsh"}},
	{"neuron eval mod", []string{"model.file"}},
	{"neuron train -checkpoint mod", []string{"model.file"}},
	{"neuron train -scratch sub", []string{"subfolder/"}},
}

// The shells themselves complete with the scripts.
func TestCompletion(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("bash may be that of another system here")
	}
	dir := t.TempDir()
	for _, shell := range shells {
		if err := os.WriteFile(filepath.Join(dir, shell), []byte(mustRun(t, "", "completion", shell)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"model.file", "rows.csv", "subfile"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "subfolder"), 0o777); err != nil {
		t.Fatal(err)
	}
	// Each script prints, for each of its arguments, a line ": argument" and what
	// the shell makes of it.
	scripts := map[string]string{
		"bash": `source ./bash
			for line; do
				echo ": $line"
				COMP_WORDS=($line); [[ $line == *' ' ]] && COMP_WORDS+=('')
				COMP_CWORD=$((${#COMP_WORDS[@]}-1))
				_neuron
				((${#COMPREPLY[@]})) || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
				for c in "${COMPREPLY[@]}"; do if [[ -d $c ]]; then echo "$c/"; else echo "$c"; fi; done
			done`,
		"fish": `source ./fish
			for line in $argv
				echo ": $line"
				complete -C $line | string replace -r '\t.*' ''
			end; true`,
		"zsh": `zmodload zsh/zpty
			zpty z zsh -f -i
			zpty -w z "PS1= PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source ./zsh; neuron() { : }; show() { print -r \"<<\$BUFFER>>\"; BUFFER=; zle accept-line }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word; print ready:ready"
			zpty -r z out '*ready:ready*ready:ready*'
			for line; do
				print -r ": $line"
				zpty -w -n z "$line"$'\t\x18'
				zpty -r z out '*<<*>>*'
				out=${out##*<<}
				print -r -- "${${out%%>>*}##* }"
				[[ ${out%%>>*} == *' ' ]] && print -r -- ${${(z)${out%%>>*}}[-1]}
			done
			zpty -d z`,
	}
	start := map[string][]string{"bash": {"--norc", "-c"}, "fish": {"--no-config", "-c"}, "zsh": {"-f", "-c"}}
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skipf("no %s here", shell)
			}
			if testing.Short() && shell == "zsh" {
				t.Skip("zsh takes its time to begin")
			}
			args := append(start[shell], scripts[shell])
			if shell != "fish" {
				args = append(args, shell)
			}
			for _, c := range completionCases {
				args = append(args, c.line)
			}
			cmd := exec.Command(shell, args...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got := make(map[string][]string)
			line := ""
			for _, s := range strings.Split(strings.TrimSpace(string(out)), "\n") {
				if rest, ok := strings.CutPrefix(s, ": "); ok {
					line = rest
				} else if s = strings.TrimSpace(s); s != "" {
					got[line] = append(got[line], s)
				}
			}
			for _, c := range completionCases {
				if shell == "zsh" && len(c.candidates) > 1 {
					continue // it shows a list, which is hard to read
				}
				slices.Sort(got[c.line])
				if !slices.Equal(got[c.line], c.candidates) {
					t.Errorf("%q: %q, want %q", c.line, got[c.line], c.candidates)
				}
			}
		})
	}
}
