// /conversations, /latency, /audit: what was said and done.
#pragma once

#include "common/asio/asio.h"
#include "gateway/api/api_router.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/store/store_proxy.h"

namespace earshot::gateway::api {

struct HistoryParts {
  store::StoreProxy& store;
  const DeviceDirectory& devices;
  Executor executor;
  const Clock& clock;
};

// What `parts` refers to outlives the router's server.
void add_history_routes(ApiRouter& routes, HistoryParts parts);

}  // namespace earshot::gateway::api
