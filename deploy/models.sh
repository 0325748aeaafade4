#!/usr/bin/env bash
# Local engines and models, pinned by hash: what is listed in deploy/models/models.ini. See --help.
set -euo pipefail
command -v python3 >/dev/null || { echo 'error: python3 is missing: apt-get install python3' >&2; exit 1; }
# No packages of the user's (-s), and no compiled files in the project's folder (-B).
exec python3 -s -B "$(dirname "${BASH_SOURCE[0]}")/models/main.py" "$@"
