// Devices that are online and answer MCP as the firmware does, all on one thread.
//
// Runs on: run() blocks its thread until stop() is called from another.
// Owns: the connections.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "bench/simulator/device_tools.h"
#include "bench/simulator/load/control_fleet.h"
#include "bench/simulator/mcp_device.h"
#include "common/base/result.h"

namespace earshot::bench {

class CommandFleet {
 public:
  explicit CommandFleet(std::size_t devices);

  // OTA and MQTT of all.
  // Errors: what failed.
  Status connect(const std::string& ota_url);
  void run();
  void stop() { stopped_ = true; }

  const std::vector<std::string>& macs() const { return macs_; }
  std::size_t tools_called() const { return called_; }  // by all
  std::size_t lost() const { return fleet_->lost(); }

 private:
  struct Device {
    simulator::DeviceStatus status;
    std::unique_ptr<simulator::McpDevice> mcp;
  };
  void answer(std::size_t device, std::string_view text);

  std::vector<std::string> macs_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::unique_ptr<simulator::ControlFleet> fleet_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::size_t> called_{0};
};

}  // namespace earshot::bench
