# Configure and build. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # earshot_root is lib.sh's

# A clone in another folder finds in ccache what this one built: paths count from the project's folder. The price: debug
# information names the folder that was first. A user's own settings stay.
export CCACHE_BASEDIR=${CCACHE_BASEDIR-$earshot_root} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR-1}

# What deploy/run.sh builds costs this much at first, in seconds of one processor.
first_build_cpu_seconds=510

# first_build_seconds JOBS
first_build_seconds() { echo $((first_build_cpu_seconds / $1)); }

# first_build_notice PROCESSORS
first_build_notice() {
  echo "The first build: about $((($(first_build_seconds 2) + 30) / 60)) minutes on 2 cores; this machine has $1"
}

# build_folder PRESET: where it is built.
build_folder() {
  case $1 in
    bench) echo "$earshot_root/build/release" ;;  # beside what deploy/run.sh starts
    *) echo "$earshot_root/build/$1" ;;
  esac
}

# is_built PRESET: it was at least once begun to be built.
is_built() { [ -d "$(build_folder "$1")/bin" ]; }

# boost_config [ROOT]: where Debian tells CMake about its Boost; nothing on another system.
boost_config() {
  local folder
  for folder in "${1:-}"/usr/lib/*/cmake/Boost-1.81.0; do
    [ ! -d "$folder" ] || echo "$folder"
  done
}

# foreign_boost [ROOT]: the version of a Boost in /usr/local/include, if it is another than Debian's.
foreign_boost() {
  sed -n 's/^#define BOOST_LIB_VERSION "\(.*\)"/\1/p' "${1:-}/usr/local/include/boost/version.hpp" 2>/dev/null |
    grep -v '^1_81' | tr _ .
}

# boost_arguments FOLDER [ROOT]: what CMake is told, a line each, so that no other Boost is taken for Debian's. It would
# prefer one in BOOST_ROOT or /usr/local; and whatever it finds, the compiler looks into /usr/local/include before
# /usr/include. So Debian's headers get a folder of their own (FOLDER/boost), which comes first.
boost_arguments() {
  local config
  config=$(boost_config "${2:-}")
  [ -n "$config" ] || return 0
  echo "-DBoost_DIR=$config"
  [ -z "$(foreign_boost "${2:-}")" ] || echo "-DCMAKE_CXX_FLAGS=${CXXFLAGS:+$CXXFLAGS }-isystem $1/boost"
}

# configure PRESET FOLDER: if that was not done yet, or with other presets or arguments. ninja sees to changes of
# CMakeLists.txt itself, but not to those of the presets.
configure() {
  local preset=$1 folder=$2 presets=$earshot_root/CMakePresets.json done=$2/configured arguments
  mapfile -t arguments < <(boost_arguments "$folder")
  if [ -f "$folder/build.ninja" ] && [ "$done" -nt "$presets" ] && [ "$(cat "$done")" = "$preset ${arguments[*]}" ]; then
    return 0
  fi
  mkdir -p "$folder/boost"
  ln -sfn /usr/include/boost "$folder/boost/boost"
  [ ${#arguments[@]} -lt 2 ] || note "Boost $(foreign_boost) in /usr/local/include is left aside: Earshot is built with Debian's 1.81"
  progress "configure $preset" "$folder/configure.log" cmake -S "$earshot_root" --preset "$preset" "${arguments[@]}"
  echo "$preset ${arguments[*]}" >"$done"
}

# build_problem LOG: what it was, if the code is not to blame.
build_problem() {
  if grep -qE 'Killed signal|command: Killed|cannot allocate memory|virtual memory exhausted' "$1"; then
    echo "the compiler was killed or had no memory: end other programs or add swap, and start this again"
  elif grep -q 'No space left on device' "$1"; then
    echo "the disk is full: free some space and start this again"
  fi
}

# build PRESET [TARGET...]
build() {
  local preset=$1 folder memory jobs log expected_seconds=0 problem status=0; shift
  folder=$(build_folder "$preset")
  log=$folder/build.log
  configure "$preset" "$folder"
  ! ninja -C "$folder" -n "$@" 2>/dev/null | grep -q 'no work to do' || return 0
  memory=$(memory_mb)
  warn_of_memory "$memory"
  jobs=$(build_jobs "$memory")
  # shellcheck disable=SC2034  # follow() reads expected_seconds
  if [ "$preset" = release ] && ! is_built release; then expected_seconds=$(first_build_seconds "$jobs"); fi
  follow "build $preset" "$log" ninja -C "$folder" -j "$jobs" "$@" || status=$?
  [ $status != 0 ] || return 0
  problem=$(build_problem "$log")
  [ -z "$problem" ] || die "$problem (the whole output is in $log)"
  fail "build $preset" "$log" "$status"
}

# build_debian_packages: makes them; their files are in debian_packages.
build_debian_packages() {
  local folder log
  folder=$(build_folder package)
  log=$folder/cpack.log
  build package programs
  rm -rf "$folder/packages"
  attended env -C "$folder" cpack -G DEB >"$log" 2>&1 || { tail -n 5 "$log" >&2; die "cpack failed (the whole output is in $log)"; }
  debian_packages=("$folder"/packages/*.deb)
}
