#!/bin/sh
# Usage: smoke.sh EARSHOT-BENCH-TURN. A quick run writes every figure that issues 3 and 10 name.
set -eu
out=$(mktemp)
trap 'rm -f "$out"' EXIT
"$1" --quick --json "$out"
for figure in first_audio_ms first_audio_at_worker_ms overhead_ms barge_in_ms abort_ms; do
  for part in p50 p95 p99; do
    grep -q "\"$figure\":{[^}]*\"$part\":" "$out" || { echo "no $part of $figure in $(cat "$out")"; exit 1; }
  done
done
for figure in finished open plain pauses wasted_requests_a_turn cut_percent guesses_used conversations; do
  grep -q "\"$figure\":" "$out" || { echo "no $figure in $(cat "$out")"; exit 1; }
done
grep -q '"failed_turns":0' "$out" || { echo "failed turns: $(cat "$out")"; exit 1; }
