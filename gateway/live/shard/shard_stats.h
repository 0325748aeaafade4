// What a shard tells other threads about itself: a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/live/workers/worker_assignment.h"

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

  // Groups of counters (counters.h), by name.
  template <class... Group>
  void collect(const Group&... groups) {
    const auto add = [this](std::string_view name, std::uint64_t value) {
      counters.emplace_back(name, value);
    };
    (groups.visit(add), ...);
  }
};

}  // namespace earshot::gateway
