// The JSON that a device sends (device-protocol 6.1), as types. Pure.
//
// Devices build their JSON by gluing strings, so it can be invalid through no fault of an attacker (trap 25):
// it is mended where it can be (mended_json.h); a verdict other than kGood is counted and the message ignored,
// but that of an MCP reply is told to whoever waits for it. Nothing is closed for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::gateway {

inline constexpr std::size_t kMaxControlBytes = 64 * 1024;  // a tools/list page is about 8 KiB (trap 30)
inline constexpr std::size_t kMaxDeviceTextBytes = 1024;    // wake words, typed sentences, reasons

enum class ListenState { kStart, kStop, kDetect };
enum class ListenMode { kAuto, kManual, kRealtime };

struct DeviceHello {
  std::uint32_t sample_rate_hz = 16000;
  Milliseconds frame_duration{60};
  bool mcp = false;
  bool aec = false;            // server AEC: up timestamps name the frame that was played
  bool speak_request = false;  // the server may make it speak while it is idle
  bool drops_copies = false;   // a datagram that comes twice is played once: firmware from 2.4.0 on
};
struct DeviceListen {
  ListenState state = ListenState::kStart;
  ListenMode mode = ListenMode::kAuto;  // with kStart
  bool unknown_mode = false;            // with kStart: none or another one was given; auto stands for it
  std::string text;                     // with kDetect: the wake word, or a sentence that was typed (trap 15)
};
struct DeviceAbort {
  std::string reason;
};
struct DeviceMcp {
  std::string payload;             // the JSON-RPC object as text
  std::optional<std::int64_t> id;  // of the request that it answers; nullopt too: it asks something itself
};
struct DeviceGoodbye {};
struct DeviceSpeakReady {};  // speak_request.h
struct DeviceIot {           // of firmware <= 1.7: iot_tools.h
  json::array descriptors = {};
  json::array states = {};
};
// Types that we know to ignore (`ping` of test clients), and unknown ones.
struct DeviceOther {
  bool known = false;
};
using DeviceMessage = std::variant<DeviceHello, DeviceListen, DeviceAbort, DeviceMcp, DeviceGoodbye,
                                   DeviceSpeakReady, DeviceIot, DeviceOther>;

enum class ControlVerdict {
  kGood,
  kTooLarge,
  kNotJson,           // or not an object, or nested too deep
  kNoType,            // no `type`, or not a string
  kBadField,          // a member that this type needs is missing, or of the wrong type or value
  kUnsupportedAudio,  // a hello for audio that Opus or this protocol cannot do
};

struct ParsedControl {
  ControlVerdict verdict = ControlVerdict::kNotJson;
  std::string session_id;  // as the device gave it; empty if absent or not of our alphabet
  bool mended = false;     // it was no JSON
  DeviceMessage message;   // valid with kGood only
  // With kNotJson and kTooLarge: the MCP request that this was the reply to.
  std::optional<std::int64_t> broken_reply = std::nullopt;
};

// Which hello is taken: over MQTT its version is 3 and its transport "udp"; over WebSocket both are free, and the
// audio may be left out (clients in browsers do; then it is 16 kHz and 60 ms).
enum class ControlWire { kMqtt, kWebSocket };

// Of hostile bytes, at most as many as the door lets through.
ParsedControl parse_control_message(std::string_view json, ControlWire wire = ControlWire::kMqtt);

}  // namespace earshot::gateway
