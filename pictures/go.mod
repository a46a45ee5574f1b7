module github.com/seed-b3c25b83/kernel/pictures

go 1.26.0

require golang.org/x/image v0.48.0

require golang.org/x/sys v0.50.0 // indirect
