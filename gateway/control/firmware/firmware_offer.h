// A firmware image that a device is offered at boot.
#pragma once

#include <string>

namespace earshot::gateway {

struct FirmwareOffer {
  std::string version;  // dotted numbers: anything else makes the firmware reboot (trap 3)
  std::string url;      // absolute
  bool force = false;   // install it even where it is not newer
};

}  // namespace earshot::gateway
