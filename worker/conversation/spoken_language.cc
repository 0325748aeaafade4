#include "worker/conversation/spoken_language.h"

#include <cstdint>

namespace earshot::worker {

namespace {

// CJK Unified Ideographs are U+4E00..U+9FFF: in UTF-8 three bytes from E4 B8 80 to E9 BF BF.
bool has_chinese(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const auto second = static_cast<std::uint8_t>(text[i + 1]);
    if (lead == 0xe4 && second >= 0xb8 && second <= 0xbf) return true;
    if (lead >= 0xe5 && lead <= 0xe9 && (second & 0xc0) == 0x80) return true;
  }
  return false;
}

bool starts_with_language(std::string_view tag, std::string_view language) {
  return tag.starts_with(language) &&
         (tag.size() == language.size() || tag[language.size()] == '-' || tag[language.size()] == '_');
}

bool writes_ideographs(std::string_view tag) {
  return starts_with_language(tag, "zh") || starts_with_language(tag, "yue") ||
         starts_with_language(tag, "ja");
}

}  // namespace

std::string spoken_language(std::string_view text, std::string_view preferred) {
  const bool chinese = has_chinese(text);
  if (chinese && !writes_ideographs(preferred)) return "zh-CN";
  if (!chinese && (starts_with_language(preferred, "zh") || starts_with_language(preferred, "yue")))
    return "en-US";
  return std::string(preferred);
}

}  // namespace earshot::worker
