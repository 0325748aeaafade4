#include "gateway/app/app.h"

#include <array>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/asio/reload_signal.h"
#include "common/asio/stop_signals.h"
#include "common/auth/mqtt_topics.h"
#include "common/base/descriptor_limit.h"
#include "common/base/startup_error.h"
#include "common/config/config_changes.h"
#include "common/config/config_reader.h"
#include "common/http/http_server.h"
#include "common/log/log.h"
#include "common/log/log_settings.h"
#include "common/service/watchdog.h"
#include "gateway/app/call_doors.h"
#include "gateway/app/control_plane.h"
#include "gateway/app/keeping.h"
#include "gateway/app/local_workers.h"
#include "gateway/app/mqtt_transport.h"
#include "gateway/app/program_files.h"
#include "gateway/app/reload.h"
#include "gateway/app/start_values.h"
#include "gateway/broker/mqtt_link.h"
#include "gateway/broker/supervised_broker.h"
#include "gateway/control/workers/link_watch.h"
#include "gateway/doors/console/console_door.h"
#include "gateway/doors/monitoring/health_door.h"
#include "gateway/doors/monitoring/metrics_door.h"
#include "gateway/doors/websocket/websocket_door.h"
#include "gateway/doors/websocket/websocket_line.h"
#include "gateway/live/shard/shard.h"
#include "gateway/live/shard/shard_reports.h"
#include "gateway/process/instance_lock.h"
#include "gateway/process/key_file.h"
#include "gateway/process/worker_process.h"

namespace earshot::gateway {

namespace {

// Together with the broker's stop (2 s at worst, milliseconds as a rule) the whole stop stays within 3 s.
constexpr Milliseconds kWorkerPatience{1000};

spdlog::logger& logger() {
  static spdlog::logger& instance = log::logger("app");
  return instance;
}

}  // namespace

struct App::Parts {
  Parts(GatewayConfig loaded, std::function<GatewayConfig()> again, const ServiceManager& service)
      : config(std::move(loaded)),
        started_with(config.effective),
        reread(std::move(again)),
        manager(service) {
    stop_signals.hear_also(kRestartSignal);  // from the beginning: by itself it would kill us
  }
  // After a stop, or a start that failed half-way. The shards must not send through a link that is being
  // destroyed, and the broker's copies of the keys must not outlive it.
  ~Parts() {
    for (auto& shard : shards) shard->stop();
    keeping.stop();
    transport.attach(nullptr);
    link.reset();
    if (!broker) return;
    broker.reset();
    remove_broker_files();
  }

  void start_all();
  void serve() { io.run(); }
  void stop_all();

  void take_lock_and_secrets();
  void start_control_plane();
  void start_broker();
  void start_shards();
  void start_mqtt_link();
  void make_websocket_door();
  void make_call_doors();
  void start_http();
  Result<ConfigChanges> reload();
  ConfigChanges apply(const GatewayConfig& fresh);

  void remove_broker_files() const {
    std::error_code ignored;  // the next start writes the folder anew
    std::filesystem::remove_all(broker_folder(), ignored);
  }
  std::filesystem::path broker_folder() const { return config.run_folder() / "broker"; }
  HealthDoor::Counts link_counters() const;

