#!/usr/bin/env bash
# What others wrote stands in folders named vendor, unchanged: each has a licence, and a SHA256SUMS that names every file.
# Usage: vendor.sh [ROOT]    (ROOT: a tree to check; default: the project)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-$here/../..}"
bad=0 folders=0
while read -r folder; do
  folders=$((folders + 1))
  [ -s "$folder/LICENSE" ] || { echo "$folder has no LICENSE"; bad=1; }
  [ -f "$folder/SHA256SUMS" ] || { echo "$folder has no SHA256SUMS"; bad=1; continue; }
  (cd "$folder" && sha256sum --quiet --strict -c SHA256SUMS) || bad=1
  unnamed=$(cd "$folder" && comm -13 <(sed 's/^[0-9a-f]* [ *]//' SHA256SUMS | sort) \
    <(find . -type f ! -name SHA256SUMS ! -name README.md | sed 's,^\./,,' | sort))
  [ -z "$unnamed" ] || { echo "$folder/SHA256SUMS does not name:"; printf '%s\n' "$unnamed" | sed 's/^/  /'; bad=1; }
done < <(find common gateway worker bench tests -type d -name vendor 2>/dev/null | sort)
[ $bad != 0 ] || echo "$folders vendored folders are unchanged"
exit $bad
