module github.com/seed-b3c25b83/kernel/gonumadapter

go 1.26.0

require (
	github.com/seed-b3c25b83/kernel v0.0.0
	gonum.org/v1/gonum v0.17.0
)

require (
	github.com/klauspost/cpuid/v2 v2.4.2 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.30.0 // indirect
)

replace github.com/seed-b3c25b83/kernel => ..
