#include "gateway/control/commands/say_port.h"

#include <algorithm>

namespace earshot::commands {

namespace {

constexpr Milliseconds kSlowestCharacter{250};

}  // namespace

Milliseconds longest_speech(std::string_view text) {
  const auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
  return kSlowestCharacter * std::ranges::count_if(text, begins_character);
}

}  // namespace earshot::commands
