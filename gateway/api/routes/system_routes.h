// /workers, /sessions, /system: what the gateway is doing now, asked of the shards.
//
// Runs on: the gateway's main executor.
// Borrows: what it is made with, and what the doors refer to since connect().
// Lifecycle: made -> add_routes() -> connect() -> used while the shards run (before: 503).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/result.h"
#include "common/config/config_changes.h"
#include "gateway/api/api_router.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/live/shard/shards.h"

namespace earshot::gateway::api {

using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

struct SystemDoors {
  std::function<bool()> broker_connected;
  std::function<NamedCounts()> counters;  // of what belongs to no shard; may be empty
  // Reads the configuration again. An error: it was refused and the old one stays in force.
  std::function<Result<ConfigChanges>()> reload = {};
};

class SystemRoutes {
 public:
  static constexpr std::size_t kMaxListed = 1000;

  SystemRoutes(Executor executor, const Clock& clock, const DeviceDirectory& devices, const Shards& shards,
               std::string version, std::string admission)
      : executor_(std::move(executor)),
        clock_(clock),
        devices_(devices),
        shards_(shards),
        version_(std::move(version)),
        admission_(std::move(admission)),
        started_(clock.now()) {}

  void add_routes(ApiRouter& routes);
  void connect(SystemDoors doors) { doors_ = std::move(doors); }

 private:
  // Answers 503 itself while there are no shards.
  bool has_started(Call& call) const;
  void list_workers(const CallPtr& call) const;
  void drain_worker(const CallPtr& call) const;
  void list_sessions(const CallPtr& call) const;
  void end_session(const CallPtr& call) const;
  void show_system(const CallPtr& call) const;
  void reload(const CallPtr& call) const;

  Executor executor_;
  const Clock& clock_;
  const DeviceDirectory& devices_;
  const Shards& shards_;
  std::string version_;
  std::string admission_;
  SteadyTime started_;
  SystemDoors doors_;
};

}  // namespace earshot::gateway::api
