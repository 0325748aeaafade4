// The TLS handshake of a link, at either end.
#pragma once

#include <functional>
#include <memory>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/ipc/connection.h"

namespace earshot::ipc {

// Calls `done` once on the socket's executor, never from inside this call: with what is ready for
// Channel::create(), or with kTimeout, kUnavailable (the other end hung up) or kInvalid (no TLS, or a certificate
// that is not to be trusted: the message tells what to do). The other end is told why before it is hung up.
void async_secure(Connection::Socket socket, std::unique_ptr<tls::TlsSession> session, Milliseconds timeout,
                  std::function<void(Result<Connection>)> done);

}  // namespace earshot::ipc
