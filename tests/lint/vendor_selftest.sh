#!/usr/bin/env bash
# vendor.sh notices a changed file, one without a sum, and a missing licence.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
folder=$tree/worker/room/vendor
mkdir -p "$folder/lib"
echo 'int f(void);' >"$folder/lib/a.h"
echo 'Do as you please.' >"$folder/LICENSE"
(cd "$folder" && sha256sum LICENSE lib/a.h >SHA256SUMS)
refused() { if "$here/vendor.sh" "$tree" >"$tree/said" 2>&1; then echo "not noticed: $1"; exit 1; fi; grep -q "$1" "$tree/said"; }
"$here/vendor.sh" "$tree" >/dev/null
echo 'int g(void);' >"$folder/lib/b.h"
refused 'lib/b.h'
rm "$folder/lib/b.h"
echo '// mended' >>"$folder/lib/a.h"
refused 'lib/a.h'
(cd "$folder" && sha256sum LICENSE lib/a.h >SHA256SUMS)
rm "$folder/LICENSE"
refused 'no LICENSE'
echo "vendor.sh notices what it is there to notice"
