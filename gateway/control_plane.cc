#include "gateway/control_plane.h"

#include <optional>
#include <utility>

#include "gateway/api/api.h"
#include "gateway/devices/device_directory.h"
#include "gateway/doctor/doctor.h"
#include "gateway/events/event_hub.h"
#include "gateway/key_file.h"
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

store::RetentionDays days_kept(const GatewayConfig& config) {
  return {.conversations = config.store.keep_conversations_days,
          .audio = config.store.keep_audio_days,
          .audit = config.store.keep_audit_days};
}

AdmissionMode admission(const GatewayConfig& config) {
  return default_admission({config.udp.listen, config.http.listen, config.mqtt.listen});
}

api::AuthSettings auth_settings(const GatewayConfig& config) {
  return {.secrets_folder = config.secrets_folder(),
          .console_url = "http://" + config.announce_address + ":" + std::to_string(config.http.port),
          .sessions = {.idle = config.http.session_idle, .absolute = config.http.session_absolute},
          .version = EARSHOT_VERSION,
          .admission = std::string(name(admission(config)))};
}

}  // namespace

// In the order of their making; destroyed in the reverse one.
struct ControlPlane::Parts {
  Parts(asio::io_context& main, const GatewayConfig& loaded, const Clock& time, http::Router& routes)
      : io(main), config(loaded), clock(time), router(routes) {}

  void flush_later();

  asio::io_context& io;
  const GatewayConfig& config;
  const Clock& clock;
  http::Router& router;
  std::optional<ControlPlaneDoors> doors;  // since connect()
  std::unique_ptr<store::StoreProxy> store{store::open_store(config.store_file())};
  store::SecretBox secrets{store_key(config)};
  store::Retention retention{io.get_executor(), *store, clock, days_kept(config)};
  EventHub hub{clock};
  DeviceDirectory devices{*store, hub, clock};
  asio::steady_timer flush_timer{io};  // writes when devices were seen
  asio::steady_timer presence_timer{io};
  std::unique_ptr<Doctor> doctor;  // since connect()
  // commands
  api::Api api{{.executor = io.get_executor(),
                .clock = clock,
                .store = *store,
                .secrets = secrets,
                .devices = devices,
                .hub = hub,
                .admission = admission(config)},
               auth_settings(config),
               router};
};

void ControlPlane::Parts::flush_later() {
  flush_timer.expires_after(kFlushInterval);
  flush_timer.async_wait([this](error_code cancelled) {
    if (cancelled) return;
    devices.flush();
    flush_later();
  });
}

ControlPlane::ControlPlane(asio::io_context& io, const GatewayConfig& config, const Clock& clock,
                           http::Router& router)
    : parts_(std::make_unique<Parts>(io, config, clock, router)) {}

// The sessions that end between stop() and here are still written.
ControlPlane::~ControlPlane() {
  parts_->devices.flush();
  parts_->store->stop();
}

void ControlPlane::start() {
  parts_->store->write_at_start(
      [&secrets = parts_->secrets](store::Store& store) { secrets.check_key(store); });
  parts_->devices.load(
      parts_->store->read_at_start([](store::Store& store) { return store.devices().all(); }));
  parts_->api.load(parts_->store->read_at_start(&api::Api::read));
  parts_->flush_later();
  parts_->retention.start();
}

void ControlPlane::connect(ControlPlaneDoors doors) {
  parts_->doors.emplace(std::move(doors));
  parts_->doctor = std::make_unique<Doctor>(DoctorParts{
      .executor = parts_->io.get_executor(),
      .config = parts_->config,
      .clock = parts_->clock,
      .link = parts_->doors->link,
      .store = *parts_->store,
      .shards = parts_->doors->shards,
      .path_probe = parts_->doors->path_probe,
      .device_key = parts_->doors->device_key,
      .forget_doctor_device = [this] { parts_->devices.remove(*DeviceId::parse(kDoctorDevice)); }});
  parts_->api.connect({.shards = parts_->doors->shards,
                       .broker_connected = [&link = parts_->doors->link] { return link.connected(); },
                       .counters = {}});
}

void ControlPlane::stop() {
  parts_->flush_timer.cancel();
  parts_->presence_timer.cancel();
  parts_->retention.stop();
}

ControlPlane::Counts ControlPlane::counters() const {
  const auto stats = parts_->store->stats();
  return {{"store_jobs_failed", stats.failed}, {"store_jobs_refused", stats.refused}};
}

void ControlPlane::presence(const auth::ClientId& client, bool online) {
  parts_->devices.set_online(client, online);
}

// A device that left while the link was down is not told of: who is not told of within a moment is gone.
void ControlPlane::broker_connection(bool connected) {
  if (!connected) return;
  parts_->devices.expect_presence();
  parts_->presence_timer.expires_after(kPresenceTold);
  parts_->presence_timer.async_wait([this](error_code cancelled) {
    if (!cancelled) parts_->devices.forget_unexpected();
  });
}

}  // namespace earshot::gateway
