#!/bin/sh
# Usage: smoke.sh EARSHOT-BENCH-TURN. A quick run writes every figure that issue 3 names.
set -eu
out=$(mktemp)
trap 'rm -f "$out"' EXIT
"$1" --quick --json "$out"
for figure in overhead_ms first_audio_ms first_audio_plain_ms barge_in_ms abort_ms; do
  for part in p50 p95 p99; do
    grep -q "\"$figure\":{[^}]*\"$part\":" "$out" || { echo "no $part of $figure in $(cat "$out")"; exit 1; }
  done
done
grep -q '"conversations":' "$out"
grep -q '"failed_turns":0' "$out" || { echo "failed turns: $(cat "$out")"; exit 1; }
