#!/usr/bin/env bash
# deploy/models.sh against a registry and a release on loopback: what is fetched, continued, refused and told.
# With a worker as argument, the lines that it prints for worker.yaml are read by that.
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
worker=${1:-}
models=$tests_deploy/../../deploy/models.sh
root=$work/root dir=$work/models table=$work/table.ini cache=$XDG_CACHE_HOME/earshot/downloads
engine=/files/engine-1-py3-none-any.whl voice=/releases/voices/voice.tar.bz2
mkdir -p "$root"
python3 -B "$tests_deploy/fake_models.py" "$root" "$table"
python3 -B "$tests_deploy/fake_registry.py" "$root" "$work/port" &
echo "registry starts $!" >>"$events"  # `finish` ends it
disown
within 20 test -s "$work/port"
address=http://127.0.0.1:$(cat "$work/port")
export PIP_INDEX_URL=$address/simple EARSHOT_RELEASES_URL=$address/releases PIP_CONFIG_FILE=/dev/null
unset PIP_EXTRA_INDEX_URL

# fresh [FAULT...]: nothing fetched yet, the registry with these faults.
fresh() {
  rm -rf "$dir" "$cache"
  : >"$root/requests"
  printf '%s\n' "$@" >"$root/faults"
}
# run STATUS COMMAND... : of models.sh; its output is in $output.
run() {
  local wanted=$1 status=0; shift
  "$models" "$@" --dir "$dir" --table "$table" >"$output" 2>&1 || status=$?
  [ "$status" = "$wanted" ] || { failures=$((failures + 1)); echo "FAILED: models.sh $*: exit status $status, not $wanted"; cat "$output"; }
}
requests() { grep -c "^$1 ${2:-}" "$root/requests" || true; }   # requests PATH [RANGE]: how many
whole() { (cd "$dir/$1" && sha256sum --quiet -c manifest.sha256); }

fresh
run 0 fetch
expect 'a set is there' whole lib
expect_equal 'only the files that are named' 'libengine.so manifest.sha256' "$(find "$dir/lib" -type f -printf '%f\n' | sort | xargs)"
expect 'its licence' has "$dir/licences/engine.txt" 'Do as you like.'
expect 'size and licence are told' has "$output" 'engine: an engine (0.3 MB, none)'
: >"$root/requests"
run 0 fetch
expect_equal 'a second run fetches nothing' '' "$(cat "$root/requests")"
rm -r "$dir"
run 0 fetch
expect_equal 'nor does another clone' '' "$(cat "$root/requests")"

printf x >>"$dir/lib/libengine.so"
run 1 verify
expect 'damage is told' has "$output" 'engine: damaged: libengine.so'
run 0 fetch
expect 'and mended' whole lib
run 0 verify
rm "$dir/lib/manifest.sha256"
run 0 verify
mkdir -p "$dir/.engine.new/half" "$dir/.engine.new.old"
rm -r "${dir:?}/lib"
run 0 fetch
expect 'what a killed run left is cleared away' test ! -e "$dir/.engine.new" -a ! -e "$dir/.engine.new.old"

fresh html
run 0 fetch
expect 'a mirror with pages of links' whole lib

fresh
PIP_INDEX_URL=${PIP_INDEX_URL/127/user:secret@127} run 0 fetch
expect 'a registry with a password' whole lib
PIP_INDEX_URL=http://user:secret@127.0.0.1:9/simple run 3 fetch voice evil
expect 'which nobody is told' lacks "$output" secret

fresh "cut $engine 100000 1"
run 0 fetch
expect_equal 'a download that breaks off goes on' 1 "$(requests $engine bytes=100000-)"
expect 'and is whole' whole lib

fresh "cut $engine 100000 1" "cut $engine 0 1000"
run 3 fetch
expect 'one that breaks off for good is told' has "$output" 'breaks off: engine-1-py3-none-any.whl; 0.1 MB are kept'
expect 'no half of a set is seen' test ! -e "$dir/lib"
: >"$root/faults"; : >"$root/requests"
run 0 fetch
expect_equal 'the next run goes on' 1 "$(requests $engine bytes=100000-)"
expect 'and is whole' whole lib

fresh "cut $engine 100000 1" no-range
run 0 fetch
expect 'a server without ranges' whole lib

fresh
run 0 fetch
part=$(find "$cache" -name '*.whl')
head -c 1000 /dev/zero >"$part.part"
rm -r "$dir" "$part"
run 0 fetch
expect 'what an earlier run left may be damaged' whole lib

fresh "slow $engine"
"$models" fetch --dir "$dir" --table "$table" >"$output" 2>&1 &
script=$!
half_there() { find "$cache" -name '*.part' -size +16k | grep -q .; }
within 20 half_there
kill -TERM "$script"
status=0; wait "$script" || status=$?
expect_equal 'SIGTERM: exit status' 143 "$status"
expect 'SIGTERM: no half of a set' test ! -e "$dir/lib"
: >"$root/faults"; : >"$root/requests"
run 0 fetch
expect_equal 'SIGTERM: the next run goes on' 1 "$(requests $engine 'bytes=[1-9]')"
expect 'SIGTERM: and is whole' whole lib

