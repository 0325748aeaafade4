#!/bin/sh
# Usage: quality.sh [EARSHOT-BENCH-OPUS]. Cost and perceptual quality of the downlink's coding: PESQ (wide band,
# ITU-T P.862.2, the `pesq` package) and extended STOI (`pystoi`), both from PyPI into a folder of its own, for
# this comparison only: nothing of them is built into or delivered with Earshot. PESQ hears up to 8 kHz.
set -eu
bench=${1:-build/release/bin/earshot-bench-opus}
tools=${EARSHOT_QUALITY_TOOLS:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ -z "$tools" ]; then
  tools=$folder/tools
  python3 -m venv "$tools"
  "$tools/bin/pip" install -q "numpy" "scipy" "pesq==0.0.4" "pystoi==0.4.1"
fi
"$bench" "$folder"
"$tools/bin/python" "$(dirname "$0")/quality.py" "$folder"
