// What a shard does for the lines of doors whose connections live on it.
//
// Runs on: the shard's thread.
#pragma once

#include <memory>
#include <string_view>

#include "gateway/live/device/device_line.h"
#include "gateway/live/session/session_events.h"
#include "gateway/xiaozhi/control_message.h"

namespace earshot::gateway {

// A line with a connection of its own.
class ConnectedLine : public DeviceLine {
 public:
  // The connection ends, after what was sent; line_closed() follows.
  virtual void hang_up(std::string_view reason) = 0;
  virtual Session* session() = 0;  // nullptr: none now
};

class LineHost {
 public:
  virtual ~LineHost() = default;
  // It is there from now on; another one of the same device is hung up. The host keeps it until line_closed().
  virtual void line_opened(std::shared_ptr<ConnectedLine> line) = 0;
  virtual void line_said(DeviceLine& line, const ParsedControl& control, std::string_view payload,
                         SteadyTime received) = 0;
  // Its session ends without a word. The line lives until the caller has returned.
  virtual void line_closed(ConnectedLine& line, std::string_view reason) = 0;
  virtual SessionCounters& line_counters() = 0;
};

}  // namespace earshot::gateway
