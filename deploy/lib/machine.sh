# What the machine has: memory and disk, against what a build needs. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # earshot_root is lib.sh's

job_mb=1200         # memory of one compiler, at its largest unit
# shellcheck disable=SC2034  # run.sh's and test.sh's
run_gb=1 test_gb=7  # disk of what each of them builds
packages_gb=2       # disk of the packages and their download

# group_room_mb FOLDER: what a control group (v2) may still take; nothing when it has no limit. What it has of files that
# are not in use is given back when memory is wanted.
group_room_mb() {
  local limit used files
  limit=$(cat "$1/memory.max" 2>/dev/null) || return 0
  [ "$limit" != max ] || return 0
  used=$(cat "$1/memory.current" 2>/dev/null || echo 0)
  files=$(sed -n 's/^inactive_file //p' "$1/memory.stat" 2>/dev/null || true)
  echo $(((limit - used + ${files:-0}) / 1048576))
}

# memory_mb [ROOT]: what may be used: what is available, or less when a control group allows less. ROOT: the folder that
# has proc and sys.
memory_mb() {
  local root=${1:-} least room group
  least=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' "$root/proc/meminfo")
  group=$(sed -n 's/^0:://p' "$root/proc/self/cgroup" 2>/dev/null || true)
  group=${group%/}
  while true; do  # the group and those that it is in
    room=$(group_room_mb "$root/sys/fs/cgroup$group")
    [ -z "$room" ] || [ "$room" -ge "$least" ] || least=$room
    [ -n "$group" ] || break
    group=${group%/*}
  done
  [ "$least" -gt 0 ] && echo "$least" || echo 0
}

# jobs_for MEMORY_MB PROCESSORS
jobs_for() {
  local jobs=$(($1 / job_mb))
  [ "$jobs" -le "$2" ] || jobs=$2
  [ "$jobs" -ge 1 ] || jobs=1
  echo "$jobs"
}

# build_jobs MEMORY_MB: how many compilers at a time.
build_jobs() { jobs_for "$1" "$(nproc)"; }

# warn_of_memory MEMORY_MB
warn_of_memory() {
  [ "$1" -ge $job_mb ] ||
    warn "$1 MB of memory are free and a compiler may need $job_mb: if it is killed, end other programs or add swap"
}

free_mb() { df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }'; }

# disk_problem FREE_MB NEEDED_GB FOLDER: what to do about it in one line; nothing when it suffices.
disk_problem() {
  [ "$1" -ge $(($2 * 1024)) ] ||
    awk -v free="$1" -v needed="$2" -v folder="$3" \
      'BEGIN { printf "%.1f GB free in %s, %d GB are needed: free some or clone elsewhere\n", free / 1024, folder, needed }'
}

# check_disk PRESET BUILD_GB PACKAGE... : before minutes are spent on a first build or on missing packages.
check_disk() {
  local preset=$1 build=$2 packages=$packages_gb problem; shift 2
  ! is_built "$preset" || build=0
  [ -n "$(missing_packages "$@")" ] || packages=0
  if [ "$(stat -c %d "$earshot_root")" = "$(stat -c %d /usr)" ]; then build=$((build + packages)) packages=0; fi
  problem=$(disk_problem "$(free_mb "$earshot_root")" "$build" "$earshot_root")
  [ -z "$problem" ] || die "$problem"
  problem=$(disk_problem "$(free_mb /usr)" "$packages" /usr)
  [ -z "$problem" ] || die "${problem% or clone elsewhere} (for packages)"
}
