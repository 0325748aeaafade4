#include "gateway/xiaozhi/control_message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/json/mended_json.h"
#include "gateway/xiaozhi/broken_reply.h"
#include "gateway/xiaozhi/speak_request.h"

namespace earshot::gateway {

namespace {

constexpr std::int64_t kMqttHelloVersion = 3;  // device-protocol 3.1
constexpr std::array<std::int64_t, 5> kOpusRates{8000, 12000, 16000, 24000, 48000};
constexpr std::array<std::int64_t, 8> kFrameDurations{5, 10, 20, 40, 60, 80, 100, 120};  // 7.2
constexpr std::size_t kMaxSessionIdBytes = 64;

template <class Range>
bool contains(const Range& range, std::int64_t wanted) {
  return std::find(range.begin(), range.end(), wanted) != range.end();
}

// What a device copies into its messages without escaping (3.4); anything else was never one of our ids.
bool is_session_id(std::string_view text) {
  return text.size() <= kMaxSessionIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                  c == '-';
         });
}

std::string capped_text(const json::object& from, std::string_view key) {
  return json::clean_text(json::find_string(from, key).value_or(""), kMaxDeviceTextBytes);
}

// Each of these fills `message`.
// RETURNS: kGood, or what is wrong.
ControlVerdict parse_hello(const json::object& from, ControlWire wire, DeviceMessage& message) {
  const auto* audio = json::find_object(from, "audio_params");
  const json::object usual{{"sample_rate", 16000}, {"frame_duration", 60}};
  if (wire == ControlWire::kWebSocket && audio == nullptr) audio = &usual;
  const bool of_mqtt =
      json::find_int(from, "version") == kMqttHelloVersion && json::find_string(from, "transport") == "udp";
  if (audio == nullptr || (wire == ControlWire::kMqtt && !of_mqtt)) return ControlVerdict::kBadField;
  const auto rate = json::find_int(*audio, "sample_rate");
  const auto duration = json::find_int(*audio, "frame_duration");
  if (!rate || !duration) return ControlVerdict::kBadField;
  if (!contains(kOpusRates, *rate) || !contains(kFrameDurations, *duration)) {
    return ControlVerdict::kUnsupportedAudio;
  }
  if (json::find_string(*audio, "format").value_or("opus") != "opus")
    return ControlVerdict::kUnsupportedAudio;
  if (json::find_int(*audio, "channels").value_or(1) != 1) return ControlVerdict::kUnsupportedAudio;

  DeviceHello hello;
  hello.sample_rate_hz = static_cast<std::uint32_t>(*rate);
  hello.frame_duration = Milliseconds{*duration};
  if (const auto* features = json::find_object(from, "features")) {
    hello.mcp = json::find_bool(*features, "mcp").value_or(false);
    hello.aec = json::find_bool(*features, "aec").value_or(false);
    // The sequence check became strict in the release that brought this member (protocol_device.md 10).
    hello.drops_copies = features->contains("glyph_push");
    hello.speak_request = json::find_bool(*features, "speak_request").value_or(false);
  }
  message = hello;
  return ControlVerdict::kGood;
}

ControlVerdict parse_listen(const json::object& from, DeviceMessage& message) {
  DeviceListen listen;
  const auto state = json::find_string(from, "state");
  if (state == "start") {
    const auto mode = json::find_string(from, "mode");
    if (mode == "auto") {
      listen.mode = ListenMode::kAuto;
    } else if (mode == "manual") {
      listen.mode = ListenMode::kManual;
    } else if (mode == "realtime") {
      listen.mode = ListenMode::kRealtime;
    } else {
      // Firmware of other makers leaves it out or has words of its own. Without an answer it would listen for
      // ever.
      listen.unknown_mode = true;
    }
  } else if (state == "stop") {
    listen.state = ListenState::kStop;
  } else if (state == "detect") {
    listen.state = ListenState::kDetect;
    listen.text = capped_text(from, "text");
  } else {
    return ControlVerdict::kBadField;
  }
  message = std::move(listen);
  return ControlVerdict::kGood;
}

ControlVerdict parse_mcp(const json::object& from, DeviceMessage& message) {
  const auto* payload = json::find_object(from, "payload");
  if (payload == nullptr) return ControlVerdict::kBadField;
  const bool asks = payload->contains("method");
  message = DeviceMcp{json::serialize(*payload), asks ? std::nullopt : json::find_int(*payload, "id")};
  return ControlVerdict::kGood;
}

ControlVerdict parse_iot(const json::object& from, DeviceMessage& message) {
  DeviceIot iot;
  if (const auto* descriptors = json::find_array(from, "descriptors")) iot.descriptors = *descriptors;
  if (const auto* states = json::find_array(from, "states")) iot.states = *states;
  message = std::move(iot);
  return ControlVerdict::kGood;
}

ControlVerdict parse_body(std::string_view type, const json::object& from, ControlWire wire,
                          DeviceMessage& message) {
  if (type == "hello") return parse_hello(from, wire, message);
  if (type == "listen") return parse_listen(from, message);
  if (type == "mcp") return parse_mcp(from, message);
  if (type == "iot") return parse_iot(from, message);
  if (type == "abort") {
    message = DeviceAbort{capped_text(from, "reason")};
  } else if (type == "goodbye") {
    message = DeviceGoodbye{};
  } else if (type == kSpeakReadyType) {
    message = DeviceSpeakReady{};
  } else {
    message = DeviceOther{type == "ping"};
  }
  return ControlVerdict::kGood;
}

}  // namespace

ParsedControl parse_control_message(std::string_view json, ControlWire wire) {
  ParsedControl parsed;
  const auto read = json::parse_mended_object(json, kMaxControlBytes);
  if (!read) {
    const bool too_large = read.error().code == ErrorCode::kTooLarge;
    parsed.verdict = too_large ? ControlVerdict::kTooLarge : ControlVerdict::kNotJson;
    if (const auto reply = read_broken_reply(json)) {
      parsed.broken_reply = reply->id;
      if (is_session_id(reply->session_id)) parsed.session_id = reply->session_id;
    }
    return parsed;
  }
  const json::object& object = read->root;
  parsed.mended = read->was_mended;
  const auto type = json::find_string(object, "type");
  if (!type) {
    parsed.verdict = ControlVerdict::kNoType;
    return parsed;
  }
  const auto session_id = json::find_string(object, "session_id").value_or("");
  if (is_session_id(session_id)) parsed.session_id = session_id;
  parsed.verdict = parse_body(*type, object, wire, parsed.message);
  return parsed;
}

}  // namespace earshot::gateway
