// A language whose numbers we say. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace earshot::worker {

enum class Tongue : std::uint8_t { kEnglish, kChinese, kJapanese, kGerman, kSpanish, kFrench, kKorean };
constexpr std::size_t kTongues = 7;

// Of a tag like "de-AT" (BCP 47); Cantonese writes as Chinese does.
std::optional<Tongue> tongue_of(std::string_view language);
constexpr std::size_t index_of(Tongue tongue) {
  return static_cast<std::size_t>(tongue);
}
// No blank between words.
constexpr bool joins_words(Tongue tongue) {
  return tongue == Tongue::kChinese || tongue == Tongue::kJapanese;
}
constexpr bool is_east_asian(Tongue tongue) {
  return joins_words(tongue) || tongue == Tongue::kKorean;
}

}  // namespace earshot::worker
