#include "worker/providers/llm/intent_matcher.h"

#include <gtest/gtest.h>

#include <set>

#include "worker/providers/llm/intent_phrases.h"

namespace earshot::worker {
namespace {

struct PhraseCase {
  const char* said;
  Intent intent;
  std::optional<int> number = std::nullopt;
};

const PhraseCase kUnderstood[] = {
    {"set the volume to fifty percent", Intent::kVolumeSet, 50},
    {"volume twenty five", Intent::kVolumeSet, 25},
    {"Please change volume to 50%!", Intent::kVolumeSet, 50},
    {"turn the volume up to seventy", Intent::kVolumeSet, 70},
    {"could you set the volume to one hundred percent please", Intent::kVolumeSet, 100},
    {"set the volume to a hundred", Intent::kVolumeSet, 100},
    {"set the volume to zero", Intent::kVolumeSet, 0},
    {"VOLUME TO 0", Intent::kVolumeSet, 0},
    {"set the volume to 150", Intent::kVolumeSet, 150},
    {"full volume", Intent::kVolumeSet, 100},
    {"音量调到50", Intent::kVolumeSet, 50},
    {"请把音量调到百分之30。", Intent::kVolumeSet, 30},
    {"volume up", Intent::kVolumeUp},
    {"turn the volume up", Intent::kVolumeUp},
    {"can you turn up the volume", Intent::kVolumeUp},
    {"louder", Intent::kVolumeUp},
    {"Louder, please.", Intent::kVolumeUp},
    {"make it a little louder", Intent::kVolumeUp},
    {"大声一点", Intent::kVolumeUp},
    {"volume down", Intent::kVolumeDown},
    {"turn it down please", Intent::kVolumeDown},
    {"a bit quieter", Intent::kVolumeDown},
    {"mute", Intent::kMute},
    {"mute the sound", Intent::kMute},
    {"静音", Intent::kMute},
    {"unmute", Intent::kUnmute},
    {"turn the sound back on", Intent::kUnmute},
    {"what's the volume", Intent::kVolumeQuery},
    {"What\u2019s the volume level?", Intent::kVolumeQuery},
    {"set the brightness to thirty", Intent::kBrightnessSet, 30},
    {"brightness 80 percent", Intent::kBrightnessSet, 80},
    {"brighter", Intent::kBrightnessUp},
    {"make the screen brighter", Intent::kBrightnessUp},
    {"dim the screen", Intent::kBrightnessDown},
    {"what is the brightness", Intent::kBrightnessQuery},
    {"switch to the dark theme", Intent::kThemeDark},
    {"dark mode please", Intent::kThemeDark},
    {"switch to light mode", Intent::kThemeLight},
    {"change the theme to light", Intent::kThemeLight},
    {"how much battery is left", Intent::kBattery},
    {"what is the battery level", Intent::kBattery},
    {"电量还有多少", Intent::kBattery},
    {"are you connected to the internet", Intent::kNetwork},
    {"network status", Intent::kNetwork},
    {"what time is it", Intent::kTime},
    {"can you tell me the time", Intent::kTime},
    {"现在几点了？", Intent::kTime},
    {"what is the date today", Intent::kDate},
    {"what day is it", Intent::kDate},
    {"hello", Intent::kGreeting},
    {"Good morning!", Intent::kGreeting},
    {"你好", Intent::kGreeting},
    {"how are you", Intent::kHowAreYou},
    {"good night", Intent::kGoodNight},
    {"晚安", Intent::kGoodNight},
    {"thank you very much", Intent::kThanks},
    {"what can you do", Intent::kHelp},
    {"help", Intent::kHelp},
    {"stop", Intent::kStop},
    {"Stop talking.", Intent::kStop},
    {"good bye", Intent::kGoodbye},
    {"Goodbye!", Intent::kGoodbye},
    {"再见", Intent::kGoodbye},
};

const char* const kNotUnderstood[] = {
    "",
    "   ...  ",
    "the weather in berlin",
    "set the volume",
    "set the volume to",
    "set the volume to blue",
    "set the volume to 12345",
    "volume up and down",
    "please",
    "can you",
    "what time is it in tokyo",
    "音量",
    "\xff\xfe\x80",
};

TEST(IntentMatcher, UnderstandsEachIntentInItsPhrasings) {
  const IntentMatcher matcher;
  std::set<Intent> seen;
  for (const PhraseCase& one : kUnderstood) {
    const auto found = matcher.match(one.said);
    ASSERT_TRUE(found) << one.said;
    EXPECT_EQ(found->intent, one.intent) << one.said;
    EXPECT_EQ(found->number, one.number) << one.said;
    seen.insert(one.intent);
  }
  for (const IntentPhrase& phrase : intent_phrases()) {
    EXPECT_TRUE(seen.contains(phrase.intent)) << "no case for: " << phrase.pattern;
  }
}

TEST(IntentMatcher, RefusesWhatIsNoWholeCommand) {
  const IntentMatcher matcher;
  for (const char* said : kNotUnderstood) EXPECT_FALSE(matcher.match(said)) << said;
}

TEST(IntentMatcher, EndsOnVeryLongTexts) {
  const IntentMatcher matcher;
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "please can you ";
  EXPECT_FALSE(matcher.match(text));
}

TEST(IntentMatcher, KnowsTheLanguageOfThePhrase) {
  const IntentMatcher matcher;
  EXPECT_EQ(matcher.match("hello")->language, "en");
  EXPECT_EQ(matcher.match("您好")->language, "zh");
}

TEST(IntentMatcher, ReadsEveryNumberFromZeroToOneHundredInWords) {
  const IntentMatcher matcher;
  const char* units[] = {"",         "one",     "two",     "three",     "four",     "five",    "six",
                         "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
                         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  const char* tens[] = {"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
  for (int n = 1; n < 100; ++n) {
    const std::string words =
        n < 20 ? units[n] : std::string(tens[n / 10]) + (n % 10 != 0 ? std::string(" ") + units[n % 10] : "");
    const auto found = matcher.match("set the volume to " + words + " percent");
    ASSERT_TRUE(found) << words;
    EXPECT_EQ(found->number, n) << words;
  }
}

}  // namespace
}  // namespace earshot::worker
