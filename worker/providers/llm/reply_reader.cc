#include "worker/providers/llm/reply_reader.h"

#include <algorithm>
#include <limits>

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxEventBytes = 4 * 1024 * 1024;  // the framing allows less
constexpr std::string_view kFieldAgain = "data:";

std::string_view part_text(const json::object& part) {
  const std::string_view type = json::find_string(part, "type").value_or("text");
  if (type != "text" && type != "output_text") return {};  // pictures; what the model thinks
  return json::find_string(part, "text").value_or("");
}

}  // namespace

std::optional<json::object> read_event(std::string_view data, ReplyEvents& out) {
  data.remove_prefix(std::min(data.size(), data.find_first_not_of(" \t\r\n")));
  if (data.starts_with(kFieldAgain)) data.remove_prefix(kFieldAgain.size());
  auto parsed = json::parse_object(data, kMaxEventBytes);
  if (!parsed) parsed = json::parse_object(json::clean_text(data, data.size() * 3), kMaxEventBytes);
  if (!parsed) {
    ++out.unread;
    return std::nullopt;
  }
  ++out.read;
  return std::move(*parsed);
}

std::string content_text(const json::object& message) {
  const json::value* content = message.if_contains("content");
  if (content == nullptr) return {};
  if (const auto* text = content->if_string()) return {text->data(), text->size()};
  if (const json::object* part = content->if_object()) return std::string(part_text(*part));
  const json::array* parts = content->if_array();
  std::string said;
  for (std::size_t i = 0; parts != nullptr && i < parts->size(); ++i) {
    if (const auto* text = (*parts)[i].if_string()) said.append(text->data(), text->size());
    if (const json::object* part = (*parts)[i].if_object()) said += part_text(*part);
  }
  return said;
}

std::uint32_t token_count(const json::object& usage, std::string_view key) {
  const std::int64_t count = json::find_int(usage, key).value_or(0);
  return count < 0 || count > std::numeric_limits<std::uint32_t>::max() ? 0
                                                                        : static_cast<std::uint32_t>(count);
}

}  // namespace earshot::worker
