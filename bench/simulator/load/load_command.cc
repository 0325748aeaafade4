#include "bench/simulator/load/load_command.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/simulator/load/load_stream.h"
#include "bench/simulator/ws_frames.h"

namespace earshot::simulator {

namespace {

// What the options were parsed into, where that is not LoadOptions itself.
struct RawLoad {
  bool duplex = false;
  bool up = false;
  bool talk = false;
  std::string udp;
  std::string key;
  std::int64_t jitter_ms = 0;
  int ws_version = 0;
  std::vector<std::string> pids;
};

// Without the bounds in --help, where they would push the words aside.
template <class T>
CLI::Validator between(T min, T max) {
  return CLI::Range(min, max).description("");
}

NamedPid pid_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  try {
    if (equals != 0 && equals != std::string::npos) {
      return {.name = text.substr(0, equals), .pid = std::stoi(text.substr(equals + 1))};
    }
  } catch (const std::exception&) {  // not a number: the same complaint
  }
  throw CLI::ValidationError("--pid", "takes NAME=PID, e.g. gateway=123");
}

void read_address(const std::string& text, LoadOptions& options) {
  const std::size_t colon = text.find(':');
  try {
    options.udp_host = text.substr(0, colon);
    options.udp_port = static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
  } catch (const std::exception&) {
    options.udp_port = 0;
  }
  if (colon == std::string::npos || options.udp_port == 0) {
    throw CLI::ValidationError("--udp", "takes HOST:PORT");
  }
}

void complete(const RawLoad& raw, LoadOptions& options) {
  if (raw.up) options.kind = LoadKind::kUp;
  if (raw.talk) options.kind = LoadKind::kTalk;
  options.jitter = Milliseconds(raw.jitter_ms);
  if (raw.ws_version > 0) options.ws_version = raw.ws_version;
  if (raw.ws_version > 0 && !options.websocket)
    throw CLI::ValidationError("--ws-version", "needs --transport websocket");
  const bool of_datagrams = options.loss_percent > 0 || raw.jitter_ms > 0 || options.rebind ||
                            options.hostile > 0 || !raw.udp.empty();
  if (options.websocket && of_datagrams)
    throw CLI::ValidationError("--transport",
                               "websocket has no --loss, --jitter, --rebind, --hostile, --udp");
  for (const std::string& text : raw.pids) options.pids.push_back(pid_of(text));
  if (raw.udp.empty()) return;
  if (raw.talk) throw CLI::ExcludesError("--udp", "--talk");
  read_address(raw.udp, options);
  const auto key = from_hex(raw.key);
  if (!key || key->size() != options.key.size()) {
    throw CLI::ValidationError("--key", "takes 32 hex digits, and --udp needs it");
  }
  std::ranges::copy(*key, options.key.begin());
}

void add_scenario(CLI::App& load, LoadOptions& options, RawLoad& raw) {
  constexpr const char* kScenario = "The scenario";
  auto* kinds = load.add_option_group(kScenario);
  kinds->add_flag("--duplex", raw.duplex, "Every frame comes back from a worker with engine: echo [default]");
  kinds->add_flag("--up", raw.up, "Devices speak, nothing comes back");
  kinds->add_flag("--talk", raw.talk, "The server speaks to all at once; in the end each interrupts it");
  kinds->require_option(0, 1);
  load.add_option("--devices", options.devices, "So many [100]")->check(between(1, 60'000))->type_name("N");
  load.add_option("--seconds", options.seconds, "Measure for S seconds [10]")
      ->check(between(0.1, 3600.0))
      ->type_name("S");
  load.add_option("--warmup", options.warmup, "Traffic before that [2]")
      ->check(between(0.0, 600.0))
      ->type_name("S");
  load.add_option("--payload", options.payload_bytes, "Bytes of an Opus packet [160]")
      ->check(between(kMinLoadPayload, kMaxLoadPayload))
      ->type_name("BYTES");
  load.add_option("--connect-rate", options.connect_rate, "Devices that connect a second [64 under way]")
      ->check(between(0.0, 1e6))
      ->type_name("N");
  load.add_option("--loss", options.loss_percent, "Lose datagrams of the devices")
      ->check(between(0.0, 100.0))
      ->type_name("PERCENT");
  load.add_option("--jitter", raw.jitter_ms, "Delay each datagram of the devices by 0 to MS")
      ->check(between(0, 10'000))
      ->type_name("MS");
  load.add_flag("--rebind", options.rebind, "Each device gets a new address once, as behind a NAT");
  load.add_option("--hostile", options.hostile,
                  "An attacker sends N datagrams for each real one: unknown ssrc, replay, garbage")
      ->check(between(0, 100))
      ->type_name("N");
  load.add_option("--seed", options.seed, "Of identities, phases and faults [1]")->type_name("N");
}

}  // namespace

std::function<void()> add_load(CLI::App& app, LoadOptions& options) {
  const auto raw = std::make_shared<RawLoad>();
  auto* load = app.add_subcommand("load", "Thousands of devices on one thread, every packet checked");
  load->footer(
      "Exit codes: 0 every packet arrived that should have (with --loss, --jitter, --rebind: none was\n"
      "wrong, and each device heard something); 1 not so, a device lost its session, or the result could\n"
      "not be written; 64 usage.");
  add_scenario(*load, options, *raw);
  load->add_option("--ota", options.ota_url, "The server's OTA address")->type_name("URL");
  static const std::map<std::string, bool> kLoadTransports{{"mqtt", false}, {"websocket", true}};
  load->add_option("--transport", options.websocket, "mqtt (with UDP) or websocket [mqtt]")
      ->transform(CLI::CheckedTransformer(kLoadTransports).description(""))
      ->type_name("NAME");
  load->add_option("--ws-version", raw->ws_version,
                   "Binary frames of --transport websocket [as OTA says, else 1]")
      ->type_name("N")
      ->check(between(1, kMaxWsVersion));
  load->add_option("--udp", raw->udp, "No OTA, no MQTT: sessions 1 to N are known at HOST:PORT")
      ->type_name("HOST:PORT");
  load->add_option("--key", raw->key, "The AES key of these sessions, hex")->type_name("HEX");
  load->add_option("--pid", raw->pids, "Measure this process: gateway=PID, broker=PID, worker=PID")
      ->type_name("NAME=PID")
      ->allow_extra_args(false);
  load->add_option("--json", options.json_path, "Write the result as a JSON object; - is stdout")
      ->type_name("FILE");
  load->add_flag("--quiet", options.quiet, "No table");
  return [raw, &options] { complete(*raw, options); };
}

}  // namespace earshot::simulator
