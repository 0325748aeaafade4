// The worker's configuration: YAML and command line in, typed values out. `earshot-worker --check-config`
// prints the effective ones.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/ipc/endpoint.h"
#include "common/tls/link_folder.h"
#include "worker/agents/agent_config.h"
#include "worker/agents/provider_choice.h"
#include "worker/conversation/conversation.h"
#include "worker/http_tools/http_tool_settings.h"
#include "worker/mcp_servers/server_settings.h"
#include "worker/metrics_server.h"
#include "worker/providers/asr/asr_factory.h"
#include "worker/providers/llm/llm_factory.h"
#include "worker/providers/tts/tts_factory.h"
#include "worker/providers/vad/vad_factory.h"

namespace earshot::worker {

enum class Engine {
  kConversation,
  kEcho,  // for measurement: echo/echo_engine.h
};

struct WorkerConfig {
  std::string log_level = "info";
  bool log_json = false;  // one JSON object a line
  std::string id;         // default: "worker-<pid>"
  std::vector<ipc::Endpoint> gateways;
  std::filesystem::path state_folder;      // of a joined worker (common/tls/link_folder.h)
  std::optional<tls::TlsContext> tls;      // what it shows to gateways; nullopt: it has not joined
  std::optional<tls::WallTime> tls_until;  // when that expires
  Engine engine = Engine::kConversation;
  std::uint32_t capacity = 100;
  std::uint32_t threads = 0;  // default: one a processor
  std::string timezone;       // "Europe/Berlin"; empty: the system's
  std::string models_dir;     // of local neural engines (docs/providers.md); empty: none
  Milliseconds drain_patience{3000};
  std::optional<MetricsAddress> metrics;  // where Prometheus may ask; none by default
  std::string otlp_endpoint;              // of an OpenTelemetry collector (OTLP/HTTP); empty: no traces

  ConversationConfig conversation;
  VadSettings vad;
  PocketSphinxConfig local_asr;  // `asr.model_dir` and so on: the embedded engine, which is always there
  EmbeddedTtsConfig local_tts;
  IntentsSettings local_llm;
  ProviderChoice<AsrSettings> asr{.known = {}, .order = {}, .patience = Milliseconds(3000)};
  bool commands_first = false;  // of agents that do not say it (agent_config.h)
  // A model may think before its first word.
  ProviderChoice<LlmSettings> llm{.known = {}, .order = {}, .patience = Milliseconds(6000)};
  ProviderChoice<TtsSettings> tts{.known = {}, .order = {}, .patience = Milliseconds(3000)};

  std::vector<McpServerSettings> mcp_servers;
  std::vector<HttpToolSettings> http_tools;

  std::map<std::string, AgentChoice> agents;   // by name; `default` is always there
  std::set<std::string> named_agents;          // those that the file itself names
  std::string agent = "default";               // of devices that `devices` does not name
  std::map<std::string, std::string> devices;  // device id, in lower case -> agent

  std::string effective;  // one "key: value" a line, secrets masked
};

// "udp.port", "9000": as given on the command line, in order.
using ConfigOverrides = std::vector<std::pair<std::string, std::string>>;

// What the command line gives beside a file.
struct WorkerArguments {
  std::optional<std::string> config_file;
  ConfigOverrides overrides;
  std::vector<std::string> gateways;  // replace those of the file
  std::optional<std::string> id;
  bool joins = false;  // it has no certificate yet, and is about to get one
};

// Throws ConfigError with every problem, a line each.
WorkerConfig load_config(const WorkerArguments& arguments);

}  // namespace earshot::worker
