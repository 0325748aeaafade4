#include "bench/simulator/mcp_device.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace earshot::simulator {

namespace {

constexpr std::size_t kMaxPageBytes = 8000;
constexpr std::size_t kPageReserveBytes = 30;
// JSON-RPC 2.0, 5.1
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;

std::string reply_text(std::int32_t id, const std::string& result) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + result + "}";
}

// cJSON's valueint: cut and saturated.
std::int32_t to_int32(double number) {
  constexpr auto kMin = std::numeric_limits<std::int32_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
  if (number >= static_cast<double>(kMax)) return kMax;
  if (number <= static_cast<double>(kMin)) return kMin;
  return static_cast<std::int32_t>(number);
}

std::optional<Argument> read_argument(const json::object& from, const ToolProperty& property) {
  const json::value* given = from.if_contains(property.name);
  if (!given) return std::nullopt;
  switch (property.type) {
    case ToolProperty::Type::kBoolean:
      return given->is_bool() ? std::optional<Argument>(given->get_bool()) : std::nullopt;
    case ToolProperty::Type::kInteger:
      return given->is_number() ? std::optional<Argument>(to_int32(given->to_number<double>()))
                                : std::nullopt;
    case ToolProperty::Type::kString:
      return given->is_string() ? std::optional<Argument>(std::string(given->get_string())) : std::nullopt;
  }
  return std::nullopt;
}

// Errors: the firmware's words.
Result<Arguments> read_arguments(const Tool& tool, const json::object& given) {
  Arguments arguments;
  for (const ToolProperty& property : tool.properties) {
    std::optional<Argument> value = read_argument(given, property);
    if (!value && !property.fallback)
      return Error{ErrorCode::kInvalid, "Missing valid argument: " + property.name};
    if (!value) value = property.fallback;
    if (const int* number = std::get_if<int>(&*value)) {
      if (property.min && *number < *property.min)
        return Error{ErrorCode::kInvalid, "Value is below minimum allowed: " + std::to_string(*property.min)};
      if (property.max && *number > *property.max)
        return Error{ErrorCode::kInvalid, "Value exceeds maximum allowed: " + std::to_string(*property.max)};
    }
    arguments.emplace(property.name, std::move(*value));
  }
  return arguments;
}

std::string result_text(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return json::serialize(value);  // true, false, digits, JSON text
}

}  // namespace

McpDevice::McpDevice(std::vector<Tool> tools, std::string board, std::string firmware_version,
                     bool error_codes)
    : tools_(std::move(tools)),
      board_(std::move(board)),
      firmware_version_(std::move(firmware_version)),
      error_codes_(error_codes) {}

McpDevice::Request McpDevice::receive(const json::object& payload, Violations& broken) {
  const auto dropped = [&](Rule rule, const std::string& detail) {
    broken.push_back({rule, detail});
    return Request{};
  };
  if (json::find_string(payload, "jsonrpc") != "2.0")
    return dropped(Rule::kMcpBadRequest, "jsonrpc is not \"2.0\"");
  const auto method = json::find_string(payload, "method");
  if (!method) return dropped(Rule::kMcpBadRequest, "no method");
  if (method->starts_with("notifications")) return {};
  const json::value* params = payload.if_contains("params");
  if (params && !params->is_object()) return dropped(Rule::kMcpBadRequest, "params is not an object");
  const json::value* id_value = payload.if_contains("id");
  if (!id_value || !id_value->is_number()) return dropped(Rule::kMcpIdNotNumber, std::string(*method));
  const auto exact_id = id_value->to_number<double>();
  const std::int32_t id = to_int32(exact_id);
  if (exact_id != static_cast<double>(id))
    broken.push_back({Rule::kMcpIdNotInt32, json::serialize(*id_value)});

  const json::object* object = params ? &params->get_object() : nullptr;
  if (*method == "initialize") {
    const json::object result{{"protocolVersion", "2024-11-05"},
                              {"capabilities", json::object{{"tools", json::object{}}}},
                              {"serverInfo", json::object{{"name", board_}, {"version", firmware_version_}}}};
    return {.reply = reply_text(id, json::serialize(result)), .run = {}, .tool_name = {}};
  }
  if (*method == "tools/list") return list_tools(id, object);
  if (*method == "tools/call") return call_tool(id, object, broken);
  return {.reply = error_text(id, kMethodNotFound, "Method not implemented: " + std::string(*method)),
          .run = {},
          .tool_name = {}};
}

