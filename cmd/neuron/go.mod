module github.com/seed-b3c25b83/kernel/cmd/neuron

go 1.26.0

require (
	github.com/cheggaaa/pb/v3 v3.3.0
	github.com/klauspost/cpuid/v2 v2.4.2
	github.com/seed-b3c25b83/kernel v0.0.0
	github.com/seed-b3c25b83/kernel/dataset v0.0.0
	github.com/seed-b3c25b83/kernel/exchange v0.0.0
	github.com/seed-b3c25b83/kernel/pictures v0.0.0
	github.com/seed-b3c25b83/kernel/report v0.0.0
	golang.org/x/term v0.47.0
)

require (
	codeberg.org/go-fonts/liberation v0.5.0 // indirect
	codeberg.org/go-latex/latex v0.2.0 // indirect
	codeberg.org/go-pdf/fpdf v0.11.1 // indirect
	git.sr.ht/~sbinet/gg v0.7.0 // indirect
	github.com/VividCortex/ewma v1.2.0 // indirect
	github.com/ajstarks/svgo v0.0.0-20211024235047-1546f124cd8b // indirect
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/fatih/color v1.19.0 // indirect
	github.com/golang/freetype v0.0.0-20170609003504-e2365dfdc4a0 // indirect
	github.com/mattn/go-colorable v0.1.16 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mattn/go-runewidth v0.0.31 // indirect
	golang.org/x/image v0.48.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
	golang.org/x/text v0.44.0 // indirect
	gonum.org/v1/gonum v0.17.0 // indirect
	gonum.org/v1/plot v0.17.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)

replace (
	github.com/seed-b3c25b83/kernel => ../..
	github.com/seed-b3c25b83/kernel/dataset => ../../dataset
	github.com/seed-b3c25b83/kernel/exchange => ../../exchange
	github.com/seed-b3c25b83/kernel/pictures => ../../pictures
	github.com/seed-b3c25b83/kernel/report => ../../report
)
