// Dials an endpoint.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/ipc/channel.h"
#include "common/ipc/endpoint.h"
#include "common/tls/tls_session.h"

namespace earshot::ipc {

// The operating system's form of the address.
// REQUIRES: a host is numeric.
asio::generic::stream_protocol::endpoint socket_address(const Endpoint& endpoint);

// Calls `done` once on `executor`, never from inside this call: with a connected socket for
// Channel::create(), or with kUnavailable (refused, no such file) or kTimeout.
void async_connect(Executor executor, const Endpoint& endpoint, Milliseconds timeout,
                   std::function<void(Result<Channel::Socket>)> done);

// The same with the TLS handshake where the endpoint is one of TLS: it shows what `worker` holds, and the gateway
// must bear `name`; without `worker` kInvalid. Each of the two steps has the whole `timeout`.
void async_dial(Executor executor, const Endpoint& endpoint, const std::string& name,
                const std::optional<tls::TlsContext>& worker, Milliseconds timeout,
                std::function<void(Result<Connection>)> done);

}  // namespace earshot::ipc
