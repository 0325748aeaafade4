// /workers, /sessions, /system: what the gateway is doing now, asked of the shards.
//
// Runs on: the gateway's main executor.
// Borrows: the doors since connect(), and what the parts refer to.
// Lifecycle: made -> add_routes() -> connect() (before: 503) -> used while the shards run.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "gateway/api/api_router.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/live/shard/shard_proxy.h"

namespace earshot::gateway::api {

using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

struct SystemDoors {
  std::vector<ShardProxy*> shards;
  std::function<bool()> broker_connected;
  std::function<NamedCounts()> counters;  // of what belongs to no shard; may be empty
};

class SystemRoutes {
 public:
  static constexpr std::size_t kMaxListed = 1000;

  SystemRoutes(Executor executor, const Clock& clock, const DeviceDirectory& devices, std::string version,
               std::string admission)
      : executor_(std::move(executor)),
        clock_(clock),
        devices_(devices),
        version_(std::move(version)),
        admission_(std::move(admission)),
        started_(clock.now()) {}

  void add_routes(ApiRouter& routes);
  void connect(SystemDoors doors) { doors_ = std::move(doors); }

 private:
  // Answers 503 itself before connect().
  bool is_connected(Call& call) const;
  void all_stats(std::function<void(const std::vector<ShardStats>&)> done) const;
  // Which shard has it comes with each.
  using FoundSession = std::pair<ShardProxy*, SessionView>;
  void all_sessions(std::function<void(std::vector<FoundSession>)> done) const;
  void list_workers(const CallPtr& call) const;
  void drain_worker(const CallPtr& call) const;
  void list_sessions(const CallPtr& call) const;
  void end_session(const CallPtr& call) const;
  void show_system(const CallPtr& call) const;

  Executor executor_;
  const Clock& clock_;
  const DeviceDirectory& devices_;
  std::string version_;
  std::string admission_;
  SteadyTime started_;
  SystemDoors doors_;
};

}  // namespace earshot::gateway::api
