// What a device tells of itself when it boots, checked and cut to size (doors/ota/ota_request.h reads it).
#pragma once

#include <string>

#include "common/base/ids.h"

namespace earshot::gateway {

struct BootReport {
  DeviceId device;
  std::string uuid;      // auth::credential_uuid(): the device's own, or what stands in for it
  std::string serial;    // [A-Za-z0-9._-]{1,64}, else empty
  std::string board;     // [A-Za-z0-9_-]{1,48}: it becomes a part of the MQTT client id
  std::string version;   // dotted numbers, or empty: nothing that the firmware's own parser survives
  std::string language;  // as told, at most 32 bytes; hostile
  std::string peer;      // IP address it came from
};

}  // namespace earshot::gateway
