#include "bench/simulator/ota_rules.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <vector>

#include "bench/simulator/ws_frames.h"
#include "common/json/json.h"

namespace earshot::simulator {

namespace {

constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
constexpr std::size_t kMaxNvsKeyBytes = 15;
constexpr std::size_t kMaxNvsStringBytes = 4000;
constexpr double kYear2020Ms = 1577836800e3;
constexpr double kYear2100Ms = 4102444800e3;
constexpr double kMaxOffsetMinutes = 14 * 60;  // UTC+14 is the furthest zone

// The firmware's std::stoi: digits at the start, the rest ignored; no digits or a large number throws.
std::optional<int> stoi_like_firmware(const std::string& text) {
  try {
    return std::stoi(text);
  } catch (const std::exception&) {
    return std::nullopt;  // the firmware does not catch it: the device reboots
  }
}

std::optional<std::vector<int>> parse_version(const std::string& text) {
  std::vector<int> parts;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t dot = std::min(text.find('.', from), text.size());
    const auto part = stoi_like_firmware(text.substr(from, dot - from));
    if (!part) return std::nullopt;
    parts.push_back(*part);
    from = dot + 1;
  }
  return parts;
}

void check_stored_section(const json::object& section, const std::string& name, Violations& broken) {
  for (const auto& [key, value] : section) {
    if (!value.is_string() && !value.is_number()) continue;  // not stored
    const std::string path = name + "." + std::string(key);
    if (key.size() > kMaxNvsKeyBytes) broken.push_back({Rule::kOtaKeyTooLong, path});
    if (value.is_string() && value.get_string().size() > kMaxNvsStringBytes)
      broken.push_back({Rule::kOtaStringTooLong, path});
    if (value.is_number()) {
      const auto number = value.to_number<double>();
      if (number != std::trunc(number) || number < std::numeric_limits<std::int32_t>::min() ||
          number > std::numeric_limits<std::int32_t>::max()) {
        broken.push_back({Rule::kOtaNumberNotInt32, path});
      }
    }
  }
}

void read_endpoint(const std::string& endpoint, OtaAnswer::Mqtt& mqtt, Violations& broken) {
  const std::size_t colon = endpoint.find(':');
  mqtt.host = endpoint.substr(0, colon);
  if (mqtt.host.empty()) return broken.push_back({Rule::kOtaEndpoint, "no host"});
  if (colon == std::string::npos) return;
  const std::string port = endpoint.substr(colon + 1);
  const auto number = stoi_like_firmware(port);
  if (!number || *number < 1 || *number > 65535) return broken.push_back({Rule::kOtaEndpoint, endpoint});
  mqtt.port = static_cast<std::uint16_t>(*number);
}

OtaAnswer::Mqtt read_mqtt(const json::object& section, Violations& broken) {
  const auto text = [&](std::string_view key) {
    return std::string(json::find_string(section, key).value_or(""));
  };
  OtaAnswer::Mqtt mqtt;
  read_endpoint(text("endpoint"), mqtt, broken);
  mqtt.client_id = text("client_id");
  mqtt.username = text("username");
  mqtt.password = Secret(text("password"));
  mqtt.publish_topic = text("publish_topic");
  mqtt.keepalive_s = static_cast<int>(json::find_int(section, "keepalive").value_or(240));
  if (mqtt.client_id.empty()) broken.push_back({Rule::kOtaFieldMissing, "mqtt.client_id"});
  if (mqtt.publish_topic.empty()) broken.push_back({Rule::kOtaFieldMissing, "mqtt.publish_topic"});
  return mqtt;
}

OtaAnswer::WebSocket read_websocket(const json::object& section, Violations& broken) {
  OtaAnswer::WebSocket websocket;
  websocket.url = json::find_string(section, "url").value_or("");
  websocket.token = Secret(std::string(json::find_string(section, "token").value_or("")));
  const bool known = websocket.url.starts_with("ws://") || websocket.url.starts_with("wss://");
  if (!known && !websocket.url.empty())
    broken.push_back({Rule::kOtaEndpoint, "websocket.url: " + websocket.url});
  const auto version = json::find_int(section, "version").value_or(1);
  websocket.version = version == 0 ? 1 : static_cast<int>(version);
  if (version < 0 || version > kMaxWsVersion)
    broken.push_back({Rule::kOtaEndpoint, "websocket.version " + std::to_string(version)});
  return websocket;
}

void check_server_time(const json::object& section, Violations& broken) {
  const auto in = [&](std::string_view key, double min, double max) {
    const json::value* found = section.if_contains(key);
    if (!found || !found->is_number()) return false;
    const auto number = found->to_number<double>();
    return number >= min && number <= max;
  };
  if (!in("timestamp", kYear2020Ms, kYear2100Ms))
    broken.push_back({Rule::kOtaServerTime, "timestamp is not milliseconds of UTC"});
  if (section.contains("timezone_offset") && !in("timezone_offset", -kMaxOffsetMinutes, kMaxOffsetMinutes))
    broken.push_back({Rule::kOtaServerTime, "timezone_offset is not minutes"});
}

bool offers_upgrade(const json::object& firmware, const std::string& running_version, Violations& broken) {
  const auto version = json::find_string(firmware, "version");
  const auto url = json::find_string(firmware, "url");
  if (!version || !url) return false;
  const auto offered = parse_version(std::string(*version));
  if (!offered) {
    broken.push_back({Rule::kOtaFirmwareVersion, std::string(*version)});
    return false;
  }
  const auto running = parse_version(running_version);
  // Lexicographic, longer wins a tie: as the firmware compares.
  const bool newer = running && *offered > *running;
  const bool forced = json::find_int(firmware, "force") == 1;
  if (forced && running == offered) broken.push_back({Rule::kOtaFirmwareLoop, std::string(*version)});
  return newer || forced;
}

void read_firmware(const json::object& firmware, const std::string& running_version, OtaAnswer& answer,
                   Violations& broken) {
  answer.upgrade = offers_upgrade(firmware, running_version, broken);
  answer.firmware_version = json::find_string(firmware, "version").value_or("");
  answer.firmware_url = json::find_string(firmware, "url").value_or("");
}

void read_activation(const json::object& activation, OtaAnswer& answer, Violations& broken) {
  const auto text = [&](std::string_view key) {
    return std::string(json::find_string(activation, key).value_or(""));
  };
  const auto code = json::find_string(activation, "code");
  const auto challenge = json::find_string(activation, "challenge");
  answer.activated = !code && !challenge;
  answer.activation_code = text("code");
  answer.activation_message = text("message");
  answer.challenge = text("challenge");
  const bool digits =
      !answer.activation_code.empty() &&
      std::ranges::all_of(answer.activation_code, [](char c) { return c >= '0' && c <= '9'; });
  if (code && !digits) broken.push_back({Rule::kOtaCodeNotDigits, answer.activation_code});
}

}  // namespace

