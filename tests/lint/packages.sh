#!/usr/bin/env bash
# packages.sh BUILD_FOLDER LIST... : what a configured build folder found on this machine, and the headers that its files
# were compiled with, come from the packages of these lists (deploy/lib/packages.sh) or from what they depend on. A machine
# on which somebody installed something else hides what a bare one will miss.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC1091
. "$root/deploy/lib.sh"
trap - HUP INT TERM EXIT  # lib.sh's: here nothing is to be stopped
folder=$1; shift
[ -f "$folder/CMakeCache.txt" ] || { echo "$folder is not configured"; exit 1; }
packages=()
for list in "$@"; do declare -n names=$list; packages+=("${names[@]}"); done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Paths and, for links such as /usr/bin/c++, what they lead to.
{
  grep -E '^[^#/][^:]*:(FILEPATH|PATH|STRING|INTERNAL|UNINITIALIZED)=/(usr|lib|bin|etc)' "$folder/CMakeCache.txt" | cut -d= -f2-
  ninja -C "$folder" -t deps 2>/dev/null | sed -n 's/^    \(\/usr\/.*\)/\1/p'
} | tr ';' '\n' | sort -u | while read -r path; do
  [ ! -f "$path" ] || { echo "$path"; realpath "$path"; }
done | sort -u >"$work/used"
[ -s "$work/used" ] || { echo "$folder used nothing of this machine?"; exit 1; }
# What may be there: the lists with what they need, and what every Debian has.
apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
  --no-enhances "${packages[@]}" | grep -v '^ ' | sed 's/:.*//' | sort -u >"$work/allowed"
dpkg-query -W -f='${Package} ${Essential} ${Priority}\n' | awk '$2 == "yes" || $3 == "required" { print $1 }' >>"$work/allowed"
# Older packages own /lib/..., which is /usr/lib/... today. A file that no package owns was made by hand, not found here.
awk -v allowed="$work/allowed" -v used="$work/used" '
  BEGIN {
    while ((getline line < allowed) > 0) may[line] = 1
    while ((getline line < used) > 0) { wanted[line] = 1; if (sub(/^\/usr/, "", line)) wanted[line] = 1 }
  }
  FNR == 1 { package = FILENAME; sub(/.*\//, "", package); sub(/(:.*)?\.list$/, "", package); ok = package in may }
  !ok && $0 in wanted && !(package in told) { told[package] = $0 }
  ok && $0 in wanted { found++ }
  END {
    for (package in told) { print "package " package " is used (" told[package] ") but not listed in deploy/lib/packages.sh"; bad++ }
    if (!found) { print "none of the listed packages is used?"; bad++ }
    if (!bad) print found " files in use, all of listed packages"
    exit bad > 0
  }' /var/lib/dpkg/info/*.list
