#include "worker/providers/tts/speech_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace earshot::worker {

namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Blocks without letters (Unicode 15): spaces and punctuation, arrows to dingbats, CJK and full-width
// punctuation, variation selectors, private use, emoji.
constexpr std::array<Range, 13> kSilent{{{0x80, 0xA9},
                                         {0xAB, 0xB4},
                                         {0xB6, 0xB9},
                                         {0xBB, 0xBF},
                                         {0x2000, 0x206F},
                                         {0x2190, 0x2BFF},
                                         {0x3000, 0x3004},
                                         {0x3008, 0x3020},
                                         {0xE000, 0xF8FF},
                                         {0xFE00, 0xFE6F},
                                         {0xFF01, 0xFF0F},
                                         {0xFF1A, 0xFF20},
                                         {0x1F000, 0x1FAFF}}};

bool sounds(char32_t c) {
  if (c < 0x80) return std::isalnum(static_cast<unsigned char>(c)) != 0;
  return std::none_of(kSilent.begin(), kSilent.end(),
                      [c](const Range& range) { return c >= range.first && c <= range.last; });
}

}  // namespace

bool speakable(std::string_view text) {
  char32_t c = 0;
  int missing = 0;  // continuation bytes of the character that has begun
  for (const char byte : text) {
    const auto unit = static_cast<std::uint8_t>(byte);
    if (unit < 0x80) {
      missing = 0;
      if (sounds(unit)) return true;
    } else if (unit >= 0xC0) {
      missing = unit >= 0xF0 ? 3 : unit >= 0xE0 ? 2 : 1;
      c = unit & (0x3Fu >> missing);
    } else if (missing > 0) {
      c = (c << 6) | (unit & 0x3Fu);
      if (--missing == 0 && sounds(c)) return true;
    }
  }
  return false;
}

std::string front_of(const std::string& text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

std::string primary_language(std::string_view language) {
  std::string primary(language.substr(0, language.find_first_of("-_")));
  std::transform(primary.begin(), primary.end(), primary.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return primary;
}

}  // namespace earshot::worker