OtaAnswer read_ota_answer(int http_status, const std::string& body, const std::string& running_version,
                          Violations& broken) {
  OtaAnswer answer;
  if (http_status != 200) {
    broken.push_back({Rule::kOtaNot200, std::to_string(http_status)});
    return answer;
  }
  const auto parsed = json::parse_object(body, kMaxAnswerBytes);
  if (!parsed) {
    broken.push_back({Rule::kOtaBadJson, parsed.error().message});
    return answer;
  }
  if (const json::object* activation = json::find_object(*parsed, "activation")) {
    read_activation(*activation, answer, broken);
  }
  if (const json::object* mqtt = json::find_object(*parsed, "mqtt")) {
    check_stored_section(*mqtt, "mqtt", broken);
    answer.mqtt = read_mqtt(*mqtt, broken);
  }
  if (const json::object* websocket = json::find_object(*parsed, "websocket")) {
    check_stored_section(*websocket, "websocket", broken);
    answer.websocket = read_websocket(*websocket, broken);
  }
  if (const json::object* time = json::find_object(*parsed, "server_time")) check_server_time(*time, broken);
  if (const json::object* firmware = json::find_object(*parsed, "firmware"))
    read_firmware(*firmware, running_version, answer, broken);
  return answer;
}

}  // namespace earshot::simulator
