#!/usr/bin/env bash
# The scripts' functions that only look and reckon.
# shellcheck disable=SC2154  # what it has from lib.sh
# shellcheck source-path=SCRIPTDIR source=harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/harness.sh"
# shellcheck source-path=SCRIPTDIR source=../../deploy/lib.sh
. "$tests_deploy/../../deploy/lib.sh"
trap finish EXIT

log() { cat >"$work/log"; }  # a sample of what a program printed

# --- what apt means

log <<'EOF'
Ign:1 http://deb.debian.org/debian bookworm InRelease
Err:1 http://deb.debian.org/debian bookworm InRelease
  Temporary failure resolving 'deb.debian.org'
W: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Temporary failure resolving 'deb.debian.org'
W: Some index files failed to download. They have been ignored, or old ones used instead.
EOF
cp "$work/log" "$work/update"
echo 'E: Unable to locate package ccache' | log
unreachable="the Debian mirror deb.debian.org cannot be reached: check the network or the proxy (apt's own settings: /etc/apt/apt.conf.d)"
expect_equal 'no network: not the package is to blame' "$unreachable" "$(apt_problem "$work/update" "$work/log")"

log <<'EOF'
Reading package lists...
E: Unable to locate package ccache
E: Package 'libboost1.81-dev' has no installation candidate
EOF
expect_equal 'unknown packages' "not known to apt: ccache libboost1.81-dev: is 'main' of Debian 12 in /etc/apt/sources.list*?" \
  "$(apt_problem "$work/log")"

log <<'EOF'
E: Failed to fetch http://mirror.example:3142/debian/pool/main/c/ccache/ccache_4.7.5-1_amd64.deb  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)
E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?
EOF
expect_equal 'a proxy that is not there' "${unreachable/deb.debian.org/mirror.example:3142}" "$(apt_problem "$work/log")"

log <<'EOF'
E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1234 (apt-get)
E: Unable to lock directory /var/lib/apt/lists/
EOF
expect 'a lock' is_locked "$work/log"
expect_equal 'a lock' 'another apt or dpkg is still running: wait until it is done, and start this again' "$(apt_problem "$work/log")"

log <<'EOF'
Waiting for cache lock: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (apt-get)...
E: You don't have enough free space in /var/cache/apt/archives/.
EOF
expect_equal 'no space' 'the disk is full: free some space where packages go (/var, /usr), and start this again' \
  "$(apt_problem "$work/log")"

echo 'E: something new' | log
expect_equal 'nothing known' 'apt-get failed' "$(apt_problem "$work/log")"

log <<'EOF'
The following packages will be REMOVED:
  libboost-dev libboost-system-dev libboost-system1.74-dev libboost1.74-dev
0 upgraded, 7 newly installed, 4 to remove and 130 not upgraded.
Remv libboost-dev [1.74.0.3]
Remv libboost-system-dev [1.74.0.3]
Remv libboost-system1.74-dev [1.74.0+ds1-21]
Remv libboost1.74-dev [1.74.0+ds1-21]
Inst libboost1.81-dev (1.81.0-5+deb12u1 Debian:12.15/oldstable [amd64])
Conf libboost1.81-dev (1.81.0-5+deb12u1 Debian:12.15/oldstable [amd64])
EOF
expect_equal 'removals' 'libboost-dev libboost-system-dev libboost-system1.74-dev libboost1.74-dev' "$(removals "$work/log")"
grep -v Remv "$work/log" >"$work/other"
expect_equal 'no removals' '' "$(removals "$work/other")"

# --- memory and disk

expect_equal 'jobs: as many as processors' 4 "$(jobs_for 64000 4)"
expect_equal 'jobs: as memory allows' 2 "$(jobs_for $((job_mb * 3 - 1)) 8)"
expect_equal 'jobs: never none' 1 "$(jobs_for 100 8)"

# machine AVAILABLE_MB GROUP : a root folder with this much memory, and this process in GROUP.
machine() {
  rm -rf "$work/root"
  mkdir -p "$work/root/proc/self" "$work/root/sys/fs/cgroup$2"
  printf 'MemTotal: 99999999 kB\nMemAvailable: %s kB\n' $(($1 * 1024)) >"$work/root/proc/meminfo"
  echo "0::$2" >"$work/root/proc/self/cgroup"
}
# limit GROUP MAX_MB USED_MB FILES_MB
limit() {
  local folder=$work/root/sys/fs/cgroup$1
  echo $(($2 * 1048576)) >"$folder/memory.max"
  echo $(($3 * 1048576)) >"$folder/memory.current"
  printf 'active_file 5\ninactive_file %s\n' $(($4 * 1048576)) >"$folder/memory.stat"
}
machine 5000 /
expect_equal 'memory without control groups' 5000 "$(memory_mb "$work/root")"
limit '' 3000 1000 400
expect_equal 'memory of a container; unused files count as free' 2400 "$(memory_mb "$work/root")"
limit '' 9000 1000 0
expect_equal 'a limit above what there is' 5000 "$(memory_mb "$work/root")"
limit '' 1000 1200 0
expect_equal 'nothing left' 0 "$(memory_mb "$work/root")"
echo max >"$work/root/sys/fs/cgroup/memory.max"
expect_equal 'no limit' 5000 "$(memory_mb "$work/root")"
machine 5000 /user.slice/app
limit /user.slice 2000 500 0
expect_equal 'the limit of a group above' 1500 "$(memory_mb "$work/root")"
expect_equal 'this machine' 1 "$(($(memory_mb) > 0))"

