// The agents of a worker and their engines: who answers a device, and with what.
//
// Providers are made once for each name (and voice) that some agent uses, and shared by all agents: so is
// what is known of their failures. The embedded engines stand behind every agent's own choice.
//
// Runs on: the I/O thread, but extend() and with_embedded_of() before anybody else knows the engines.
// Owns: providers, chains, and each agent's ConversationConfig; whoever converses holds the engines.
// Borrows: the context.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ipc.pb.h"
#include "worker/config.h"
#include "worker/providers/fallback/fallback_asr.h"
#include "worker/providers/fallback/fallback_llm.h"
#include "worker/providers/fallback/fallback_tts.h"
#include "worker/providers/llm/commands_first.h"
#include "worker/providers/net/http_client.h"
#include "worker/providers/net/warm_up.h"
#include "worker/providers/provider_context.h"

namespace earshot::worker {

class AgentEngines {
 public:
  struct Member {
    ConversationConfig config;
    FallbackAsr asr;
    FallbackLlm brain;
    FallbackTts tts;
    std::unique_ptr<CommandsFirst> commands = nullptr;  // in front of `brain`, where the agent wants that

    LlmProvider& mind() { return commands ? static_cast<LlmProvider&>(*commands) : brain; }
  };

  // Throws StartupError: a model or a voice that cannot be loaded.
  AgentEngines(const WorkerConfig& config, const ProviderContext& context);
  // Agents and providers of `config`, all made anew; the embedded engines are those of `own`. Loading a model may
  // take seconds. Throws StartupError.
  static std::shared_ptr<AgentEngines> with_embedded_of(const AgentEngines& own, const WorkerConfig& config,
                                                        const ProviderContext& context);
  // The same providers, but nobody who uses them yet: extend() follows.
  static std::shared_ptr<AgentEngines> sharing_providers(const AgentEngines& own);
  // Makes the agents of `config` and what providers they need beside those already there; loading a model may
  // take seconds. An agent that cannot be made is left out, or made as `own` has it, and told of.
  void extend(const WorkerConfig& config, const WorkerConfig& own, const ProviderContext& context,
              std::vector<ipc::AgentProblem>& problems);
  ~AgentEngines();
  AgentEngines(const AgentEngines&) = delete;
  AgentEngines& operator=(const AgentEngines&) = delete;

  // The agent that the gateway names, if it is known; else the device's; else the usual one.
  Member& choose(const ipc::SessionOpen& open);
  // A session begins: opens the connections that its first turn needs, if they may have been closed.
  void warm(SteadyTime now);

  // visitor(std::string_view stage, const ProviderRecord&), each provider once.
  template <class Visitor>
  void visit_providers(Visitor&& visitor) const {
    for (const auto& [name, entry] : asr_) visitor("asr", std::as_const(entry->record));
    for (const auto& [name, entry] : llm_) visitor("llm", std::as_const(entry->record));
    for (const auto& [name, entry] : tts_) visitor("tts", std::as_const(entry->record));
  }

 private:
  struct SharedProviders {};
  AgentEngines(SharedProviders, const AgentEngines& own);
  struct EmbeddedOnly {};
  AgentEngines(EmbeddedOnly, const AgentEngines& own, const WorkerConfig& config);

  template <class Provider>
  using Stock = std::map<std::string, std::shared_ptr<ChainEntry<Provider>>>;

  void add(const AgentChoice& choice, const WorkerConfig& config, const ProviderContext& context);

  HttpClient& http_;
  WarmUp warm_up_;
  std::string usual_;
  std::map<std::string, std::string> devices_;
  std::shared_ptr<const IntentBrain> commands_;  // shared by all
  Stock<AsrProvider> asr_;
  Stock<LlmProvider> llm_;
  Stock<TtsProvider> tts_;
  std::map<std::string, std::unique_ptr<Member>> members_;
};

}  // namespace earshot::worker
