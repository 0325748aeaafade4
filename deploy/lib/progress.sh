# A line that shows how far a long command is. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # dim and plain are lib.sh's

# latest_line LOG: its last line.
latest_line() { tail -c 400 "$1" 2>/dev/null | tr '\r' '\n' | grep -v '^$' | tail -n 1 | cut -c1-60; }

# follow LABEL LOG COMMAND... : runs it with its output in LOG, and one line that shows it is alive; its exit status.
# On a terminal the line is rewritten; elsewhere (CI) a line is printed every 20 s.
follow() {
  local label=$1 log=$2 started=$SECONDS told=$SECONDS pid latest status=0
  shift 2
  start "$@" >"$log" 2>&1
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    latest=$(latest_line "$log") || true
    if [ -t 1 ]; then printf '\r\e[K    %s%s (%ss) %s%s' "$dim" "$label" $((SECONDS - started)) "$latest" "$plain"
    elif [ $((SECONDS - told)) -ge 20 ]; then told=$SECONDS; note "$label ($((SECONDS - started))s) $latest"
    fi
    sleep 0.5
  done
  [ ! -t 1 ] || printf '\r\e[K'
  wait "$pid" || status=$?
  [ $status != 0 ] || note "$label: done in $((SECONDS - started))s"
  return $status
}

# progress LABEL LOG COMMAND... : follows it; a failure shows the end of LOG and ends the script.
progress() {
  local status=0
  follow "$@" || status=$?
  [ $status != 0 ] || return 0
  printf '%s\n' "--- the end of $2 ---" >&2; tail -n 40 "$2" >&2
  die "$1 failed (exit code $status); the whole output is in $2"
}
