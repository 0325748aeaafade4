#!/usr/bin/env bash
# Installs what is missing, builds and runs every test.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'EOF'
deploy/test.sh [options]    install, build and run all tests

  (default)        ASan+UBSan build: the whole suite; ThreadSanitizer build: the tests of what has threads;
                   release build: what deploy/run.sh starts, and what a frame costs in instructions (callgrind);
                   each file compiled by itself with clang; clang-tidy over the files that have changed
                   With the real local models (under 100 MB, once for this machine), or without when there is no network
  --fuzz SECONDS   also run each fuzz target that long (needs clang, installed on demand)
  --simulate N     also hold N conversations in simulated time instead of 200 (some 150 a minute)
  --only REGEX     only the tests whose name matches, in the ASan build
  --packages       only the Debian packages: builds them, installs them on a minimal Debian in a folder (debootstrap;
                   needs root), starts them there, talks, upgrades and purges them
  -h, --help
EOF
}

fuzz=0 only='' simulations='' packages=no
while [ $# -gt 0 ]; do
  case $1 in
    --fuzz) fuzz=${2:?--fuzz needs a number of seconds}; shift ;;
    --simulate) simulations=${2:?--simulate needs a number of conversations}; shift ;;
    --only) only=${2:?--only needs a pattern}; shift ;;
    --packages) packages=yes ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown option '$1' (see --help)" ;;
  esac
  shift
done

check_system
if [ $packages = yes ]; then
  [ "$(id -u)" = 0 ] || die "--packages makes a machine in a folder, which needs root"
  check_disk package "$run_gb" "${build_packages[@]}" "${trial_packages[@]}"
  install_packages "${build_packages[@]}" "${trial_packages[@]}"
  say "Debian packages: build"
  build_debian_packages
  say "Debian packages: on a machine that has nothing"
  attended "$earshot_root/deploy/lib/trial.sh" "${debian_packages[@]}"
  say "The packages install, serve, upgrade and go: $(dirname "${debian_packages[0]}")"
  exit
fi
check_disk asan "$test_gb" "${build_packages[@]}" "${test_packages[@]}"
install_packages "${build_packages[@]}" "${test_packages[@]}"
jobs=$(nproc)

# The tests of the local engines find their models here; without them they are skipped, and say so.
models=$(test_models_folder)
say "Local models for the tests"
fetch_models "$models"
if hears_freely "$models"; then export EARSHOT_MODELS_DIR=$models; fi

# What reads the files for containers and clusters; likewise. A folder that is named already, or none (''), stays so.
if [ -z "${EARSHOT_CHECKERS+named}" ]; then
  checkers=${XDG_CACHE_HOME:-$HOME/.cache}/earshot/checkers
  if fetch_checkers "$checkers"; then export EARSHOT_CHECKERS=$checkers; fi
fi

# run_tests PRESET ARGUMENT... : of ctest.
run_tests() {
  local folder; folder=$(build_folder "$1"); shift
  attended "${layout[@]}" ctest --test-dir "$folder" --output-on-failure -j "$jobs" "$@"
}
# cases PRESET: how many cases its programs have.
cases() { cat "$(build_folder "$1")"/tests/*_suites.cmake.cases | awk '{ sum += $1 } END { print sum }'; }
layout=()

say "AddressSanitizer and UBSan: build"
build asan
# OpenAI's own clients are run against it; without a registry their tests are skipped, and say so.
for client in python node; do
  if ! "$earshot_root/tests/e2e/clients/install.sh" "$client" "$(build_folder asan)/openai_clients" > /dev/null 2>&1; then
    note "OpenAI's client for $client cannot be fetched: its tests are skipped"
  fi
done
say "AddressSanitizer and UBSan: the whole suite"
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$earshot_root/tests/lsan.supp:print_suppressions=0
if [ -n "$only" ]; then
  run_tests asan -R "$only"
  exit
fi
run_tests asan -LE e2e
note "$(cases asan) cases in these suites"
say "AddressSanitizer and UBSan: real programs, end to end"
run_tests asan -L e2e -j $((2 * jobs))

if [ -n "$simulations" ]; then
  say "AddressSanitizer and UBSan: $simulations conversations in simulated time"
  EARSHOT_SIMULATIONS=$simulations attended "$(build_folder asan)"/bin/simulation_tests --gtest_filter='*HoldsItsPromises'
fi

say "ThreadSanitizer: build"
build tsan tests
say "ThreadSanitizer: the tests of what has threads"
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$earshot_root/tests/tsan.supp
# TSan's shadow memory needs the classic address layout; newer kernels randomise more than it can take.
layout=(setarch "$(uname -m)" -R)
run_tests tsan -L '^threads$'
note "$(cases tsan) cases in these suites"
layout=()

say "Release: what deploy/run.sh starts, and the instructions for a frame"
build bench programs frame_cost
run_tests bench -R '^frame_cost$'

say "Each file by itself, with clang"
build separate programs
say "clang-tidy: the files that have changed"
attended "$earshot_root/tests/lint/tidy.sh"

# fuzz_target PROGRAM CORPUS...
fuzz_target() { "$1" -max_total_time="$fuzz" -timeout=5 -rss_limit_mb=2048 "${@:2}" 2>&1 | tail -n 3; }

if [ "$fuzz" -gt 0 ]; then
  install_packages "${fuzz_packages[@]}"
  say "Fuzzing: build"
  build fuzz fuzzers
  for target in "$earshot_root"/build/fuzz/bin/*_fuzz; do
    name=$(basename "$target")
    say "Fuzzing $name for $fuzz s"
    corpora=("$earshot_root/build/fuzz/corpus/$name")  # grows from run to run; the seeds are read only
    mkdir -p "${corpora[0]}"
    if [ -d "$earshot_root/tests/data/fuzz/$name" ]; then corpora+=("$earshot_root/tests/data/fuzz/$name"); fi
    attended fuzz_target "$target" "${corpora[@]}"
  done
fi
say "All tests passed"
