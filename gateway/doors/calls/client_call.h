// What a client's connection and its call know of each other: events are texts, and what they mean is the dialect's.
#pragma once

#include <string_view>

#include "common/base/clock.h"
#include "gateway/live/session/call.h"

namespace earshot::gateway {

// What carries the events to the client.
class CallPort {
 public:
  virtual ~CallPort() = default;
  virtual void send_text(std::string_view json) = 0;
};

// A call in the dialect of its client.
//
// Runs on: the shard's thread.
class ClientCall : public Call {
 public:
  virtual void begin() = 0;  // what a client is greeted with
  virtual void client_says(std::string_view text, SteadyTime now) = 0;
  virtual void client_says_too_much() {}  // an event beyond what is kept, where the limits skip such
  virtual void expire() = 0;              // tells the client; the connection ends
  virtual void leave(std::string_view reason) = 0;
};

}  // namespace earshot::gateway
