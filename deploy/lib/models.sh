# Local models for the two commands. Sourced by lib.sh.
# shellcheck shell=bash
# shellcheck disable=SC2154  # earshot_root is lib.sh's

# test_models_folder: where the tests keep theirs, so that another clone on this machine finds them.
test_models_folder() { echo "${XDG_CACHE_HOME:-$(echo ~)/.cache}/earshot/models"; }

# fetch_models DIR: the default set. What fails is told in one line, and nothing else comes of it: a registry that is away
# must not keep anything from starting.
fetch_models() { attended "$earshot_root/deploy/models.sh" fetch --optional --dir "$1" || true; }

# has_engine DIR, hears_freely DIR: each set is there as a whole or not at all. DIR may be empty: no models are wanted.
has_engine() { [ -n "$1" ] && [ -d "$1/lib" ]; }
hears_freely() { has_engine "$1" && [ -d "$1/moonshine-tiny-en" ]; }

# models_yaml DIR NAME... : the lines of worker.yaml for the folder, and for each model that is named.
models_yaml() {
  local folder=$1; shift
  printf "models_dir: '%s'\n" "${folder//\'/\'\'}"
  [ $# = 0 ] || "$earshot_root/deploy/models.sh" config --dir "$folder" "$@"
}

# stages_twice YAML: the stages that two providers are named for.
stages_twice() { grep -o '^[a-z_]*:' <<<"$1" | sort | uniq -d | tr -d ':' | tr '\n' ' ' || true; }

# names_models FILE: whether a worker.yaml says itself where models are.
names_models() { grep -q '^models_dir:' "$1"; }
