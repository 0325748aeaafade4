// What is said in one task on a WebSocket (ws_task.h). Pure.
#pragma once

#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/result.h"

namespace earshot::worker {

struct WsMessage {
  bool binary = false;
  std::string bytes;
};

enum class WsStep {
  kContinue,
  kStarted,   // the server is ready for what was sent meanwhile
  kSettling,  // the end, unless another message comes within `settle`; the connection is not used again
  kEnded,     // the task is over; the connection is free
};

// What is said in one task. Errors end the task and its connection.
class WsDialogue {
 public:
  virtual ~WsDialogue() = default;
  // May be called again, when a kept connection turned out to be dead: everything starts anew.
  virtual std::vector<WsMessage> begin() = 0;
  virtual Result<WsStep> receive(bool binary, ByteView bytes) = 0;
  virtual std::vector<WsMessage> finish() = 0;
  // After finish() the server `closed` in order, or else said nothing more in time: was that all?
  virtual bool whole(bool /*closed*/) const { return false; }
};

}  // namespace earshot::worker
