# Shared by run.sh and test.sh: packages, build, progress. Sourced, not run.
# shellcheck shell=bash

earshot_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What the system is built from and runs with (docs/decisions/0001-dependencies.md).
# shellcheck disable=SC2034  # the lists are for the scripts that source this
build_packages=(
  g++ cmake ninja-build ccache pkg-config
  libboost1.81-dev libboost-json1.81-dev libmosquitto-dev mosquitto mosquitto-dev libcurl4-openssl-dev
  libopus-dev libsodium-dev libssl-dev libprotobuf-dev protobuf-compiler
  libspdlog-dev libyaml-cpp-dev libcli11-dev libsqlite3-dev
  libpocketsphinx-dev pocketsphinx-en-us flite1-dev libespeak-ng-dev espeak-ng-data
  libwebrtc-audio-processing-dev libsoxr-dev libmpg123-dev zlib1g-dev prometheus-cpp-dev
)
# shellcheck disable=SC2034
test_packages=(libgtest-dev libgmock-dev clang-format-16 valgrind mosquitto-clients chromium chromium-driver)
# shellcheck disable=SC2034
fuzz_packages=(clang-16 libclang-rt-16-dev)

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; else bold='' dim='' red='' plain=''; fi
say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$plain"; }
die() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "packages are missing and neither root nor sudo is at hand. As root: apt-get install ${missing[*]}"
  fi
}

# progress LABEL LOG COMMAND... : runs it with its output in LOG, and one line that shows it is alive.
# On a terminal the line is rewritten; elsewhere (CI) a line is printed every 20 s.
progress() {
  local label=$1 log=$2 started=$SECONDS told=$SECONDS pid status latest
  shift 2
  "$@" >"$log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    # The last line, or the last [12/345] of a build.
    latest=$(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^$' | tail -n 1 | cut -c1-60) || true
    if [ -t 1 ]; then printf '\r\e[K    %s%s (%ss) %s%s' "$dim" "$label" $((SECONDS - started)) "$latest" "$plain"
    elif [ $((SECONDS - told)) -ge 20 ]; then told=$SECONDS; note "$label ($((SECONDS - started))s) $latest"
    fi
    sleep 0.5
  done
  [ -t 1 ] && printf '\r\e[K'
  status=0; wait "$pid" || status=$?
  if [ "$status" != 0 ]; then
    printf '%s\n' "--- the end of $log ---" >&2; tail -n 40 "$log" >&2
    die "$label failed (exit code $status); the whole output is in $log"
  fi
  note "$label: done in $((SECONDS - started))s"
}

# install_packages NAME... : asks apt only for those that are not there.
install_packages() {
  local name
  missing=()
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} = 0 ] && return
  say "Installing ${#missing[@]} Debian packages"
  mkdir -p "$earshot_root/build"
  as_root true  # ask for the password here, not behind the progress line
  progress "apt-get update" "$earshot_root/build/apt.log" as_root apt-get update -q
  progress "apt-get install" "$earshot_root/build/apt.log" \
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

check_system() {
  command -v dpkg-query >/dev/null || die "this script installs Debian packages; on another system see docs/operations.md"
  # shellcheck disable=SC1091
  local id version; id=$(. /etc/os-release; echo "${ID:-}"); version=$(. /etc/os-release; echo "${VERSION_ID:-}")
  [ "$id $version" = "debian 12" ] || note "made for Debian 12; this is ${id:-unknown} ${version:-}, trying anyway"
}

# build PRESET [TARGET...]
build() {
  local preset=$1; shift
  local folder=$earshot_root/build/$preset
  mkdir -p "$folder"
  if [ ! -f "$folder/build.ninja" ]; then
    progress "configure $preset" "$folder/configure.log" cmake -S "$earshot_root" --preset "$preset"
  fi
  if ! ninja -C "$folder" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
    progress "build $preset" "$folder/build.log" cmake --build "$folder" ${1:+--target "$@"}
  fi
}
