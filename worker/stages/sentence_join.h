// Sentences put together again. Chinese and Japanese have no blanks between them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace earshot::worker {

inline void append_sentence(std::string& text, std::string_view sentence) {
  const bool blank = !text.empty() && static_cast<std::uint8_t>(text.back()) < 0x80;
  if (blank && !sentence.empty()) text += ' ';
  text += sentence;
}

}  // namespace earshot::worker
