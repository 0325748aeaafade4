# Shared by run.sh and test.sh. Sourced, not run.
# shellcheck shell=bash

earshot_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; else bold='' dim='' red='' plain=''; fi
say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$plain"; }
warn() { printf '%swarning:%s %s\n' "$red" "$plain" "$*" >&2; }
die() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; exit 1; }

check_system() {
  command -v dpkg-query >/dev/null || die "this script installs Debian packages; on another system see docs/operations.md"
  # shellcheck disable=SC1091
  local id version; id=$(. /etc/os-release; echo "${ID:-}"); version=$(. /etc/os-release; echo "${VERSION_ID:-}")
  [ "$id $version" = "debian 12" ] || note "made for Debian 12; this is ${id:-unknown} ${version:-}, trying anyway"
}

# shellcheck source-path=SCRIPTDIR source=lib/children.sh
. "$earshot_root/deploy/lib/children.sh"
# shellcheck source-path=SCRIPTDIR source=lib/progress.sh
. "$earshot_root/deploy/lib/progress.sh"
# shellcheck source-path=SCRIPTDIR source=lib/machine.sh
. "$earshot_root/deploy/lib/machine.sh"
# shellcheck source-path=SCRIPTDIR source=lib/apt.sh
. "$earshot_root/deploy/lib/apt.sh"
# shellcheck source-path=SCRIPTDIR source=lib/packages.sh
. "$earshot_root/deploy/lib/packages.sh"
# shellcheck source-path=SCRIPTDIR source=lib/build.sh
. "$earshot_root/deploy/lib/build.sh"
# shellcheck source-path=SCRIPTDIR source=lib/models.sh
. "$earshot_root/deploy/lib/models.sh"
