#!/usr/bin/env bash
# The rules about comments and formatting notice what they are there to notice, and nothing else.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
tools=$(mktemp -d)  # all that the rules need, but no clang-format
trap 'rm -rf "$tree" "$tools"' EXIT
mkdir -p "$tree"/{common,gateway,worker,bench,tests}
cp "$here/../../.clang-format" "$tree"
for tool in dirname find sort grep xargs awk sed wc cut uniq; do ln -s "$(command -v $tool)" "$tools/$tool"; done
sixty=$(printf '%060d' 0)  # with "// " a comment line of 63 characters

check() { "${BASH}" "$here/tree_rules.sh" "$tree"; }
source_of() { printf '#pragma once\n\n'; printf '%b\n' "$1"; }
expect_refused() {  # COMPLAINT TEXT
  source_of "$2" >"$tree/common/a.h"
  if check >"$tree/said"; then echo "not noticed: $2"; exit 1; fi
  grep -q "$1" "$tree/said" || { echo "not refused for '$1': $2"; cat "$tree/said"; exit 1; }
}
expect_taken() {  # TEXT
  source_of "$1" >"$tree/common/a.h"
  check >"$tree/said" || { echo "refused: $1"; cat "$tree/said"; exit 1; }
}

expect_refused 'do not head their line' '// Runs on: one thread. Owns: the socket.'
expect_refused 'do not head their line' '// Reads the file. Errors: kInvalid.\nvoid read();'
expect_refused 'do not head their line' '// - Owns: the socket. Borrows: the clock.'
expect_refused 'do not head their line' 'struct A {\n  // Adds one. RETURNS: the sum.\n  int add();\n};'
expect_refused 'a word alone' "// $sixty\n// returned."
expect_refused 'a word alone' "struct A {\n  // $sixty\n  // returned.\n  int add();\n};"
expect_refused 'a word alone' "//  - $sixty\n//  ignored"
expect_refused 'clang-format-16 -i would change' 'int  add();'

expect_taken '// Runs on: one thread.\n// Owns: the socket.\n// - Errors: kInvalid.\nvoid read();  // once. Errors: none'
expect_taken "// $sixty 0123456789 0123456789 0123456789 0123456789\n// returned."
expect_taken "// $sixty\n// NOLINTNEXTLINE(google-explicit-constructor)\nvoid read();"
expect_taken "// $sixty\n//     key:\n//\n// Pure."
expect_taken '// It is short.\n// Pure.'

expect_taken 'int add();'
if PATH=$tools check >"$tree/said"; then echo "not noticed: clang-format-16 is missing"; exit 1; fi
grep -q 'clang-format-16 is missing: apt-get install' "$tree/said" || { cat "$tree/said"; exit 1; }
echo "the rules notice 9 of 9 breaches and take 6 of 6 good files"
