#include "worker/app.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "common/asio/asio.h"
#include "common/base/startup_error.h"
#include "common/log/log.h"
#include "worker/conversation/turn_line.h"
#include "worker/link/gateway_links.h"
#include "worker/providers/fallback/fallback_asr.h"
#include "worker/providers/fallback/fallback_llm.h"
#include "worker/providers/fallback/fallback_tts.h"
#include "worker/providers/llm/intent_brain.h"
#include "worker/providers/llm/intent_grammar.h"
#include "worker/providers/net/http_client.h"

namespace earshot::worker {

namespace {

// Sent records leave the process before it ends.
constexpr Milliseconds kLinger{200};
// What an utterance holds beside speech: the audio before its first word and the silence behind its last.
constexpr Milliseconds kAroundSpeech{2000};

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("app");
  return instance;
}

// REQUIRES: no other thread runs yet: the zone belongs to the process.
void set_timezone(const std::string& zone) {
  if (zone.empty()) return;
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
}

template <class Provider>
std::unique_ptr<Provider> built(Result<std::unique_ptr<Provider>> provider, const std::string& what) {
  if (!provider) throw StartupError(ExitCode::kConfig, what + ": " + provider.error().message);
  return std::move(*provider);
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

// Opens the connection that the first turn needs, where the provider speaks HTTP.
void warm(HttpClient& http, const auto& settings) {
  const auto warm_url = [&http](const std::string& url) {
    if (url.starts_with("http")) http.warm(url);
  };
  std::visit(
      [&](const auto& of_type) {
        if constexpr (requires { of_type.service.base_url; }) {
          warm_url(of_type.service.base_url);
        } else if constexpr (requires { of_type.url; }) {
          warm_url(of_type.url);
        }
      },
      settings);
}

// The chosen providers of a stage, and the embedded engine behind them.
template <class Provider, class Settings, class Make>
std::vector<NamedProvider<Provider>> chain_of(const ProviderChoice<Settings>& choice, Make make,
                                              const ProviderContext& context, const std::string& stage,
                                              std::unique_ptr<Provider> local) {
  std::vector<NamedProvider<Provider>> chain;
  for (const auto& [name, settings] : choice.order) {
    // The first of each list of types is the embedded engine.
    chain.push_back({.name = name,
                     .provider = built(make(settings, context), stage + ".providers." + name),
                     .embedded = settings.index() == 0});
  }
  if (!choice.order.empty()) warm(context.http, choice.order.front().settings);
  chain.push_back({.name = std::string(kLocalProvider), .provider = std::move(local), .embedded = true});
  return chain;
}

template <class Settings>
FallbackLimits limits_of(const ProviderChoice<Settings>& choice) {
  return {.patience = choice.patience, .breaker = {}};
}

void log_turn(const TurnTrace& trace) {
  static spdlog::logger& turns = log::logger("turn");
  turns.info("turn ended {}", turn_line(trace));
}

}  // namespace

struct App::Parts {
  explicit Parts(WorkerConfig given);
  ~Parts();
  void await_signals();

  WorkerConfig config;
  SystemClock clock;
  asio::io_context io{1};
  asio::thread_pool pool;
  HttpClient http{io};
  ProviderContext context{.io = io, .pool = pool, .http = http, .clock = clock};
  // Work on the pool uses the engines, so ~Parts joins it before any of them dies.
  std::unique_ptr<VadProvider> vad;
  FallbackAsr asr;
  FallbackTts tts;
  FallbackLlm brain;
  BuiltinTools tools;
  ConversationCounters counters;
  ConversationServices services;
  GatewayLinks links;
  asio::signal_set signals;
  asio::steady_timer linger;
};

App::Parts::Parts(WorkerConfig given)
    : config(std::move(given)),
      pool(config.threads),
      vad(built(make_vad(config.vad), "voice activity detection (vad)")),
      asr(chain_of(config.asr, make_asr_with_grammar, context, "asr",
                   built(make_pocketsphinx_asr(with_grammar(config.local_asr), pool),
                         "speech recognition (asr.model_dir)")),
          limits_of(config.asr), config.conversation.endpoint.max_utterance + kAroundSpeech, clock),
      tts(chain_of(config.tts, make_tts, context, "tts",
                   built(make_embedded_tts(config.local_tts, pool), "speech synthesis")),
          limits_of(config.tts), clock),
      brain(chain_of(config.llm, make_llm, context, "llm",
                     std::unique_ptr<LlmProvider>(std::make_unique<IntentBrain>())),
            limits_of(config.llm), clock),
      services{.vad = *vad,
               .asr = asr,
               .brain = brain,
               .tts = tts,
               .tools = tools,
               .clock = clock,
               .counters = counters,
               .executor = io.get_executor(),
               .make_strand = [this] { return Executor(asio::make_strand(pool.get_executor())); },
               .on_turn_ended = log_turn},
      links(io.get_executor(),
            {.gateways = config.gateways,
             .worker_id = config.id,
             .capacity = config.capacity,
             .version = EARSHOT_VERSION,
             .pid = static_cast<std::uint64_t>(::getpid()),
             .threads = config.threads,
             .drain_patience = config.drain_patience},
            [this](const ipc::SessionOpen& open, ConversationSink sink) {
              return Conversation::create(config.conversation, services, open, std::move(sink));
            }),
      signals(io, SIGTERM, SIGINT),
      linger(io) {}

App::Parts::~Parts() {
  links.stop_now();
  pool.join();
}

void App::Parts::await_signals() {
  signals.async_wait([this](error_code failure, int signal) {
    if (failure) return;
    logger().info("stopping signal={}", signal == SIGTERM ? "TERM" : "INT");
    links.stop([this] {
      linger.expires_after(kLinger);
      linger.async_wait([this](error_code) { io.stop(); });
    });
    signals.async_wait([this](error_code again, int) {
      if (!again) links.stop_now();
    });
  });
}

App::App(WorkerConfig config) {
  set_timezone(config.timezone);
  parts_ = std::make_unique<Parts>(std::move(config));
}

App::~App() = default;

int App::run() {
  parts_->await_signals();
  parts_->links.start();
  logger().info("worker ready id={} capacity={} threads={}", parts_->config.id, parts_->config.capacity,
                parts_->config.threads);
  parts_->io.run();
  logger().info("worker stopped");
  return 0;
}

}  // namespace earshot::worker
