#include "worker/app.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "common/asio/asio.h"
#include "common/base/startup_error.h"
#include "common/log/log.h"
#include "worker/link/gateway_links.h"
#include "worker/providers/llm/intent_brain.h"
#include "worker/providers/llm/intent_grammar.h"

namespace earshot::worker {

namespace {

// Sent records leave the process before it ends.
constexpr Milliseconds kLinger{200};

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("worker.app");
  return instance;
}

// REQUIRES: no other thread runs yet: the zone belongs to the process.
void set_timezone(const std::string& zone) {
  if (zone.empty()) return;
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
}

template <class Provider>
std::unique_ptr<Provider> built(Result<std::unique_ptr<Provider>> provider, const char* what) {
  if (!provider) throw StartupError(ExitCode::kConfig, std::string(what) + ": " + provider.error().message);
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

}  // namespace

struct App::Parts {
  explicit Parts(WorkerConfig given);
  ~Parts();
  void await_signals();

  WorkerConfig config;
  SystemClock clock;
  asio::io_context io{1};
  asio::thread_pool pool;
  // Work on the pool uses the engines, so ~Parts joins it before any of them dies.
  std::unique_ptr<VadProvider> vad;
  std::unique_ptr<AsrProvider> asr;
  std::unique_ptr<TtsProvider> tts;
  IntentBrain brain;
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
      vad(built(make_embedded_vad(config.vad), "voice activity detection")),
      asr(built(make_pocketsphinx_asr(with_grammar(config.asr), pool), "speech recognition (asr.model_dir)")),
      tts(built(make_embedded_tts(config.tts, pool), "speech synthesis")),
      services{.vad = *vad,
               .asr = *asr,
               .brain = brain,
               .tts = *tts,
               .tools = tools,
               .clock = clock,
               .counters = counters,
               .executor = io.get_executor(),
               .make_strand = [this] { return Executor(asio::make_strand(pool.get_executor())); }},
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
