// What a client of the Realtime door is told that it did wrong, or that went wrong here (docs/protocol_realtime.md).
#pragma once

#include <string>

namespace earshot::gateway {

struct RealtimeError {
  std::string code;
  std::string message;
  std::string param = {};
  std::string type = "invalid_request_error";  // or server_error
};

}  // namespace earshot::gateway
