// What the user wants. Each one is said in several ways (intent_phrases.cc) and answered by a skill.
#pragma once

#include <optional>
#include <string_view>

namespace earshot::worker {

enum class Intent {
  kVolumeSet,
  kVolumeUp,
  kVolumeDown,
  kMute,
  kUnmute,
  kVolumeQuery,
  kBrightnessSet,
  kBrightnessUp,
  kBrightnessDown,
  kBrightnessQuery,
  kThemeDark,
  kThemeLight,
  kBattery,
  kNetwork,
  kTime,
  kDate,
  kGreeting,
  kThanks,
  kHelp,
  kStop,
  kGoodbye,
  kGoodNight,
  kHowAreYou,
};

struct MatchedIntent {
  Intent intent{};
  std::optional<int> number;
  std::string_view language;  // "en" or "zh": of the phrase that matched, and so of the reply
};

}  // namespace earshot::worker
