#!/usr/bin/env bash
# deploy/run.sh with and without local models: what the workers are told, what the demonstration says, what a machine
# without a network says. No model is fetched: a set that is there is an empty folder, as nobody looks into it here.
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
data=$work/data
export PIP_CONFIG_FILE=/dev/null

# serve WHAT [NAME=VALUE...] -- ARGUMENT... : until it serves, then ends it.
serve() {
  local what=$1; shift
  fresh_project
  [ ! -e "$work/table.ini" ] || cp "$work/table.ini" "$project/deploy/models/models.ini"
  run_script "$@" --data "$data"
  within 30 has "$output" 'Ctrl-C stops everything' || { failures=$((failures + 1)); cat "$output"; }
  kill -TERM "$script" 2>/dev/null || true
  expect_end "$what" 143 gateway
}
# refused WHAT LINE ARGUMENT... : ends at once with this as its last line.
refused() {
  local what=$1 line=$2 status=0; shift 2
  fresh_project
  run_script -- --data "$data" --no-demo "$@"
  wait "$script" || status=$?
  expect_equal "$what: exit status" 1 "$status"
  expect_equal "$what" "$line" "$(tail -n 1 "$output")"
}
without_models() { rm -rf "$data"; }
with_models() { rm -rf "$data"; mkdir -p "$data/models/"{lib,silero-vad,moonshine-tiny-en}; }
told() { grep -o "workers.config=[^ ]*" "$events" || true; }

without_models
serve 'no network' --
expect_equal 'no network: one line' 1 "$(grep -c 'free speech' "$output")"
expect 'no network: with the way to get it' grep -q '^warning: going on without .*only spoken commands.*deploy/models.sh fetch' "$output"
expect_equal 'no network: the workers as ever' '' "$(told)"
expect 'no network: the command is said' has "$events" '--say set the volume to fifty percent'
expect 'no network: nothing that cannot be understood is said' lacks "$events" 'tonight'

with_models
serve '--no-neural' -- --no-neural
expect '--no-neural: nothing is said of models' lacks "$output" 'free speech'
expect_equal '--no-neural: the workers as ever' '' "$(told)"
expect '--no-neural: no free sentence' lacks "$events" 'tonight'

serve 'models' --
expect_equal 'models: the workers are told' "workers.config=$data/worker.yaml" "$(told)"
expect 'models: where they are' has "$data/worker.yaml" "models_dir: '$data/models'"
expect 'models: the command is said' has "$events" '--say set the volume to fifty percent'
expect 'models: and a free sentence' has "$events" '--say I am bored, what can you do for me tonight'

serve 'a sentence of the user' -- --say 'good evening'
expect_equal 'a sentence of the user: no other' 1 "$(grep -c '^sim is told' "$events")"

serve 'a service' EARSHOT_ASR_URL=http://asr/v1 EARSHOT_ASR_MODEL=m --
expect 'a service beside the models' has "$data/worker.yaml" "model: 'm'"
expect 'a service beside the models: both' has "$data/worker.yaml" "models_dir: '$data/models'"
expect_equal 'a service: what it understands is not shown' 1 "$(grep -c '^sim is told' "$events")"

printf 'language: de-DE' >"$work/own.yaml"
serve "a user's file" OWN="$work/own.yaml" -- --config gateway.yaml
expect "a user's file: what it says" has "$data/worker.yaml" 'language: de-DE'
expect "a user's file: and the models" has "$data/worker.yaml" "models_dir: '$data/models'"
expect_equal "a user's file itself stays" 'language: de-DE' "$(cat "$work/own.yaml")"

printf 'models_dir: /elsewhere\n' >"$work/own.yaml"
serve "a user's own models" OWN="$work/own.yaml" -- --config gateway.yaml
expect_equal "a user's own models are left as they are" '' "$(told)"

refused 'an unknown model' 'error: see the message above, or leave out --use' --use no-such
expect 'an unknown model: told' has "$output" "error: no model is called 'no-such'"
refused 'a contradiction' 'error: --use and --no-neural contradict each other (see --help)' --use kokoro --no-neural

# A registry and a release on loopback, and small models of made-up bytes that are called as the real ones.
mkdir -p "$work/root"
python3 -B "$tests_deploy/fake_models.py" "$work/root" "$work/table.ini"
python3 -B "$tests_deploy/fake_registry.py" "$work/root" "$work/port" &
registry=$!
within 20 test -s "$work/port"
address=http://127.0.0.1:$(cat "$work/port")
without_models
serve '--use' "PIP_INDEX_URL=$address/simple" "EARSHOT_RELEASES_URL=$address/releases" -- --use sense-voice
expect '--use: the workers are told' has "$data/worker.yaml" "model: $data/models/sense-voice/model.int8.onnx"
expect '--use: and of the engine' has "$data/worker.yaml" "models_dir: '$data/models'"
expect '--use: which was fetched' test -s "$data/models/lib/libengine.so" -a -s "$data/models/sense-voice/model.int8.onnx"
expect '--use: nothing went wrong' lacks "$output" 'warning:'
{ kill "$registry"; wait "$registry" || true; } 2>/dev/null
serve '--use, again and without a network' -- --use sense-voice
expect '--use, again: nothing is fetched' lacks "$output" 'warning:'

verdict
