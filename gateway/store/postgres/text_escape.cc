#include "gateway/store/postgres/text_escape.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace earshot::store::postgres {

namespace {

constexpr char kMark = '\x01';
constexpr std::string_view kDigits = "0123456789abcdef";

bool is_between(char c, unsigned first, unsigned last) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= first && byte <= last;
}

// RETURNS: how long the UTF-8 character is that `bytes` begins with (RFC 3629, table 3-7 of Unicode); 0: none.
std::size_t character_at(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < size) return 0;
  // The second byte also rules out overlong forms, surrogates and what is above U+10FFFF.
  const unsigned first = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned last = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (!is_between(bytes[1], first, last)) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!is_between(bytes[i], 0x80, 0xBF)) return 0;
  }
  return size;
}

std::size_t digit_value(char c) {
  return kDigits.find(c);
}

}  // namespace

std::string escape_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t size = bytes[0] == '\0' || bytes[0] == kMark ? 0 : character_at(bytes);
    if (size > 0) {
      text.append(bytes.substr(0, size));
    } else {
      const auto byte = static_cast<unsigned char>(bytes[0]);
      text += kMark;
      text += kDigits[byte / 16U];
      text += kDigits[byte % 16U];
    }
    bytes.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return text;
}

std::string unescape_text(std::string_view text) {
  std::size_t at = text.find(kMark);
  if (at == std::string_view::npos) return std::string(text);
  std::string bytes;
  bytes.reserve(text.size());
  while (at != std::string_view::npos) {
    bytes.append(text.substr(0, at));
    text.remove_prefix(at);
    const std::size_t high = text.size() < 3 ? std::string_view::npos : digit_value(text[1]);
    const std::size_t low = text.size() < 3 ? std::string_view::npos : digit_value(text[2]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      bytes += kMark;
      text.remove_prefix(1);
    } else {
      bytes += static_cast<char>(high * 16 + low);
      text.remove_prefix(3);
    }
    at = text.find(kMark);
  }
  return bytes.append(text);
}

}  // namespace earshot::store::postgres
