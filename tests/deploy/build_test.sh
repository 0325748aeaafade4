#!/usr/bin/env bash
# When deploy/lib.sh configures, and how it builds.
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"

# building PRESET [TARGET...] : as a script of the project does.
building() {
  PATH=$work/bin:$PATH bash -euo pipefail -c '. "$1/deploy/lib.sh"; build "${@:2}"' bash "$project" "$@" >"$output" 2>&1
}
configured() { grep -c '^cmake' "$events"; }

fresh_project
rm -rf "$project/build"
building dev
expect_equal 'the first time: configured' 1 "$(configured)"
building dev
expect_equal 'again: no' 1 "$(configured)"
touch -d '1 hour' "$project/CMakePresets.json"
building dev
expect_equal 'other presets: yes' 2 "$(configured)"
touch -d '-1 hour' "$project/CMakePresets.json"
building dev
expect_equal 'older presets: no' 2 "$(configured)"
echo 'dev with other arguments' >"$project/build/dev/configured"
building dev
expect_equal 'other arguments: yes' 3 "$(configured)"

export BUILD=quick
building dev one two
expect 'targets and jobs' grep -q "^ninja -C $project/build/dev -j [1-9][0-9]* one two$" "$events"

verdict
