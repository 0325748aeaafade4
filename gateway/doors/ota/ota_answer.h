// The OTA bootstrap: what a device is told at boot (device-protocol 1.2). Pure.
//
// Who is admitted gets its MQTT credentials; who is not gets the code to show, or nothing. All get the time
// and the firmware section. No credentials without admission: without the `mqtt` section the firmware falls
// back on what it has stored, which the broker's other end refuses then (docs/devices.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/secret.h"
#include "gateway/control/devices/boot_report.h"
#include "gateway/control/firmware/firmware_offer.h"

namespace earshot::gateway {

struct OtaConfig {
  std::string mqtt_host;           // what devices connect to: host name or IPv4, no scheme (trap 2)
  std::uint16_t mqtt_port = 1883;  // 8883 makes the device use TLS
  int keepalive_seconds = 90;      // default of the firmware: 240; quicker offline detection (trap 29)
  std::chrono::minutes timezone_offset{};  // of the place where the devices are; UTC + this is what they show
  Secret device_key;                       // signs the MQTT passwords
  std::string console_url = {};            // where people type codes in
  std::string websocket_url = {};          // of devices whose transport is WebSocket; empty: none has it
  int websocket_version = 1;               // of the binary frames
  std::chrono::days websocket_token_life{0};  // 0: the server there is not ours and gets no token of ours
  // Devices that are not set to WebSocket are sent there, and there. Of both the firmware takes MQTT (trap 5).
  bool offers_mqtt = true;
  bool offers_websocket = false;
};

// What was decided about the device.
struct OtaDecision {
  bool admitted = false;
  std::uint32_t generation = 0;  // of its credentials
  bool websocket = false;        // it is sent there instead of to MQTT
  std::string code = {};         // six digits to show; may be empty
  std::string challenge;  // to prove its serial number, or just to make it poll /activate; may be empty
  std::optional<FirmwareOffer> firmware = std::nullopt;
};

// RETURNS: JSON.
std::string compose_ota_answer(const BootReport& report, const OtaDecision& decision, const OtaConfig& config,
                               std::chrono::system_clock::time_point now);

}  // namespace earshot::gateway
