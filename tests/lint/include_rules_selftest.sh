#!/usr/bin/env bash
# The include rule notices what it is there to notice.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
expect_refused() {  # PATH INCLUDE_LINE
  rm -rf "${tree:?}"/*
  mkdir -p "$tree"/{common,gateway,worker,bench} "$tree/$(dirname "$1")"
  printf '%s\n' "$2" >"$tree/$1"
  if "$here/include_rules.sh" "$tree" >/dev/null; then echo "not noticed: $1: $2"; exit 1; fi
}
expect_refused gateway/xiaozhi/a.h '#include "worker/stages/vad.h"'
expect_refused gateway/xiaozhi/a.h '#include "gateway/live/session/session.h"'
expect_refused worker/conversation/a.cc '#include "worker/providers/asr/x.h"'
expect_refused worker/link/a.cc '#include "gateway/app/app.h"'
expect_refused common/base/a.h '#include "common/json/json.h"'
expect_refused gateway/live/session/a.h '#include <boost/asio/io_context.hpp>'
expect_refused gateway/live/session/a.h '#  include <spdlog/spdlog.h>'
expect_refused unknown_place/../gateway/xiaozhi/a.h '#include "bytes.h"'
echo "the rule notices 8 of 8 breaches"
