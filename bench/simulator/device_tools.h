// The tools of a simulated device, with state that they really change (device-protocol 8.3, 8.4). Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::simulator {

struct DeviceStatus {
  int volume = 70;
  int brightness = 75;
  std::string theme = "light";
  int battery_level = 85;
  bool charging = false;
  std::string ssid = "simulated";
  bool rebooting = false;

  json::object to_json() const;  // as self.get_device_status answers
};

using Argument = std::variant<bool, int, std::string>;
using Arguments = std::map<std::string, Argument>;

struct ToolProperty {
  enum class Type { kBoolean, kInteger, kString };
  std::string name;
  Type type = Type::kInteger;
  std::optional<Argument> fallback;  // a property with a default is optional
  std::optional<int> min;
  std::optional<int> max;
};

struct Tool {
  std::string name;
  std::string description;
  std::vector<ToolProperty> properties;
  bool user_only = false;
  bool answers = true;  // false: the device restarts before the answer leaves (8.4)
  std::function<Result<json::value>(const Arguments&)> run;

  std::string to_json() const;  // one entry of tools/list
};

// Words for `names`: status, volume, brightness, theme, board:N (N lights of the board, to fill pages).
// User-only tools are always there, unless `names` is empty: a device without any tool.
// Errors: kInvalid, an unknown word. `status` is borrowed for the life of the tools.
Result<std::vector<Tool>> make_tools(const std::vector<std::string>& names, DeviceStatus& status);

}  // namespace earshot::simulator
