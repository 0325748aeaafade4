// WebSockets that clients open to a Server: the request that asks for one, and the socket that it becomes.
//
//   router.websocket("/talk", [&](http::PendingUpgrade upgrade) {
//     if (!known(upgrade.request())) return upgrade.refuse(401, "who are you?");
//     socket = upgrade.accept(shard_executor, {}, {.on_text = ..., .on_closed = ...});
//   });
//
// A socket leaves the server with accept(): it belongs to the executor given, maybe of another thread, and
// Server::stop() does not close it. No compression (RFC 7692) is spoken: audio has none left in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/asio/asio.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/http/http_message.h"

namespace earshot::http {

class WebSocketDriver;

// Called on the socket's executor, never from inside a call of ours; none after the socket was destroyed.
struct ServerWebSocketHandlers {
  std::function<void()> on_open = {};  // the answer is on its way; what was sent before follows it
  std::function<void(std::string_view)> on_text = {};
  std::function<void(ByteView)> on_binary = {};
  std::function<void()> on_too_big = {};  // a message of up to skip_bytes was thrown away
  // Once, when it is over, also when it never was open. The peer's code or ours, whoever closed first
  // (RFC 6455 7.4); 1005 for a peer that gave none, 1006 for a connection that broke or fell silent.
  std::function<void(std::uint16_t code, std::string_view why)> on_closed = {};
};

struct WebSocketLimits {
  std::size_t message_bytes = 64 * 1024;  // a larger one is 1009 ...
  std::size_t skip_bytes = 0;  // ... unless it has no more than this: thrown away as it comes, and told
  std::size_t queued_bytes = 256 * 1024;  // not yet taken by the system; more is 1008
  Milliseconds handshake{10'000};         // for our answer to be taken
  Milliseconds ping_after{20'000};        // of silence
  Milliseconds dead_after{60'000};        // of silence, pongs too
  Milliseconds close_patience{2'000};     // for the rest of the queue and the peer's close frame
};

// Runs on: the executor that was given to accept(), from the next of its turns on.
// Owns: the connection.
// Lifecycle: opening -> open -> closing -> closed. Destroying it closes it with 1001 behind what is queued, and
// nobody is told. It is destroyed before its executor's io_context is.
class ServerWebSocket {
 public:
  ServerWebSocket(std::shared_ptr<WebSocketDriver> driver, std::string peer);
  ~ServerWebSocket();
  ServerWebSocket(const ServerWebSocket&) = delete;
  ServerWebSocket& operator=(const ServerWebSocket&) = delete;

  // Queued, and copied once; what is sent within one turn of the executor leaves in one write.
  // RETURNS: false when it is closing or closed. A peer that reads too slowly, so that the message would
  // exceed queued_bytes, is closed with 1008, and what is queued is thrown away.
  bool send_text(std::string_view text);
  // One message of head and payload.
  bool send_binary(ByteView head, ByteView payload);
  // Behind what is queued. The reason is cut to 123 bytes. A second close() does nothing.
  void close(std::uint16_t code, std::string_view reason);

  std::size_t queued_bytes() const;
  const std::string& peer() const { return peer_; }  // its address, as Request::peer

 private:
  std::shared_ptr<WebSocketDriver> driver_;
  std::string peer_;
};

// A client waits for the answer; ServerLimits::request_deadline bounds how long.
//
// Runs on: the server's executor.
// Lifecycle: one of refuse() and accept(), once. Destroyed without either it is refused with 503.
class PendingUpgrade {
 public:
  class Source;  // the server's side

  explicit PendingUpgrade(std::unique_ptr<Source> source);
  PendingUpgrade(PendingUpgrade&&) noexcept;
  PendingUpgrade& operator=(PendingUpgrade&&) = delete;
  ~PendingUpgrade();

  // As the other routes see it; params are those of the route's {names}.
  const Request& request() const;
  // {"error":{"code":...,"message":...}} as of json_error(); the caller logs it.
  void refuse(int status, std::string_view message);
  // Goes on as a WebSocket. `subprotocol` is told to the client if it offered it. No handler is called before
  // what the caller posts to `executor` in this turn has run: let that be what gives the socket to its owner.
  // RETURNS: never null; of a client that is gone meanwhile on_closed is called with 1006.
  std::shared_ptr<ServerWebSocket> accept(const Executor& executor, WebSocketLimits limits,
                                          ServerWebSocketHandlers handlers,
                                          std::string_view subprotocol = {});

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace earshot::http
