#include "common/http/utf8.h"

#include <cstddef>
#include <cstdint>

namespace earshot::http {

namespace {

// What may follow a leading byte (Unicode 15, table 3-7): how many bytes, and which of them may come first.
struct Sequence {
  std::size_t more = 0;
  std::uint8_t first = 0x80;
  std::uint8_t last = 0xbf;
};

Sequence sequence_of(std::uint8_t lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return {.more = 1};
  if (lead == 0xe0) return {.more = 2, .first = 0xa0};
  if (lead == 0xed) return {.more = 2, .last = 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {.more = 2};
  if (lead == 0xf0) return {.more = 3, .first = 0x90};
  if (lead == 0xf4) return {.more = 3, .last = 0x8f};
  if (lead >= 0xf1 && lead <= 0xf3) return {.more = 3};
  return {};
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[at++]);
    if (lead < 0x80) continue;
    const Sequence wanted = sequence_of(lead);
    if (wanted.more == 0 || text.size() - at < wanted.more) return false;
    for (std::size_t i = 0; i < wanted.more; ++i) {
      const auto byte = static_cast<std::uint8_t>(text[at++]);
      const std::uint8_t first = i == 0 ? wanted.first : std::uint8_t{0x80};
      const std::uint8_t last = i == 0 ? wanted.last : std::uint8_t{0xbf};
      if (byte < first || byte > last) return false;
    }
  }
  return true;
}

}  // namespace earshot::http
