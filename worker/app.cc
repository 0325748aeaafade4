#include "worker/app.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "common/asio/asio.h"
#include "common/asio/stop_signals.h"
#include "common/base/rate_limiter.h"
#include "common/base/startup_error.h"
#include "common/log/log.h"
#include "worker/agents/gateway_agents.h"
#include "worker/link/gateway_links.h"
#include "worker/providers/aec/webrtc_echo_canceller.h"
#include "worker/providers/net/http_client.h"
#include "worker/providers/sherpa/engine_threads.h"
#include "worker/telemetry/provider_metrics.h"
#include "worker/telemetry/provider_troubles.h"
#include "worker/telemetry/turn_metrics.h"
#include "worker/trace/turn_line.h"

namespace earshot::worker {

namespace {

// Sent records leave the process before it ends.
constexpr Milliseconds kLinger{200};

spdlog::logger& app_logger() {
  static spdlog::logger& instance = log::logger("app");
  return instance;
}

// REQUIRES: no other thread runs yet: the zone belongs to the process.
void set_timezone(const std::string& zone) {
  if (zone.empty()) return;
  ::setenv("TZ", zone.c_str(), 1);
  ::tzset();
}

std::unique_ptr<VadProvider> made_vad(const VadSettings& config, const std::string& models_dir) {
  auto vad = make_vad(config, models_dir);
  if (!vad) throw StartupError(ExitCode::kConfig, "voice activity detection (vad): " + vad.error().message);
  return std::move(*vad);
}

void log_turn(const TurnTrace& trace) {
  static spdlog::logger& turns = log::logger("turn");
  turns.info("turn ended {}", turn_line(trace));
}

}  // namespace

// Of all members behind it, engines may still work when they have gone.
struct EnginesEnd {
  EnginesEnd() = default;
  EnginesEnd(const EnginesEnd&) = delete;
  EnginesEnd& operator=(const EnginesEnd&) = delete;
  ~EnginesEnd() { sherpa::EngineThreads::await_retired(); }
};

struct App::Parts {
  explicit Parts(WorkerConfig given);
  ~Parts();
  void await_signals();
  ConversationServices services_of(AgentEngines::Member& member, std::shared_ptr<AgentEngines> engines);
  void write_metrics(metrics::Page& page) const;

  WorkerConfig config;
  SystemClock clock;
  asio::io_context io{1};
  asio::thread_pool pool;
  HttpClient http{io};
  ProviderContext context{
      .io = io, .pool = pool, .http = http, .clock = clock, .models_dir = config.models_dir};
  EnginesEnd engines_end;
  // Work on the pool uses the engines, so ~Parts joins it before any of them dies.
  std::unique_ptr<VadProvider> vad;
  GatewayAgents agents;
  BuiltinTools tools;
  ConversationCounters counters;
  TurnMetrics turns;
  RateLimiter turn_lines{{.burst = 10, .refill = Milliseconds(2000)}};  // by session
  GatewayLinks links;
  std::optional<MetricsServer> metrics;
  StopSignals signals;
  asio::steady_timer linger;
};

App::Parts::Parts(WorkerConfig given)
    : config(std::move(given)),
      pool(config.threads),
      vad(made_vad(config.vad, config.models_dir)),
      agents(config, context),
      links(
          io.get_executor(),
          {.gateways = config.gateways,
           .tls = config.tls,
           .worker_id = config.id,
           .capacity = config.capacity,
           .version = EARSHOT_VERSION,
           .pid = static_cast<std::uint64_t>(::getpid()),
           .threads = config.threads,
           .drain_patience = config.drain_patience,
           .add_to_report =
               [this](ipc::WorkerLoad& load, SteadyTime now) {
                 agents.visit_providers([&](std::string_view stage, const ProviderRecord& record) {
                   add_trouble(stage, record, now, load);
                 });
               }},
          [this](const std::string& gateway, const ipc::SessionOpen& open, ConversationSink sink) {
            auto engines = agents.of(gateway);
            engines->warm(clock.now());
            AgentEngines::Member& member = engines->choose(open);
            return Conversation::create(member.config, services_of(member, std::move(engines)), open,
                                        std::move(sink));
          },
          [this](const std::string& gateway, ipc::AgentSet set, AgentsDone done) {
            agents.take(gateway, std::move(set), std::move(done));
          }),
      signals(io),
      linger(io) {
  if (!config.metrics) return;
  metrics.emplace(io, *config.metrics, [this](metrics::Page& page) { write_metrics(page); });
  app_logger().info("metrics up address={}:{}", config.metrics->host, metrics->port());
}

App::Parts::~Parts() {
  links.stop_now();
  pool.join();
}

ConversationServices App::Parts::services_of(AgentEngines::Member& member,
                                             std::shared_ptr<AgentEngines> engines) {
  return {.vad = *vad,
          .asr = member.asr,
          .brain = member.brain,
          .tts = member.tts,
          .tools = tools,
          .clock = clock,
          .counters = counters,
          .executor = io.get_executor(),
          .make_strand = [this] { return Executor(asio::make_strand(pool.get_executor())); },
          .on_turn_ended =
              [this](const TurnTrace& trace) {
                // A device that types without pause ends turns without pause. All are in the metrics.
                if (turn_lines.take(trace.session, std::chrono::steady_clock::now())) log_turn(trace);
                turns.add(trace);
              },
          .make_echo_canceller = make_webrtc_echo_canceller,
          .keep = std::move(engines)};
}

void App::Parts::write_metrics(metrics::Page& page) const {
  page.gauge("earshot_worker_info", "Always 1.", {{"worker", config.id}, {"version", EARSHOT_VERSION}}, 1);
  page.gauge("earshot_worker_conversations", "Open now.", {}, static_cast<double>(links.sessions()));
  page.gauge("earshot_worker_capacity", "Conversations at once.", {}, config.capacity);
  page.gauge("earshot_worker_links", "Gateway shards linked now.", {}, static_cast<double>(links.links_up()));
  page.gauge("earshot_worker_busy_ratio", "Of the processing pool, over the last second.", {},
             links.busy_permille() / 1000.0);
  turns.write(page);
  const auto event = [&](std::string_view name, std::uint64_t count) {
    page.counter("earshot_worker_events_total",
                 "What has happened, what was dropped and refused; docs/operations.md explains the events.",
                 {{"event", std::string(name)}}, static_cast<double>(count));
  };
  counters.visit(event);
  links.counters().visit(event);
  event("log_lines_lost", log::lines_lost());
  agents.visit_providers([&](std::string_view stage, const ProviderRecord& record) {
    write_provider(std::string(stage), record, clock.now(), page);
  });
}

void App::Parts::await_signals() {
  signals.on_first([this](int signal) {
    app_logger().info("stopping signal={}", signal_name(signal));
    links.stop([this] {
      linger.expires_after(kLinger);
      linger.async_wait([this](error_code) { io.stop(); });
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
  app_logger().info("worker ready id={} capacity={} threads={}", parts_->config.id, parts_->config.capacity,
                    parts_->config.threads);
  parts_->io.run();
  app_logger().info("worker stopped");
  return 0;
}

}  // namespace earshot::worker
