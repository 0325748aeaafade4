#!/usr/bin/env bash
# Rules about the text of the tree: guards, formatting, machine paths, macros, sleeps in tests, file length.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bad=0
complain() { printf '%s\n' "$1"; printf '%s\n' "$2" | sed 's/^/  /'; bad=1; }
sources() { find common gateway worker bench tests \( -name '*.h' -o -name '*.cc' \) | sort; }

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

format=$(command -v clang-format-16 || true)
if [ -n "$format" ]; then
  found=$(sources | xargs "$format" --dry-run 2>&1 | grep 'warning:' | cut -d: -f1 | sort | uniq -c || true)
  [ -z "$found" ] || complain "clang-format-16 -i would change:" "$found"
else
  echo "clang-format-16 is not installed: formatting not checked"
fi
[ $bad = 0 ] && echo "the tree keeps its rules"
exit $bad
