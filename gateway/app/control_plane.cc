#include "gateway/app/control_plane.h"

#include <optional>
#include <utility>

#include "common/auth/websocket_token.h"
#include "gateway/api/api.h"
#include "gateway/api/routes/command_routes.h"
#include "gateway/api/routes/doctor_route.h"
#include "gateway/api/routes/join_routes.h"
#include "gateway/api/routes/lore_routes.h"
#include "gateway/api/routes/memory_routes.h"
#include "gateway/app/device_entrance.h"
#include "gateway/app/shared_changes.h"
#include "gateway/app/voice_plane.h"
#include "gateway/control/commands/command_service.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/doctor/doctor.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/control/lore/lore_library.h"
#include "gateway/control/lore/pdf_text.h"
#include "gateway/doors/compat/compat_door.h"
#include "gateway/doors/mqtt_udp/udp_socket.h"
#include "gateway/doors/operators/operator_door.h"
#include "gateway/process/key_file.h"
#include "gateway/store/open_store.h"
#include "gateway/store/retention.h"
#include "gateway/store/secret_box.h"

namespace earshot::gateway {

namespace {

constexpr Milliseconds kFlushInterval{5000};
constexpr Milliseconds kPresenceTold{5000};

Secret store_key(const GatewayConfig& config) {
  return config.store.key.empty() ? load_or_make_key(config.store_key_file(), kStoreKey) : config.store.key;
}

store::StorePlace store_place(const GatewayConfig& config) {
  return {.file = config.store_file(),
          .url = config.store.url,
          .password = config.store.password,
          .gateway = config.store.gateway};
}

store::RetentionDays days_kept(const GatewayConfig& config) {
  return {.conversations = config.store.keep_conversations_days,
          .audio = config.store.keep_audio_days,
          .audit = config.store.keep_audit_days,
          .memory = config.store.keep_memory_days};
}

api::AuthSettings auth_settings(const GatewayConfig& config) {
  return {.secrets_folder = config.secrets_folder(),
          .console_url = config.console_url(),
          .sessions = {.idle = config.http.session_idle, .absolute = config.http.session_absolute},
          .version = EARSHOT_VERSION,
          .admission = std::string(name(config.admission))};
}

DoctorSettings doctor_settings(const GatewayConfig& config) {
  DoctorSettings settings{.data_dir = config.data_dir,
                          .announce_address = config.announce_address,
                          .mqtt_listen = config.mqtt.supervised ? config.mqtt.listen : config.mqtt.host,
                          .mqtt_port = config.mqtt.port,
                          .broker_is_ours = config.mqtt.supervised,
                          .udp_listen = config.udp.listen,
                          .udp_ports = {},
                          .udp_buffer_wanted_bytes = UdpSocket::kBufferBytes,
                          .http_listen = config.http.listen,
                          .http_port = config.http.port,
                          .http_tls = config.http.is_secure_port(),
                          .worker_config = config.workers.config,
                          .workers_are_ours = config.workers.spawn.most > 0};
  for (std::uint32_t i = 0; i < config.udp.shards; ++i)
    settings.udp_ports.push_back(static_cast<std::uint16_t>(config.udp.port + i));
  return settings;
}

}  // namespace

// In the order of their making; destroyed in the reverse one.
struct ControlPlane::Parts {
  Parts(asio::io_context& main, const GatewayConfig& loaded, const Secret& key, const Clock& time,
        const Shards& all, http::Router& routes)
      : io(main), config(loaded), device_key(key), clock(time), shards(all), router(routes) {}

  void flush_later();
  void hear_others();
  void connect_commands();
  std::optional<compat::CompatDoor> compat_door();
  std::unique_ptr<JoinDesk> join_desk() const;
  // To the device by name, over the broker; over WebSocket by its line.
  Status send(const std::string& client_id, const std::string& json);
  void order(const DeviceId& device, DeviceOrder order, OrderDone done);

