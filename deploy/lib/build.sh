# Configure and build. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # earshot_root is lib.sh's

# build_folder PRESET: where it is built.
build_folder() {
  case $1 in
    *) echo "$earshot_root/build/$1" ;;
  esac
}

# is_built PRESET: it was at least once begun to be built.
is_built() { [ -d "$(build_folder "$1")/bin" ]; }

# configure PRESET FOLDER: if that was not done yet, or with other presets. ninja sees to changes of
# CMakeLists.txt itself, but not to those of the presets.
configure() {
  local preset=$1 folder=$2 presets=$earshot_root/CMakePresets.json done=$2/configured
  if [ -f "$folder/build.ninja" ] && [ "$done" -nt "$presets" ] && [ "$(cat "$done")" = "$preset" ]; then
    return 0
  fi
  mkdir -p "$folder"
  progress "configure $preset" "$folder/configure.log" cmake -S "$earshot_root" --preset "$preset"
  echo "$preset" >"$done"
}

# build PRESET [TARGET...]
build() {
  local preset=$1 folder memory; shift
  folder=$(build_folder "$preset")
  configure "$preset" "$folder"
  ! ninja -C "$folder" -n "$@" 2>/dev/null | grep -q 'no work to do' || return 0
  memory=$(memory_mb)
  warn_of_memory "$memory"
  progress "build $preset" "$folder/build.log" ninja -C "$folder" -j "$(build_jobs "$memory")" "$@"
}
