# A line that shows how far a long command is. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # dim and plain are lib.sh's

# latest_line LOG: its last line.
latest_line() { tail -c 400 "$1" 2>/dev/null | tr '\r' '\n' | grep -v '^$' | tail -n 1 | cut -c1-60 || true; }

# seconds_left DONE TOTAL ELAPSED [EXPECTED]: by the share of the steps done in this time; nothing as long as that means
# little. Steps are uneven, so in the first third the EXPECTED seconds of the whole count as well, unless they are far
# off: a compiler cache makes nonsense of them.
seconds_left() {
  awk -v done="$1" -v total="$2" -v elapsed="$3" -v expected="${4:-0}" 'BEGIN {
    if (elapsed < 15 || done < 0.05 * total) exit
    left = elapsed * (total - done) / done
    rest = expected - elapsed
    weight = 3 * done / total
    if (rest > 0 && weight < 1 && left < 3 * rest && rest < 3 * left) left = weight * left + (1 - weight) * rest
    printf "%d\n", left
  }'
}

# left_in_words SECONDS
left_in_words() {
  if [ "$1" -lt 60 ]; then echo 'less than a minute left'; else echo "about $((($1 + 30) / 60)) min left"; fi
}

# how_far LINE ELAPSED [EXPECTED]: a command's latest line; in that of a build, "[12/345] ...", with what is left.
how_far() {
  local left=''
  if [[ $1 =~ ^\[([0-9]+)/([0-9]+)\]\ (.*) ]]; then
    left=$(seconds_left "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "$2" "${3:-0}")
    [ -z "$left" ] || { echo "[${BASH_REMATCH[1]}/${BASH_REMATCH[2]}] $(left_in_words "$left"): ${BASH_REMATCH[3]}"; return; }
  fi
  echo "$1"
}

# terminal_width: in characters; 80 when it cannot be told.
terminal_width() {
  local size
  size=$({ stty size </dev/tty; } 2>/dev/null) || size='0 0'
  [ "${size#* }" -ge 20 ] && echo "${size#* }" || echo 80
}

# show TEXT WIDTH: on a terminal, in the place of the one before, and so in a single line.
show() {
  if [ -t 1 ]; then printf '\r\e[K    %s%s%s' "$dim" "${1:0:$(($2 - 5))}" "$plain"; else note "$1"; fi
}

# follow LABEL LOG COMMAND... : runs it with its output in LOG, and one line that shows how far it is; its exit status.
# On a terminal the line is rewritten; elsewhere (CI) a line is printed every 20 s. expected_seconds: how long it may
# take; not set: nobody knows.
follow() {
  local label=$1 log=$2 started=$SECONDS told=$SECONDS pid elapsed width status=0
  shift 2
  width=$(terminal_width)
  start "$@" >"$log" 2>&1
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    elapsed=$((SECONDS - started))
    if [ -t 1 ] || [ $((SECONDS - told)) -ge 20 ]; then
      told=$SECONDS
      show "$label (${elapsed}s) $(how_far "$(latest_line "$log")" "$elapsed" "${expected_seconds:-0}")" "$width"
    fi
    sleep 0.5
  done
  [ ! -t 1 ] || printf '\r\e[K'
  wait "$pid" || status=$?
  [ $status != 0 ] || note "$label: done in $((SECONDS - started))s"
  return $status
}

# fail LABEL LOG STATUS: shows the end of LOG and ends the script.
fail() {
  printf '%s\n' "--- the end of $2 ---" >&2; tail -n 40 "$2" >&2
  die "$1 failed (exit code $3); the whole output is in $2"
}

# progress LABEL LOG COMMAND... : follows it, or fails.
progress() {
  local status=0
  follow "$@" || status=$?
  [ $status = 0 ] || fail "$1" "$2" $status
}
