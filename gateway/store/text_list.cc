#include "gateway/store/text_list.h"

#include <charconv>

namespace earshot::store {

std::string encode_text_list(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& entry : list) text += std::to_string(entry.size()) + ":" + entry + ",";
  return text;
}

std::optional<std::vector<std::string>> decode_text_list(std::string_view text) {
  std::vector<std::string> list;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::size_t size = 0;
    const auto [colon, failure] = std::from_chars(at, end, size);
    const auto left = static_cast<std::size_t>(end - colon);
    if (failure != std::errc() || left < 2 || size > left - 2 || *colon != ':' || colon[1 + size] != ',') {
      return std::nullopt;
    }
    list.emplace_back(colon + 1, size);
    at = colon + 2 + size;
  }
  return list;
}

}  // namespace earshot::store
