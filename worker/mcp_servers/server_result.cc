#include "worker/mcp_servers/server_result.h"

#include <optional>
#include <string_view>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxServerErrorBytes = 512;
constexpr std::size_t kMaxPartNameBytes = 200;
constexpr std::size_t kMaxParts = 100;

std::string named(std::string_view what, std::optional<std::string_view> detail) {
  std::string text = "[" + std::string(what);
  if (detail && !detail->empty()) text += ": " + json::clean_text(*detail, kMaxPartNameBytes);
  return text + "]";
}

std::string text_of(const json::object& part) {
  const std::string_view type = json::find_string(part, "type").value_or("text");
  if (type == "image") return named("an image, which is not shown", json::find_string(part, "mimeType"));
  if (type == "audio") return named("a sound, which is not played", json::find_string(part, "mimeType"));
  if (type == "resource_link") return named("a file", json::find_string(part, "uri"));
  if (type == "resource") {
    const json::object* resource = json::find_object(part, "resource");
    if (resource == nullptr) return {};
    if (const auto text = json::find_string(*resource, "text")) return std::string(*text);
    return named("a file", json::find_string(*resource, "uri"));
  }
  return std::string(json::find_string(part, "text").value_or(""));
}

std::string text_of(const json::object& result, std::size_t max_bytes) {
  std::string text;
  std::size_t parts = 0;
  if (const json::array* content = json::find_array(result, "content")) {
    for (const json::value& item : *content) {
      if (text.size() >= max_bytes || ++parts > kMaxParts) break;
      const std::string piece = item.is_object() ? text_of(item.get_object()) : std::string();
      if (piece.empty()) continue;
      if (!text.empty()) text += '\n';
      text += piece;
    }
  }
  if (!text.empty()) return text;
  const json::value* structured = result.if_contains("structuredContent");
  return structured == nullptr ? std::string() : json::serialize(*structured);
}

std::optional<Error> server_error(const json::object& reply) {
  const json::value* error = reply.if_contains("error");
  if (error == nullptr || error->is_null()) return std::nullopt;
  std::string_view message = "the server answered with an error";
  if (error->is_string()) message = error->get_string();
  if (error->is_object()) message = json::find_string(error->get_object(), "message").value_or(message);
  return Error{ErrorCode::kInvalid, json::clean_text(message, kMaxServerErrorBytes)};
}

}  // namespace

Result<std::string> read_server_result(const json::object& reply, std::size_t max_bytes) {
  if (auto error = server_error(reply)) return *std::move(error);
  const json::object* result = json::find_object(reply, "result");
  if (result == nullptr) return Error{ErrorCode::kInvalid, "the server's reply holds no result"};
  const std::string text = text_of(*result, max_bytes);
  if (json::find_bool(*result, "isError").value_or(false))
    return Error{ErrorCode::kInvalid, json::clean_text(text, kMaxServerErrorBytes)};
  return json::clean_text(text, max_bytes);
}

}  // namespace earshot::worker
