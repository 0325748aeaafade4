// The OTA bootstrap: what a device is told at boot (device-protocol 1.1, 1.2). Pure.
//
// The answer gives the device its MQTT credentials and the time, and tells it that there is no newer
// firmware. Hostile input: any header and any body may arrive. A body that is no JSON is normal (the firmware
// does not escape the SSID, trap 25): the headers alone are enough.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/base/secret.h"
#include "common/http/http_message.h"

namespace earshot::gateway {

struct OtaConfig {
  std::string mqtt_host;           // what devices connect to: host name or IPv4, no scheme (trap 2)
  std::uint16_t mqtt_port = 1883;  // 8883 makes the device use TLS
  int keepalive_seconds = 90;      // default of the firmware: 240; quicker offline detection (trap 29)
  std::chrono::minutes timezone_offset{};  // of the place where the devices are; UTC + this is what they show
  Secret device_key;                       // signs the MQTT passwords
};

struct OtaAnswer {
  DeviceId device;
  std::string board;  // for the log: cleaned board type
  std::string body;   // JSON
};

// Errors: kInvalid (no usable Device-Id, neither in the header nor in the body).
Result<OtaAnswer> answer_ota(const http::Request& request, const OtaConfig& config,
                             std::chrono::system_clock::time_point now);

// The firmware's own version in a form that its parser survives: dotted numbers, each starting with a digit
// and small enough for std::stoi; else empty, which is never newer (trap 3).
std::string safe_version(std::string_view version);

}  // namespace earshot::gateway
