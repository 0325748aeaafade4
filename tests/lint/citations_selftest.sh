#!/usr/bin/env bash
# The check of citations notices each kind that leads nowhere, and takes those that lead somewhere.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
said=$(mktemp)
trap 'rm -rf "$tree" "$said"' EXIT
mkdir -p "$tree"/{docs/decisions,gateway,worker/providers,deploy}
cd "$tree"
cat >docs/protocol_device.md <<'PAGE'
# The device protocol
## 4. Audio
### 4.5 What this asks
## 12. Traps
1. One.
2. Two.
## 13. Not known
3. No trap.
PAGE
printf '# Wires\n## A. Log-in\n| A1 | key |\n## 3. Speech\n### 3.4 Streams\n' >docs/protocol_providers.md
printf '# Figures\n## 7.\n### 7.2 The least\n' >docs/measurements.md
printf '# Conventions\n1. **Pure.** Yes.\n' >docs/conventions.md
printf '# Architecture\n## 2. Shards\n```\n# no heading\n```\n' >docs/architecture.md
printf '# Commands\n## By hand\n**An external broker** needs rules.\n' >docs/commands.md
printf '# 0003 Languages\n' >docs/decisions/0003-languages.md
printf '#pragma once\n' >gateway/a.h

taken=0 refused=0
check() { printf '%b\n' "$2" >"$1"; "$here/citations.sh" "$tree" >"$said" 2>&1; }
expect_taken() {  # FILE TEXT
  check "$1" "$2" || { echo "refused in $1: $2"; cat "$said"; exit 1; }
  rm "$1"; taken=$((taken + 1))
}
expect_refused() {  # COMPLAINT FILE TEXT
  if check "$2" "$3"; then echo "not noticed in $2: $3"; exit 1; fi
  grep -qF "$1" "$said" || { echo "not refused for '$1' in $2: $3"; cat "$said"; exit 1; }
  rm "$2"; refused=$((refused + 1))
}

expect_refused 'device-protocol 4.6: no such section' gateway/b.h '// Keys (device-protocol 4.6).'
expect_refused 'device-protocol 4.7: no such section' gateway/b.h '// Keys (device-protocol 4.5, 4.7).'
expect_refused 'device-protocol 5: no such section' gateway/b.h '// Keys (device-protocol 4 and 5).'
expect_refused 'device-protocol 9: no such section' gateway/b.h '// Keys, as told in device-protocol\n// 9: twice.'
expect_refused 'gateway/b.h:2: section 4.9' gateway/b.h 'int x;\nint y;  // wrong (4.9)'
expect_refused 'section 10: no such section' gateway/b.h '// Older ones crash without (section 10).'
expect_refused 'section 4.5: no such section in docs/protocol_providers.md' worker/providers/b.h '// Frames (4.5).'
expect_refused 'trap 3: no such trap' gateway/b.h '// Boot loop (trap 3).'
expect_refused 'trap 9: no such trap' deploy/b.sh '# traps 1, 9'
expect_refused 'provider-protocol 3.5: no such section' worker/providers/b.h '// Frames (provider-protocol 3.4, 3.5).'
expect_refused 'provider-protocol A2: no such section' worker/providers/b.h '// provider-protocol A2'
expect_refused 'measurements 8: no such section' gateway/b.h '// Slow (measurements 8).'
expect_refused 'CONVENTIONS 2: no such section' gateway/b.h '// Counted (CONVENTIONS 2).'
expect_refused 'ARCHITECTURE 1: no such section' gateway/b.h '// Not shared (ARCHITECTURE 1).'
expect_refused 'cites no page that this check knows' gateway/b.h '// Slow (some-evidence 1).'
expect_refused 'docs/gone.md: no such page' gateway/b.h '// See docs/gone.md.'
expect_refused 'gone.md: no such page' docs/b.md 'See [there](gone.md).'
expect_refused 'docs/gone.md: no such page' deploy/b.yaml 'key: 1  # docs/gone.md'
expect_refused 'no such heading' docs/b.md 'See [there](commands.md#by-foot).'
expect_refused 'no such heading' docs/b.md 'See [there](architecture.md#no-heading).'
expect_refused '"By foot": no such heading' gateway/b.h '// See docs/commands.md, "By foot".'
expect_refused '"By foot": no such heading' gateway/b.h '// See docs/commands.md, "By\n// foot".'
expect_refused 'docs/architecture.md 3: no such section' gateway/b.h '// See docs/architecture.md section 3.'
expect_refused 'decision 0004: no such page' gateway/b.h '// See docs/decisions/0004.'
expect_refused 'decision 0005: no such page' gateway/b.h '// Why: decision 0005.'
expect_refused 'gateway/gone.h: no such file' deploy/b.sh '# as gateway/gone.h has it'
expect_refused 'gone.h: no such header' gateway/b.h '// As gone.h has it.'
expect_refused 'docs/commands.md: docs/README.md does not lead there' docs/README.md 'See [it](architecture.md).'

expect_taken gateway/b.h '// Keys (device-protocol 4 and 4.5, trap 2), docs/protocol_device.md section 4.5.'
expect_taken gateway/b.h '// 24 kHz (device-protocol 4.5, 24 kHz); a trap of 2. See RFC 6716, section 3, and a.h.'
expect_taken gateway/b.h 'int x = f(4.9);  // 4.9 dB'
expect_taken gateway/b.h '// CONVENTIONS 1, ARCHITECTURE 2, measurements 7.2, decision 0003, https://example.com/docs/x.html'
expect_taken worker/providers/b.h '// Frames (provider-protocol 3.4, A1), here (3.4).'
expect_taken docs/b.md 'See [by hand](commands.md#by-hand), [it](decisions/0003-languages.md) and ([c](commands.md), "An external broker").'
expect_taken gateway/b.h '// docs/commands.md, "By\n// hand"; docs/decisions/0003; gateway/a.h and b.h'
expect_taken deploy/b.sh 'trap "rm -f 7" EXIT'
echo "the check notices $refused of $refused citations that lead nowhere and takes $taken of $taken good lines"
