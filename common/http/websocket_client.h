// One WebSocket connection to a server (ws or wss), for providers and tools. Beast stays behind it.
//
// Runs on: the io_context given, all handlers too; never from inside a call of ours. Kept alive by its
// pending operations; after close() or destruction of the last handle no handler is called any more.
// Bounded: messages in by max_message_bytes, the outbox by max_queued_bytes
// (beyond it the connection is closed).
// Proxies: as the environment names them (proxy_settings.h), through a tunnel.
// TLS: certificates are verified against the system's store unless `verify_tls` is off (self-hosted servers).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace earshot::http {

struct WebSocketRequest {
  std::string url;  // ws://host[:port]/path or wss://...
  std::vector<std::pair<std::string, std::string>> headers;
  Milliseconds connect_timeout{5000};  // name look-up, TCP, TLS and upgrade together
  Milliseconds idle_ping{0};           // > 0: a ping when nothing came for so long; an unanswered one closes
  std::size_t max_message_bytes = 4 * 1024 * 1024;
  std::size_t max_queued_bytes = 4 * 1024 * 1024;
  bool verify_tls = true;
};

struct WebSocketClosed {
  Error error;          // kUnavailable unless it says more; kInvalid for a bad URL, kTimeout, kTooLarge
  int http_status = 0;  // when the upgrade was refused: its status ...
  std::string body;     // ... and up to 4 kB of its body ...
  std::string date;     // ... and its Date header
  int close_code = 0;   // when the server sent a close frame (RFC 6455 7.4)
  std::string close_reason;
  bool protocol_violation = false;  // the server does not keep to RFC 6455
};

struct WebSocketHandlers {
  std::function<void()> on_open;
  std::function<void(std::string_view)> on_text;
  std::function<void(ByteView)> on_binary;
  std::function<void(const WebSocketClosed&)> on_closed;  // at most once; not after our own close()
};

class WebSocketClient {
 public:
  virtual ~WebSocketClient() = default;
  virtual void send_text(std::string text) = 0;  // queued until open
  virtual void send_binary(ByteView bytes) = 0;
  virtual void close() = 0;  // what is queued is sent first, then a close frame; bounded by a second
  virtual bool is_open() const = 0;
};

// Starts connecting at once. Destroying the handle closes at once.
std::unique_ptr<WebSocketClient> connect_websocket(asio::io_context& io, WebSocketRequest request,
                                                   WebSocketHandlers handlers);

}  // namespace earshot::http