McpDevice::Outcome McpDevice::run(const ToolRun& run) const {
  const auto result = run.tool->run(run.arguments);
  if (!result) {
    return {.text = result.error().message,
            .failed = true,
            .reply = error_text(run.id, kInternalError, result.error().message)};
  }
  Outcome outcome{.text = result_text(*result), .failed = false, .reply = {}};
  if (!run.tool->answers) return outcome;
  const json::object shown{{"content", json::array{json::object{{"type", "text"}, {"text", outcome.text}}}},
                           {"isError", false}};
  outcome.reply = reply_text(run.id, json::serialize(shown));
  return outcome;
}

// No escaping: as the firmware concatenates it.
std::string McpDevice::error_text(std::int32_t id, int code, const std::string& message) const {
  const std::string number = error_codes_ ? R"("code":)" + std::to_string(code) + "," : std::string();
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"error":{)" + number + R"("message":")" +
         message + R"("}})";
}

McpDevice::Request McpDevice::list_tools(std::int32_t id, const json::object* params) const {
  const std::string cursor(params ? json::find_string(*params, "cursor").value_or("") : "");
  const bool with_user_tools = params && json::find_bool(*params, "withUserTools").value_or(false);
  std::string page = R"({"tools":[)";
  std::string next;
  bool found = cursor.empty();
  bool any = false;
  for (const Tool& tool : tools_) {
    found = found || tool.name == cursor;
    if (!found || (tool.user_only && !with_user_tools)) continue;
    const std::string entry = tool.to_json() + ",";
    if (page.size() + entry.size() + kPageReserveBytes > kMaxPageBytes) {
      next = tool.name;
      break;
    }
    page += entry;
    any = true;
  }
  if (any) page.pop_back();
  if (!any && !tools_.empty()) {
    return {.reply = error_text(id, kInvalidParams,
                                "Failed to add tool " + next + " because of payload size limit"),
            .run = {},
            .tool_name = {}};
  }
  page += next.empty() ? "]}" : R"(],"nextCursor":")" + next + R"("})";
  return {.reply = reply_text(id, page), .run = {}, .tool_name = {}};
}

McpDevice::Request McpDevice::call_tool(std::int32_t id, const json::object* params,
                                        Violations& broken) const {
  const auto refused = [this, id](const std::string& message) {
    return Request{.reply = error_text(id, kInvalidParams, message), .run = {}, .tool_name = {}};
  };
  if (!params) return refused("Missing params");
  const auto name = json::find_string(*params, "name");
  if (!name) return refused("Missing name");
  const json::value* given = params->if_contains("arguments");
  if (given && !given->is_object()) return refused("Invalid arguments");

  Request request{.reply = {}, .run = {}, .is_call = true, .tool_name = std::string(*name)};
  const auto tool = std::find_if(tools_.begin(), tools_.end(),
                                 [&](const Tool& candidate) { return candidate.name == *name; });
  if (tool == tools_.end()) {
    broken.push_back({Rule::kMcpUnknownTool, request.tool_name});
    request.reply = error_text(id, kInvalidParams, "Unknown tool: " + request.tool_name);
    return request;
  }
  if (tool->user_only) broken.push_back({Rule::kMcpUserOnlyTool, request.tool_name});
  auto arguments = read_arguments(*tool, given ? given->get_object() : json::object{});
  if (!arguments) {
    request.reply = error_text(id, kInvalidParams, arguments.error().message);
    return request;
  }
  request.run = ToolRun{.id = id, .tool = &*tool, .arguments = std::move(*arguments)};
  return request;
}

}  // namespace earshot::simulator
