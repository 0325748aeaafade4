#include "gateway/xiaozhi/tool_list.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace earshot::gateway {

namespace {

constexpr std::size_t kMaxListedNameBytes = 128;
constexpr std::size_t kMaxDescriptionBytes = 4096;
// Its `url` is declared with a sentence as default value and so looks optional; a call without it tries that
// sentence as address (device-protocol 8.4).
constexpr std::string_view kUpgrade = "self.upgrade_firmware";

// Named for somebody, and not for the model.
bool is_user_only(const json::object& tool) {
  const auto* annotations = json::find_object(tool, "annotations");
  const auto* audience = annotations == nullptr ? nullptr : json::find_array(*annotations, "audience");
  return audience != nullptr && !audience->empty() &&
         std::none_of(audience->begin(), audience->end(), [](const json::value& who) {
           return who.is_string() && std::string_view(who.get_string()) == "assistant";
         });
}

std::optional<Tool> make_tool(const json::object& from) {
  const auto name = json::find_string(from, "name");
  if (!name || name->empty() || name->size() > kMaxListedNameBytes) return std::nullopt;
  Tool tool;
  tool.name = *name;
  tool.description =
      json::clean_text(json::find_string(from, "description").value_or(""), kMaxDescriptionBytes);
  if (const auto* schema = json::find_object(from, "inputSchema")) tool.input_schema = *schema;
  return tool;
}

Error bad_tools(std::string message) {
  return Error{ErrorCode::kInvalid, std::move(message)};
}

std::string known_arguments(const json::object* properties) {
  if (properties == nullptr || properties->empty()) return "it takes none";
  std::string names = "it takes ";
  for (const auto& property : *properties) {
    if (names.size() > 9) names += ", ";
    names += property.key();
  }
  return names;
}

Status check_range(std::string_view name, const json::object& property, double number) {
  const auto limit = [&](std::string_view key) -> std::optional<double> {
    const json::value* found = property.if_contains(key);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    return found->to_number<double>();
  };
  const auto text = [&](std::string_view key) { return json::serialize(property.at(key)); };
  if (const auto minimum = limit("minimum"); minimum && number < *minimum) {
    return bad_tools("argument '" + std::string(name) + "' is below its minimum " + text("minimum"));
  }
  if (const auto maximum = limit("maximum"); maximum && number > *maximum) {
    return bad_tools("argument '" + std::string(name) + "' is above its maximum " + text("maximum"));
  }
  return kDone;
}

Status check_argument(std::string_view name, const json::object& property, const json::value& given) {
  const auto type = json::find_string(property, "type").value_or("");
  const auto wrong = [&](std::string_view wanted) {
    return bad_tools("argument '" + std::string(name) + "' must be " + std::string(wanted));
  };
  if (type == "boolean") return given.is_bool() ? Status(kDone) : wrong("true or false");
  if (type == "string") return given.is_string() ? Status(kDone) : wrong("a string");
  if (type != "integer") return kDone;  // nothing that the firmware knows; the device decides
  if (!given.is_number()) return wrong("an integer");
  const double number = given.to_number<double>();
  constexpr double kInt32 = 2147483647.0;  // the device cuts to it
  if (std::trunc(number) != number || std::abs(number) > kInt32) return wrong("an integer of 32 bits");
  return check_range(name, property, number);
}

}  // namespace

const Tool* ToolList::find(std::string_view name) const {
  const auto found =
      std::find_if(tools.begin(), tools.end(), [&](const Tool& tool) { return tool.name == name; });
  return found == tools.end() ? nullptr : &*found;
}

json::array ToolList::to_json() const {
  json::array all;
  for (const Tool& tool : tools) {
    all.push_back(json::object{{"name", tool.name},
                               {"description", tool.description},
                               {"input_schema", tool.input_schema},
                               {"user_only", tool.user_only}});
  }
  return all;
}

Status check_arguments(const Tool& tool, const json::object& arguments) {
  const auto* properties = json::find_object(tool.input_schema, "properties");
  for (const auto& given : arguments) {
    const json::value* property = properties == nullptr ? nullptr : properties->if_contains(given.key());
    if (property == nullptr || !property->is_object()) {
      return bad_tools("the tool has no argument '" + std::string(given.key()) +
                       "': " + known_arguments(properties));
    }
    if (auto status = check_argument(given.key(), property->get_object(), given.value()); !status)
      return status;
  }
  const auto missing = [&](std::string_view name) { return !arguments.contains(name); };
  if (tool.name == kUpgrade && missing("url")) return bad_tools("argument 'url' is missing");
  if (const auto* required = json::find_array(tool.input_schema, "required")) {
    for (const json::value& name : *required) {
      if (name.is_string() && missing(std::string_view(name.get_string()))) {
        return bad_tools("argument '" + std::string(std::string_view(name.get_string())) + "' is missing");
      }
    }
  }
  return kDone;
}

json::object ToolList::page(std::string_view cursor, std::size_t max_bytes) const {
  json::array shown;
  std::size_t bytes = 0;
  bool begun = cursor.empty();
  for (const Tool& tool : tools) {
    begun = begun || tool.name == cursor;
    if (!begun || tool.user_only) continue;
    json::object entry{
        {"name", tool.name}, {"description", tool.description}, {"inputSchema", tool.input_schema}};
    const std::size_t size = json::serialize(entry).size() + 1;
    if (size > max_bytes) continue;  // nobody could be told of it
    if (bytes + size > max_bytes) return {{"tools", std::move(shown)}, {"nextCursor", tool.name}};
    bytes += size;
    shown.push_back(std::move(entry));
  }
  return {{"tools", std::move(shown)}};
}

Result<std::string> ToolPages::add(const json::object& result) {
  const auto* page = json::find_array(result, "tools");
  if (page == nullptr) return bad_tools("the device's answer holds no list of tools");
  const std::size_t before = list_.tools.size();
  for (const json::value& entry : *page) {
    const auto* object = entry.if_object();
    auto tool = object == nullptr ? std::nullopt : make_tool(*object);
    if (!tool || list_.find(tool->name) != nullptr) continue;  // nobody could call it
    if (list_.tools.size() >= ToolList::kMaxTools) return Error{ErrorCode::kTooLarge, "too many tools"};
    bytes_ += tool->name.size() + tool->description.size() + json::serialize(tool->input_schema).size();
    if (bytes_ > ToolList::kMaxBytes) return Error{ErrorCode::kTooLarge, "the list of tools is too long"};
    tool->user_only = is_user_only(*object);
    list_.tools.push_back(std::move(*tool));
  }
  const std::string next(json::find_string(result, "nextCursor").value_or(""));
  if (next.empty()) return std::string();
  // A page that brings nothing new, or names a tool that we have: the list would never end.
  if (list_.tools.size() == before || list_.find(next) != nullptr) {
    return bad_tools("the device's list of tools comes round again");
  }
  if (++pages_ >= kMaxPages) return Error{ErrorCode::kTooLarge, "too many pages of tools"};
  return next;
}

}  // namespace earshot::gateway
