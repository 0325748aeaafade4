// The control messages of all devices of a load run: over MQTT (control_fleet.h) or WebSocket
// (websocket_fleet.h). A connection that is lost stays lost and is counted.
//
// Runs on: one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::simulator {

class ControlLine {
 public:
  // `device` counts from 0. Called from poll().
  struct Handlers {
    std::function<void(std::size_t device)> on_connected;
    std::function<void(std::size_t device, std::string_view json)> on_message;
  };

  virtual ~ControlLine() = default;
  virtual void connect(std::size_t device) = 0;
  virtual void publish(std::size_t device, std::string_view json) = 0;
  virtual void disconnect_all() = 0;
  // Handles what is ready, waits at most so long for the first of it.
  virtual void poll(Milliseconds patience) = 0;

  virtual std::size_t connected() const = 0;
  virtual std::size_t lost() const = 0;
  virtual const std::string& last_error() const = 0;
};

}  // namespace earshot::simulator
