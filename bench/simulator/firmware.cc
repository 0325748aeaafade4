#include "bench/simulator/firmware.h"

#include <algorithm>

namespace earshot::simulator {

namespace {

bool is_version(std::string_view text) {
  return !text.empty() && text.size() <= 32 && text.front() != '.' && text.back() != '.' &&
         std::ranges::all_of(text, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

std::optional<Firmware> firmware_of(std::string_view name) {
  Firmware firmware{.version = std::string(name)};
  if (name == "2.5.0") {  // findings of 2026-11: pull request 2191
    firmware.decode_queue_packets = 20;
    firmware.mcp_error_codes = true;
    firmware.notify = true;
  } else if (name == "pr1939") {  // 78/xiaozhi-esp32, pull request 1939: announces nothing
    firmware.version = kUsualFirmware;
    firmware.speak_request = true;
    firmware.speak_ready_names_request = true;
  } else if (name == "1.7.x") {  // device-protocol 10
    firmware.version = "1.7.6";
    firmware.mcp = false;
    firmware.glyph_push = false;
    firmware.iot = true;
    firmware.answers_goodbye = true;
  } else if (name == "py-xiaozhi") {  // device-protocol 11
    firmware.version = "2.1.1";
    firmware.frame_duration = Milliseconds(20);
    firmware.glyph_push = false;
    firmware.mcp_error_codes = true;
    firmware.names_session_over_websocket = false;
    firmware.mqtt_in_conversations_only = true;
  } else if (!is_version(name)) {
    return std::nullopt;
  }
  return firmware;
}

std::string features_of(const Firmware& firmware) {
  std::string features;
  const auto add = [&](const char* feature) {
    features += (features.empty() ? "" : ",") + std::string(feature);
  };
  if (firmware.announces_speak_request) add(R"("speak_request":true)");
  if (firmware.mcp) add(R"("mcp":true)");
  if (firmware.glyph_push) add(R"("glyph_push":false)");
  return features;
}

}  // namespace earshot::simulator
