#include "gateway/xiaozhi/device_reply.h"

#include <utility>

namespace earshot::commands {

namespace {

constexpr std::size_t kMaxResultBytes = 16 * 1024;  // twice in a receipt, as text and as JSON
constexpr std::size_t kMaxErrorBytes = 512;

}  // namespace

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

Result<json::object> reply_result(const json::object& reply) {
  if (const auto* result = json::find_object(reply, "result")) return *result;
  // The firmware's errors hold a message, and a code since 2.5.0 (8.1).
  const auto* error = json::find_object(reply, "error");
  const auto words = error == nullptr ? std::nullopt : json::find_string(*error, "message");
  return Error{ErrorCode::kInvalid,
               json::clean_text(words.value_or("an answer without a result"), kMaxErrorBytes)};
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