  asio::io_context& io;
  const GatewayConfig& config;
  const Secret& device_key;
  const Clock& clock;
  const Shards& shards;
  http::Router& router;
  std::optional<ControlPlaneDoors> doors;  // since connect()
  std::unique_ptr<store::StoreProxy> store{store::open_store(store_place(config))};
  store::SecretBox secrets{store_key(config)};
  store::Retention retention{io.get_executor(), *store, clock, days_kept(config)};
  LoreLibrary lore{io.get_executor(), *store, clock,
                   [this](const std::string& pdf, std::function<void(Result<std::string>)> done) {
                     read_pdf_text(io.get_executor(), find_pdftotext(), pdf, {}, std::move(done));
                   }};
  EventHub hub{clock};
  DeviceDirectory devices{io.get_executor(), *store, hub, clock};
  DeviceEntrance entrance{{.executor = io.get_executor(),
                           .config = config,
                           .device_key = device_key,
                           .clock = clock,
                           .store = *store,
                           .secrets = secrets,
                           .hub = hub,
                           .devices = devices,
                           .shards = shards,
                           .router = router}};
  asio::steady_timer flush_timer{io};  // writes when devices were seen
  asio::steady_timer presence_timer{io};
  bool keeps_memory = false;       // since start()
  std::unique_ptr<Doctor> doctor;  // since connect()
  commands::CommandService commands{
      io.get_executor(),
      *store,
      devices,
      hub,
      clock,
      {.order = [this](const DeviceId& device, DeviceOrder order,
                       OrderDone done) { this->order(device, std::move(order), std::move(done)); },
       .image_url = [this](const DeviceId& device,
                           const std::string& image) { return entrance.firmware().url_for(image, device); }}};
  std::unique_ptr<OperatorDoor> operators;        // since connect()
  std::unique_ptr<JoinDesk> joins = join_desk();  // null: no workers of other machines
  std::optional<compat::CompatDoor> compat = compat_door();
  VoicePlane voice{{.executor = io.get_executor(),
                    .config = config,
                    .clock = clock,
                    .store = *store,
                    .secrets = secrets,
                    .hub = hub,
                    .devices = devices,
                    .shards = shards,
                    .router = router,
                    .push = [this](const std::string& client_id, const std::string& json) {
                      return send(client_id, json).ok();
                    }}};
  api::Api api{
      {.executor = io.get_executor(),
       .clock = clock,
       .store = *store,
       .secrets = secrets,
       .devices = devices,
       .hub = hub,
       .shards = shards,
       .admission = config.admission,
       .websocket_possible = !config.websocket_url().empty(),
       .on_agents_changed = [this] { voice.agents().reload(); },
       .agent_problem = [this](const std::string& stage,
                               const std::string& name) { return voice.agents().problem_of(stage, name); }},
      auth_settings(config),
      router};
};

void ControlPlane::Parts::flush_later() {
  flush_timer.expires_after(kFlushInterval);
  flush_timer.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    devices.flush();
    voice.memory().retry();
    flush_later();
  });
}

// Once the shards are there: agents are sent to them.
void ControlPlane::Parts::hear_others() {
  const SharedChanges changes{
      .device = [this](const DeviceId& device) { devices.refresh(device); },
      .devices = [this] { devices.refresh_all(); },
      .accounts = [this] { api.refresh_accounts(); },
      .operators = [this] { api.refresh_operators(); },
      .agents = [this] { voice.agents().reload(); },
      .firmware = [this] { entrance.firmware().refresh(); },
      .codes = [this] { entrance.bootstrap().refresh(); },
      .notebook_removed = [this](const DeviceId& device) { voice.reminders().forget(device); }};
  store->watch(io.get_executor(), [changes](const store::StoreChange& change) { changes.take(change); });
}

Status ControlPlane::Parts::send(const std::string& client_id, const std::string& json) {
  if (auth::is_websocket_client(client_id)) {
    const auto client = auth::parse_client_id(client_id);
    if (client) order(client->device, SendMessage{.json = json}, [](const OrderOutcome&) {});
    return kDone;
  }
  switch (doors->link.publish_to_device(client_id, json)) {
    case broker::PushVerdict::kQueued:
      return kDone;
    case broker::PushVerdict::kTooLarge:
      return Error{ErrorCode::kTooLarge, "the message is too large for the broker"};
    case broker::PushVerdict::kNotConnected:
    case broker::PushVerdict::kOverflow:
      break;
  }
  return Error{ErrorCode::kUnavailable, "the broker cannot be reached, or does not keep up"};
}

void ControlPlane::Parts::order(const DeviceId& device, DeviceOrder order, OrderDone done) {
  shards.of(device).post_order(device, std::move(order), io.get_executor(), std::move(done));
}

std::optional<compat::CompatDoor> ControlPlane::Parts::compat_door() {
  if (config.compat.key.empty()) return std::nullopt;
  return std::optional<compat::CompatDoor>(std::in_place, config.compat.key, commands, devices, clock);
}

