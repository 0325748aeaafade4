#!/usr/bin/env bash
# tidy.sh [--all | --since REVISION] : clang-tidy over the source files that have changed, by the rules in .clang-tidy.
# Changed: since the branch left its upstream; in a clone that is level with it, in the newest commit; and whatever is not
# committed. Of a change of more than 80 files a part is looked at, and the number of the rest is said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=build/separate most=80 since='' all=no
while [ $# -gt 0 ]; do
  case $1 in
    --all) all=yes ;;
    --since) since=${2:?--since needs a revision}; shift ;;
    *) sed -n '2,4p' "$0"; exit 2 ;;
  esac
  shift
done
tidy=$(command -v clang-tidy-16) || { echo "clang-tidy-16 is missing: apt-get install clang-tidy-16 (deploy/test.sh installs it)"; exit 1; }
[ -f $folder/compile_commands.json ] || { echo "$folder is not configured: cmake --preset separate"; exit 1; }

changed() {
  local base=$since
  [ -n "$base" ] || base=$(git merge-base HEAD '@{upstream}' 2>/dev/null || true)
  if [ -z "$base" ] || { [ -z "$since" ] && [ "$base" = "$(git rev-parse HEAD)" ]; }; then
    base=$(git rev-parse -q --verify HEAD~1 || git rev-parse HEAD)
  fi
  { git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } | sort -u
}
if [ $all = yes ]; then
  mapfile -t files < <(git ls-files '*.cc'); most=${#files[@]}
elif git rev-parse -q --verify HEAD >/dev/null 2>&1; then
  mapfile -t files < <(changed | grep '\.cc$' || true)
else
  echo "not a git checkout: nothing is known to have changed"; exit 0
fi
compiled() { grep -qF "$PWD/$1\"" $folder/compile_commands.json; }
chosen=()
for file in "${files[@]}"; do if compiled "$file"; then chosen+=("$file"); fi; done
if [ ${#chosen[@]} -gt "$most" ]; then
  echo "$((${#chosen[@]} - most)) of ${#chosen[@]} changed files are left out; tests/lint/tidy.sh --all looks at all"
  chosen=("${chosen[@]:0:most}")
fi
[ ${#chosen[@]} != 0 ] || { echo "no source file has changed"; exit 0; }
# Each message once: a header's comes with every file that includes it.
log=$(mktemp); trap 'rm -f "$log"' EXIT
status=0
printf '%s\n' "${chosen[@]}" | xargs -P "$(nproc)" -n 1 "$tidy" -p $folder --quiet >"$log" 2>&1 || status=$?
if grep -E '(warning|error): ' "$log" | sort -u; then echo "clang-tidy complains: see .clang-tidy for the rules"; exit 1; fi
[ $status = 0 ] || { tail -n 5 "$log"; echo "clang-tidy failed"; exit 1; }
echo "${#chosen[@]} files are tidy"
