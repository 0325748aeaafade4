// The way of JSON messages to devices, whatever door they came by. Implementations are safe from any thread:
// all shards share one.
#pragma once

#include <string_view>

#include "common/base/result.h"

namespace earshot::gateway {

class DeviceTransport {
 public:
  virtual ~DeviceTransport() = default;
  // Messages to one client keep their order. A message that cannot be sent is dropped and counted there.
  // Errors: kUnavailable, kTooLarge.
  virtual Status send(std::string_view client_id, std::string_view json) = 0;
  // Ends its connection, after what was sent to it before.
  virtual void kick(std::string_view client_id) = 0;
};

}  // namespace earshot::gateway
