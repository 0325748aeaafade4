// A device stays on one shard for the life of the process: every part that talks to shards must choose alike.
#pragma once

#include <cstddef>
#include <functional>

#include "common/base/ids.h"

namespace earshot::gateway {

// REQUIRES: shards > 0.
inline std::size_t shard_of(const DeviceId& device, std::size_t shards) {
  return std::hash<DeviceId>{}(device) % shards;
}

}  // namespace earshot::gateway
