#include "gateway/app/device_entrance.h"

#include "gateway/api/routes/bootstrap_routes.h"
#include "gateway/api/routes/firmware_routes.h"

namespace earshot::gateway {

namespace {

OtaConfig ota_config(const GatewayConfig& config, const Secret& device_key) {
  return {.mqtt_host = config.announce_address,
          .mqtt_port = config.mqtt.port,
          .timezone_offset = std::chrono::minutes(config.timezone_offset_minutes),
          .device_key = device_key,
          .console_url = config.console_url(),
          .websocket_url = config.websocket_url(),
          .websocket_version = config.ota.websocket_version,
          .websocket_token_life =
              std::chrono::days(config.ota.websocket_url.empty() ? config.websocket.token_days : 0),
          .offers_mqtt = config.ota.offers_mqtt,
          .offers_websocket = config.ota.offers_websocket};
}

}  // namespace

DeviceEntrance::DeviceEntrance(const Parts& parts)
    : executor_(parts.executor),
      store_(parts.store),
      secrets_(parts.secrets),
      devices_(parts.devices),
      shards_(parts.shards),
      gate_(parts.config.admission, parts.devices, parts.clock),
      bootstrap_(parts.config.admission, {.directory = parts.devices,
                                          .store = parts.store,
                                          .hub = parts.hub,
                                          .clock = parts.clock,
                                          .executor = parts.executor,
                                          .secrets = parts.secrets,
                                          .pin_uuid = parts.config.pin_uuid}),
      firmware_({.store = parts.store, .hub = parts.hub, .clock = parts.clock, .executor = parts.executor},
                parts.config.firmware_folder(), parts.device_key, parts.config.console_url()),
      ota_(
          ota_config(parts.config, parts.device_key), bootstrap_,
          [this](const BootReport& report) { return offer(report); }, parts.clock),
      downloads_(firmware_, parts.clock) {
  ota_.mount(parts.router);
  downloads_.mount(parts.router);
}

void DeviceEntrance::start() {
  devices_.observe([this](const DeviceEntry& entry) { gate_.record_changed(entry); },
                   [this](const DeviceId& device) {
                     bootstrap_.forget(device);
                     gate_.record_removed(device);
                   });
  bootstrap_.load(store_.read_at_start(
      [](store::Store& store) { return store.settings().get(Bootstrap::kSettingKey).value_or(""); }));
  firmware_.load(store_.read_at_start([](store::Store& store) { return store.firmware().all(); }));
  bootstrap_.start();
}

void DeviceEntrance::connect(std::function<void(const DeviceId&)> on_forgotten) {
  gate_.connect(
      {.tell = [this](const DeviceId& device,
                      DeviceFacts facts) { shards_.of(device).post_device_facts(device, std::move(facts)); },
       .forget =
           [this, on_forgotten = std::move(on_forgotten)](const DeviceId& device) {
             shards_.of(device).post_forget_device(device);
             on_forgotten(device);
           },
       .throw_out =
           [this](const auth::ClientId& client, std::string last_words) {
             shards_.of(client.device).post_throw_out(client, std::move(last_words));
           }});
}

void DeviceEntrance::add_routes(api::Api& api) {
  add_bootstrap_routes(api.routes(), {.bootstrap = bootstrap_,
                                      .devices = devices_,
                                      .store = store_,
                                      .secrets = secrets_,
                                      .audit = api.auth().audit,
                                      .executor = executor_});
  add_firmware_routes(api.routes(), firmware_);
}

std::vector<std::pair<std::string, std::uint64_t>> DeviceEntrance::counters() const {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  const auto add = [&](std::string_view name, std::uint64_t value) { all.emplace_back(name, value); };
  ota_.counters().visit(add);
  gate_.counters().visit(add);
  add("activation_codes_pushed_out", bootstrap_.codes().pushed_out());
  return all;
}

std::optional<FirmwareOffer> DeviceEntrance::offer(const BootReport& report) {
  const DeviceEntry* device = devices_.find(report.device);
  return firmware_.booted(report, device != nullptr && device->record.auto_update);
}

}  // namespace earshot::gateway
