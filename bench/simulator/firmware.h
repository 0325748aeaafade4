// What a simulated device runs: the differences between firmwares that a server has to serve, in one place. Pure.
// A device has one and asks it; nothing else in the simulator knows a version.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace earshot::simulator {

struct Firmware {
  std::string version;                     // told to OTA
  std::size_t decode_queue_packets = 40;   // device-protocol 7.3; 20 since 2.5.0
  Milliseconds frame_duration{60};         // of what it sends
  bool mcp = true;                         // in the hello's features; and answers it
  bool mcp_error_codes = false;            // since 2.5.0
  bool glyph_push = true;                  // tells that it has none
  bool iot = false;                        // descriptors, states and commands instead of MCP
  bool notify = false;                     // fetches speech and plays it while idle
  bool answers_goodbye = false;            // up to 2.1.0
  bool speak_request = false;              // obeys it ...
  bool announces_speak_request = false;    // ... and says so in its hello
  bool speak_ready_names_request = false;  // by the request's session id, not its own
  bool names_session_over_websocket = true;
  bool mqtt_in_conversations_only = false;  // connects for one, disconnects at its end
};

inline constexpr std::string_view kUsualFirmware = "2.4.2";

// 2.4.2, 2.5.0, pr1939, 1.7.x (as 1.7.6), py-xiaozhi; any other version of dotted numbers behaves as 2.4.2.
// nullopt: neither.
std::optional<Firmware> firmware_of(std::string_view name);

// What its hello announces: the members of `features`.
std::string features_of(const Firmware& firmware);

}  // namespace earshot::simulator
