// /devices/{id}/memory: what is remembered of a device's users, seen, corrected, exported and forgotten.
#pragma once

#include <functional>

#include "gateway/api/api_router.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/control/memory/memory_keeper.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway::api {

struct MemoryParts {
  store::StoreProxy& store;
  const DeviceDirectory& devices;
  MemoryKeeper& memory;
  const Clock& clock;
  Executor executor;
  std::function<void(const DeviceId&)> forget_notebook = {};
  std::function<void(const DeviceId&)> forget_dialogue = {};  // that its next session would go on with
};

// What `parts` refers to outlives the router's server.
void add_memory_routes(ApiRouter& routes, MemoryParts parts);

}  // namespace earshot::gateway::api
