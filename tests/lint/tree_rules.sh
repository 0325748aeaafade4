#!/usr/bin/env bash
# Rules about the text of the tree: guards, formatting, comments, macros, sleeps in tests, file length.
# Usage: tree_rules.sh [ROOT]    (ROOT: a tree to check; default: the project)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-$here/../..}"
bad=0
complain() { printf '%s\n' "$1"; printf '%s\n' "$2" | sed 's/^/  /'; bad=1; }
# vendor.sh looks after what others wrote.
sources() { find common gateway worker bench tests -name vendor -prune -o \( -name '*.h' -o -name '*.cc' \) -print | sort; }

found=$(sources | grep '\.h$' | xargs grep -L '^#pragma once' || true)
[ -z "$found" ] || complain "headers without #pragma once:" "$found"

found=$(sources | xargs grep -nE '^#define [A-Z]' | grep -vE '^common/(base/check|log/log)\.h:' || true)
[ -z "$found" ] || complain "macros outside check.h and log.h:" "$found"

found=$(sources | grep -E '^tests/(unit|integration)/' | xargs grep -nE 'sleep_for|usleep\(|[^_a-z]sleep\(' || true)
[ -z "$found" ] || complain "sleeps in unit or integration tests (use virtual time or wait for an event):" "$found"

found=$(sources | xargs wc -l | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines" }')
[ -z "$found" ] || complain "files over 500 lines: split by responsibility:" "$found"

found=$(sources | xargs grep -nE '\b(TODO|FIXME|XXX|HACK)\b' || true)
[ -z "$found" ] || complain "unfinished marks:" "$found"

found=$(sources | xargs awk '
  /^[[:space:]]*\/\/[[:space:]]/ {
    text = $0
    sub(/^[[:space:]]*\/\/[[:space:]]*(- )?/, "", text)
    if (text ~ /[^[:space:]][[:space:]]+(Runs on|Owns|Borrows|Lifecycle|Bounded|RETURNS|REQUIRES|Errors):/)
      print FILENAME ":" FNR ": " text
  }')
[ -z "$found" ] || complain "contract labels that do not head their line:" "$found"

# Counted in bytes, which are never fewer than columns: no line is taken for shorter than it is.
found=$(sources | LC_ALL=C xargs awk '
  FNR == 1 { before = "" }
  /^[[:space:]]*\/\/  ?[^[:space:]]+$/ && $2 !~ /^NOLINT/ && length(before) > 60 &&
    length(before " " $2) <= 110 { print FILENAME ":" FNR ": " $2 }
  { before = /^[[:space:]]*\/\// ? $0 : "" }')
[ -z "$found" ] || complain "a word alone on a comment line that fits on the line before:" "$found"

format=$(command -v clang-format-16 || true)
if [ -n "$format" ]; then
  found=$(sources | xargs "$format" --dry-run 2>&1 | grep 'warning:' | cut -d: -f1 | sort | uniq -c || true)
  [ -z "$found" ] || complain "clang-format-16 -i would change:" "$found"
else
  complain "formatting not checked:" \
    "clang-format-16 is missing: apt-get install clang-format-16 (deploy/test.sh installs it)"
fi
[ $bad = 0 ] && echo "the tree keeps its rules"
exit $bad
