#include "worker/dialogue/folded_words.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace earshot::worker {

namespace {

constexpr std::array<std::string_view, 16> kWideMarks = {"，", "。", "！", "？", "、", "；", "：", "…",
                                                         "“",  "”",  "‘",  "’",  "「", "」", "～", "\u3000"};

}  // namespace

std::string folded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto mark =
        std::ranges::find_if(kWideMarks, [&](std::string_view one) { return text.starts_with(one); });
    if (mark != kWideMarks.end()) {
      text.remove_prefix(mark->size());
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<std::uint8_t>(c) >= 0x80;
    if (kept) out += c;
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace earshot::worker
