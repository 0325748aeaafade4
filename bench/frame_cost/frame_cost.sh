#!/usr/bin/env bash
# frame_cost.sh PROGRAM BUILD_TYPE: instructions for one frame up and one down, the device's own encryption included.
# The difference of two runs, so that start-up does not count.
set -euo pipefail
command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }
[ "$2" = Release ] || { echo "skipped: the bound is for optimised code, this is $2"; exit 77; }
bound=5000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
instructions() {
  valgrind --tool=callgrind --callgrind-out-file="$work/out" "$1" "$2" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/log"
}
few=$(instructions "$1" 1000)
many=$(instructions "$1" 6000)
each=$(((many - few) / 5000))
echo "$each instructions a frame up and down (bound $bound)"
[ "$each" -le $bound ]
