#include "common/auth/credential_generation.h"

#include <charconv>
#include <optional>

namespace earshot::auth {

namespace {

// Of the group's last part; nullopt when that is no generation. N is written without leading zeros, so that
// each generation has one form only.
std::optional<std::uint32_t> last_part(std::string_view group) {
  const auto dot = group.rfind(".r");
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view digits = group.substr(dot + 2);
  if (digits.starts_with('0')) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::uint32_t generation_of(const ClientId& client_id) {
  return last_part(client_id.group).value_or(0);
}

std::string_view group_without_generation(std::string_view group) {
  return last_part(group) ? group.substr(0, group.rfind(".r")) : group;
}

}  // namespace earshot::auth
