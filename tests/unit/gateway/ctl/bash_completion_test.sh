#!/usr/bin/env bash
# Sources the completion in a real bash and presses Tab, as readline does: words, line and point set by hand.
# Usage: bash_completion_test.sh EARSHOTCTL
set -euo pipefail
# No gateway is asked: nobody listens at port 1.
export EARSHOT_URL=http://127.0.0.1:1 EARSHOT_TOKEN=none
PATH=$(dirname "$1"):$PATH
# shellcheck disable=SC1090
source <(earshotctl completion bash)
complete -p earshotctl >/dev/null

fail=0
# expect LINE WORD...: completing LINE offers exactly these words.
expect() {
  COMP_LINE=$1 COMP_POINT=${#1}
  shift
  read -ra COMP_WORDS <<<"$COMP_LINE"
  compopt() { :; } # only allowed inside a real completion
  _earshotctl
  if [ "${COMPREPLY[*]-}" != "$*" ]; then
    printf "'%s' offers '%s', not '%s'\n" "$COMP_LINE" "${COMPREPLY[*]-}" "$*" >&2
    fail=1
  fi
}
expect 'earshotctl dev' devices
expect 'earshotctl firmware ' list remove rollout upload
expect 'earshotctl devices --onl' --online
expect 'earshotctl set x --auto-update ' on off
expect 'earshotctl show '
expect 'earshotctl completion ' bash
exit $fail
