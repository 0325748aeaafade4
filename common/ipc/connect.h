// Dials an endpoint.
#pragma once

#include <functional>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "common/ipc/endpoint.h"

namespace earshot::ipc {

// The operating system's form of the address.
asio::generic::stream_protocol::endpoint socket_address(const Endpoint& endpoint);

// Calls `done` once on `executor`, never from inside this call: with a connected socket for
// Channel::create(), or with kUnavailable (refused, no such file) or kTimeout.
void async_connect(Executor executor, const Endpoint& endpoint, Milliseconds timeout,
                   std::function<void(Result<Channel::Socket>)> done);

}  // namespace earshot::ipc
