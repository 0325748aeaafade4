#!/usr/bin/env bash
# deploy/lib/voiceprint_weights.py with files that are no weights, and, where EARSHOT_VOICEPRINT_PT names it, with the
# file of the package.
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
trap finish EXIT
script=$tests_deploy/../../deploy/lib/voiceprint_weights.py

# refused WHAT FILE REASON: a line that says so, and nothing is written.
refused() {
  local code=0
  python3 -B "$script" "$2" "$work/encoder.f32" 2>"$output" || code=$?
  expect_equal "$1: its exit code" 1 "$code"
  expect_equal "$1: one line" 1 "$(wc -l <"$output")"
  expect "$1: why" has "$output" "$3"
  expect "$1: nothing written" test ! -e "$work/encoder.f32"
}

python3 -B - "$work" "$tests_deploy/../../deploy/lib" <<'E2'
import os, pickle, struct, sys
work, lib = sys.argv[1:]
sys.path.insert(0, lib)
import voiceprint_weights as weights

class Evil:
    def __reduce__(self):
        return os.system, (f'touch {work}/owned',)

def write(name, *objects, tail=b''):
    with open(f'{work}/{name}', 'wb') as file:
        for one in objects:
            pickle.dump(one, file, protocol=2)
        file.write(tail)

head = weights.MAGIC, weights.PROTOCOL, {'little_endian': True}
write('evil.pt', *head, {'model_state': Evil()}, [])
write('evil_first.pt', Evil())
write('text.pt', tail=b'<html>404</html>')
write('empty.pt')
write('other.pt', 1, 2, 3)
write('big_endian.pt', weights.MAGIC, weights.PROTOCOL, {'little_endian': False})
write('none.pt', *head, {'model_state': {}}, [])
write('long.pt', *head, {'model_state': {}}, ['1'], tail=struct.pack('<q', 1 << 60))
write('negative.pt', *head, {'model_state': {}}, ['1'], tail=struct.pack('<q', -5))
with open(f'{work}/huge.pt', 'wb') as file:
    file.truncate(weights.MOST_BYTES + 1)
E2

refused 'a file that wants to run a program' "$work/evil.pt" 'it names posix.system, which is no tensor'
refused 'a file that begins with one' "$work/evil_first.pt" 'it names posix.system, which is no tensor'
expect 'the program has not run' test ! -e "$work/owned"
refused 'text' "$work/text.pt" 'cut off, or another file'
refused 'nothing' "$work/empty.pt" 'cut off, or another file'
refused 'another pickle' "$work/other.pt" "no file of PyTorch's older format"
refused 'big-endian numbers' "$work/big_endian.pt" 'its numbers are big-endian'
refused 'no tensors' "$work/none.pt" 'cut off, or another file'
refused 'more numbers than the file has' "$work/long.pt" 'it is cut off'
refused 'less than no numbers' "$work/negative.pt" 'it is cut off'
refused 'a huge file' "$work/huge.pt" 'more than'
refused 'no file' "$work/nowhere.pt" 'No such file'

if [ -f "${EARSHOT_VOICEPRINT_PT:-}" ]; then
  head -c 9000000 "$EARSHOT_VOICEPRINT_PT" >"$work/cut.pt"
  refused 'half of the file' "$work/cut.pt" 'it is cut off'
  cp "$EARSHOT_VOICEPRINT_PT" "$work/changed.pt"
  chmod u+w "$work/changed.pt"
  printf '\1\2\3\4' | dd of="$work/changed.pt" bs=1 seek=100000 conv=notrunc status=none
  refused 'other numbers' "$work/changed.pt" 'its weights are others'
  expect 'the file of the package' python3 -B "$script" "$EARSHOT_VOICEPRINT_PT" "$work/encoder.f32"
  expect_equal 'its size' 5694464 "$(stat -c %s "$work/encoder.f32")"
else
  echo 'the file of the package is not looked at: set EARSHOT_VOICEPRINT_PT to resemblyzer/pretrained.pt of Resemblyzer 0.1.4'
fi
