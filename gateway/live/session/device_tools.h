// The tools of a session's device, as the session sees them: its worker's questions go in, what the device says
// comes back through Session::tools_say() and tools_lost(). device_line.h is the one.
//
// Runs on: the shard's thread.
#pragma once

#include <cstdint>

#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::gateway {

class DeviceTools {
 public:
  virtual ~DeviceTools() = default;
  // A JSON-RPC request with method and id. May answer from inside.
  virtual void ask(const json::object& request, SteadyTime now) = 0;
  // The worker's requests up to this id are over for it: their answers are in its checkpoint.
  virtual void settled(std::int64_t id) = 0;
  // Another worker comes. What this one asked behind `settled`, it will ask again: that is answered with what came,
  // or comes, and not done twice.
  virtual void worker_gone(std::int64_t settled, SteadyTime now) = 0;
};

}  // namespace earshot::gateway
