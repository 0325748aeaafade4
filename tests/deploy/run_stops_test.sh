#!/usr/bin/env bash
# A signal ends deploy/run.sh and everything that it started, whatever it is doing; deploy/test.sh too.
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
# gateway: one of this text (stdin) in the place of the stub.
gateway() {
  { echo '#!/bin/bash'; cat; } >"$project/build/release/bin/earshot-gateway"
  chmod +x "$project/build/release/bin/earshot-gateway"
}

fresh_project
run_script -- --no-demo
within 20 has "$output" 'Ctrl-C stops everything'
expect 'SIGINT is ignored in the background' grep -q '^SigIgn:.*[2367abef]$' "/proc/$script/status"
kill -TERM "$script"
expect_end 'TERM, in the background of a script' 143 gateway
expect 'the gateway was asked' has "$events" 'gateway has TERM'
expect 'one message and no noise' test "$(sed '1,/Ctrl-C stops/d' "$output" | grep -c .)" = 1

fresh_project
run_script -- --no-demo
within 20 has "$output" 'Ctrl-C stops everything'
kill -HUP "$script"
expect_end 'HUP' 129 gateway
expect 'the gateway was asked' has "$events" 'gateway has TERM'

fresh_project
signals=--default-signal=INT
run_script -- --no-demo
signals=--default-signal=HUP
within 20 has "$output" 'Ctrl-C stops everything'
kill -INT "$script"
expect_end 'INT' 130 gateway
expect 'the gateway was asked' has "$events" 'gateway has TERM'

fresh_project
gateway <<'EOF'
echo "gateway starts $$" >>"$events"
exec sleep 1000
EOF
run_script -- --no-demo
within 20 has "$events" 'gateway starts'
kill -TERM "$script"
expect_end 'TERM before it is ready' 143 gateway

fresh_project
run_script HANG=sim --
within 20 has "$events" 'sim starts'
kill -TERM "$script"
expect_end 'TERM during the demonstration' 143 sim gateway

fresh_project
run_script BUILD=hangs -- --no-demo
within 20 has "$events" 'compiler starts'
kill -TERM "$script"
expect_end 'TERM during the build' 143 ninja compiler
expect 'no gateway after that' test -z "$(pid_of gateway)"

fresh_project
sed -i 's/^stop_seconds=.*/stop_seconds=1/' "$project/deploy/lib/children.sh"
run_script STUBBORN=1 -- --no-demo
within 20 has "$output" 'Ctrl-C stops everything'
kill -TERM "$script"
expect_end 'a gateway that does not end' 143 gateway
expect 'it is told' has "$output" 'Killed what did not stop within 1 s'
expect 'without noise' test "$(sed '1,/Ctrl-C stops/d' "$output" | grep -c .)" = 2

# Nobody reads the output any more (deploy/run.sh | head): the next message ends run.sh, and so the gateway.
fresh_project
mv "$project/build/release/bin/earshot-gateway" "$project/build/release/bin/answers"
gateway <<'EOF'
until [ -e "$work/unread" ]; do sleep 0.05; done
exec "${0%/*}/answers" "$@"
EOF
env --default-signal=PIPE PATH="$work/bin:$PATH" work="$work" "$project/deploy/run.sh" --no-demo --http-port "$(free_port)" |
  { sed '/^==> Starting/q' >/dev/null; exec <&-; touch "$work/unread"; } || true
expect 'nobody reads the output: the gateway has started' test -n "$(pid_of gateway)"
expect 'nobody reads the output: the gateway is gone' within 20 gone "$(pid_of gateway)"

# The terminal goes away: run.sh hears SIGHUP and can write nowhere any more.
fresh_project
: >"$output"
env --default-signal=HUP PATH="$work/bin:$PATH" script -qfc "echo run starts \$\$ >>'$events'; \
  exec '$project/deploy/run.sh' --no-demo --http-port $(free_port)" "$output" </dev/null >/dev/null 2>&1 &
terminal=$!
within 20 has "$output" 'Ctrl-C stops everything'
{ kill -KILL "$terminal"; wait "$terminal" || true; } 2>/dev/null
expect 'run.sh ends when its terminal does' within 20 gone "$(pid_of run)"
expect 'the terminal is gone: the gateway has started' test -n "$(pid_of gateway)"
expect 'the terminal is gone: the gateway too' within 5 gone "$(pid_of gateway)"
expect 'the gateway was asked' has "$events" 'gateway has TERM'

fresh_project
: >"$output"
env --default-signal=HUP PATH="$work/bin:$PATH" "$project/deploy/test.sh" >"$output" 2>&1 &
script=$!
within 20 has "$events" 'ctest starts'
kill -TERM "$script"
expect_end 'TERM during the tests' 143 ctest

verdict
