# Which Debian packages are needed, and their installation. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # earshot_root is lib.sh's

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

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "packages are missing and neither root nor sudo is at hand. As root: apt-get install ${missing[*]}"
  fi
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
