#include "worker/providers/llm/device_status.h"

#include <algorithm>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxStatusBytes = 16 * 1024;
constexpr std::size_t kMaxNameBytes = 64;  // an SSID has at most 32 (IEEE 802.11, 9.4.2.2)

std::optional<int> find_percent(const json::object& status, std::string_view part, std::string_view key) {
  const json::object* found = json::find_object(status, part);
  const auto value = found ? json::find_int(*found, key) : std::nullopt;
  if (!value) return std::nullopt;
  return static_cast<int>(std::clamp<std::int64_t>(*value, 0, 100));
}

}  // namespace

DeviceStatus read_device_status(std::string_view text) {
  DeviceStatus status;
  const auto parsed = json::parse_object(text, kMaxStatusBytes);
  if (!parsed.ok()) return status;
  status.volume = find_percent(*parsed, "audio_speaker", "volume");
  status.brightness = find_percent(*parsed, "screen", "brightness");
  status.battery_level = find_percent(*parsed, "battery", "level");
  if (const json::object* battery = json::find_object(*parsed, "battery")) {
    status.battery_charging = json::find_bool(*battery, "charging").value_or(false);
  }
  if (const json::object* network = json::find_object(*parsed, "network")) {
    status.has_network = true;
    for (const std::string_view key : {"ssid", "carrier", "type"}) {
      if (!status.network_name.empty()) break;
      status.network_name = json::clean_text(json::find_string(*network, key).value_or(""), kMaxNameBytes);
    }
  }
  return status;
}

}  // namespace earshot::worker
