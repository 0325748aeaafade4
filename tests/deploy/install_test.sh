#!/usr/bin/env bash
# Debian's mosquitto.service does not take the port of the gateway's broker; a password is asked for where it can be given.
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
export go=$work/go MISSING='mosquitto' EARSHOT_SYSTEMD=$work/systemd
mkdir "$EARSHOT_SYSTEMD"
touch "$work/earshot-gateway_0.1.0_amd64.deb"

# installs WHAT STATUS [NAME=VALUE...] -- ARGUMENT... : deploy/install.sh without a terminal.
installs() {
  local what=$1 wanted=$2 settings=() status=0; shift 2
  while [ "$1" != -- ]; do settings+=("$1"); shift; done
  shift
  fresh_project
  rm -f "$go"
  env PATH="$work/bin:$PATH" "${settings[@]}" timeout 60 setsid -w "$project/deploy/install.sh" "$@" >"$output" 2>&1 </dev/null ||
    status=$?
  expect_equal "$what: exit status" "$wanted" "$status"
}
mask='systemctl mask mosquitto.service'
# line TEXT: the first line of what was done with it.
line() { grep -nF -- "$1" "$events" | head -n 1 | cut -d: -f1; }
masked_first() { [ -n "$(line "$mask")" ] && [ "$(line "$mask")" -lt "$(line 'install starts')" ]; }

installs 'packages' 0 -- "$work/earshot-gateway_0.1.0_amd64.deb"
expect 'packages: its service is masked before it comes' masked_first
installs 'packages, mosquitto was there' 0 MISSING= -- "$work/earshot-gateway_0.1.0_amd64.deb"
expect 'packages, mosquitto was there: it stays as it is' lacks "$events" "$mask"
installs 'packages, no systemd' 0 EARSHOT_SYSTEMD="$work/none" -- "$work/earshot-gateway_0.1.0_amd64.deb"
expect 'packages, no systemd: nothing to mask' lacks "$events" "$mask"
installs 'the worker alone' 0 -- --part worker "$work/earshot-gateway_0.1.0_amd64.deb"
expect 'the worker alone brings no mosquitto' lacks "$events" "$mask"

installs 'a rehearsal' 0 -- --dry-run
expect 'a rehearsal says it' has "$output" "$mask"
expect_equal 'a rehearsal does nothing' '' "$(cat "$events")"

fresh_project
run_script -- --no-demo
within 20 has "$output" 'Ctrl-C stops everything'
expect 'deploy/run.sh: masked before it comes' masked_first
expect 'deploy/run.sh says how to undo it' has "$output" 'systemctl unmask mosquitto.service'
kill -TERM "$script"
expect_end 'deploy/run.sh' 143 gateway

installs 'sudo wants a password, no terminal' 1 ME=1000 SUDO=asks -- "$work/earshot-gateway_0.1.0_amd64.deb"
expect 'no terminal: one line' has "$output" 'has no terminal to ask for the password'

fresh_project
rm -f "$go"
status=0
echo open | env PATH="$work/bin:$PATH" ME=1000 SUDO=asks timeout 60 script -qec \
  "$project/deploy/install.sh $work/earshot-gateway_0.1.0_amd64.deb" /dev/null >"$output" 2>&1 || status=$?
expect_equal 'a password at the terminal: exit status' 0 "$status"
expect 'a password at the terminal: installed' has "$events" 'install is done'
[ $failures = 0 ] || cat "$output" "$events"

verdict
