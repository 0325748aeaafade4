# A line that shows how far a long command is. Sourced by lib.sh.
# shellcheck shell=bash

# progress LABEL LOG COMMAND... : runs it with its output in LOG, and one line that shows it is alive.
# On a terminal the line is rewritten; elsewhere (CI) a line is printed every 20 s.
progress() {
  local label=$1 log=$2 started=$SECONDS told=$SECONDS pid status latest
  shift 2
  "$@" >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    # The last line, or the last [12/345] of a build.
    latest=$(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^$' | tail -n 1 | cut -c1-60) || true
    if [ -t 1 ]; then printf '\r\e[K    %s%s (%ss) %s%s' "$dim" "$label" $((SECONDS - started)) "$latest" "$plain"
    elif [ $((SECONDS - told)) -ge 20 ]; then told=$SECONDS; note "$label ($((SECONDS - started))s) $latest"
    fi
    sleep 0.5
  done
  [ -t 1 ] && printf '\r\e[K'
  status=0; wait "$pid" || status=$?
  if [ "$status" != 0 ]; then
    printf '%s\n' "--- the end of $log ---" >&2; tail -n 40 "$log" >&2
    die "$label failed (exit code $status); the whole output is in $log"
  fi
  note "$label: done in $((SECONDS - started))s"
}
