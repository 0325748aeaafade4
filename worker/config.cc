#include "worker/config.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "common/config/config_reader.h"
#include "common/tls/link_contexts.h"

namespace earshot::worker {

namespace {

bool is_plain_id(const std::string& id) {
  return !id.empty() && id.size() <= 64 &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string::npos;
}

// systemd's StateDirectory=, else where a user's programs keep such things (XDG Base Directory).
std::filesystem::path default_state_folder() {
  const auto named = [](const char* variable) -> std::filesystem::path {
    const char* const value = std::getenv(variable);
    return value == nullptr ? "" : value;
  };
  if (const auto folder = named("STATE_DIRECTORY"); !folder.empty()) return folder;
  if (const auto folder = named("XDG_STATE_HOME"); !folder.empty()) return folder / "earshot-worker";
  if (const auto home = named("HOME"); !home.empty()) return home / ".local" / "state" / "earshot-worker";
  return "/var/lib/earshot-worker";
}

// A worker that has joined knows its gateways and its name; what the file or the command line says goes before. One
// whose folder cannot be read must not take itself for one that never joined, and wait at the local socket for ever.
void read_gateways(ConfigSection& root, const WorkerArguments& arguments, WorkerConfig& config) {
  std::string state;
  root.read("state_dir", state);
  config.state_folder = state.empty() ? default_state_folder() : std::filesystem::path(state);
  const auto joined = tls::read_link_folder(config.state_folder);
  std::vector<std::string> addresses = {"unix:/run/earshot/workers.sock"};
  if (joined && !joined->gateways.empty()) addresses = joined->gateways;
  const bool given = std::ranges::count(root.children(), "gateways") > 0;
  if (!joined && joined.error().code != ErrorCode::kNotFound && !given && !arguments.joins)
    root.problem("state_dir", joined.error().message + ": mend it, or join anew");
  if (joined && joined->gateways.empty() && !given && !arguments.joins)
    root.problem("gateways", "must name a gateway (tls:HOST:PORT) for the certificate in " +
                                 config.state_folder.string());
  root.read("gateways", addresses);
  if (addresses.empty()) root.problem("gateways", "names no gateway");
  bool secured = false;
  for (const std::string& address : addresses) {
    auto endpoint = ipc::parse_endpoint(address);
    if (!endpoint) {
      root.problem("gateways", "'" + address + "': " + endpoint.error().message);
      continue;
    }
    secured = secured || endpoint->kind == ipc::Endpoint::Kind::kTls;
    config.gateways.push_back(std::move(*endpoint));
  }
  if (!secured || arguments.joins) return;
  if (!joined)
    return root.problem("state_dir", joined.error().message + ": join a gateway with a line of " +
                                         "earshotctl workers join-token first");
  auto context = tls::LinkContexts::worker(joined->identity);
  if (!context)
    return root.problem("state_dir", config.state_folder.string() + ": " + context.error().message);
  config.tls = std::move(context).value();
  config.tls_until = joined->until;
  config.id = joined->name;
}

// "127.0.0.1:9101". The address is always written out: opening it to others is a decision.
std::optional<MetricsAddress> parse_metrics_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  MetricsAddress address{.host = text.substr(0, colon), .port = 0};
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data() + colon + 1, end, address.port);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return address;
}

void read_metrics(ConfigSection section, WorkerConfig& config) {
  std::string listen;
  section.read("listen", listen);
  if (listen.empty()) return;
  config.metrics = parse_metrics_address(listen);
  if (!config.metrics) section.problem("listen", "must be ADDRESS:PORT, e.g. 127.0.0.1:9101, or empty");
}

void read_log(ConfigSection section, WorkerConfig& config) {
  section.read_choice("level", config.log_level, {"trace", "debug", "info", "warn", "error"});
  std::string format = "text";
  section.read_choice("format", format, {"text", "json"});
  config.log_json = format == "json";
}

// The address stands in logs: a name and password in it would too.
void read_telemetry(ConfigSection section, std::string& endpoint) {
  section.read("otlp_endpoint", endpoint);
  if (endpoint.empty()) return;
  const bool is_http = endpoint.starts_with("http://") || endpoint.starts_with("https://");
  if (!is_http || endpoint.size() > 1024 || endpoint.find_first_of("@ \t\r\n\"") != std::string::npos)
    section.problem("otlp_endpoint", "must be an http or https address without a name or password, or empty");
}

