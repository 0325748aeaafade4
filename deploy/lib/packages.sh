# Which Debian packages are needed, and their installation. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # earshot_root is lib.sh's

# What the system is built from and runs with (docs/decisions/0001-dependencies.md).
# shellcheck disable=SC2034  # the lists are for the scripts that source this
build_packages=(
  g++ cmake ninja-build ccache mold pkg-config python3 ca-certificates
  libboost1.81-dev libboost-json1.81-dev libmosquitto-dev mosquitto mosquitto-dev libcurl4-openssl-dev
  libopus-dev libsodium-dev libssl-dev libprotobuf-dev protobuf-compiler
  libspdlog-dev libyaml-cpp-dev libcli11-dev libsqlite3-dev libpq-dev
  libpocketsphinx-dev pocketsphinx-en-us flite1-dev libespeak-ng-dev espeak-ng-data
  libwebrtc-audio-processing-dev libsoxr-dev libmpg123-dev zlib1g-dev libicu-dev prometheus-cpp-dev
  tzdata
)
# shellcheck disable=SC2034
test_packages=(
  libgtest-dev libgmock-dev clang-16 clang-format-16 clang-tidy-16 git valgrind mosquitto-clients chromium chromium-driver
  postgresql python3-venv python3-yaml
)
# shellcheck disable=SC2034
fuzz_packages=(libclang-rt-16-dev)  # beside those of the tests

# shellcheck disable=SC2034
trial_packages=(debootstrap dpkg-dev perl-base)  # of the Debian packages, and of the machine that tries them

# LC_ALL: apt.sh reads the messages. Another apt (an automatic update, say) is waited for.
lock_seconds=120
apt_get=(env LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -o "DPkg::Lock::Timeout=$lock_seconds")
install=(install --no-install-recommends)

# missing_packages NAME... : those that are not installed, a line each.
missing_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
  done
}

# starts_mosquitto PACKAGE... : whether Debian's mosquitto.service would start with them, at the port of the gateway's own
# mosquitto. EARSHOT_SYSTEMD: the folder that tells of systemd, in tests.
starts_mosquitto() {
  [ -d "${EARSHOT_SYSTEMD:-/run/systemd/system}" ] && [[ " $* " == *' mosquitto '* ]]
}

has_terminal() { { : </dev/tty; } 2>/dev/null; }

# become_root PACKAGE... : makes $sudo what makes a command root's. Asks for the password here: behind the progress line
# nobody would see the question.
become_root() {
  local by_hand="have an administrator run: apt-get ${install[*]} $*"
  sudo=()
  [ "$(id -u)" != 0 ] || return 0
  command -v sudo >/dev/null || die "packages are missing, and neither root nor sudo is at hand: $by_hand"
  sudo -n true 2>/dev/null || { has_terminal && sudo -v; } ||
    die "packages are missing, and sudo refuses, or has no terminal to ask for the password: $by_hand"
  sudo=(sudo -n)
}

# update_lists LOG: tries to. What it means that it failed, only the installation can tell: a source of the user's own
# may be out of order, which is not our concern.
update_lists() {
  local deadline=$((SECONDS + lock_seconds)) told=no
  until follow "apt-get update" "$1" "${sudo[@]}" "${apt_get[@]}" update; do
    # Here apt itself does not wait: its timeout is for dpkg's lock only.
    { is_locked "$1" && [ $SECONDS -lt $deadline ]; } || return 0
    [ $told = yes ] || note "another apt is running: waiting for it, $lock_seconds s at most"
    told=yes
    attended sleep 1
  done
}

# check_plan UPDATE_LOG LOG PACKAGE... : what apt would do; nobody's packages are removed unasked.
check_plan() {
  local update=$1 log=$2 removed; shift 2
  attended "${apt_get[@]}" -s "${install[@]}" "$@" >"$log" 2>&1 || die "$(apt_problem "$update" "$log") (apt's output: $log)"
  removed=$(removals "$log")
  [ -z "$removed" ] ||
    die "Earshot's packages would remove others: $removed. If you agree, run this, then start again: ${sudo[0]:+sudo }apt-get ${install[*]} $*"
}

# install_packages NAME... : asks apt only for those that are not there.
install_packages() {
  local missing folder=$earshot_root/build
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} != 0 ] || return 0
  say "Installing ${#missing[@]} Debian packages"
  mkdir -p "$folder"
  become_root "${missing[@]}"
  update_lists "$folder/apt-update.log"
  check_plan "$folder/apt-update.log" "$folder/apt-plan.log" "${missing[@]}"
  if starts_mosquitto "${missing[@]}"; then
    note "mosquitto.service is masked, or it would take the gateway's port (undo: systemctl unmask mosquitto.service)"
    attended "${sudo[@]}" systemctl mask mosquitto.service >"$folder/systemctl-mask.log" 2>&1 ||
      warn "systemctl mask mosquitto.service failed ($folder/systemctl-mask.log): mosquitto.service may take port 1883"
  fi
  # In two steps, because the download may be interrupted and the installation may not.
  apt_step download --download-only "${missing[@]}"
  patient=yes
  apt_step install "${missing[@]}"
  patient=no sudo=()
}

# apt_step NAME ARGUMENT...
apt_step() {
  local log=$earshot_root/build/apt-$1.log label="packages: $1"; shift
  follow "$label" "$log" "${sudo[@]}" "${apt_get[@]}" "${install[@]}" -y --no-remove "$@" ||
    die "$(apt_problem "$log") (apt's output: $log)"
}

# fetch_checkers FOLDER: a virtual environment with tests/deploy/checkers.txt; false without a way to the registry.
fetch_checkers() {
  local wanted=$earshot_root/tests/deploy/checkers.txt
  if cmp -s "$wanted" "$1/checkers.txt"; then return 0; fi
  { attended python3 -m venv "$1" && attended "$1/bin/pip" install -q --disable-pip-version-check --retries 1 -r "$wanted"; } >/dev/null 2>&1 ||
    { note "without the checkers of containers and clusters: they are not to be had"; return 1; }
  cp "$wanted" "$1/checkers.txt"
}
