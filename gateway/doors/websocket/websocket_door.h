// Where devices ask for a WebSocket: says who may have one, and hands the connection to the device's shard.
//
// Runs on: the HTTP server's executor, which is the gateway's main one; on_gone of lines is brought there.
// Borrows: what it is made with, for its life.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/http/http_router.h"
#include "common/http/websocket_server.h"
#include "common/log/log_limiter.h"
#include "gateway/doors/websocket/websocket_identity.h"

namespace earshot::gateway {

enum class WebSocketEvent { kAccepted, kRefusedToken, kRefusedDevice, kRefusedRequest, kCount };
inline constexpr std::array<std::string_view, static_cast<std::size_t>(WebSocketEvent::kCount)>
    kWebSocketEventNames{"websocket_accepted", "websocket_refused_token", "websocket_refused_device",
                         "websocket_refused_request"};

class WebSocketDoor {
 public:
  struct Ports {
    // RETURNS: whether the device is welcome. Told again with false when its last connection is over.
    std::function<bool(const auth::ClientId&, bool online)> presence;
    // To the shard of the client's device; `on_gone` may be called on any thread.
    std::function<void(http::PendingUpgrade, WebSocketClient, std::function<void()> on_gone)> hand_over;
  };

  WebSocketDoor(Executor executor, WebSocketKeys keys, const Clock& clock, Ports ports);
  ~WebSocketDoor() { *alive_ = false; }
  WebSocketDoor(const WebSocketDoor&) = delete;
  WebSocketDoor& operator=(const WebSocketDoor&) = delete;

  void mount(http::Router& router);           // at /xiaozhi/v1/
  void mount_anywhere(http::Router& router);  // at any path, as the established server does
  // The clients that are connected, once each: after the control plane has forgotten them.
  void tell_presence();

  const Counters<WebSocketEvent, kWebSocketEventNames>& counters() const { return counters_; }

 private:
  void on_upgrade(http::PendingUpgrade upgrade);
  void refuse(http::PendingUpgrade& upgrade, WebSocketEvent event, int status, std::string_view why);
  void on_gone(const auth::ClientId& client);

  struct Connected {
    auth::ClientId client;
    std::size_t connections = 0;
  };

  Executor executor_;
  WebSocketKeys keys_;
  const Clock& clock_;
  Ports ports_;
  std::unordered_map<std::string, Connected> connected_;
  log::LogLimiter refusals_{20, Milliseconds(60'000)};
  Counters<WebSocketEvent, kWebSocketEventNames> counters_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // read and written on `executor_` only
};

}  // namespace earshot::gateway
