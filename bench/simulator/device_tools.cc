#include "bench/simulator/device_tools.h"

#include <charconv>
#include <string_view>
#include <utility>

namespace earshot::simulator {

namespace {

ToolProperty percentage(std::string name) {
  return {
      .name = std::move(name), .type = ToolProperty::Type::kInteger, .fallback = {}, .min = 0, .max = 100};
}

ToolProperty text(std::string name) {
  return {.name = std::move(name), .type = ToolProperty::Type::kString, .fallback = {}, .min = {}, .max = {}};
}

std::string_view type_name(ToolProperty::Type type) {
  switch (type) {
    case ToolProperty::Type::kBoolean:
      return "boolean";
    case ToolProperty::Type::kInteger:
      return "integer";
    case ToolProperty::Type::kString:
      return "string";
  }
  return "";
}

json::value to_value(const Argument& argument) {
  return std::visit([](const auto& held) { return json::value(held); }, argument);
}

Tool status_tool(DeviceStatus& status) {
  return {
      .name = "self.get_device_status",
      .description = "Provides the real-time information of the device: speaker, screen, battery, network.",
      .properties = {},
      .run = [&status](const Arguments&) -> Result<json::value> { return json::value(status.to_json()); }};
}

Tool volume_tool(DeviceStatus& status) {
  return {
      .name = "self.audio_speaker.set_volume",
      .description = "Set the volume of the speaker, 0 to 100. Read the present volume first if it matters.",
      .properties = {percentage("volume")},
      .run = [&status](const Arguments& arguments) -> Result<json::value> {
        status.volume = std::get<int>(arguments.at("volume"));
        return json::value(true);
      }};
}

Tool brightness_tool(DeviceStatus& status) {
  return {.name = "self.screen.set_brightness",
          .description = "Set the brightness of the screen, 0 to 100.",
          .properties = {percentage("brightness")},
          .run = [&status](const Arguments& arguments) -> Result<json::value> {
            status.brightness = std::get<int>(arguments.at("brightness"));
            return json::value(true);
          }};
}

Tool theme_tool(DeviceStatus& status) {
  return {.name = "self.screen.set_theme",
          .description = "Set the theme of the screen: `light` or `dark`.",
          .properties = {text("theme")},
          .run = [&status](const Arguments& arguments) -> Result<json::value> {
            const auto& theme = std::get<std::string>(arguments.at("theme"));
            if (theme != "light" && theme != "dark") return json::value(false);  // text "false", not an error
            status.theme = theme;
            return json::value(true);
          }};
}

Tool light_tool(int number) {
  return {.name = "self.light_" + std::to_string(number) + ".set_level",
          .description =
              "Set the level of light " + std::to_string(number) +
              " of the board, 0 (off) to 100. The light keeps its level until it is set again; it does "
              "not fade. Answers true when the light has taken the level.",
          .properties = {percentage("level")},
          .run = [](const Arguments&) -> Result<json::value> { return json::value(true); }};
}

std::vector<Tool> user_only_tools(DeviceStatus& status) {
  std::vector<Tool> tools;
  tools.push_back({.name = "self.get_system_info",
                   .description = "Get the system information",
                   .properties = {},
                   .run = [](const Arguments&) -> Result<json::value> {
                     return json::value(json::object{{"chip_model_name", "simulated"}, {"version", 2}});
                   }});
  tools.push_back({.name = "self.reboot",
                   .description = "Reboot the system",
                   .properties = {},
                   .answers = false,
                   .run = [&status](const Arguments&) -> Result<json::value> {
                     status.rebooting = true;
                     return json::value(true);
                   }});
  // The description stands where the default belongs: the url shows as optional (8.4).
  tools.push_back({.name = "self.upgrade_firmware",
                   .description = "Upgrade firmware from a specific URL. This will download and install it.",
                   .properties = {{.name = "url",
                                   .type = ToolProperty::Type::kString,
                                   .fallback = Argument(std::string("The URL of the firmware binary")),
                                   .min = {},
                                   .max = {}}},
                   .run = [](const Arguments&) -> Result<json::value> { return json::value(true); }});
  tools.push_back({.name = "self.screen.get_info",
                   .description = "Information about the screen, including width, height, etc.",
                   .properties = {},
                   .run = [](const Arguments&) -> Result<json::value> {
                     return json::value(json::object{{"width", 240}, {"height", 240}, {"monochrome", false}});
                   }});
  for (Tool& tool : tools) tool.user_only = true;
  return tools;
}

}  // namespace

json::object DeviceStatus::to_json() const {
  return {{"audio_speaker", json::object{{"volume", volume}}},
          {"screen", json::object{{"brightness", brightness}, {"theme", theme}}},
          {"battery", json::object{{"level", battery_level}, {"charging", charging}}},
          {"network", json::object{{"type", "wifi"}, {"ssid", ssid}, {"signal", "strong"}}}};
}

std::string Tool::to_json() const {
  json::object shown;
  json::array required;
  for (const ToolProperty& property : properties) {
    json::object schema{{"type", type_name(property.type)}};
    if (property.fallback) schema["default"] = to_value(*property.fallback);
    if (property.min) schema["minimum"] = *property.min;
    if (property.max) schema["maximum"] = *property.max;
    if (!property.fallback) required.emplace_back(property.name);
    shown[property.name] = std::move(schema);
  }
  json::object input{{"type", "object"}, {"properties", std::move(shown)}};
  if (!required.empty()) input["required"] = std::move(required);
  json::object entry{{"name", name}, {"description", description}, {"inputSchema", std::move(input)}};
  if (user_only) entry["annotations"] = json::object{{"audience", json::array{"user"}}};
  return json::serialize(entry);
}

Result<std::vector<Tool>> make_tools(const std::vector<std::string>& names, DeviceStatus& status) {
  constexpr std::string_view kBoard = "board:";
  constexpr int kMaxLights = 200;
  std::vector<Tool> tools;
  for (const std::string& word : names) {
    if (word == "status") {
      tools.push_back(status_tool(status));
    } else if (word == "volume") {
      tools.push_back(volume_tool(status));
    } else if (word == "brightness") {
      tools.push_back(brightness_tool(status));
    } else if (word == "theme") {
      tools.push_back(theme_tool(status));
    } else if (word.starts_with(kBoard)) {
      int count = 0;
      const char* end = word.data() + word.size();
      const auto [stop, fault] = std::from_chars(word.data() + kBoard.size(), end, count);
      if (fault != std::errc() || stop != end || count < 1 || count > kMaxLights)
        return Error{ErrorCode::kInvalid, "board:N takes 1 to 200"};
      for (int number = 1; number <= count; ++number) tools.push_back(light_tool(number));
    } else {
      return Error{ErrorCode::kInvalid,
                   "no tool \"" + word + "\" (there are status, volume, brightness, theme, board:N)"};
    }
  }
  if (tools.empty()) return tools;
  for (Tool& tool : user_only_tools(status)) tools.push_back(std::move(tool));
  return tools;
}

}  // namespace earshot::simulator
