#include "gateway/doors/calls/call_tools.h"

#include "common/base/wire_limits.h"

namespace earshot::gateway {

namespace {

// Of an answer, as a worker takes it (McpLimits::message_bytes, worker/mcp/mcp_client.h): a longer one it does not read,
// and waits.
constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
// What is left of one that is longer: JSON makes at most six bytes of one.
constexpr std::size_t kMaxCutOutputBytes = 8 * 1024;
constexpr int kMethodNotFound = -32601;  // JSON-RPC 2.0, 5.1

std::string rpc_reply(std::int64_t id, std::string_view key, json::value what) {
  return json::serialize(json::object{{"jsonrpc", "2.0"}, {"id", id}, {key, std::move(what)}});
}

json::array listed(const json::array& tools) {
  json::array list;
  for (const json::value& tool : tools) {
    const json::object& function = tool.get_object();
    const json::object* const parameters = json::find_object(function, "parameters");
    list.push_back(json::object{
        {"name", json::find_string(function, "name").value_or("")},
        {"description", json::find_string(function, "description").value_or("")},
        {"inputSchema", parameters != nullptr ? *parameters : json::object{{"type", "object"}}}});
  }
  return list;
}

}  // namespace

ToolQuestion read_tool_question(std::string_view payload, const json::array& tools) {
  const auto question = json::parse_object(payload, kMaxMcpDownBytes);
  if (!question) return {};
  const auto id = json::find_int(*question, "id");
  const auto method = json::find_string(*question, "method");
  if (!id || !method) return {};  // a notification
  if (method == "initialize") {
    return {.reply =
                rpc_reply(*id, "result",
                          json::object{{"protocolVersion", "2024-11-05"},
                                       {"capabilities", json::object{{"tools", json::object{}}}},
                                       {"serverInfo", json::object{{"name", "caller"}, {"version", "1"}}}})};
  }
  if (method == "tools/list")
    return {.reply = rpc_reply(*id, "result", json::object{{"tools", listed(tools)}})};
  const json::object* const params = json::find_object(*question, "params");
  const auto name = params == nullptr ? std::nullopt : json::find_string(*params, "name");
  if (method != "tools/call" || !name) {
    return {.reply = rpc_reply(*id, "error",
                               json::object{{"code", kMethodNotFound}, {"message", "method not found"}})};
  }
  const json::object* const arguments = json::find_object(*params, "arguments");
  return {.reply = {},
          .call = ToolQuestion::Call{.id = *id,
                                     .name = std::string(*name),
                                     .arguments = arguments == nullptr ? "{}" : json::serialize(*arguments)}};
}

std::string tool_answer(std::int64_t id, std::string_view output) {
  const auto answer = [&](std::string_view text) {
    return rpc_reply(id, "result",
                     json::object{{"content", json::array{json::object{{"type", "text"}, {"text", text}}}},
                                  {"isError", false}});
  };
  std::string whole = answer(output);
  return whole.size() <= kMaxAnswerBytes ? whole : answer(json::clean_text(output, kMaxCutOutputBytes));
}

}  // namespace earshot::gateway
