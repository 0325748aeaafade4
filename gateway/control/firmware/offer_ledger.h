// What became of the firmware that devices were offered: seen at their next boot, as the firmware tells
// nothing of its own. Pure.
//
// An image that a device has downloaded kMaxTries times and still does not run is not offered to it any more:
// either it rolls back because the image does not start, or its download never ends well; each try costs it a
// reboot. Changing the image's roll-out, or a restart of the gateway, gives it new tries.
// Bounded: kMaxDevices; the oldest one is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/ids.h"

namespace earshot::gateway {

class OfferLedger {
 public:
  static constexpr int kMaxTries = 3;
  static constexpr std::size_t kMaxDevices = 20'000;

  struct Outcome {
    std::string image;
    std::string version;
    bool installed = false;  // else: it was downloaded, and the device still runs another one
  };
  // A device has booted and runs `version`. nullopt: nothing was going on.
  std::optional<Outcome> booted(const DeviceId& device, std::string_view version);

  bool may_offer(const DeviceId& device, std::string_view image) const;
  void offered(const DeviceId& device, std::string_view image, std::string_view version);
  void downloading(const DeviceId& device, std::string_view image);
  void forget_image(std::string_view image);
  std::size_t size() const { return offers_.size(); }

 private:
  struct Offer {
    std::string image;
    std::string version;
    int tries = 0;
    bool downloading = false;
  };
  std::unordered_map<DeviceId, Offer> offers_;
  std::deque<DeviceId> order_;  // each once, oldest first
};

}  // namespace earshot::gateway
