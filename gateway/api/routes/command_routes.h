// /commands, /devices/{id}/tools: commands over HTTP (docs/commands.md).
//
// Runs on: the gateway's main executor.
// Bounded: a caller waits kMaxWait at most; kMaxWaiting wait at a time, more are answered at once.
#pragma once

#include "common/asio/asio.h"
#include "gateway/api/api_router.h"
#include "gateway/control/commands/command_service.h"
#include "gateway/control/devices/device_directory.h"
#include "gateway/store/store_proxy.h"

namespace earshot::commands {

inline constexpr Milliseconds kMaxWait{60'000};
inline constexpr std::size_t kMaxWaiting = 1000;

struct CommandRouteParts {
  CommandService& commands;
  gateway::DeviceDirectory& devices;
  store::StoreProxy& store;
  Executor executor;
};

// What `parts` refers to outlives the router's server.
void add_command_routes(gateway::api::ApiRouter& routes, CommandRouteParts parts);

}  // namespace earshot::commands