void read_process(ConfigSection root, const WorkerArguments& arguments, WorkerConfig& config) {
  read_log(root.section("log"), config);
  read_telemetry(root.section("telemetry"), config.otlp_endpoint);
  config.id = "worker-" + std::to_string(::getpid());
  read_gateways(root, arguments, config);
  const std::string certified = config.tls ? config.id : std::string();
  root.read("id", config.id);
  if (!is_plain_id(config.id)) root.problem("id", "must be 1 to 64 of A-Z a-z 0-9 . _ -");
  if (!certified.empty() && config.id != certified)
    root.problem("id",
                 "is '" + certified + "' by the certificate: leave it out, or join anew under another name");
  std::string engine = "conversation";
  root.read_choice("engine", engine, {"conversation", "echo"});
  if (engine == "echo") config.engine = Engine::kEcho;
  root.read("capacity", config.capacity, {1, 100'000});
  config.threads = std::max(1U, std::thread::hardware_concurrency());
  root.read("threads", config.threads, {1, 256});
  read_metrics(root.section("metrics"), config);
  root.read("drain_ms", config.drain_patience, {0, 600'000});
  root.read("models_dir", config.models_dir);
  root.read("timezone", config.timezone);
  // A name that the C library does not know would silently mean UTC.
  if (!config.timezone.empty() && !std::filesystem::exists("/usr/share/zoneinfo/" + config.timezone)) {
    root.problem("timezone", "'" + config.timezone + "' is not in /usr/share/zoneinfo");
  }
}

void read_hearing(ConfigSection root, WorkerConfig& config) {
  ConversationConfig& conversation = config.conversation;
  config.vad = read_vad(root.section("vad"));

  ConfigSection endpoint = root.section("endpoint");
  endpoint.read("silence_ms", conversation.endpoint.trailing_silence, {200, 5000});
  endpoint.read("silence_min_ms", conversation.silence_min, {200, 5000});
  endpoint.read("silence_max_ms", conversation.silence_max, {200, 5000});
  endpoint.read("speculate_after_ms", conversation.endpoint.speculation_pause, {0, 5000});
  endpoint.read("min_speech_ms", conversation.endpoint.min_speech, {40, 2000});
  endpoint.read("max_utterance_ms", conversation.endpoint.max_utterance, {1000, 60'000});
  endpoint.read("max_held_ms", conversation.endpoint.max_held, {1000, 120'000});
  ConfigSection barge_in = root.section("barge_in");
  barge_in.read("speech_ms", conversation.barge_in_speech, {60, 5000});
  barge_in.read("min_words", conversation.interruption.min_words, {1, 20});
  barge_in.read("resume", conversation.interruption.resume);

  ConfigSection asr = root.section("asr");
  asr.read("model_dir", config.local_asr.model_dir);
  // One is held while a user speaks, and costs 15 MB; decoding itself needs a twentieth of a processor.
  config.local_asr.decoders = static_cast<int>(std::max(4U, 2 * config.threads));
  asr.read("decoders", config.local_asr.decoders, {1, 256});
  asr.read("rejection_threshold", config.local_asr.rejection_threshold, -1000, 1000);
  asr.read("timeout_ms", conversation.asr_patience, {500, 60'000});
  read_provider_choice(asr, read_asr, conversation.asr_patience, config.asr);
}

void read_speaking(ConfigSection root, WorkerConfig& config) {
  ConversationConfig& conversation = config.conversation;
  root.read("language", conversation.default_language);
  config.local_tts.default_language = conversation.default_language;
  ConfigSection tts = root.section("tts");
  tts.read("timeout_ms", conversation.tts_patience, {500, 60'000});
  read_provider_choice(tts, read_tts, conversation.tts_patience, config.tts);
  ConfigSection llm = root.section("llm");
  llm.read("timeout_ms", conversation.turn.brain_patience, {500, 120'000});
  llm.read("commands_first", config.commands_first);
  llm.read("look_for_ollama", config.local_llm.look_for_ollama);
  read_provider_choice(llm, read_llm, conversation.turn.brain_patience, config.llm);

  ConfigSection tools = root.section("tools");
  tools.read("late_after_ms", conversation.tools.late_after, {500, 60'000});
  tools.read("timeout_ms", conversation.tools.timeout, {500, 600'000});
  ConfigSection timeouts = tools.section("timeouts");
  for (const std::string& tool : timeouts.children()) {
    timeouts.read(tool, conversation.tools.timeouts[tool], {500, 600'000});
  }
  tools.read("filler_after_ms", conversation.turn.filler_after, {0, 60'000});
  tools.read("list_timeout_ms", conversation.tools.mcp.list_timeout, {500, 60'000});
  tools.read("list_patience_ms", conversation.turn.tool_list_patience, {0, 60'000});
  tools.read("max_rounds", conversation.turn.tool_rounds, {1, 50});
  config.http_tools = read_http_tools(root.section("http_tools"));
  config.mcp_servers = read_mcp_servers(root.section("mcp_servers"));
  read_mcp_settings_file(root, "mcp_settings_file", config.mcp_servers);

  ConfigSection talk = root.section("conversation");
  talk.read("wake_words", conversation.agent.wake_words);
  talk.read("greet_on_wake_word", conversation.greet_on_wake_word);
  talk.read("not_understood_limit", conversation.nag_limit, {0, 1000});
  talk.read("idle_farewell_ms", conversation.idle_farewell, {0, 3'600'000});
  talk.read("history_tokens", conversation.turn.dialogue_tokens, {200, 1'000'000});
}

}  // namespace

WorkerConfig load_config(const WorkerArguments& arguments) {
  ConfigReader reader =
      arguments.config_file ? ConfigReader::load(*arguments.config_file) : ConfigReader::empty();
  for (const auto& [key, value] : arguments.overrides) reader.override_value(key, value);
  // Before reading, so that the effective configuration shows them.
  if (arguments.id) reader.override_value("id", *arguments.id);
  if (!arguments.gateways.empty()) reader.override_list("gateways", arguments.gateways);
  WorkerConfig config;
  read_process(reader.root(), arguments, config);
  read_hearing(reader.root(), config);
  read_speaking(reader.root(), config);
  read_agents(reader.root(), config);
  reader.finish();
  config.effective = reader.effective();
  return config;
}

}  // namespace earshot::worker
