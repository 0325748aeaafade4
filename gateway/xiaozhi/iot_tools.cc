#include "gateway/xiaozhi/iot_tools.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::string_view kReadPrefix = "get_";
constexpr int kMethodNotFound = -32601;  // JSON-RPC 2.0, 5.1
constexpr int kInvalidParams = -32602;
constexpr const char* kListChanged = R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})";

// What becomes part of a tool's name, and goes back to the device between quotes.
bool is_thing_name(std::string_view name) {
  return !name.empty() && name.size() <= IotTools::kMaxNameBytes && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

std::string text_of(const json::object& from, std::string_view key) {
  return json::clean_text(json::find_string(from, key).value_or(""), IotTools::kMaxTextBytes);
}

std::string result(std::int64_t id, json::object what) {
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(what)}});
}

std::string error(std::int64_t id, int code, const std::string& message) {
  return json::serialize(json::object{
      {"jsonrpc", "2.0"}, {"id", id}, {"error", json::object{{"code", code}, {"message", message}}}});
}

std::string text_result(std::int64_t id, const std::string& text) {
  return result(
      id, {{"content", json::array{json::object{{"type", "text"}, {"text", text}}}}, {"isError", false}});
}

json::object empty_schema() {
  return {{"type", "object"}, {"properties", json::object{}}};
}

}  // namespace

std::optional<std::string> IotTools::hear(const json::array& descriptors, const json::array& states) {
  bool changed = false;
  for (const json::value& descriptor : descriptors)
    changed = (descriptor.is_object() && add_thing(descriptor.get_object())) || changed;
  for (const json::value& state : states) {
    if (state.is_object()) update_state(state.get_object());
  }
  if (!changed || !listed_) return std::nullopt;
  listed_ = false;  // told once: the worker asks again
  return kListChanged;
}

std::optional<std::string> IotTools::listens() {
  listens_ = true;
  if (!held_list_) return std::nullopt;
  listed_ = true;
  return list(*std::exchange(held_list_, std::nullopt));
}

IotTools::Answer IotTools::request(const json::object& payload) {
  const auto method = json::find_string(payload, "method");
  const auto id = json::find_int(payload, "id");
  if (!method || !id) return {};  // a notification, or an answer to nothing
  if (*method == "initialize") {
    return {.reply =
                result(*id, {{"protocolVersion", "2024-11-05"},
                             {"capabilities", json::object{{"tools", json::object{{"listChanged", true}}}}},
                             {"serverInfo", json::object{{"name", "iot"}, {"version", "1"}}}})};
  }
  if (*method == "ping") return {.reply = result(*id, {})};
  if (*method == "tools/list") {
    if (!listens_) {
      held_list_ = *id;
      return {};
    }
    listed_ = true;
    return {.reply = list(*id)};
  }
  const json::object* params = json::find_object(payload, "params");
  if (*method == "tools/call" && params != nullptr) return call(*id, *params);
  return {.reply = error(*id, kMethodNotFound, "Method not implemented")};
}

std::optional<IotTools::Type> IotTools::read_type(const json::object& from) {
  const auto type = json::find_string(from, "type");
  if (type == "boolean") return Type::kBoolean;
  if (type == "number") return Type::kNumber;
  if (type == "string") return Type::kString;
  return std::nullopt;
}

// Numbers are ints in that firmware.
bool IotTools::fits(const json::value& value, Type type) {
  switch (type) {
    case Type::kBoolean:
      return value.is_bool();
    case Type::kNumber: {
      if (!value.is_number()) return false;
      const auto number = value.to_number<double>();
      return number == std::trunc(number) && number >= std::numeric_limits<std::int32_t>::min() &&
             number <= std::numeric_limits<std::int32_t>::max();
    }
    case Type::kString:
      return value.is_string() && value.get_string().size() <= kMaxTextBytes;
  }
  return false;
}

std::vector<IotTools::Parameter> IotTools::read_parameters(const json::object& method) {
  std::vector<Parameter> all;
  const json::object* given = json::find_object(method, "parameters");
  if (given == nullptr) return all;
  for (const auto& [name, what] : *given) {
    const auto type = what.is_object() ? read_type(what.get_object()) : std::nullopt;
    if (!type || !is_thing_name(name) || all.size() >= kMaxMembers) continue;
    all.push_back({std::string(name), text_of(what.get_object(), "description"), *type});
  }
  return all;
}

IotTools::Thing IotTools::read_thing(const json::object& descriptor) {
  Thing thing{.description = text_of(descriptor, "description"), .properties = {}, .methods = {}};
  if (const json::object* properties = json::find_object(descriptor, "properties")) {
    for (const auto& [name, what] : *properties) {
      const auto type = what.is_object() ? read_type(what.get_object()) : std::nullopt;
      if (!type || !is_thing_name(name) || thing.properties.size() >= kMaxMembers) continue;
      thing.properties.try_emplace(std::string(name),
                                   Property{text_of(what.get_object(), "description"), *type});
    }
  }
  if (const json::object* methods = json::find_object(descriptor, "methods")) {
    for (const auto& [name, what] : *methods) {
      if (!what.is_object() || !is_thing_name(name) || thing.methods.size() >= kMaxMembers) continue;
      thing.methods.try_emplace(std::string(name), Method{text_of(what.get_object(), "description"),
                                                          read_parameters(what.get_object())});
    }
  }
  return thing;
}

