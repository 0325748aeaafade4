#include "worker/agents/agent_engines.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "common/base/startup_error.h"
#include "worker/providers/asr/local_engines.h"
#include "worker/providers/llm/intent_grammar.h"
#include "worker/providers/tts/tts_voice.h"
#include "worker/stage_times.h"

namespace earshot::worker {

namespace {

// What an utterance holds beside speech: the audio before its first word and the silence behind its last.
constexpr Milliseconds kAroundSpeech{2000};
// For tools and further rounds, beside the time that a slow model takes for one.
constexpr Milliseconds kBesideOneRound{30'000};

template <class Value>
Value built(Result<Value> made, const std::string& what) {
  if (!made) throw StartupError(ExitCode::kConfig, what + ": " + made.error().message);
  return std::move(*made);
}

PocketSphinxConfig with_grammar(PocketSphinxConfig config) {
  IntentGrammar grammar = intent_grammar();
  config.grammar_jsgf = std::move(grammar.jsgf);
  for (IntentGrammar::Pronunciation& word : grammar.pronunciations) {
    config.extra_words.push_back({.word = std::move(word.word), .phones = std::move(word.phones)});
  }
  return config;
}

Result<std::unique_ptr<AsrProvider>> make_asr_with_grammar(AsrSettings settings,
                                                           const ProviderContext& context) {
  if (auto* commands = std::get_if<PocketSphinxConfig>(&settings))
    *commands = with_grammar(std::move(*commands));
  return make_asr(settings, context);
}

// The connection that a turn needs first, where the provider speaks HTTP.
void add_connection(WarmUp& warm_up, const auto& settings) {
  const auto add = [&warm_up](const std::string& url) {
    if (url.starts_with("http")) warm_up.add(url);
  };
  std::visit(
      [&](const auto& of_type) {
        if constexpr (requires { of_type.service.base_url; }) {
          add(of_type.service.base_url);
        } else if constexpr (requires { of_type.url; }) {
          add(of_type.url);
        }
      },
      settings);
}

template <class Provider>
std::shared_ptr<ChainEntry<Provider>> local_entry(std::unique_ptr<Provider> provider) {
  return std::make_shared<ChainEntry<Provider>>(NamedProvider<Provider>{
      .name = std::string(kLocalProvider), .provider = std::move(provider), .embedded = true});
}

// The chosen providers of a stage, from the stock or new, and the embedded engine behind them.
template <class Provider, class Settings, class Make>
ChainEntries<Provider> chain_of(const std::vector<std::string>& order, const auto& settings_of, Make make,
                                const ProviderContext& context, std::string_view stage,
                                std::map<std::string, std::shared_ptr<ChainEntry<Provider>>>& stock,
                                WarmUp& warm_up) {
  ChainEntries<Provider> chain;
  for (const std::string& name : order) {
    const auto [key, settings] = settings_of(name, chain.empty());
    auto& entry = stock[key];
    if (!entry) {
      const std::string what = std::string(stage) + ".providers." + name;
      // The first of each list of types is the embedded engine.
      entry = std::make_shared<ChainEntry<Provider>>(
          NamedProvider<Provider>{.name = key,
                                  .provider = built(make(settings, context), what),
                                  .embedded = settings.index() == 0,
                                  .own_deadline = own_deadline(settings)});
      if (chain.empty()) add_connection(warm_up, settings);
    }
    chain.push_back(entry);
  }
  chain.push_back(stock.at(std::string(kLocalProvider)));
  return chain;
}

template <class Settings>
auto plain(const ProviderChoice<Settings>& choice) {
  return [&choice](const std::string& name, bool) { return std::pair(name, choice.known.at(name)); };
}

}  // namespace

AgentEngines::AgentEngines(const WorkerConfig& config, const ProviderContext& context)
    : http_(context.http),
      usual_(config.agent),
      devices_(config.devices),
      commands_(std::make_shared<IntentBrain>()) {
  const std::string local(kLocalProvider);
  asr_[local] = local_entry(built(make_local_engines(with_grammar(config.local_asr), context),
                                  "speech recognition (asr.model_dir)"));
  llm_[local] = local_entry(make_intents(config.local_llm, context));
  tts_[local] = local_entry(built(make_embedded_tts(config.local_tts, context.pool), "speech synthesis"));
  for (const auto& [name, choice] : config.agents) add(choice, config, context);
  warm(context.clock.now());
}

AgentEngines::AgentEngines(SharedProviders, const AgentEngines& own)
    : http_(own.http_),
      warm_up_(own.warm_up_),
      usual_(own.usual_),
      devices_(own.devices_),
      commands_(own.commands_),
      asr_(own.asr_),
      llm_(own.llm_),
      tts_(own.tts_) {}

AgentEngines::AgentEngines(EmbeddedOnly, const AgentEngines& own, const WorkerConfig& config)
    : http_(own.http_), usual_(config.agent), devices_(config.devices), commands_(own.commands_) {
  const std::string local(kLocalProvider);
  asr_[local] = own.asr_.at(local);
  llm_[local] = own.llm_.at(local);
  tts_[local] = own.tts_.at(local);
}

AgentEngines::~AgentEngines() = default;

std::shared_ptr<AgentEngines> AgentEngines::with_embedded_of(const AgentEngines& own,
                                                             const WorkerConfig& config,
                                                             const ProviderContext& context) {
  std::shared_ptr<AgentEngines> made(new AgentEngines(EmbeddedOnly{}, own, config));
  for (const auto& [name, choice] : config.agents) made->add(choice, config, context);
  return made;
}

std::shared_ptr<AgentEngines> AgentEngines::sharing_providers(const AgentEngines& own) {
  return std::shared_ptr<AgentEngines>(new AgentEngines(SharedProviders{}, own));
}

void AgentEngines::extend(const WorkerConfig& config, const WorkerConfig& own, const ProviderContext& context,
                          std::vector<ipc::AgentProblem>& problems) {
  for (const auto& [name, choice] : config.agents) {
    try {
      add(choice, config, context);
    } catch (const StartupError& failure) {
      ipc::AgentProblem& problem = problems.emplace_back();
      problem.set_name(name);
      problem.set_what(failure.what());
      if (const auto usual = own.agents.find(name); usual != own.agents.end())
        add(usual->second, own, context);
    }
  }
}

void AgentEngines::add(const AgentChoice& choice, const WorkerConfig& config,
                       const ProviderContext& context) {
  // The agent's voice is that of its first choice; others have voices of their own.
  const auto voiced = [&](const std::string& name, bool first) {
    const TtsSettings& settings = config.tts.known.at(name);
    if (!first || choice.agent.voice.empty()) return std::pair(name, settings);
    return std::pair(name + "/" + choice.agent.voice,
                     built(with_voice(settings, choice.agent.voice), "agents." + choice.agent.name));
  };
  ConversationConfig conversation = config.conversation;
  conversation.agent = choice.agent;
  conversation.recogniser_lag = std::make_shared<RecogniserLag>();  // of this agent's recogniser
  const StageTimes asr = stage_times(choice.asr, config.asr, conversation.asr_patience);
  const StageTimes llm = stage_times(choice.llm, config.llm, conversation.turn.brain_patience);
  const StageTimes tts = stage_times(choice.tts, config.tts, conversation.tts_patience);
  conversation.asr_patience = asr.stage;
  conversation.turn.brain_patience = llm.stage;
  conversation.turn.total_patience = std::max(conversation.turn.total_patience, llm.stage + kBesideOneRound);
  conversation.tts_patience = tts.stage;
  const auto [place, added] = members_.emplace(
      choice.agent.name,
      std::unique_ptr<Member>(new Member{
          .config = std::move(conversation),
          .asr = FallbackAsr(
              chain_of<AsrProvider, AsrSettings>(choice.asr, plain(config.asr), make_asr_with_grammar,
                                                 context, "asr", asr_, warm_up_),
              asr.limits, longest_utterance(config.conversation.endpoint) + kAroundSpeech, context.clock),
          .brain = FallbackLlm(chain_of<LlmProvider, LlmSettings>(choice.llm, plain(config.llm), make_llm,
                                                                  context, "llm", llm_, warm_up_),
                               llm.limits, context.clock),
          .tts = FallbackTts(chain_of<TtsProvider, TtsSettings>(choice.tts, voiced, make_tts, context, "tts",
                                                                tts_, warm_up_),
                             tts.limits, context.clock)}));
  Member& member = *place->second;
  if (added && choice.commands_first && !choice.llm.empty() && !member.brain.remembers())
    member.commands = std::make_unique<CommandsFirst>(member.brain, *commands_);
}

void AgentEngines::warm(SteadyTime now) {
  for (const std::string& url : warm_up_.due(now)) http_.warm(url);
}

AgentEngines::Member& AgentEngines::choose(const ipc::SessionOpen& open) {
  if (const auto named = members_.find(open.agent()); named != members_.end()) return *named->second;
  const auto device = devices_.find(open.device_id());
  return *members_.at(device == devices_.end() ? usual_ : device->second);
}

}  // namespace earshot::worker
