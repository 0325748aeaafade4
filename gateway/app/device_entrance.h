// How devices come in, put together: bootstrap and its doors, firmware,
// and the gate that keeps the others out.
//
// Runs on: the gateway's main executor.
// Owns: its parts.
// Borrows: what it is made with, for its life.
// Lifecycle: made (throws StartupError when the firmware folder cannot be used) -> start() (after the
// directory has loaded) -> connect() (shards and broker are there) -> stop() (codes are saved).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/http/http_router.h"
#include "gateway/api/api.h"
#include "gateway/app/config.h"
#include "gateway/control/devices/bootstrap.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/devices/device_gate.h"
#include "gateway/control/events/event_hub.h"
#include "gateway/control/firmware/firmware_library.h"
#include "gateway/doors/ota/firmware_door.h"
#include "gateway/doors/ota/ota_door.h"
#include "gateway/live/shard/shards.h"
#include "gateway/store/secret_box.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway {

class DeviceEntrance {
 public:
  struct Parts {
    Executor executor;
    const GatewayConfig& config;
    const Secret& device_key;
    const Clock& clock;
    store::StoreProxy& store;
    const store::SecretBox& secrets;
    EventHub& hub;
    DeviceDirectory& devices;
    const Shards& shards;
    http::Router& router;
  };
  explicit DeviceEntrance(const Parts& parts);

  void start();
  // `on_forgotten`: what else is kept of a device goes, too.
  void connect(std::function<void(const DeviceId&)> on_forgotten);
  void add_routes(api::Api& api);
  void stop() { bootstrap_.stop(); }

  // A device connected to the broker.
  // RETURNS: whether it is welcome.
  bool came(const auth::ClientId& client) { return gate_.came(client); }
  // A shard refused its hello; the directory gave up its connection.
  void refused(const auth::ClientId& client) { gate_.refused(client); }
  void given_up(const auth::ClientId& client) { gate_.given_up(client); }

  Bootstrap& bootstrap() { return bootstrap_; }
  FirmwareLibrary& firmware() { return firmware_; }
  std::vector<std::pair<std::string, std::uint64_t>> counters() const;

 private:
  std::optional<FirmwareOffer> offer(const BootReport& report);

  Executor executor_;
  store::StoreProxy& store_;
  const store::SecretBox& secrets_;
  DeviceDirectory& devices_;
  const Shards& shards_;
  DeviceGate gate_;
  Bootstrap bootstrap_;
  FirmwareLibrary firmware_;
  OtaDoor ota_;
  FirmwareDoor downloads_;
};

}  // namespace earshot::gateway
