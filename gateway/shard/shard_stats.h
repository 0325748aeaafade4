// What a shard tells other threads about itself: a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/workers/worker_assignment.h"

namespace earshot::gateway {

struct SessionView {
  SessionId session;
  DeviceId device;
  std::string worker;  // empty: one is being found
  bool speaking = false;
  Milliseconds age{};
};

struct ShardStats {
  std::uint32_t index = 0;
  std::size_t sessions = 0;
  std::vector<WorkerAssignment::WorkerView> workers;
  std::vector<std::pair<std::string, std::uint64_t>> counters;
};

}  // namespace earshot::gateway
