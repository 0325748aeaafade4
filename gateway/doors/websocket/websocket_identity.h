// Who asks for a device's WebSocket, by the head of the request (device-protocol 5): headers as the firmware
// sends them, or members of the query for clients in browsers, which can set no headers. Pure.
#pragma once

#include <chrono>
#include <string>
#include <variant>

#include "common/auth/device_credentials.h"
#include "common/base/secret.h"
#include "common/http/http_message.h"
#include "gateway/doors/websocket/binary_frame.h"

namespace earshot::gateway {

struct WebSocketKeys {
  Secret device_key;
  Secret established_key;     // of the established server's tokens; empty: those are not taken
  bool require_token = true;  // false: whoever names a device is taken for it
};

struct WebSocketClient {
  auth::ClientId client;
  FrameForm form = FrameForm::kPlain;
};
struct WebSocketRefusal {
  int status = 401;
  std::string why;
};

std::variant<WebSocketClient, WebSocketRefusal> identify_websocket(const http::Request& request,
                                                                   const WebSocketKeys& keys,
                                                                   std::chrono::sys_seconds now);

}  // namespace earshot::gateway
