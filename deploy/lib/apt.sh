# What apt's messages mean for the user. Reads logs and does nothing. Sourced by lib.sh.
# shellcheck shell=bash

# is_locked LOG: apt gave up because another one is running.
is_locked() { grep -q '^E: Could not get lock' "$1"; }

# removals LOG: the packages that a simulated installation (apt-get -s) would remove, in one line.
removals() { sed -n 's/^Remv \([^ ]*\).*/\1/p' "$1" | paste -sd ' '; }

# unreachable_host LOG... : the first that apt could not fetch from.
unreachable_host() { sed -n 's|.*Failed to fetch [a-z+]*://\([^/ ]*\)/.*|\1|p' "$@" | head -n 1; }

# unknown_packages LOG... : in one line.
unknown_packages() {
  sed -n "s/^E: Unable to locate package \(.*\)/\1/p; s/^E: Package '\(.*\)' has no installation candidate/\1/p" "$@" |
    sort -u | paste -sd ' '
}

# apt_problem LOG... : why apt failed and what to do, in one line. The cause comes before what follows from it: without a
# network the lists are empty, and so no package is known.
apt_problem() {
  local logs=("$@") host
  said() { grep -qhE "$1" "${logs[@]}"; }
  host=$(unreachable_host "$@")
  if said '^E: Could not get lock'; then
    echo "another apt or dpkg is still running: wait until it is done, and start this again"
  elif said 'dpkg was interrupted'; then
    echo "an earlier installation was interrupted: as root run dpkg --configure -a, and start this again"
  elif said 'No space left on device|enough free space in'; then
    echo "the disk is full: free some space where packages go (/var, /usr), and start this again"
  elif said 'sudo: .*password'; then
    echo "sudo wants its password again: start this again, or start it as root"
  elif said 'is not valid yet'; then
    echo "this machine's clock is behind, and so apt does not trust the mirror: set the clock (timedatectl set-ntp true)"
  elif said '404 +Not Found'; then
    echo "the mirror ${host:-of apt} does not have what it should: see /etc/apt/sources.list*, or try again later"
  elif [ -n "$host" ] || said 'Temporary failure resolving|Could not resolve|Could not connect|Unable to connect'; then
    echo "the Debian mirror ${host:-} cannot be reached: check the network or the proxy (apt's own settings: /etc/apt/apt.conf.d)"
  elif [ -n "$(unknown_packages "$@")" ]; then
    echo "not known to apt: $(unknown_packages "$@"): is 'main' of Debian 12 in /etc/apt/sources.list*?"
  elif said 'unmet dependencies|held broken packages|pkgProblemResolver'; then
    echo "apt cannot install the packages beside what is held back or comes from elsewhere: apt-mark showhold, /etc/apt/sources.list.d"
  else
    echo "apt-get failed"
  fi
}