std::unique_ptr<JoinDesk> ControlPlane::Parts::join_desk() const {
  if (config.workers.remote_listen.empty()) return nullptr;
  return std::make_unique<JoinDesk>(clock, tls::PkiFolder(config.workers.pki_dir),
                                    config.workers.remote_listen.front().port);
}

void ControlPlane::Parts::connect_commands() {
  operators = std::make_unique<OperatorDoor>(io.get_executor(), doors->link, commands, hub, clock);
  api.set_operator_sink(
      [this](const std::vector<store::BrokerOperator>& all) { operators->set_operators(all); });
  ShardReports::Handlers handlers{
      .on_hello =
          [this](const DeviceId& device, const DeviceFeatures& features) {
            devices.set_speak_request(device, features.speak_request);
          },
      .on_session_opened =
          [this](const DeviceId& device, const SessionId& session, const std::string& worker) {
            devices.set_session(device, session.text, worker);
            voice.conversations().opened(device, session, worker);
            voice.reminders().session_opened(device);
          },
      .on_session_moved =
          [this](const DeviceId& device, const SessionId& session, const std::string& worker) {
            devices.set_session(device, session.text, worker);
            voice.reminders().session_moved(device);
          },
      .on_session_closed =
          [this](const DeviceId& device, const SessionId& session, const std::string& reason) {
            const DeviceEntry* entry = devices.find(device);
            const bool current = entry != nullptr && entry->presence.session == session.text;
            if (current) devices.set_session(device, {}, {});
            voice.conversations().closed(device, session, reason);
            voice.memory().session_closed(device, session);
          },
      .on_refused = [this](const auth::ClientId& client, AdmissionVerdict) { entrance.refused(client); }};
  voice.add_to(handlers);
  doors->reports.listen(std::move(handlers));
  commands.set_say_port(&voice.sayer());
  voice.connect();
}

ControlPlane::ControlPlane(asio::io_context& io, const GatewayConfig& config, const Secret& device_key,
                           const Clock& clock, const Shards& shards, http::Router& router)
    : parts_(std::make_unique<Parts>(io, config, device_key, clock, shards, router)) {}

// The sessions that end between stop() and here are still written.
ControlPlane::~ControlPlane() {
  parts_->devices.flush();
  parts_->store->stop();
}

void ControlPlane::start() {
  parts_->store->write_at_start(
      [&secrets = parts_->secrets](store::Store& store) { secrets.check_key(store); });
  parts_->keeps_memory =
      parts_->store->read_at_start([](store::Store& store) { return store.memory() != nullptr; });
  parts_->devices.load(
      parts_->store->read_at_start([](store::Store& store) { return store.devices().all(); }));
  parts_->api.load(parts_->store->read_at_start(&api::Api::read));
  if (parts_->compat) parts_->compat->mount(parts_->router);
  commands::add_command_routes(parts_->api.routes(), {.commands = parts_->commands,
                                                      .devices = parts_->devices,
                                                      .store = *parts_->store,
                                                      .executor = parts_->io.get_executor()});
  parts_->commands.start(
      parts_->store->read_at_start([](store::Store& store) { return store.commands().unfinished(); }));
  api::add_memory_routes(
      parts_->api.routes(),
      {.store = *parts_->store,
       .devices = parts_->devices,
       .memory = parts_->voice.memory(),
       .clock = parts_->clock,
       .executor = parts_->io.get_executor(),
       .forget_notebook = [this](const DeviceId& device) { parts_->voice.reminders().forget(device); },
       .forget_dialogue =
           [this](const DeviceId& device) { parts_->shards.of(device).post_forget_dialogue(device); }});
  api::add_lore_routes(parts_->api.routes(), parts_->lore);
  parts_->lore.sweep();
  parts_->voice.reminders().restore(parts_->store->write_at_start([](store::Store& store) {
    return store.memory() == nullptr ? std::vector<std::pair<DeviceId, std::string>>()
                                     : store.memory()->notebooks();
  }));
  add_doctor_route(parts_->api.routes(), parts_->doctor);
  add_join_routes(parts_->api.routes(), parts_->joins);
  parts_->flush_later();
  parts_->retention.start();
  parts_->entrance.start();
  parts_->entrance.add_routes(parts_->api);
}

bool ControlPlane::keeps_memory() const {
  return parts_->keeps_memory;
}

