#!/usr/bin/env bash
# What a forwarded packet costs the gateway, over what it costs bench/floor, in one interleaved run.
#   bench/run_fastpath.sh [--json FILE] [--devices "300 1000 3000"] [--repeat 3] [--seconds 5] [--no-build] [--record]
# Needs two processors: the gateway has the first, simulator and worker have the second. Takes about
# devices x repeat x 2 x (seconds + 5) seconds. Prints medians; docs/performance.md says what they mean. --record keeps
# them in bench/results/ with machine and commit.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC1091
source "$root/deploy/lib.sh"
json='' devices='300 1000 3000' repeat=3 seconds=5 build=yes record=no
while [ $# -gt 0 ]; do
  case $1 in
    --json) json=$2; shift 2 ;;
    --devices) devices=$2; shift 2 ;;
    --repeat) repeat=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --record) record=yes; shift ;;
    --no-build) build=no; shift ;;
    *) die "unknown argument $1; see the head of this file" ;;
  esac
done
bin=$root/build/release/bin
[ $build = no ] || build release earshot-gateway earshot-worker earshot-sim earshot_broker earshot-floor-gateway earshot-floor-worker

key=000102030405060708090a0b0c0d0e0f
http=18103 mqtt=11983 udp=18984
work=$(mktemp -d)
pids=()
stop_all() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  [ ${#pids[@]} = 0 ] || wait "${pids[@]}" 2>/dev/null || true
  pids=()
}
trap 'stop_all; rm -rf "$work"' EXIT

on() { taskset -c "$@" & pids+=($!); }  # on CPU COMMAND...
wait_for() { for _ in $(seq 100); do [ -S "$1" ] && return; sleep 0.1; done; die "nothing listens on $1"; }
load() { timeout 120 taskset -c 1 "$bin/earshot-sim" load --seconds "$seconds" --quiet --json "$work/out.json" "$@"; }
field() { sed -n "s/.*\"$1\":\([0-9.eE+-]*\).*/\1/p" "$work/out.json" | awk '{ printf "%.3f\n", $1 }'; }

measure_floor() {
  rm -f "$work/floor.sock"
  on 0 "$bin/earshot-floor-gateway" $udp "$1" $key "$work/floor.sock"
  local pid=$!
  wait_for "$work/floor.sock"
  on 1 "$bin/earshot-floor-worker" "$work/floor.sock"
  sleep 0.3
  load --udp 127.0.0.1:$udp --key $key --devices "$1" --pid gateway=$pid || note "floor: packets were lost"
  stop_all
}

measure_gateway() {
  on 0 "$bin/earshot-gateway" --set data_dir="$work/data" --set http.port=$http --set mqtt.port=$mqtt \
    --set udp.port=$udp --set workers.spawn=0 --set log.level=error --set session.max_per_shard=100000
  local pid=$!
  wait_for "$work/data/run/workers.sock"
  on 1 "$bin/earshot-worker" --gateway "unix:$work/data/run/workers.sock" --set engine=echo \
    --set capacity=100000 --set log.level=error
  sleep 1
  load --ota http://127.0.0.1:$http/xiaozhi/ota/ --devices "$1" --pid gateway=$pid || note "gateway: packets were lost"
  stop_all
}

median() { sort -g "$1" | awk '{ v[NR] = $1 } END { printf "%.3f\n", (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

for round in $(seq "$repeat"); do
  for n in $devices; do
    measure_floor "$n"; field cpu_us_per_packet >>"$work/floor.$n"
    measure_gateway "$n"; field cpu_us_per_packet >>"$work/gateway.$n"; field loss_pct >>"$work/loss.$n"
    sed -n 's/.*"latency_ms":{"p50":[^,]*,"p99":\([0-9.eE+-]*\).*/\1/p' "$work/out.json" >>"$work/p99.$n"
    note "round $round, $n devices: floor $(tail -n 1 "$work/floor.$n") us, gateway $(tail -n 1 "$work/gateway.$n") us"
  done
done

printf '%8s %12s %12s %8s %10s %8s\n' devices 'gateway us' 'floor us' ratio 'p99 ms' 'loss %'
lines=()
for n in $devices; do
  g=$(median "$work/gateway.$n") f=$(median "$work/floor.$n") p=$(median "$work/p99.$n") l=$(median "$work/loss.$n")
  ratio=$(awk -v g="$g" -v f="$f" 'BEGIN { printf "%.3f", g / f }')
  printf '%8s %12s %12s %8s %10s %8s\n' "$n" "$g" "$f" "$ratio" "$p" "$l"
  lines+=("{\"devices\": $n, \"gateway_us\": $g, \"floor_us\": $f, \"ratio\": $ratio, \"latency_p99_ms\": $p, \"loss_pct\": $l}")
done
rows() { local sep='' line; printf '['; for line in "${lines[@]}"; do printf '%s\n  %s' "$sep" "$line"; sep=','; done; printf '\n]\n'; }
[ -z "$json" ] || rows >"$json"
[ $record = yes ] || exit 0
commit=$(git -C "$root" rev-parse --short=12 HEAD)
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
result=$root/bench/results/fastpath-$(date -u +%F)-$commit.json
{
  printf '{"date": "%s", "commit": "%s", "machine": "%s, %s processors, Linux %s",\n' "$(date -u +%F)" "$commit" "$cpu" "$(nproc)" "$(uname -r)"
  printf ' "repeat": %s, "seconds": %s, "rows": ' "$repeat" "$seconds"; rows; printf '}\n'
} >"$result"
note "kept in ${result#"$root"/}"
