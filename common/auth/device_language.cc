#include "common/auth/device_language.h"

#include <algorithm>

#include "common/auth/credential_generation.h"

namespace earshot::auth {

namespace {

bool is_language_tag(std::string_view text) {
  constexpr std::size_t kMaxTag = 16;
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  return !text.empty() && text.size() <= kMaxTag && std::all_of(text.begin(), text.end(), plain);
}

// "r5" would be read as a generation of credentials; no language begins with one letter and a digit.
bool looks_like_generation(std::string_view tag) {
  return tag.size() >= 2 && tag[0] == 'r' && tag[1] >= '0' && tag[1] <= '9';
}

}  // namespace

std::string board_with_language(std::string_view board, std::string_view language) {
  // A browser-like list ("zh-CN,zh;q=0.9") counts by its first entry.
  const std::string_view tag = language.substr(0, language.find_first_of(",; "));
  if (!is_language_tag(tag) || looks_like_generation(tag)) return std::string(board);
  return std::string(board) + "." + std::string(tag);
}

std::string language_of(const ClientId& client_id) {
  const std::string_view group = group_without_generation(client_id.group);
  const auto dot = group.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view tag = group.substr(dot + 1);
  return is_language_tag(tag) ? std::string(tag) : std::string();
}

bool is_for_language(std::string_view tag, std::string_view told) {
  if (!told.starts_with(tag)) return false;
  const auto rest = told.substr(tag.size());
  return tag.empty() || rest.empty() || rest[0] == '-' || rest[0] == ',' || rest[0] == ';';
}

}  // namespace earshot::auth
