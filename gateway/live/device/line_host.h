// What a shard does for the wires of doors whose connections live on it.
//
// Runs on: the shard's thread.
#pragma once

#include <memory>
#include <string_view>

#include "gateway/live/device/line_wire.h"
#include "gateway/live/session/session_events.h"
#include "gateway/xiaozhi/control_message.h"

namespace earshot::gateway {

class LineHost {
 public:
  virtual ~LineHost() = default;
  // It is there from now on; another one of the same device is hung up. The host keeps it until line_closed().
  virtual void line_opened(std::shared_ptr<LineWire> wire) = 0;
  virtual void line_said(LineWire& wire, const ParsedControl& control, std::string_view payload,
                         SteadyTime received) = 0;
  // Its session ends without a word. The wire lives until the caller has returned.
  virtual void line_closed(LineWire& wire, std::string_view reason) = 0;
  virtual SessionCounters& line_counters() = 0;
};

}  // namespace earshot::gateway
