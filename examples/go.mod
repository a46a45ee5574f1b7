module github.com/seed-b3c25b83/kernel/examples

go 1.26.0

require (
	github.com/seed-b3c25b83/kernel v0.0.0
	github.com/seed-b3c25b83/kernel/pictures v0.0.0
)

require (
	github.com/klauspost/cpuid/v2 v2.4.2 // indirect
	golang.org/x/image v0.48.0 // indirect
	golang.org/x/sys v0.50.0 // indirect
)

replace (
	github.com/seed-b3c25b83/kernel => ..
	github.com/seed-b3c25b83/kernel/pictures => ../pictures
)