fresh "slow $engine"
"$models" fetch --dir "$dir" --table "$table" >"$work/first" 2>&1 &
script=$!
within 20 grep -q "$engine" "$root/requests"
run 0 fetch
status=0; wait "$script" || status=$?
expect_equal 'two at once: the first' 0 "$status"
expect_equal 'two at once: one download' 1 "$(requests $engine)"
expect 'two at once: the second waits' has "$output" 'another run is at work'
expect 'two at once: whole' whole lib

cp "$root$engine" "$root$voice" "$work/"
printf x | dd of="$root$engine" bs=1 seek=5000 conv=notrunc status=none
printf x | dd of="$root$voice" bs=1 seek=5000 conv=notrunc status=none
fresh
run 1 fetch
expect_equal 'another package of that name is not even fetched' 0 "$(requests $engine)"
expect 'it is told' has "$output" 'has another engine-1-py3-none-any.whl than the one that is pinned'
fresh
cp "$work/engine-1-py3-none-any.whl" "$root$engine"
run 1 fetch voice
expect 'a wrong hash is told' has "$output" 'voice.tar.bz2 from 127.0.0.1 is not what is pinned (wrong SHA-256): nothing of it is kept'
expect 'and kept out' test ! -e "$dir/voice" -a -z "$(find "$cache" -name '*voice*')"
cp "$work/voice.tar.bz2" "$root$voice"

fresh
PIP_INDEX_URL=http://127.0.0.1:9/simple run 3 fetch
expect_equal 'the registry is away: one line' 'error: 127.0.0.1 cannot be reached (Connection refused)' "$(grep -v '^    ' "$output")"
PIP_INDEX_URL=http://127.0.0.1:9/simple run 3 fetch --optional
expect_equal 'for a script that goes on without: one warning' \
  'warning: going on without engine (only spoken commands are understood, no free speech): 127.0.0.1 cannot be reached (Connection refused) (deploy/models.sh fetch tries again)' \
  "$(grep -v '^    ' "$output")"

fresh
run 3 fetch nowhere
expect 'no such file' has "$output" 'error: 127.0.0.1 has no nowhere-1-py3-none-any.whl'
run 0 fetch mirrored
expect 'the mirror has it' whole mirrored

fresh
run 1 fetch evil
expect 'a path that leads out' has "$output" "error: evil-1-py3-none-any.whl is not unpacked: it has a path that leads out of it: '../../escaped'"
run 1 fetch tall
expect 'a file that is larger than it may be' has "$output" 'a.bin is larger than it may be'
expect 'nothing of them is left' test -z "$(find "$dir" -name 'evil' -o -name 'tall' -o -name '.evil*' -o -name '.tall*' -o -name escaped; ls "$work/escaped" 2>/dev/null)"
run 1 fetch mistaken
expect 'another file than the pinned one' has "$output" 'error: mistaken: libengine.so is not what is pinned (wrong SHA-256): nothing of it is kept'
expect 'and kept out' test ! -e "$dir/mistaken" -a ! -e "$dir/.mistaken.new"
run 1 fetch foreign
expect 'not for this machine' has "$output" 'error: foreign does not exist for this machine'

fresh
(ulimit -f 64; "$models" fetch --dir "$dir" --table "$table" >"$output" 2>&1) || expect_equal 'no space: exit status' 4 $?
expect 'no space: told' grep -q '^error: .*cannot be written: File too large$' "$output"
run 0 fetch
expect 'no space: the next run mends it' whole lib

fresh
run 0 add voice
expect_equal 'what is named, and nothing beside it' 'data/b/c manifest.sha256 model.onnx' "$(cd "$dir/voice" && find . -type f -printf '%P\n' | sort | xargs)"
expect 'the engine comes with it' whole lib
run 0 remove voice
expect 'removed' test ! -e "$dir/voice" -a ! -e "$dir/licences/voice.txt"
run 2 remove voice
expect 'what is not there' has "$output" "error: voice is not in $dir"
run 2 add no-such
expect 'an unknown name' has "$output" "error: no model is called 'no-such': deploy/models.sh list shows them"
run 2 add
run 2 burn
run 2 config engine

fresh
run 0 add sense-voice
expect_equal 'Mandarin: the lines for worker.yaml' "models_dir: $dir
asr:
  selected: sense-voice
  providers:
    sense-voice:
      type: sherpa_onnx
      family: sense_voice
      model: $dir/sense-voice/model.int8.onnx
      tokens: $dir/sense-voice/tokens.txt
      language: \"\"" "$(sed -n '/^models_dir:/,$p' "$output")"
expect 'its licence is told' has "$output" 'FunASR Model License 1.1; FunAudioLLM (Alibaba)'

# The real list: each machine, each model's lines.
for machine in x86_64 aarch64 riscv64; do
  expect "the list for $machine" "$models" list --machine "$machine" --dir "$dir" >/dev/null
done
names=$("$models" list --dir "$dir" | awk '/^[a-z]/ && !/:$/ && !/^folder:|^downloads:/ { print $1 }')
for name in $names; do
  "$models" config "$name" --dir "$dir" >"$work/worker.yaml" 2>/dev/null || continue
  expect "$name: its lines name its folder" has "$work/worker.yaml" "$dir/$name/"
  [ -z "$worker" ] || expect "$name: the worker reads its lines" "$worker" --config "$work/worker.yaml" --check-config >/dev/null
done
expect 'there are such models' has <(echo "$names") sense-voice
expect_equal 'help: exit status' 0 "$("$models" --help >/dev/null; echo $?)"

verdict
