#!/usr/bin/env bash
# Fails when a source file includes what the tables beside this script do not let it include.
# Usage: include_rules.sh [ROOT]    (ROOT: a tree to check; default: the project)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-$here/../..}"
find common gateway worker bench -name vendor -prune -o \( -name '*.h' -o -name '*.cc' \) -print 2>/dev/null | sort |
  xargs -r grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' |
  awk -v rules="$here/include_rules.txt" -v third="$here/third_party_rules.txt" '
    function load(file, table, order,   line, n, words, i) {
      while ((getline line < file) > 0) {
        if (line ~ /^#/ || line ~ /^[[:space:]]*$/) continue
        n = split(line, words, /[[:space:]]+/)
        table[words[1]] = ""
        order[++order[0]] = words[1]
        for (i = 2; i <= n; i++) table[words[1]] = table[words[1]] words[i] " "
      }
    }
    function longest(text, order,   i, best) {
      best = ""
      for (i = 1; i <= order[0]; i++)
        if (index(text, order[i]) == 1 && length(order[i]) > length(best)) best = order[i]
      return best
    }
    function allowed(text, words,   n, list, i) {
      n = split(words, list, " ")
      for (i = 1; i <= n; i++) if (index(text, list[i]) == 1) return 1
      return 0
    }
    BEGIN { load(rules, may, places); load(third, doors, libraries) }
    {
      split($0, part, ":")
      file = part[1]; where = file ":" part[2]
      match($0, /[<"][^>"]*[>"]/)
      quoted = substr($0, RSTART, 1) == "\""
      header = substr($0, RSTART + 1, RLENGTH - 2)
      files++
      if (quoted) {
        place = longest(file, places)
        if (place == "" || !allowed(header, may[place])) {
          print where ": \"" header "\" may not be included here (" (place == "" ? "no rule" : place ": " may[place]) ")"
          bad++
        }
      } else {
        library = longest(header, libraries)
        if (library != "" && !allowed(file, doors[library])) {
          print where ": <" header "> enters only through: " doors[library]
          bad++
        }
      }
    }
    END {
      if (files == 0) { print "no includes found: is this the right folder?"; exit 1 }
      if (bad) { print bad " forbidden includes"; exit 1 }
      print files " includes checked"
    }'
