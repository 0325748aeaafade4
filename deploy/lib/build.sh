# Configure and build. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # earshot_root is lib.sh's

# build PRESET [TARGET...]
build() {
  local preset=$1; shift
  local folder=$earshot_root/build/$preset
  mkdir -p "$folder"
  if [ ! -f "$folder/build.ninja" ]; then
    progress "configure $preset" "$folder/configure.log" cmake -S "$earshot_root" --preset "$preset"
  fi
  if ! ninja -C "$folder" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
    progress "build $preset" "$folder/build.log" ninja -C "$folder" "$@"
  fi
}
