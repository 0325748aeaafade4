#include "worker/app.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/asio/asio.h"
#include "common/asio/reload_signal.h"
#include "common/asio/stop_signals.h"
#include "common/base/random.h"
#include "common/base/rate_limiter.h"
#include "common/base/startup_error.h"
#include "common/config/config_changes.h"
#include "common/log/log.h"
#include "common/log/log_settings.h"
#include "common/service/watchdog.h"
#include "worker/agents/gateway_agents.h"
#include "worker/conversation/call_terms.h"
#include "worker/http_tools/http_tools.h"
#include "worker/link/gateway_links.h"
#include "worker/mcp_servers/mcp_servers.h"
#include "worker/providers/aec/webrtc_echo_canceller.h"
#include "worker/providers/net/http_client.h"
#include "worker/providers/sherpa/engine_threads.h"
#include "worker/reload.h"
#include "worker/telemetry/otlp_exporter.h"
#include "worker/telemetry/provider_metrics.h"
#include "worker/telemetry/provider_troubles.h"
#include "worker/telemetry/turn_metrics.h"
#include "worker/telemetry/worker_load.h"
#include "worker/tools/tool_sources.h"
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

std::optional<ReloadSignal> make_reload_signal(asio::io_context& io, bool of_terminal) {
  if (of_terminal) return std::nullopt;
  return std::optional<ReloadSignal>(std::in_place, io);
}

void log_turn(const TurnTrace& trace) {
  static spdlog::logger& turns = log::logger("turn");
  turns.info("turn ended {}", turn_line(trace));
}

template <class Id>
Id random_id() {
  Id id{};
  while (std::ranges::all_of(id, [](std::uint8_t byte) { return byte == 0; })) fill_random(id);
  return id;
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
  Parts(WorkerConfig given, std::function<WorkerConfig()> again, const ServiceManager& service);
  ~Parts();
  void await_signals();
  ConversationServices services_of(AgentEngines::Member& member, std::shared_ptr<AgentEngines> engines);
  Result<std::shared_ptr<Conversation>> converse_with_caller(AgentEngines::Member& member,
                                                             std::shared_ptr<AgentEngines> engines,
                                                             const ipc::SessionOpen& open,
                                                             ConversationSink sink,
                                                             const ConversationState& from);
  void write_metrics(metrics::Page& page) const;
  WorkerHealth health() const;
  void reload();
  void apply(const WorkerConfig& fresh);

  const WorkerConfig config;  // as it was at the start
  const std::function<WorkerConfig()> reread;
  const ServiceManager& manager;
  std::string in_force;  // the effective configuration
  bool reloading = false;
  bool reload_again = false;
  bool stopping = false;
  SystemClock clock;
  asio::io_context io{1};
  const bool of_terminal = has_terminal();
  // Heard from here on, and answered when all is there: a gateway that reads its file again tells its workers too,
  // and one of them may still load its models.
  std::optional<ReloadSignal> reload_signal = make_reload_signal(io, of_terminal);
  asio::thread_pool pool;
  HttpClient http{io};
  ProviderContext context{
      .io = io, .pool = pool, .http = http, .clock = clock, .models_dir = config.models_dir};
  EnginesEnd engines_end;
  // Work on the pool uses the engines, so ~Parts joins it before any of them dies.
  std::unique_ptr<VadProvider> vad;
  GatewayAgents agents;
  BuiltinTools tools;
  McpServers mcp_servers{io, http, clock, config.mcp_servers};
  HttpTools http_tools{io, config.http_tools};
  ToolSources outside_tools{{&http_tools, &mcp_servers}};
  ConversationCounters counters;
  TurnMetrics turns;
  std::optional<OtlpExporter> traces;
  RateLimiter turn_lines{{.burst = 10, .refill = Milliseconds(2000)}};  // by session
  GatewayLinks links;
  std::optional<MetricsServer> metrics;
  StopSignals signals;
  asio::steady_timer linger;
  Watchdog watchdog{io.get_executor(), manager, [](const Watchdog::Alive& alive) { alive(); }};
};

App::Parts::Parts(WorkerConfig given, std::function<WorkerConfig()> again, const ServiceManager& service)
    : config(std::move(given)),
      reread(std::move(again)),
      manager(service),
      in_force(config.effective),
      pool(config.threads),
      vad(made_vad(config.vad, config.models_dir)),
      agents(std::make_shared<const WorkerConfig>(config), context),
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
          [this](const std::string& gateway, const ipc::SessionOpen& open, ConversationSink sink,
                 const ConversationState& from) {
            auto engines = agents.of(gateway);
            engines->warm(clock.now());
            AgentEngines::Member& member = engines->choose(open);
            if (open.has_call())
              return converse_with_caller(member, std::move(engines), open, std::move(sink), from);
            return Conversation::create_from_request(member.config, services_of(member, std::move(engines)),
                                                     open, std::move(sink));
          },
          [this](const std::string& gateway, ipc::AgentSet set, AgentsDone done) {
            agents.take(gateway, std::move(set), std::move(done));
          }),
      signals(io, of_terminal),
      linger(io) {
  if (!config.otlp_endpoint.empty()) {
    traces.emplace(io.get_executor(), http, clock,
                   OtlpSettings{.endpoint = config.otlp_endpoint,
                                .resource = {.worker = config.id, .version = EARSHOT_VERSION}},
                   SpanIds{.trace = random_id<TraceId>, .span = random_id<SpanId>});
  }
  if (!config.metrics) return;
  metrics.emplace(
      io, *config.metrics, [this](metrics::Page& page) { write_metrics(page); }, [this] { return health(); });
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
          .brain = member.mind(),
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
                if (traces && trace.end != TurnEnd::kDiscarded) traces->add(trace);
              },
          .make_echo_canceller = make_webrtc_echo_canceller,
          .outside_tools = &outside_tools,
          .keep = std::move(engines)};
}

