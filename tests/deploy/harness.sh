# A copy of the scripts in a project folder of stubs: nothing is installed and nothing built. Sourced by the tests.
# shellcheck shell=bash
set -euo pipefail

tests_deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
project=$work/project
events=$work/events  # what the stubs tell: a line each
output=$work/output  # what run.sh says
export events
# No model is fetched in a test: nobody listens at port 9.
export PIP_INDEX_URL=http://127.0.0.1:9/simple EARSHOT_RELEASES_URL=http://127.0.0.1:9 XDG_CACHE_HOME=$work/cache
export EARSHOT_CHECKERS=  # nor are checkers
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
: >"$events"
failures=0

# fresh_project: deploy/ as it is, with built programs that are stubs; those before them in PATH are stubs too.
fresh_project() {
  rm -rf "${work:?}"/{project,bin}
  mkdir -p "$project/build/release/bin" "$work/bin"
  : >"$events"
  cp -r "$tests_deploy/../../deploy" "$project/"
  cp "$tests_deploy/../../CMakePresets.json" "$project/"
  cp "$tests_deploy"/stubs/earshot* "$project/build/release/bin/"
  cp "$tests_deploy"/stubs/path/* "$work/bin/"
  touch "$project/build/release/build.ninja"
}

free_port() {
  perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}

# within SECONDS COMMAND... : until it succeeds.
within() {
  local deadline=$((SECONDS + $1)); shift
  until "$@" 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || { echo "not within the time: $*"; return 1; }
    sleep 0.05
  done
}

has() { grep -qF -- "$2" "$1"; }                      # has FILE TEXT
lacks() { ! has "$@"; }
# gone PROCESS: or dead and not yet collected, as orphans are for ever where process 1 is no init.
gone() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }
pid_of() { sed -n "s/^$1 starts \([0-9]*\)$/\1/p" "$events" | tail -n 1; }  # pid_of STUB

# expect WHAT COMMAND... ; expect_equal WHAT WANTED GOT
expect() { local what=$1; shift; "$@" || { failures=$((failures + 1)); echo "FAILED: $what: $*"; }; }
expect_equal() {
  [ "$2" = "$3" ] || { failures=$((failures + 1)); printf 'FAILED: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"; }
}

# run_script [NAME=VALUE...] -- ARGUMENT... : deploy/run.sh in the background; its process is $script. SIGINT is ignored
# there, as bash has it in a script, unless $signals says otherwise; SIGHUP never, even when the test runs under nohup.
signals=--default-signal=HUP
run_script() {
  local settings=()
  while [ "$1" != -- ]; do settings+=("$1"); shift; done
  shift
  : >"$output"
  env "$signals" PATH="$work/bin:$PATH" "${settings[@]}" \
    "$project/deploy/run.sh" --http-port "$(free_port)" "$@" >"$output" 2>&1 &
  script=$!
}

# expect_end WHAT STATUS CHILD... : run.sh ends with this status, and each child is gone.
expect_end() {
  local what=$1 wanted=$2 status=0 child; shift 2
  within 30 gone "$script" || kill -KILL "$script"
  wait "$script" || status=$?
  expect_equal "$what: exit status" "$wanted" "$status"
  for child in "$@"; do
    expect "$what: $child has started" test -n "$(pid_of "$child")"
    expect "$what: $child is gone" gone "$(pid_of "$child")"  # at once: whoever waits for run.sh finds a clean machine
  done
  if [ $failures != 0 ]; then cat "$output" "$events"; fi
}

finish() {
  local child
  for child in $(jobs -p); do kill -KILL -- "-$child" 2>/dev/null || kill -KILL "$child" 2>/dev/null || true; done
  sed -n 's/^.* starts \([0-9]*\)$/\1/p' "$events" | while read -r child; do kill -KILL "$child" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT

verdict() {
  [ $failures = 0 ] || { echo "$failures expectations failed"; exit 1; }
  echo "all as expected"
}
