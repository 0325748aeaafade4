#!/usr/bin/env bash
# What a user is told when packages cannot be installed, in one line; and that apt is never cut short.
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
export go=$work/go MISSING='cmake ccache'

# refused WHAT LINE [NAME=VALUE...] : without a terminal, deploy/run.sh says LINE and nothing else, and installs nothing.
refused() {
  local what=$1 line=$2 status=0; shift 2
  fresh_project
  env PATH="$work/bin:$PATH" "$@" setsid -w "$project/deploy/run.sh" --no-demo >"$output" 2>&1 </dev/null || status=$?
  expect_equal "$what: exit status" 1 "$status"
  expect_equal "$what: what is said" "error: $line" "$(grep -v '^==> Installing\|^    ' "$output")"
  expect "$what: nothing is installed" lacks "$events" 'install starts'
}

command='apt-get install --no-install-recommends cmake ccache'
fresh_project
cp -r "$work/bin" "$work/without"
mkdir "$work/system"
ln -s /usr/bin/* "$work/system/"
rm -f "$work"/{without,system}/sudo
without_sudo=("PATH=$work/without:$work/system")

refused 'no root, no sudo' "packages are missing, and neither root nor sudo is at hand: have an administrator run: $command" \
  ME=1000 "${without_sudo[@]}"
refused 'sudo refuses' \
  "packages are missing, and sudo refuses, or has no terminal to ask for the password: have an administrator run: $command" \
  ME=1000 SUDO=no

removal=$'Remv libboost-dev [1.74.0.3]\nRemv libboost1.74-dev [1.74.0+ds1-21]\nInst libboost1.81-dev (1.81.0-5+deb12u1)'
would="Earshot's packages would remove others: libboost-dev libboost1.74-dev. If you agree, run this, then start again:"
refused 'packages would be removed' "$would $command" PLAN="$removal"
refused 'packages would be removed, with sudo' "$would sudo $command" ME=1000 PLAN="$removal"
refused 'unknown package' \
  "not known to apt: ccache: is 'main' of Debian 12 in /etc/apt/sources.list*? (apt's output: $project/build/apt-plan.log)" \
  PLAN='E: Unable to locate package ccache'

refused 'a full disk' "0.2 GB free in $project, 2 GB are needed: free some or clone elsewhere" FREE_KB=209715

fresh_project
run_script LOCKED=1 -- --no-demo
within 20 has "$output" 'Ctrl-C stops everything'
expect 'another apt: it is waited for' has "$output" 'another apt is running: waiting for it'
expect_equal 'another apt: asked until it was done' 3 "$(grep -c 'apt-get update' "$events")"
expect 'another apt: installed then' has "$events" 'install is done'
kill -TERM "$script"
expect_end 'TERM after an installation' 143 gateway

fresh_project
run_script ME=1000 HANG=download -- --no-demo
within 20 has "$events" 'download starts'
kill -TERM "$script"
expect_end 'TERM during the download' 143 download
expect 'with the rights that it has' has "$events" 'sudo kill'

fresh_project
run_script HANG=install -- --no-demo
within 20 has "$events" 'install starts'
kill -TERM "$script"
within 20 has "$output" 'Stopping as soon as apt is done'
expect 'apt goes on' lacks "$events" 'install is done'
touch "$go"
expect_end 'TERM during the installation' 143 install
expect 'apt was not cut short' has "$events" 'install is done'
expect 'no gateway after that' test -z "$(pid_of gateway)"

verdict
