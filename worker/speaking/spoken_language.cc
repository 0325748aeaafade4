#include "worker/speaking/spoken_language.h"

#include <algorithm>
#include <array>

#include "worker/spoken_text/characters.h"

namespace earshot::worker {

namespace {

struct Writing {
  Script script;
  std::string_view language;  // that a text of this script is taken for
  // Other languages that are written in it.
  std::array<std::string_view, 8> others;
};
constexpr auto kWritings = std::to_array<Writing>({
    {Script::kHan, "zh-CN", {"zh", "yue", "ja", "cmn", "wuu", "nan"}},
    {Script::kKana, "ja-JP", {"ja"}},
    {Script::kHangul, "ko-KR", {"ko"}},
    {Script::kCyrillic, "ru-RU", {"ru", "uk", "be", "bg", "sr", "mk", "kk", "mn"}},
    {Script::kGreek, "el-GR", {"el"}},
    {Script::kThai, "th-TH", {"th"}},
    {Script::kArabic, "ar-SA", {"ar", "fa", "ur", "ps", "ug", "sd", "ku"}},
    {Script::kHebrew, "he-IL", {"he", "iw", "yi"}},
    {Script::kDevanagari, "hi-IN", {"hi", "mr", "ne", "sa"}},
});

bool is_of(std::string_view tag, std::string_view language) {
  return !language.empty() && tag.starts_with(language) &&
         (tag.size() == language.size() || tag[language.size()] == '-' || tag[language.size()] == '_');
}

bool writes(std::string_view tag, const Writing& writing) {
  return std::ranges::any_of(writing.others, [tag](std::string_view one) { return is_of(tag, one); });
}

// Syllables and ideographs say more than a letter does.
int weight_of(Script script) {
  return script == Script::kHan || script == Script::kHangul || script == Script::kKana ? 3 : 1;
}

using Counts = std::array<int, static_cast<std::size_t>(Script::kCount)>;

Counts letters_of(std::string_view text) {
  Counts counts{};
  for (std::size_t i = 0; i < text.size();) {
    const Character one = character_at(text, i);
    const Script script = script_of(one.code);
    counts[static_cast<std::size_t>(script)] += weight_of(script);
    i += one.bytes;
  }
  counts[static_cast<std::size_t>(Script::kNone)] = 0;
  return counts;
}

}  // namespace

std::string spoken_language(std::string_view text, std::string_view preferred) {
  Counts counts = letters_of(text);
  const auto of = [&counts](Script script) -> int& { return counts[static_cast<std::size_t>(script)]; };
  // Japanese is written in both; Chinese has no kana but a brand or two.
  const bool japanese =
      of(Script::kKana) > 0 && (is_of(preferred, "ja") || of(Script::kKana) * 4 >= of(Script::kHan));
  if (japanese) of(Script::kKana) += of(Script::kHan);
  if (japanese) of(Script::kHan) = 0;
  // What an agent's own script has a good share of is its own: Chinese with English names in it.
  const auto own =
      std::ranges::find_if(kWritings, [&](const Writing& one) { return writes(preferred, one); });
  const auto most = std::ranges::max_element(counts);
  if (*most == 0) return std::string(preferred);
  if (own != kWritings.end() && of(own->script) * 3 >= *most) return std::string(preferred);
  const auto script = static_cast<Script>(most - counts.begin());
  const auto writing = std::ranges::find(kWritings, script, &Writing::script);
  if (writing != kWritings.end())
    return std::string(writes(preferred, *writing) ? preferred : writing->language);
  const bool foreign =
      std::ranges::any_of(kWritings, [&](const Writing& one) { return writes(preferred, one); });
  return script == Script::kLatin && foreign ? "en-US" : std::string(preferred);
}

}  // namespace earshot::worker