  // In the order of their making; destroyed in the reverse one.
  const std::uint64_t descriptors = raise_descriptor_limit();
  GatewayConfig config;
  const std::string started_with;  // its effective configuration
  const std::function<GatewayConfig()> reread;
  const ServiceManager& manager;
  SystemClock clock;
  asio::io_context io{1};
  const bool of_terminal = has_terminal();
  StopSignals stop_signals{io, of_terminal};
  std::optional<ReloadSignal> reload_signal;
  std::optional<InstanceLock> lock;
  Secret device_key;
  Secret path_probe{random_hex<32>()};  // what the doctor's UDP questions are signed from
  Secret broker_password;
  http::Router router;
  Shards proxies;  // filled when they start
  std::unique_ptr<ControlPlane> control_plane;
  std::unique_ptr<broker::SupervisedBroker> broker;
  MqttTransport transport;
  ShardReports reports{io.get_executor()};
  Keeping keeping;  // before the shards, which write until they have stopped
  std::vector<std::unique_ptr<Shard>> shards;
  std::shared_ptr<LinkWatch> link_watch;  // null: no workers of other machines
  std::unique_ptr<broker::MqttLink> link;
  std::unique_ptr<HealthDoor> health;
  std::unique_ptr<MetricsDoor> metrics;
  ConsoleDoor console;
  std::optional<WebSocketDoor> websocket;
  std::optional<CallDoors> call_doors;
  std::size_t next_caller = 0;           // to which shard
  http::Router websocket_router;         // of its own port
  std::shared_ptr<http::ServerTls> tls;  // null: plain HTTP only
  std::unique_ptr<http::Server> http;
  std::unique_ptr<http::Server> https;           // on a port of its own
  std::unique_ptr<http::Server> websocket_http;  // likewise
  LocalWorkers workers{io.get_executor(), clock, config, proxies};
  Watchdog watchdog{io.get_executor(), manager, [this](const Watchdog::Alive& alive) {
                      proxies.stats(io.get_executor(), [alive](const std::vector<ShardStats>&) { alive(); });
                    }};
};

void App::Parts::start_all() {
  take_lock_and_secrets();
  start_control_plane();
  start_broker();
  start_shards();
  start_mqtt_link();
  start_http();
  workers.start();
  stop_signals.on_first([this](int signal) {
    logger().info("stopping signal={}", signal_name(signal));
    manager.stopping();
    if (reload_signal) reload_signal->close();
    if (signal == kRestartSignal) Keeping::leave_sessions(shards);
    stop_all();
  });
  // From here on: before, a SIGHUP would find nothing to be applied to.
  if (!of_terminal) reload_signal.emplace(io).on_each([this] { static_cast<void>(reload()); });
  watchdog.start();
}

// A file that is wrong changes nothing: what runs goes on as it is.
Result<ConfigChanges> App::Parts::reload() {
  manager.reloading(clock.now());
  Result<ConfigChanges> changes = Error{ErrorCode::kInvalid, {}};
  try {
    changes = apply(reread());
  } catch (const ConfigError& problems) {
    logger().error("configuration refused, the old one stays in force: {}", one_line(problems.what()));
    changes = Error{ErrorCode::kInvalid, problems.what()};
  }
  manager.ready();
  return changes;
}

ConfigChanges App::Parts::apply(const GatewayConfig& fresh) {
  ConfigChanges changes{
      .applied = sort_changes(changed_keys(config.effective, fresh.effective), kLiveKeys).applied,
      .wants_restart = sort_changes(changed_keys(started_with, fresh.effective), kLiveKeys).wants_restart};
  config.log_level = fresh.log_level;
  config.session = fresh.session;
  config.conversations = fresh.conversations;
  config.playout = fresh.playout;
  config.effective = fresh.effective;
  log::set_level(config.log_level);
  control_plane->keep(config.conversations);
  const SessionConfig sessions = session_config(config, control_plane->keeps_memory());
  proxies.each([&](ShardProxy& shard) { shard.post_session_config(sessions); });
  workers.reload();
  logger().info("configuration read again applied={}",
                changes.applied.empty() ? "nothing" : listed(changes.applied));
  if (!changes.wants_restart.empty())
    logger().warn("in force only after a restart: {}", listed(changes.wants_restart));
  return changes;
}

void App::Parts::stop_all() {
  // The broker read its keys when it started. A second signal ends us in the middle of this.
  if (broker) remove_broker_files();
  http->stop();
  if (https) https->stop();
  if (websocket_http) websocket_http->stop();
  if (link_watch) link_watch->stop();
  for (auto& shard : shards) shard->request_stop();  // goodbye to the devices, through the link
  for (auto& shard : shards) shard->stop();
  keeping.stop();
  const auto stop_rest = [this] {
    transport.attach(nullptr);
    link->stop();
    if (broker) broker->stop();
    control_plane->stop();
    io.stop();
  };
  workers.stop(kWorkerPatience, stop_rest);
}

void App::Parts::take_lock_and_secrets() {
  lock.emplace(config.run_folder());
  device_key =
      config.device_key.empty() ? load_or_make_key(config.device_key_file(), kDeviceKey) : config.device_key;
  broker_password = config.mqtt.supervised ? Secret(random_hex<32>()) : config.mqtt.password;
}

// Before everything that tells it something: it must outlive the shards and the link.
void App::Parts::start_control_plane() {
  control_plane = std::make_unique<ControlPlane>(io, config, device_key, clock, proxies, router);
  control_plane->start();
}

void App::Parts::start_broker() {
  if (!config.mqtt.supervised) return;
  broker = std::make_unique<broker::SupervisedBroker>(
      io, broker::BrokerSettings{.listeners = {{.address = config.mqtt.listen, .port = config.mqtt.port}},
                                 .run_folder = broker_folder(),
                                 .plugin = config.mqtt.plugin.empty() ? broker_plugin() : config.mqtt.plugin,
                                 .mosquitto = config.mqtt.mosquitto,
                                 .device_key = device_key,
                                 .gateway_user = config.mqtt.user,
                                 .gateway_password = broker_password});
  broker->start();
}

void App::Parts::start_shards() {
  std::vector<std::string> addresses;
  for (const auto& endpoint : config.workers.listen) addresses.push_back(endpoint.text());
  std::vector<std::string> remote_addresses;
  for (const auto& endpoint : config.workers.remote_listen) remote_addresses.push_back(endpoint.text());
  const std::string gateway_id = "gateway-" + random_hex<4>();
  for (std::uint32_t i = 0; i < config.udp.shards; ++i) {
    ShardConfig shard{.index = i,
                      .mqtt_udp = {.listen = config.udp.listen,
                                   .port = static_cast<std::uint16_t>(config.udp.port + i),
                                   .announced_server = config.announce_address,
                                   .path_probe = path_probe},
                      .worker_endpoint = config.workers.listen[i],
                      .session = session_config(config, control_plane->keeps_memory()),
                      .placement = {.open_timeout = config.workers.open_timeout},
                      .links = {.gateway_id = gateway_id,
                                .version = EARSHOT_VERSION,
                                .shard = i,
                                .shard_addresses = addresses,
                                .remote_shard_addresses = remote_addresses,
                                .heartbeat = config.workers.heartbeat}};
    shard.keep = keeping.recorder();
    shard.admit_unknown = config.admission == AdmissionMode::kOpen;
    if (!config.workers.remote_listen.empty()) shard.remote_endpoint = config.workers.remote_listen[i];
    shards.push_back(std::make_unique<Shard>(std::move(shard), transport, &reports));
    // The desk is not the shard's to touch.
    shards.back()->on_join([this](JoinAsk ask) {
      asio::post(io, [this, ask = std::move(ask)] {
        ask.answer(control_plane->join_desk()->answer(ask.request, ask.peer));
      });
    });
  }
  for (auto& shard : shards) proxies.add(shard->proxy());
  keeping.start(config, shards);
  for (auto& shard : shards) shard->start();
  if (config.workers.remote_listen.empty()) return;
  link_watch = LinkWatch::create(io.get_executor(), clock, tls::PkiFolder(config.workers.pki_dir),
                                 [this](const LinkKeysPtr& keys) {
                                   proxies.each([&keys](ShardProxy& shard) { shard.post_link_keys(keys); });
                                 });
  link_watch->start();
  logger().info("workers of other machines are awaited address={}", remote_addresses.front());
}

void App::Parts::start_mqtt_link() {
  broker::MqttLinkOptions options{
      .host = config.mqtt.supervised ? reachable(config.mqtt.listen) : config.mqtt.host,
      .port = config.mqtt.port,
      .client_id = std::string(auth::kGatewayClientIdPrefix) + random_hex<4>(),
      .username = config.mqtt.user,
      .password = broker_password,
      .ca_file = config.mqtt.ca_file};
  broker::MqttLinkHandlers handlers{
      .on_message =
          [this](const broker::DeviceMessage& message) {
            proxies.of(message.from.device)
                .post_control(message.from, std::string(message.payload), message.received);
          },
      .on_operator =
          [this](const broker::OperatorMessage& message) { control_plane->operator_message(message); },
      .on_presence =
          [this](const auth::ClientId& client, bool online) {
            proxies.of(client.device).post_presence(client, online);
            asio::post(io, [this, client, online] { control_plane->presence(client, online); });
          },
      .on_event_readers = [this](bool any) { control_plane->event_readers(any); },
      .on_connection =
          [this](bool connected) {
            if (!connected) {
              for (auto& shard : shards) shard->proxy().post_presence_unknown();
            }
            asio::post(io, [this, connected] {
              if (broker) broker->link_is(connected);
              control_plane->broker_connection(connected);
              if (connected && websocket) websocket->tell_presence();
            });
          }};
  link = std::make_unique<broker::MqttLink>(std::move(options), std::move(handlers));
  transport.attach(link.get());
  control_plane->connect({.reports = reports,
                          .link = *link,
                          .device_key = device_key,
                          .path_probe = auth::PathProbeResponder(path_probe),
                          .counters = [this] { return link_counters(); },
                          .reload = [this] { return reload(); }});
  if (broker) broker->link_is(false);
  link->start();
}

void App::Parts::make_websocket_door() {
  if (!config.websocket.enabled) return;
  websocket.emplace(
      io.get_executor(),
      WebSocketKeys{.device_key = device_key,
                    .established_key = config.websocket.established_key,
                    .require_token = config.websocket.require_token},
      clock,
      WebSocketDoor::Ports{
          .presence = [this](const auth::ClientId& client,
                             bool online) { return control_plane->presence(client, online); },
          .hand_over =
              [this](http::PendingUpgrade upgrade, WebSocketClient client, std::function<void()> on_gone) {
                Shard& shard = *shards[proxies.index_of(client.client.device)];
                WebSocketLine::make(std::move(upgrade), std::move(client), shard.executor(),
                                    shard.line_host(), std::move(on_gone));
              }});
  websocket->mount(router);
}

void App::Parts::make_call_doors() {
  call_doors.emplace(
      io.get_executor(), device_key, config, clock,
      CallDoors::Ports{
          .identify = [this](const http::Request& request) { return control_plane->caller_of(request); },
          .agents =
              [this](std::function<void(std::vector<std::string>)> done) {
                control_plane->agent_names(std::move(done));
              },
          .hand_over =
              [this](http::PendingUpgrade upgrade, CallOpening opening) {
                Shard& shard = *shards[next_caller++ % shards.size()];
                CallLine::make(std::move(upgrade), std::move(opening), shard.executor(), shard.call_host());
              }});
  call_doors->mount(router);
  control_plane->offer_talk(call_doors->talk_keys());
}

void App::Parts::start_http() {
  make_websocket_door();
  make_call_doors();
  const auto counters = [this] { return link_counters(); };
  health = std::make_unique<HealthDoor>(io.get_executor(), proxies, *link, counters);
  health->mount(router);
  metrics = std::make_unique<MetricsDoor>(io.get_executor(), proxies, *link, counters, config.metrics.remote);
  metrics->mount(router);
  console.mount(router);
  const http::ServerLimits limits{.connections = http_descriptors(descriptors),
                                  .trusted_proxies = config.http.trusted_proxies};
  if (!config.http.tls.certificate.empty()) {
    tls = http::ServerTls::create(io.get_executor(),
                                  {.certificate = config.http.tls.certificate, .key = config.http.tls.key});
  }
  http::ServerSecurity shared_port;
  if (config.http.is_secure_port()) shared_port = {.tls = tls, .plain_from_this_host = true};
  http = std::make_unique<http::Server>(io, config.http.listen, config.http.port, "http.port", router, limits,
                                        shared_port);
  logger().info("http up address={}:{} tls={}", config.http.listen, http->port(),
                config.http.is_secure_port() ? "yes" : "no");
  if (config.http.tls.port != 0) {
    https = std::make_unique<http::Server>(io, config.http.listen, config.http.tls.port, "http.tls.port",
                                           router, limits, http::ServerSecurity{.tls = tls});
    logger().info("https up address={}:{}", config.http.listen, https->port());
  }
  if (websocket && config.websocket.port != 0) {
    websocket->mount_anywhere(websocket_router);
    websocket_http = std::make_unique<http::Server>(io, config.http.listen, config.websocket.port,
                                                    "websocket.port", websocket_router, limits, shared_port);
    logger().info("websocket up address={}:{}", config.http.listen, websocket_http->port());
  }
  // Where earshotctl on this machine finds us.
  std::ofstream(config.run_folder() / "url")
      << "http://" << reachable(config.http.listen) << ":" << http->port() << "\n";
}

HealthDoor::Counts App::Parts::link_counters() const {
  const auto drops = link->drops();
  HealthDoor::Counts counts{{"mqtt_push_dropped", transport.dropped()},
                            {"mqtt_too_large", drops.too_large},
                            {"mqtt_bad_topic", drops.bad_topic},
                            {"mqtt_retained", drops.retained},
                            {"mqtt_bad_reply_topic", drops.reply_topic},
                            {"mqtt_events_dropped", drops.events},
                            {"mqtt_receipts_dropped", drops.receipts},
                            {"control_plane_reports_dropped", reports.dropped()},
                            {"broker_restarts", broker ? static_cast<std::uint64_t>(broker->restarts()) : 0},
                            {"broker_hung", broker ? static_cast<std::uint64_t>(broker->hung()) : 0},
                            {"log_lines_lost", log::lines_lost()},
                            {"worker_restarts", workers.restarts()}};
  // Who asks for counters came through one of them.
  const auto sum = [this](std::uint64_t http::ServerStats::*count) {
    return http->stats().*count + (https ? https->stats().*count : 0);
  };
  using Stats = http::ServerStats;
  for (const auto& [name, count] : {std::pair{"http_refused_connections", &Stats::refused_connections},
                                    {"http_malformed", &Stats::malformed},
                                    {"http_timeouts", &Stats::timeouts},
                                    {"http_tls_failures", &Stats::tls_failures},
                                    {"http_slow_streams", &Stats::slow_streams},
                                    {"http_unwanted_upgrades", &Stats::unwanted_upgrades}}) {
    counts.emplace_back(name, sum(count));
  }
  counts.emplace_back("http_broken_certificates", tls ? tls->broken() : 0);
  if (websocket) {
    websocket->counters().visit(
        [&counts](std::string_view name, std::uint64_t value) { counts.emplace_back(name, value); });
  }
  if (call_doors) {
    call_doors->visit_counters(
        [&counts](std::string_view name, std::uint64_t value) { counts.emplace_back(name, value); });
  }
  const auto of_control_plane = control_plane->counters();
  counts.insert(counts.end(), of_control_plane.begin(), of_control_plane.end());
  return counts;
}

App::App(GatewayConfig config, std::function<GatewayConfig()> reread, const ServiceManager& manager)
    : parts_(std::make_unique<Parts>(std::move(config), std::move(reread), manager)) {}

App::~App() = default;

int App::run() {
  parts_->start_all();
  logger().info("gateway ready");
  parts_->manager.ready();
  parts_->serve();
  logger().info("gateway stopped");
  return 0;
}

}  // namespace earshot::gateway
