#include "gateway/xiaozhi/broken_reply.h"

#include <algorithm>
#include <charconv>

namespace earshot::gateway {

namespace {

constexpr std::size_t kHeadBytes = 4096;
constexpr std::size_t kMaxSessionBytes = 64;

// What stands behind `"key":`, blanks left out; empty: no such key.
std::string_view behind_key(std::string_view text, std::string_view quoted_key) {
  for (std::size_t at = text.find(quoted_key); at != std::string_view::npos;
       at = text.find(quoted_key, at + 1)) {
    std::string_view rest = text.substr(at + quoted_key.size());
    const auto skip = [&rest] {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
    };
    skip();
    if (!rest.starts_with(':')) continue;
    rest.remove_prefix(1);
    skip();
    return rest;
  }
  return {};
}

std::string quoted_text(std::string_view rest) {
  if (!rest.starts_with('"')) return {};
  const std::size_t end = rest.find('"', 1);
  return end == std::string_view::npos || end > kMaxSessionBytes ? std::string()
                                                                 : std::string(rest.substr(1, end - 1));
}

}  // namespace

std::optional<BrokenReply> read_broken_reply(std::string_view text) {
  const std::string_view head = text.substr(0, kHeadBytes);
  if (quoted_text(behind_key(head, "\"type\"")) != "mcp") return std::nullopt;
  const std::string_view payload = behind_key(head, "\"payload\"");
  const bool is_reply =
      !behind_key(payload, "\"result\"").empty() || !behind_key(payload, "\"error\"").empty();
  if (!is_reply && !behind_key(payload, "\"method\"").empty()) return std::nullopt;
  const std::string_view rest = behind_key(payload, "\"id\"");
  BrokenReply reply{.session_id = quoted_text(behind_key(head, "\"session_id\""))};
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), reply.id);
  if (failure != std::errc{} || end == rest.data()) return std::nullopt;
  return reply;
}

}  // namespace earshot::gateway
