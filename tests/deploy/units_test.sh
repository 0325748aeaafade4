#!/usr/bin/env bash
# The systemd units: systemd reads them without a word, and finds them hardened. 77 (skipped) without systemd-analyze.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy/packages" && pwd)
command -v systemd-analyze >/dev/null || { echo 'skipped: systemd-analyze is not installed'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
for name in gateway worker; do
  unit=$work/earshot-$name.service
  # verify looks whether the program is there.
  sed -e 's|^ExecStart=@CMAKE_INSTALL_FULL_BINDIR@/[a-z-]*|ExecStart=/bin/true|' -e 's|@EARSHOT_CONFIG_DIR@|/etc/earshot|' \
    -e '/^Documentation=file:/d' "$here/earshot-$name.service.in" >"$unit"
  ! grep -n '@[A-Z_]*@' "$unit" || { echo "FAILED: $name: a place that nothing fills"; bad=1; }
  told=$(systemd-analyze verify "$unit" 2>&1) || { echo "FAILED: $name: $told"; bad=1; }
  [ -z "$told" ] || { echo "FAILED: $name: $told"; bad=1; }
  # 0 (no exposure) to 100; a unit without any hardening has 96.
  systemd-analyze security --offline=true --threshold=25 "$unit" >"$work/security" 2>&1 ||
    { tail -n 1 "$work/security"; echo "FAILED: $name: it is more exposed than 2.5"; bad=1; }
done
[ $bad = 0 ] && echo "the units are as systemd wants them"
exit $bad