void ControlPlane::connect(ControlPlaneDoors doors) {
  parts_->doors.emplace(std::move(doors));
  parts_->doctor = std::make_unique<Doctor>(DoctorParts{
      .executor = parts_->io.get_executor(),
      .settings = doctor_settings(parts_->config),
      .clock = parts_->clock,
      .link = parts_->doors->link,
      .store = *parts_->store,
      .shards = parts_->shards,
      .path_probe = parts_->doors->path_probe,
      .device_key = parts_->doors->device_key,
      .forget_doctor_device = [this] { parts_->devices.remove(*DeviceId::parse(kDoctorDevice)); }});
  parts_->api.connect({.broker_connected = [&link = parts_->doors->link] { return link.connected(); },
                       .counters = parts_->doors->counters,
                       .reload = parts_->doors->reload});
  parts_->connect_commands();
  parts_->entrance.connect([this](const DeviceId& device) {
    parts_->voice.reminders().forget(device);
    parts_->voice.memory().forget_removed(device);
    parts_->commands.forget(device);
  });
  parts_->hear_others();
}

void ControlPlane::keep(const ConversationsConfig& config) {
  parts_->voice.keep(config);
}

void ControlPlane::stop() {
  parts_->entrance.stop();
  parts_->voice.stop();
  parts_->lore.stop();
  parts_->flush_timer.cancel();
  parts_->presence_timer.cancel();
  parts_->retention.stop();
}

JoinDesk* ControlPlane::join_desk() {
  return parts_->joins.get();
}

ControlPlane::Counts ControlPlane::counters() const {
  const auto stats = parts_->store->stats();
  Counts counts = parts_->entrance.counters();
  counts.emplace_back("store_jobs_failed", stats.failed);
  counts.emplace_back("store_jobs_refused", stats.refused);
  counts.emplace_back("store_jobs_repeated", stats.repeated);
  counts.emplace_back("store_jobs_waiting", stats.waiting);
  counts.emplace_back("store_away", stats.away ? 1 : 0);
  counts.emplace_back("devices_unwritten", parts_->devices.unwritten());
  const auto add = [&counts](std::string_view name, std::uint64_t value) {
    counts.emplace_back(name, value);
  };
  parts_->commands.counters().visit(add);
  add("commands_unfinished", parts_->commands.unfinished());
  if (parts_->operators) {
    parts_->operators->counters().visit(add);
    add("operator_dropped", parts_->operators->dropped());
  }
  parts_->voice.visit_counters(
      [&counts](std::string_view name, std::uint64_t value) { counts.emplace_back(name, value); });
  return counts;
}

bool ControlPlane::presence(const auth::ClientId& client, bool online) {
  if (online && !parts_->entrance.came(client)) return false;
  if (const auto given_up = parts_->devices.set_online(client, online)) parts_->entrance.given_up(*given_up);
  // One turn later: the way to the device is made in this one, and a command that waited for it goes that way.
  asio::post(parts_->io, [parts = parts_.get(), device = client.device, online] {
    parts->commands.presence(device, online);
  });
  return true;
}

// A device that left while the link was down is not told of: who is not told of within a moment is gone.
void ControlPlane::broker_connection(bool connected) {
  if (!connected) return parts_->commands.broker_lost();
  parts_->operators->broker_connected();
  parts_->devices.expect_presence();
  parts_->presence_timer.expires_after(kPresenceTold);
  parts_->presence_timer.async_wait([this](error_code cancelled) {
    if (!cancelled) parts_->devices.forget_unexpected();
  });
}

std::optional<std::string> ControlPlane::caller_of(const http::Request& request) {
  const auto who = parts_->api.auth().authenticator.identify(request);
  return who && who->may(api::Scope::kCommands) ? std::optional(who->by) : std::nullopt;
}

void ControlPlane::offer_talk(api::MakeTalkKey make) {
  api::add_talk_routes(parts_->api.routes(), parts_->clock, std::move(make));
}

void ControlPlane::agent_names(std::function<void(std::vector<std::string>)> done) {
  parts_->store->read(
      parts_->io.get_executor(), [](store::Store& store) { return store.agents().agents(); },
      [done = std::move(done)](const Result<std::vector<store::Agent>>& agents) {
        std::vector<std::string> names{"default"};
        if (agents) {
          for (const store::Agent& agent : *agents) names.push_back(agent.name);
        }
        done(std::move(names));
      });
}

void ControlPlane::operator_message(const broker::OperatorMessage& message) {
  parts_->operators->post(message);
}

void ControlPlane::event_readers(bool any) {
  parts_->operators->event_readers(any);
}

}  // namespace earshot::gateway
