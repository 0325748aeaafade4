#include "worker/providers/llm/call_arguments.h"

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;
constexpr std::string_view kEmpty = "{}";

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWhiteSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kWhiteSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

bool is_object(std::string_view text) {
  return json::parse_object(text, kMaxBytes).ok();
}

}  // namespace

std::optional<std::string> call_arguments(std::string_view written) {
  std::string_view text = trimmed(written);
  if (text.empty() || text == "null") return std::string(kEmpty);
  if (is_object(text)) return std::string(text);
  // Written as text into the text: {"arguments": "\"{\\\"volume\\\": 3}\""}.
  std::string inner;
  if (text.starts_with('"')) {
    const auto parsed = json::parse_value(text, kMaxBytes);
    if (!parsed || !parsed->is_string()) return std::nullopt;
    inner = std::string_view(parsed->get_string());
    text = trimmed(inner);
    if (text.empty()) return std::string(kEmpty);
    if (is_object(text)) return std::string(text);
  }
  // Servers that begin each call with empty arguments and then send the real ones.
  while (text.starts_with(kEmpty) && text.size() > kEmpty.size()) text = trimmed(text.substr(kEmpty.size()));
  if (is_object(text)) return std::string(text);
  // The fragments, and then all of it once more.
  const std::string_view half = text.substr(0, text.size() / 2);
  if (text.size() % 2 == 0 && text.substr(half.size()) == half && is_object(half)) return std::string(half);
  return std::nullopt;
}

}  // namespace earshot::worker
