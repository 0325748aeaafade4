#include "worker/dialogue/apologies.h"

#include <gtest/gtest.h>

#include <set>

#include "worker/speaking/spoken_language.h"

namespace earshot::worker {
namespace {

constexpr const char* kTold[] = {"zh-CN", "zh-TW", "yue",   "ja-JP", "ko-KR", "de-DE",
                                 "fr-FR", "es-ES", "pt-BR", "it-IT", "ru-RU", "en-US"};

TEST(Apologies, EachLanguageHasWordsOfItsOwn) {
  std::set<std::string> told;
  for (const char* language : kTold) told.insert(apology_text(Apology::kNotHeard, language));
  EXPECT_EQ(told.size(), std::size(kTold));
}

TEST(Apologies, AreSpokenByAVoiceOfTheirLanguage) {
  for (const char* language : kTold) {
    for (const Apology apology :
         {Apology::kHeardNothing, Apology::kNotHeard, Apology::kNoAnswer, Apology::kNoVoice}) {
      EXPECT_EQ(spoken_language(apology_text(apology, language), language), language);
    }
    EXPECT_EQ(spoken_language(farewell_text(language), language), language);
    EXPECT_EQ(spoken_language(filler_text(language), language), language);
  }
}

TEST(Apologies, AnUnknownLanguageGetsEnglish) {
  EXPECT_EQ(farewell_text("tlh"), "Goodbye.");
  EXPECT_EQ(farewell_text(""), "Goodbye.");
}

}  // namespace
}  // namespace earshot::worker
