#!/usr/bin/env bash
# Puts real MCP servers into FOLDER, pinned: the reference server of the protocol's makers (node_modules/) and their
# Python kit (python/). Usage: real_mcp_servers.sh FOLDER. Does nothing when they are there; fails without a registry.
set -euo pipefail
folder=$1
mkdir -p "$folder"
if [ ! -e "$folder/node_modules/@modelcontextprotocol/server-everything" ]; then
  timeout 180 npm install --silent --no-audit --no-fund --prefix "$folder" @modelcontextprotocol/server-everything@2026.8.31
fi
if [ ! -e "$folder/python/bin/python3" ]; then
  python3 -m venv "$folder/python.new"
  timeout 180 "$folder/python.new/bin/pip" install --quiet mcp==2.3.0
  mv "$folder/python.new" "$folder/python"
fi
