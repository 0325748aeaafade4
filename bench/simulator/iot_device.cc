#include "bench/simulator/iot_device.h"

namespace earshot::simulator {

namespace {

json::object described(const char* description, const char* type) {
  return {{"description", description}, {"type", type}};
}

json::object thing(const char* name, const char* description, json::object properties, json::object methods) {
  return {{"type", "iot"},
          {"update", true},
          {"descriptors", json::array{json::object{{"name", name},
                                                   {"description", description},
                                                   {"properties", std::move(properties)},
                                                   {"methods", std::move(methods)}}}}};
}

json::object method(const char* description, const char* parameter, const char* type) {
  return {{"description", description},
          {"parameters", json::object{{parameter, described(description, type)}}}};
}

}  // namespace

std::vector<json::object> IotDevice::introduction() const {
  return {thing("Speaker", "the speaker", {{"volume", described("volume, 0 to 100", "number")}},
                {{"SetVolume", method("set the volume, 0 to 100", "volume", "number")}}),
          thing("Screen", "the screen",
                {{"brightness", described("brightness, 0 to 100", "number")},
                 {"theme", described("light or dark", "string")}},
                {{"SetBrightness", method("set the brightness, 0 to 100", "brightness", "number")},
                 {"SetTheme", method("light or dark", "theme_name", "string")}}),
          states()};
}

json::object IotDevice::states() const {
  return {{"type", "iot"},
          {"update", true},
          {"states",
           json::array{json::object{{"name", "Speaker"}, {"state", json::object{{"volume", status_.volume}}}},
                       json::object{{"name", "Screen"},
                                    {"state", json::object{{"brightness", status_.brightness},
                                                           {"theme", status_.theme}}}}}}};
}

RunReport::ToolCall IotDevice::run(const json::object& command) {
  const std::string name(json::find_string(command, "name").value_or(""));
  const std::string called(json::find_string(command, "method").value_or(""));
  const json::object* given = json::find_object(command, "parameters");
  const json::object parameters = given == nullptr ? json::object{} : *given;
  const auto failure = change(name + "." + called, parameters);
  return {.name = name + "." + called,
          .arguments = parameters,
          .result = failure.value_or("done"),
          .failed = failure.has_value()};
}

std::optional<std::string> IotDevice::change(std::string_view method, const json::object& parameters) {
  const auto number = [&](std::string_view name, int& to) -> std::optional<std::string> {
    const auto value = json::find_int(parameters, name);
    if (!value || *value < 0 || *value > 100) return "no such value: " + std::string(name);
    to = static_cast<int>(*value);
    return std::nullopt;
  };
  if (method == "Speaker.SetVolume") return number("volume", status_.volume);
  if (method == "Screen.SetBrightness") return number("brightness", status_.brightness);
  if (method != "Screen.SetTheme") return "no such method";
  const auto theme = json::find_string(parameters, "theme_name");
  if (!theme) return "no such value: theme_name";
  status_.theme = *theme;
  return std::nullopt;
}

}  // namespace earshot::simulator
