#include "gateway/session/command_ids.h"

#include <charconv>

namespace earshot::gateway {

std::optional<std::int64_t> command_id_in_broken_reply(std::string_view text) {
  constexpr std::string_view kId = R"("id":)";
  const auto payload = text.find(R"("payload":)");
  if (text.find(R"("type":"mcp")") == std::string_view::npos || payload == std::string_view::npos) {
    return std::nullopt;
  }
  // The first one: the firmware writes it before anything that could hold quotes.
  const auto found = text.find(kId, payload);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(found + kId.size());
  std::int64_t id = 0;
  const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), id);
  if (failure != std::errc{} || end == rest.data() + rest.size() || !is_command_id(id)) return std::nullopt;
  return id;
}

}  // namespace earshot::gateway
