#include "worker/mcp/mcp_reply.h"

#include <optional>
#include <string_view>
#include <utility>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxErrorBytes = 256;

// `error` is {"message": ...} without a code (8.1); other clients send a code, or a bare text.
std::optional<Error> find_error(const json::object& reply) {
  const json::value* error = reply.if_contains("error");
  if (!error || error->is_null()) return std::nullopt;
  std::string_view message = "the device answered with an error";
  if (error->is_string()) message = error->get_string();
  if (error->is_object()) message = json::find_string(error->get_object(), "message").value_or(message);
  return Error{ErrorCode::kInvalid, json::clean_text(message, kMaxErrorBytes)};
}

}  // namespace

Result<std::string> read_tool_result(const json::object& reply, std::size_t max_bytes) {
  if (auto error = find_error(reply)) return *std::move(error);
  const json::value* result = reply.if_contains("result");
  if (!result) return Error{ErrorCode::kInvalid, "the reply holds neither result nor error"};
  if (!result->is_object()) return json::clean_text(json::serialize(*result), max_bytes);
  const json::array* content = json::find_array(result->get_object(), "content");
  if (!content) return json::clean_text(json::serialize(*result), max_bytes);
  std::string text;
  for (const json::value& item : *content) {
    if (text.size() >= max_bytes) break;
    const auto piece = item.is_object() ? json::find_string(item.get_object(), "text") : std::nullopt;
    if (!piece) continue;
    if (!text.empty()) text += '\n';
    text += piece->substr(0, max_bytes);
  }
  text = json::clean_text(text, max_bytes);
  if (json::find_bool(result->get_object(), "isError").value_or(false)) {
    return Error{ErrorCode::kInvalid, json::clean_text(text, kMaxErrorBytes)};
  }
  return text;
}

}  // namespace earshot::worker
