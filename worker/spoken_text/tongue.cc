#include "worker/spoken_text/tongue.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace earshot::worker {

namespace {

constexpr auto kTags = std::to_array<std::pair<std::string_view, Tongue>>({
    {"en", Tongue::kEnglish},
    {"zh", Tongue::kChinese},
    {"yue", Tongue::kChinese},
    {"cmn", Tongue::kChinese},
    {"ja", Tongue::kJapanese},
    {"de", Tongue::kGerman},
    {"es", Tongue::kSpanish},
    {"fr", Tongue::kFrench},
    {"ko", Tongue::kKorean},
});

}  // namespace

std::optional<Tongue> tongue_of(std::string_view language) {
  std::string primary(language.substr(0, language.find_first_of("-_")));
  std::ranges::transform(primary, primary.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto found = std::ranges::find(kTags, primary, &std::pair<std::string_view, Tongue>::first);
  return found == kTags.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace earshot::worker
