#!/usr/bin/env bash
# The release preset, which deploy/run.sh builds, configures on a machine that has none of the tests' packages, and finds
# only what deploy/run.sh installs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake -S "$root" -B "$work/release" --preset release -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON \
  -DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
for program in $(ninja -C "$work/release" -t targets all | sed -n 's/^bin\/\(.*\): .*/\1/p'); do
  case $program in
    earshot-gateway | earshot-worker | earshot-sim | earshotctl | earshot_broker.so) ;;
    *) echo "the release preset builds $program, which deploy/run.sh does not start"; exit 1 ;;
  esac
done
"$here/packages.sh" "$work/release" build_packages
