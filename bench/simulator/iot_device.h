// The things of firmware 1.7.x (device-protocol 10): a speaker and a screen with the state that tools have on newer
// ones. Pure.
// Runs on: any one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/simulator/device_tools.h"
#include "bench/simulator/run_report.h"
#include "common/json/json.h"

namespace earshot::simulator {

class IotDevice {
 public:
  // `status` is borrowed.
  explicit IotDevice(DeviceStatus& status) : status_(status) {}

  // Sent after each hello: one message a thing, then the states. Without session id.
  std::vector<json::object> introduction() const;
  json::object states() const;
  // A command of the server; failed: no such thing, method or parameters.
  RunReport::ToolCall run(const json::object& command);

 private:
  std::optional<std::string> change(std::string_view method, const json::object& parameters);

  DeviceStatus& status_;
};

}  // namespace earshot::simulator
