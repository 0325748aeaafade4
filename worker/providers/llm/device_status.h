// The answer of `self.get_device_status` (device-protocol 8.3): every part may be missing. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace earshot::worker {

struct DeviceStatus {
  std::optional<int> volume;
  std::optional<int> brightness;
  std::optional<int> battery_level;
  bool battery_charging = false;
  bool has_network = false;
  std::string network_name;  // the SSID, or the kind of network; may be empty. Chosen by a stranger.
};

// Text that is not such an answer gives a status that knows nothing.
DeviceStatus read_device_status(std::string_view text);

}  // namespace earshot::worker
