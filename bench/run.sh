#!/usr/bin/env bash
# Compares the kernels with everybody on this machine: one run with OpenBLAS and
# SLEEF, if they are installed, and one for archsimd, which needs a build of its
# own. Keeps the records under record/arch/cpu/date, draws the charts, and prints
# what is lost, what has become slower since the last record of this CPU, and
# which of the project's floors are met.
#
#   ./run.sh                     # about 10 minutes, and 2 for archsimd
#   ./run.sh -note 'on battery'  # flags go to cmd/compare
#
# DATE names the records, KEEP the folder to keep them in.
set -euo pipefail
cd "$(dirname "$0")"

date=${DATE:-$(date +%F)}
keep=${KEEP:-record}
go=$(go env GOARCH)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

tags=openblas
if ! CGO_ENABLED=1 go build -tags "$tags" -o "$tmp/compare" ./cmd/compare 2>"$tmp/log"; then
	sed 's/^/    /' "$tmp/log"
	echo "OpenBLAS and SLEEF do not take part. On Debian or Ubuntu they come with"
	echo "    apt-get install gcc libopenblas-dev libsleef-dev"
	tags=
	go build -o "$tmp/compare" ./cmd/compare
fi
"$tmp/compare" -record "$keep" -date "$date" "$@" >"$tmp/tables" || { tail -n 5 "$tmp/tables"; exit 1; }
record=$(tail -n 1 "$tmp/tables" | cut -d, -f1)
records=("$record")

if [ "$go" = amd64 ]; then
	GOEXPERIMENT=simd go build -o "$tmp/archsimd" ./cmd/compare
	"$tmp/archsimd" -record "$keep" -date "$date-archsimd" -case '^(step|forward|sigmoid)/' -impl 'kernel-AVX|archsimd' -rounds 20 \
		-note 'A build with GOEXPERIMENT=simd: only the kernels and archsimd count.' >"$tmp/tables-archsimd"
	records+=("$(tail -n 1 "$tmp/tables-archsimd" | cut -d, -f1)")
fi

for op in step forward; do
	for type in float32 float64; do
		go run ./cmd/chart -op "$op" -type "$type" "${records[@]}" >"$tmp/chart.svg"
		cp "$tmp/chart.svg" "$keep/$op-$type.svg"
	done
done

base=${record%.json}
go run ./cmd/floors "${records[@]}" >"$base-floors.md"
sed -n '/^## Where a peer is faster/,/^## step/p' "$base.md" | sed '$d'
cat "$base-floors.md"