bool IotTools::add_thing(const json::object& descriptor) {
  const auto name = json::find_string(descriptor, "name");
  if (!name || !is_thing_name(*name)) return false;
  if (things_.size() >= kMaxThings && !things_.contains(*name)) return false;
  things_.insert_or_assign(std::string(*name), read_thing(descriptor));
  return true;
}

void IotTools::update_state(const json::object& state) {
  const auto thing = things_.find(json::find_string(state, "name").value_or(""));
  const json::object* values = json::find_object(state, "state");
  if (thing == things_.end() || values == nullptr) return;
  for (const auto& [name, value] : *values) {
    const auto property = thing->second.properties.find(std::string_view(name));
    if (property != thing->second.properties.end() && fits(value, property->second.type))
      property->second.value = value;
  }
}

json::object IotTools::schema_of(const Method& method) {
  json::object schema = empty_schema();
  json::array required;
  for (const Parameter& parameter : method.parameters) {
    const char* const type = parameter.type == Type::kBoolean  ? "boolean"
                             : parameter.type == Type::kNumber ? "integer"
                                                               : "string";
    schema["properties"].as_object()[parameter.name] =
        json::object{{"type", type}, {"description", parameter.description}};
    required.push_back(json::value(parameter.name));
  }
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

std::string IotTools::list(std::int64_t id) const {
  json::array tools;
  std::size_t bytes = 0;
  const auto add = [&](const std::string& name, const std::string& description, json::object schema) {
    json::object tool{{"name", name}, {"description", description}, {"inputSchema", std::move(schema)}};
    bytes += json::serialize(tool).size() + 1;
    if (bytes <= kMaxListBytes) tools.push_back(std::move(tool));
  };
  for (const auto& [thing_name, thing] : things_) {
    for (const auto& [name, method] : thing.methods)
      add(thing_name + "." + name, thing.description + ": " + method.description, schema_of(method));
    for (const auto& [name, property] : thing.properties) {
      const std::string tool = std::string(kReadPrefix) + name;
      if (thing.methods.contains(tool)) continue;
      add(thing_name + "." + tool, thing.description + ": " + property.description, empty_schema());
    }
  }
  return result(id, {{"tools", std::move(tools)}});
}

std::optional<json::object> IotTools::take_arguments(const Method& method, const json::object& given,
                                                     std::string& problem) {
  json::object taken;
  for (const Parameter& parameter : method.parameters) {
    const json::value* value = given.if_contains(parameter.name);
    if (value == nullptr || !fits(*value, parameter.type)) {
      problem = "Missing valid argument: " + parameter.name;
      return std::nullopt;
    }
    if (parameter.type == Type::kNumber) {
      taken[parameter.name] = static_cast<std::int64_t>(value->to_number<double>());
    } else if (parameter.type == Type::kString) {
      taken[parameter.name] = json::clean_text(std::string_view(value->get_string()), kMaxTextBytes);
    } else {
      taken[parameter.name] = *value;
    }
  }
  return taken;
}

IotTools::Answer IotTools::call(std::int64_t id, const json::object& params) const {
  const std::string_view tool = json::find_string(params, "name").value_or("");
  const auto dot = tool.find('.');
  const auto thing = things_.find(tool.substr(0, dot));
  const std::string_view member = dot == std::string_view::npos ? std::string_view() : tool.substr(dot + 1);
  if (thing != things_.end()) {
    if (const auto method = thing->second.methods.find(member); method != thing->second.methods.end()) {
      const json::object* given = json::find_object(params, "arguments");
      std::string problem;
      auto arguments = take_arguments(method->second, given == nullptr ? json::object{} : *given, problem);
      if (!arguments) return {.reply = error(id, kInvalidParams, problem)};
      // It never says what became of it; the next states do.
      return {.reply = text_result(id, "sent to the device"),
              .commands = json::array{json::object{
                  {"name", thing->first}, {"method", method->first}, {"parameters", std::move(*arguments)}}}};
    }
    const bool reads = member.starts_with(kReadPrefix);
    const auto property = reads ? thing->second.properties.find(member.substr(kReadPrefix.size()))
                                : thing->second.properties.end();
    if (property != thing->second.properties.end()) {
      const auto& value = property->second.value;
      if (!value) return {.reply = error(id, kInvalidParams, "the device has not told it yet")};
      return {.reply =
                  text_result(id, value->is_string()
                                      ? json::clean_text(std::string_view(value->get_string()), kMaxTextBytes)
                                      : json::serialize(*value))};
    }
  }
  return {.reply = error(id, kInvalidParams, "Unknown tool: " + json::clean_text(tool, kMaxNameBytes * 2))};
}

}  // namespace earshot::gateway
