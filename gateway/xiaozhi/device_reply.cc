#include "gateway/xiaozhi/device_reply.h"

#include <utility>

namespace earshot::commands {

namespace {

constexpr std::size_t kMaxReplyBytes = 64 * 1024;   // of a device's message (mqtt_link.h)
constexpr std::size_t kMaxResultBytes = 16 * 1024;  // twice in a receipt, as text and as JSON
constexpr std::size_t kMaxErrorBytes = 512;

std::string request(std::int64_t id, std::string_view method, json::object params) {
  return json::serialize(json::object{
      {"type", "mcp"},
      {"payload",
       json::object{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}}}});
}

}  // namespace

std::string call_message(std::int64_t id, std::string_view tool, const json::object& arguments) {
  return request(id, "tools/call", json::object{{"name", tool}, {"arguments", arguments}});
}

std::string list_message(std::int64_t id, std::string_view cursor) {
  return request(id, "tools/list", json::object{{"cursor", cursor}, {"withUserTools", true}});
}

std::string alert_message(std::string_view status, std::string_view message, std::string_view emotion) {
  return json::serialize(
      json::object{{"type", "alert"}, {"status", status}, {"message", message}, {"emotion", emotion}});
}

std::string system_reboot_message() {
  return json::serialize(json::object{{"type", "system"}, {"command", "reboot"}});
}

std::string custom_message(const json::object& payload) {
  return json::serialize(json::object{{"type", "custom"}, {"payload", payload}});
}

std::optional<DeviceReply> read_reply(std::string_view payload) {
  const auto object = json::parse_object(payload, kMaxReplyBytes);
  if (!object) return std::nullopt;
  const auto id = json::find_int(*object, "id");
  if (!id || object->contains("method")) return std::nullopt;
  DeviceReply reply{.id = *id, .result = {}, .error = {}};
  if (const auto* result = json::find_object(*object, "result")) {
    reply.result = *result;
    return reply;
  }
  // The firmware's errors hold a message and nothing else (8.1).
  const auto* error = json::find_object(*object, "error");
  const auto words = error == nullptr ? std::nullopt : json::find_string(*error, "message");
  reply.error = json::clean_text(words.value_or("an answer without a result"), kMaxErrorBytes);
  return reply;
}

json::object tool_result(const json::object& result) {
  std::string text;
  if (const auto* content = json::find_array(result, "content")) {
    for (const json::value& part : *content) {
      const auto* object = part.if_object();
      if (object == nullptr) continue;
      if (!text.empty()) text += '\n';
      // An image carries its JSON in a member of its own name (8.2).
      text += json::find_string(*object, "text").value_or(json::find_string(*object, "image").value_or(""));
    }
  }
  text = json::clean_text(text, kMaxResultBytes);
  json::object shown{{"text", text}};
  if (auto value = json::parse_value(text, kMaxResultBytes);
      value.ok() && (value->is_object() || value->is_array() || value->is_bool())) {
    shown["json"] = std::move(*value);
  }
  return shown;
}

}  // namespace earshot::commands
