#!/usr/bin/env bash
# Puts OpenAI's own clients into FOLDER, pinned: of PyPI (python/) or of npm (node_modules/). Does nothing when it is
# there; fails without a registry. Usage: install.sh python|node FOLDER
set -euo pipefail
kind=$1 folder=$2
mkdir -p "$folder"
# Tests of several processes ask at once.
exec 9>"$folder/lock"
flock 9
case $kind in
  python)
    if "$folder/python/bin/python3" -c 'import openai, websockets' 2>/dev/null; then exit 0; fi
    rm -rf "$folder/python"
    python3 -m venv "$folder/python"
    timeout 180 "$folder/python/bin/pip" install --quiet 'openai[realtime]==3.3.1'
    ;;
  node)
    if [ -e "$folder/node_modules/openai/realtime/ws.js" ] && [ -e "$folder/node_modules/ws" ]; then exit 0; fi
    timeout 180 npm install --silent --no-audit --no-fund --prefix "$folder" openai@6.49.0 ws@8.23.0
    ;;
  *) exit 64 ;;
esac