// A call has a configuration of its own, which lives as long as its conversation.
Result<std::shared_ptr<Conversation>> App::Parts::converse_with_caller(AgentEngines::Member& member,
                                                                       std::shared_ptr<AgentEngines> engines,
                                                                       const ipc::SessionOpen& open,
                                                                       ConversationSink sink,
                                                                       const ConversationState& from) {
  struct Kept {
    ConversationConfig config;
    std::shared_ptr<AgentEngines> engines;
  };
  auto kept = std::make_shared<const Kept>(config_for_call(member.config, open.call()), engines);
  ConversationServices services = services_of(member, std::move(engines));
  services.keep = kept;
  return Conversation::create(kept->config, services, open, std::move(sink), from);
}

void App::Parts::write_metrics(metrics::Page& page) const {
  page.gauge("earshot_worker_info", "Always 1.", {{"worker", config.id}, {"version", EARSHOT_VERSION}}, 1);
  page.gauge("earshot_worker_conversations", "Open now.", {}, static_cast<double>(links.sessions()));
  page.gauge("earshot_worker_capacity", "Conversations at once.", {}, config.capacity);
  page.gauge("earshot_worker_links", "Gateway shards linked now.", {}, static_cast<double>(links.links_up()));
  page.gauge("earshot_worker_busy_ratio", "Of the processing pool, over the last second.", {},
             links.busy_permille() / 1000.0);
  page.gauge("earshot_worker_load",
             "0 idle to 1 full: the larger of its shares of conversations and of processor time.", {},
             worker_load(links.sessions(), config.capacity, links.busy_permille()));
  turns.write(page);
  const auto event = [&](std::string_view name, std::uint64_t count) {
    page.counter("earshot_worker_events_total",
                 "What has happened, what was dropped and refused; docs/operations.md explains the events.",
                 {{"event", std::string(name)}}, static_cast<double>(count));
  };
  counters.visit(event);
  links.counters().visit(event);
  if (traces) traces->visit_counters(event);
  mcp_servers.visit([&](const ServerLine& line) {
    const metrics::Labels server{{"server", line.name()}};
    page.gauge("earshot_worker_mcp_server_up", "1: its tools are on offer.", server, line.up() ? 1 : 0);
    page.counter("earshot_worker_mcp_server_restarts_total", "It was connected again.", server,
                 static_cast<double>(line.restarts()));
    line.client().counters().visit([&](std::string_view name, std::uint64_t count) {
      page.counter("earshot_worker_mcp_server_events_total", "Calls, and what was wrong with what it said.",
                   {{"server", line.name()}, {"event", std::string(name)}}, static_cast<double>(count));
    });
  });
  event("log_lines_lost", log::lines_lost());
  agents.visit_providers([&](std::string_view stage, const ProviderRecord& record) {
    write_provider(std::string(stage), record, clock.now(), page);
  });
}

WorkerHealth App::Parts::health() const {
  return {.links = links.links_up(), .conversations = links.sessions(), .stopping = stopping};
}

// A file that is wrong changes nothing: what runs goes on as it is.
void App::Parts::reload() {
  if (std::exchange(reloading, true)) {
    reload_again = true;  // the file may have changed after it was read
    return;
  }
  manager.reloading(clock.now());
  agents.reload(reread, [this](const Result<std::shared_ptr<const WorkerConfig>>& taken) {
    if (taken) {
      apply(**taken);
    } else {
      app_logger().error("configuration refused, the old one stays in force: {}",
                         one_line(taken.error().message));
    }
    manager.ready();
    reloading = false;
    if (std::exchange(reload_again, false) && !stopping) reload();
  });
}

void App::Parts::apply(const WorkerConfig& fresh) {
  const auto applied = sort_changes(changed_keys(in_force, fresh.effective), kLiveKeys).applied;
  const auto waiting = sort_changes(changed_keys(config.effective, fresh.effective), kLiveKeys).wants_restart;
  in_force = fresh.effective;
  log::set_level(fresh.log_level);
  app_logger().info("configuration read again applied={}", applied.empty() ? "nothing" : listed(applied));
  if (!waiting.empty()) app_logger().warn("in force only after a restart: {}", listed(waiting));
}

void App::Parts::await_signals() {
  if (reload_signal) reload_signal->on_each([this] { reload(); });
  signals.on_first([this](int signal) {
    app_logger().info("stopping signal={}", signal_name(signal));
    manager.stopping();
    stopping = true;
    if (reload_signal) reload_signal->close();
    if (traces) traces->flush();
    links.stop([this] {
      if (traces) traces->flush();  // the turns that ended meanwhile
      mcp_servers.stop();
      linger.expires_after(kLinger);
      linger.async_wait([this](error_code) { io.stop(); });
    });
  });
}

App::App(WorkerConfig config, std::function<WorkerConfig()> reread, const ServiceManager& manager) {
  set_timezone(config.timezone);
  parts_ = std::make_unique<Parts>(std::move(config), std::move(reread), manager);
}

App::~App() = default;

int App::run() {
  parts_->await_signals();
  parts_->mcp_servers.start();
  parts_->links.start();
  app_logger().info("worker ready id={} capacity={} threads={}", parts_->config.id, parts_->config.capacity,
                    parts_->config.threads);
  parts_->watchdog.start();
  parts_->manager.ready();
  parts_->io.run();
  app_logger().info("worker stopped");
  return 0;
}

}  // namespace earshot::worker