expect_equal 'little memory' "warning: 300 MB of memory are free and a compiler may need $job_mb: if it is killed, end other programs or add swap" \
  "$(warn_of_memory 300 2>&1)"
expect_equal 'enough memory' '' "$(warn_of_memory "$job_mb" 2>&1)"

expect_equal 'little disk' '1.5 GB free in /home/me, 2 GB are needed: free some or clone elsewhere' "$(disk_problem 1536 2 /home/me)"
expect_equal 'enough disk' '' "$(disk_problem 2048 2 /home/me)"
expect_equal 'nothing needed' '' "$(disk_problem 0 0 /home/me)"

# --- another Boost

root=$work/root
rm -rf "$root"
boost() { mkdir -p "$root/usr/local/include/boost"; echo "#define BOOST_LIB_VERSION \"$1\"" >"$root/usr/local/include/boost/version.hpp"; }
expect_equal 'no Debian' '' "$(boost_arguments /build "$root")"
mkdir -p "$root/usr/lib/some-linux-gnu/cmake/Boost-1.81.0"
config=-DBoost_DIR=$root/usr/lib/some-linux-gnu/cmake/Boost-1.81.0
expect_equal 'only Debian'"'"'s' "$config" "$(boost_arguments /build "$root")"
boost 1_81
expect_equal 'the same by hand' "$config" "$(boost_arguments /build "$root")"
boost 1_70_1
expect_equal 'another by hand' 1.70.1 "$(foreign_boost "$root")"
expect_equal 'another by hand' "$config"$'\n-DCMAKE_CXX_FLAGS=-isystem /build/boost' "$(unset CXXFLAGS; boost_arguments /build "$root")"
expect_equal 'and flags of the user' "$config"$'\n-DCMAKE_CXX_FLAGS=-O1 -isystem /build/boost' \
  "$(export CXXFLAGS=-O1; boost_arguments /build "$root")"

# --- how long it takes

expect_equal 'too early: time' '' "$(seconds_left 50 100 14)"
expect_equal 'too early: steps' '' "$(seconds_left 4 100 60)"
expect_equal 'by the steps' 60 "$(seconds_left 50 100 60)"
expect_equal 'done' 0 "$(seconds_left 100 100 60)"
expect_equal 'early on the expectation counts too' $(((3 * 540 + 7 * 940) / 10)) "$(seconds_left 5 50 60 1000)"
expect_equal 'later it does not' 120 "$(seconds_left 50 150 60 300)"
expect_equal 'one that is far off does not' 400 "$(seconds_left 10 50 100 10000)"
expect_equal 'one that has passed does not' 400 "$(seconds_left 10 50 100 90)"

expect_equal 'in words' 'less than a minute left' "$(left_in_words 59)"
expect_equal 'in words' 'about 1 min left' "$(left_in_words 60)"
expect_equal 'in words' 'about 9 min left' "$(left_in_words 530)"

expect_equal 'a build' '[50/100] about 2 min left: Building CXX object a.o' "$(how_far '[50/100] Building CXX object a.o' 120)"
expect_equal 'a build that has just begun' '[1/100] Building CXX object a.o' "$(how_far '[1/100] Building CXX object a.o' 2)"
expect_equal 'no build' 'Get:1 http://deb.debian.org' "$(how_far 'Get:1 http://deb.debian.org' 120)"

# shellcheck disable=SC2034  # lib.sh's
first_build_cpu_seconds=2000
expect_equal 'the first build' 'The first build: about 17 minutes on 2 cores; this machine has 8' "$(first_build_notice 8)"
expect_equal 'the first build' 250 "$(first_build_seconds 8)"

echo 'g++: fatal error: Killed signal terminated program cc1plus' | log
expect_equal 'no memory' 'the compiler was killed or had no memory: end other programs or add swap, and start this again' \
  "$(build_problem "$work/log")"
echo 'a.cc:1: error: expected unqualified-id' | log
expect_equal 'an error in the code' '' "$(build_problem "$work/log")"

verdict
